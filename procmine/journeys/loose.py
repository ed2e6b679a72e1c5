"""Give events that carry no key the key of the journey they most likely belong to.

A kind of journey with a key tells the orders of one customer apart by their numbers; a call or a
parcel may name the customer alone. It belongs to the journey of that customer that was opened last
and that is still under way then: no outcome has closed it, or its window is still running.
"""

from typing import Final

import numpy as np
import polars as pl

from procmine.journeys.threads import FOREVER, Array, Threads, journeys_of, walk

KEY_OF: Final = "key"
"""The column of the key, a number; null for events without one."""

_ROUNDS: Final = (
    (pl.col("trigger"), False),
    (pl.col("outcome"), True),
    (~pl.col("trigger") & ~pl.col("outcome"), True),
)
"""Which events are given a key in turn, and whether windows count: a trigger opens its own."""


def lend(fits: pl.DataFrame, window: int) -> pl.DataFrame:
    """Fill the keys of events without one, where a journey is under way to take it from.

    Triggers come first, then outcomes, then all others: each takes its key from the journeys that
    the events before it in this order make. One that finds none keeps none, and all these are a
    thread of their own.

    Args:
        fits: `at, customer, time, key, trigger, outcome` of the events that fit, by `at`.
        window: How long after an outcome events still belong, microseconds.

    Returns:
        The same with `lent`: whether the key was given here.
    """
    lent = np.full(fits.height, False)
    known = pl.col(KEY_OF).is_not_null()
    for which, windows in _ROUNDS:
        place = fits.select((which & ~known).arg_true()).to_series()
        if len(place):
            marks = fits.filter(known & (pl.col("trigger") | pl.col("outcome")))
            given = _under_way(fits[place], _spans(marks, window if windows else 0))
            fits = fits.with_columns(fits[KEY_OF].clone().scatter(place, given))
            lent[place] = given.is_not_null().to_numpy()
        known |= which
    return fits.with_columns(pl.Series("lent", lent))


def by_thread(events: pl.DataFrame) -> tuple[pl.DataFrame, Threads]:
    """Sort events by thread, each thread in its order; `at` is the order of all.

    Example:
        >>> events = pl.DataFrame({"at": [0, 1, 2], "customer": [1, 1, 1], "key": [7, 8, 7]})
        >>> flags = pl.lit(False)
        >>> rows, threads = by_thread(events.with_columns(time="at", trigger=flags, outcome=flags))
        >>> rows["at"].to_list(), threads.thread.tolist()
        ([0, 2, 1], [1, 1, 2])
    """
    rows = events.sort("customer", KEY_OF, "at", nulls_last=True)
    new = pl.any_horizontal(
        pl.col(c).ne_missing(pl.col(c).shift(1)).fill_null(True) for c in ("customer", KEY_OF)
    )
    thread = rows.select((new | (pl.int_range(pl.len()) == 0)).cast(pl.Int64).cum_sum())
    time, trigger, outcome = (rows[c].to_numpy() for c in ("time", "trigger", "outcome"))
    keyed = rows[KEY_OF].is_not_null().to_numpy()
    return rows, Threads(thread.to_series().to_numpy(), time, trigger, outcome, keyed)


def _spans(marks: pl.DataFrame, window: int) -> pl.DataFrame:
    """Return when journeys are under way, by opening: `opened, customer, key, until`."""
    rows, threads = by_thread(marks)
    walked = walk(threads, patience=FOREVER, window=window)
    found = journeys_of(threads, walked, patience=FOREVER, end=0)
    opening = rows[found["opened"]]
    return pl.DataFrame(
        {
            "opened": opening["at"],
            "customer": opening["customer"],
            KEY_OF: opening[KEY_OF],
            "until": found["until"] + window,
        }
    ).sort("opened")


def _under_way(loose: pl.DataFrame, spans: pl.DataFrame) -> pl.Series:
    """Return for each event the key of the journey under way then, null where none has one."""
    if spans.is_empty():
        return loose[KEY_OF]
    customer, until = spans["customer"].to_numpy(), spans["until"].to_numpy()
    outlasting = _outlasting(customer, until)
    found = np.searchsorted(spans["opened"].to_numpy(), loose["at"].to_numpy()) - 1
    found[customer[found] != loose["customer"].to_numpy()] = -1
    time = loose["time"].to_numpy()
    over = (found >= 0) & (until[found] < time)
    while over.any():
        found[over] = outlasting[found[over]]
        over = (found >= 0) & (until[found] < time)
    return spans[KEY_OF].gather(pl.Series(found).replace(-1, None))


def _outlasting(customer: Array, until: Array) -> Array:
    """Return for each journey the last one before it, of the same customer, that ends later.

    Between a journey and the one found so far all end no later than it, so that what a shorter one
    has found already is a safe next step.
    """
    found = np.arange(len(customer)) - 1
    found[np.append(True, customer[1:] != customer[:-1])] = -1
    shorter = (found >= 0) & (until[found] <= until)
    while shorter.any():
        found[shorter] = found[found[shorter]]
        shorter = (found >= 0) & (until[found] <= until)
    return found
