"""Draw whole customers at random: their journeys, complete, and the random groups they fall into.

A hash of the customer decides, so that a log of any size is drawn from in one streaming pass over
the last events of its journeys, and the same seed draws the same sample again.
"""

from typing import Final

import polars as pl

from procmine.errors import OptionError
from procmine.metadata import Sample
from procmine.schema import CASE, CUSTOMER, EVENT_NUMBER, NEXT_ACTIVITY, SAMPLE_GROUP
from procmine.wording import count, number

GROUPS: Final = 20
"""Into so many groups of equal size a sample is divided at random; see `procmine.intervals`."""

COUNTED: Final = 5_000_000
"""Up to so many journeys all their customers are counted; beyond, only those that may be drawn."""

_UNIT, _EVENTS = "__unit", "events"
_HASHES = 2**64


def draw(
    events: pl.LazyFrame, *, customers: int, seed: int, journeys: int, before: Sample | None = None
) -> tuple[pl.DataFrame, Sample] | None:
    """Choose customers at random, each as likely as any other.

    A journey belongs to the customer that its last event names, as in `EventLog.cases`; one that
    names none is a customer of its own.

    Args:
        events: A prepared log's events.
        customers: How many to draw.
        seed: Another number draws other customers. Not negative.
        journeys: How many the log holds.
        before: The sample that the log is already.

    Returns:
        The cases drawn, `case_id, _sample_group, events`, and the sample; None where the log holds
        no more customers than that.

    Raises:
        OptionError: No customers are asked for, or the seed is negative.

    Example:
        >>> import procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "2", "3"],
        ...         "customer": ["a", "a", "b"],
        ...         "activity": ["ask"] * 3,
        ...         "time": ["2026-01-05T09:00Z"] * 3,
        ...     }
        ... )
        >>> events = pm.read(table).events
        >>> cases, sample = draw(events, customers=1, seed=1, journeys=3)
        >>> sample.of, cases[SAMPLE_GROUP].to_list() in ([0], [0, 0])
        (2, True)
    """
    if customers < 1:
        raise OptionError(f"A sample can't have {customers} customers.", "Draw at least one.")
    if seed < 0:
        raise OptionError(f"The seed {seed} is negative.", "Give a seed of 0 or more.")
    named = CUSTOMER in events.collect_schema().names()
    found, part = _candidates(_owners(events, seed, named=named), customers, journeys)
    units = found.select(pl.col(_UNIT).unique().sort())
    if part == 1 and units.height <= customers:
        return None
    taken = units.head(customers).with_row_index(SAMPLE_GROUP)
    cases = found.join(taken, on=_UNIT, how="inner").select(
        CASE, (pl.col(SAMPLE_GROUP) % GROUPS).cast(pl.Int8), _EVENTS
    )
    whole = units.height / part * (before.of / before.taken if before else 1)
    exact = part == 1 and before is None
    unit = "customer" if named else "journey"
    return cases, Sample(unit, customers, round(whole), exact=exact, seed=seed)


def _owners(events: pl.LazyFrame, seed: int, *, named: bool) -> pl.LazyFrame:
    """One row a journey: the case, the hash of its customer, its number of events."""
    # another seed, or customer 5 and a journey 5 that names no customer would be one
    unit = pl.col(CASE).hash(2 * seed + 1)
    if named:
        customer = pl.col(CUSTOMER)
        unit = pl.when(customer.is_null()).then(unit).otherwise(customer.hash(2 * seed))
    last = events.filter(pl.col(NEXT_ACTIVITY).is_null())
    return last.select(CASE, unit.alias(_UNIT), pl.col(EVENT_NUMBER).alias(_EVENTS))


def _candidates(owners: pl.LazyFrame, customers: int, journeys: int) -> tuple[pl.DataFrame, float]:
    """Collect the journeys of somewhat more customers than needed: those of the lowest hashes.

    Returns:
        The journeys, and the part of all hashes that was looked at.
    """
    # no customer is without a journey: for so large a part there are enough if each has just one
    part = 1.0 if journeys <= COUNTED else min(1.0, 1.5 * customers / journeys)
    while True:
        low = owners if part == 1 else owners.filter(pl.col(_UNIT) < int(part * _HASHES))
        found = low.collect(engine="streaming")
        there = found[_UNIT].n_unique()
        if part == 1 or there > customers:
            return found, part
        part = min(1.0, part * 1.5 * (customers + 1) / max(1, there))


def said(sample: Sample) -> str:
    """Say what a sample is in words.

    Example:
        >>> said(Sample("customer", 20_000, 96_412, exact=True, seed=1))
        'a sample of 20,000 of 96,412 customers'
    """
    about = "" if sample.exact else "about "
    return f"a sample of {number(sample.taken)} of {about}{count(sample.of, sample.unit)}"
