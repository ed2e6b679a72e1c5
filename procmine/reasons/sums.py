"""The questions about marked events: what is self-inflicted, in all, by columns, and again by whom.

Each is a group-by over the prepared log, so that all of them share one pass.
"""

from collections.abc import Sequence
from typing import Any, Final

import narwhals as nw

from procmine.eventlog import EventLog
from procmine.quantiles import sum_of
from procmine.reasons.kinds import CONTACT, KIND, PRICE, UNCOSTED, UNMAPPED
from procmine.schema import (
    ACTIVITY,
    CASE,
    CUSTOMER,
    EVENT_NUMBER,
    NEXT_ACTIVITY,
    RESOURCE,
    SERVICE,
)

AGAIN: Final = ("repeat contact", "rework")
"""The kinds that a log shows by itself."""

REPETITION: Final = "repetition"
DOER: Final = "by_resource"
VALUE: Final = "value"


def _people(log: EventLog) -> nw.Expr:
    """Count the customers of a group; the journeys where nobody knows customers."""
    if CUSTOMER not in log.columns:
        return nw.col(CASE).n_unique().alias("customers")
    # Spark can't drop nulls inside a group, so the unknown customer is taken off
    unknown = nw.col(CUSTOMER).is_null().cast(nw.Int64).max()
    return (nw.col(CUSTOMER).n_unique() - unknown).alias("customers")


def added(log: EventLog, table: nw.LazyFrame[Any], keys: list[str]) -> nw.LazyFrame[Any]:
    """Add up self-inflicted events by some columns.

    Returns:
        `*keys, events, cases, customers, uncosted_events`, and what `seconds` reads as `cost` (in
        the currency) and `service`.
    """
    return table.group_by(keys).agg(
        nw.len().alias("events"),
        nw.col(CASE).n_unique().alias("cases"),
        _people(log),
        *sum_of(nw.col(PRICE), "cost"),
        *sum_of(nw.col(SERVICE).fill_null(0), "service"),
        nw.col(UNCOSTED).sum().alias("uncosted_events"),
    )


def journeys(log: EventLog, table: nw.LazyFrame[Any], by: Sequence[str]) -> nw.LazyFrame[Any]:
    """Add up each journey's events, and the self-inflicted and the unmapped ones among them.

    Args:
        log: The log that they are from.
        table: Its events, marked.
        by: Columns that belong to the journey: some events may not know them, and don't here.

    Returns:
        A row a journey: `by` as text, the customer, and the sums that `over` adds up.
    """
    people = [nw.col(CUSTOMER).max()] if CUSTOMER in log.columns else []
    return (
        _parted(table)
        .group_by(CASE)
        .agg(*(nw.col(c).cast(nw.String).max().alias(c) for c in by), *people, *_sums())
    )


def over(log: EventLog, rows: nw.LazyFrame[Any], by: str | None) -> nw.LazyFrame[Any]:
    """Add up journeys by a column.

    Returns:
        `value` (the column as text), `cases, customers, events, uncosted_events, contacts,
        self_inflicted_events, unmapped_contacts`, and what `seconds` reads as `cost`, `bad` (what
        is self-inflicted) and `unmapped`.
    """
    value = nw.col(by) if by else nw.lit(None, nw.String)
    sums = [nw.col(name).sum() for name in _NAMES]
    added = rows.with_columns(value.alias(VALUE)).group_by(VALUE)
    return added.agg(nw.len().alias("cases"), _people(log), *sums)


def events_over(log: EventLog, table: nw.LazyFrame[Any], by: str) -> nw.LazyFrame[Any]:
    """Add up by a column of the events what `over` adds up by one of the journeys."""
    rows = _parted(table).with_columns(nw.col(by).cast(nw.String).alias(VALUE))
    cases = nw.col(CASE).n_unique().alias("cases")
    return rows.group_by(VALUE).agg(cases, _people(log), *_sums())


def _parted(table: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Say of each event whether it is self-inflicted, or may be, as numbers."""
    unmapped = (nw.col(KIND) == UNMAPPED).fill_null(False)
    parts = {"bad": ~nw.col(KIND).is_null() & ~unmapped, "unmapped": unmapped}
    return table.with_columns(part.cast(nw.Int64).alias(f"__{n}") for n, part in parts.items())


_COSTS: Final = ("cost", "bad", "unmapped")
_COUNTS: Final = {
    "uncosted_events": UNCOSTED,
    "contacts": CONTACT,
    "self_inflicted_events": "__bad",
    "unmapped_contacts": "__unmapped",
}
_NAMES: Final = ("events", *_COUNTS, *(f"{c}_{u}" for c in _COSTS for u in ("s", "us")))


def _sums() -> list[nw.Expr]:
    costs = {"cost": nw.col(PRICE)} | {
        name: nw.col(PRICE) * nw.col(f"__{name}") for name in ("bad", "unmapped")
    }
    return [
        nw.len().alias("events"),
        *(nw.col(c).cast(nw.Int64).sum().alias(name) for name, c in _COUNTS.items()),
        *(part for name in _COSTS for part in sum_of(costs[name], name)),
    ]


def repeats(log: EventLog, table: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Say of each repetition whether it came at once, and from whom."""
    again = table.filter(nw.col(KIND).is_in(list(AGAIN)))
    before = table.filter(nw.col(ACTIVITY) == nw.col(NEXT_ACTIVITY).cast(nw.String)).select(
        CASE,
        (nw.col(EVENT_NUMBER) + 1).alias(EVENT_NUMBER),
        nw.lit("at once").alias(REPETITION),
    )
    found = again.join(before, on=[CASE, EVENT_NUMBER], how="left").with_columns(
        nw.col(REPETITION).fill_null("later")
    )
    if RESOURCE not in log.columns:
        return found.with_columns(nw.lit(None, nw.String).alias(DOER))
    keys = [CASE, ACTIVITY, RESOURCE]
    doers = table.join(again.select(CASE, ACTIVITY).unique(), on=[CASE, ACTIVITY], how="semi")
    first = doers.group_by(keys).agg(nw.col(EVENT_NUMBER).min().alias("__first"))
    same = nw.when(nw.col(EVENT_NUMBER) > nw.col("__first")).then(nw.lit("same"))
    whom = nw.when(~nw.col(RESOURCE).is_null()).then(same.otherwise(nw.lit("another")))
    return found.join(first, on=keys, how="left").with_columns(whom.alias(DOER))
