"""Walk along the events that may belong together, and say where a journey begins and ends.

A *thread* is the events of one customer that a kind of journey may be made of, of one order where
the kind has a key. Nothing is looped over: whatever depends on what came before is the last row
before this one at which something held, which is a running maximum of row numbers.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from procmine.schema import ABANDONED, CLOSED, OPEN

Array = np.ndarray[Any, Any]

FOREVER: Final = 2**62
"""More microseconds than any log spans."""


@dataclass(frozen=True)
class Threads:
    """Events by thread, each thread in its order.

    Attributes:
        thread: A number for each thread, its rows together.
        time: Microseconds.
        trigger: Whether the event opens a journey.
        outcome: Whether it closes one; never both.
        keyed: Whether the thread has a key, so that its trigger may reopen its journey.
    """

    thread: Array
    time: Array
    trigger: Array
    outcome: Array
    keyed: Array


@dataclass(frozen=True)
class Walked:
    """What each event of the threads is to a journey.

    Attributes:
        opened: The row that opened the journey it belongs to, -1 where it belongs to none.
        starts: Whether it opened one, or opened one again.
        closes: Whether it is the outcome of a journey that was running.
    """

    opened: Array
    starts: Array
    closes: Array


def walk(rows: Threads, *, patience: int, window: int) -> Walked:
    """Say of each event which journey of its thread it belongs to.

    A trigger opens a journey where none is running, an outcome closes it. A gap longer than the
    patience ends it: what comes then waits for the next trigger. After the outcome an event still
    belongs if it comes within the window of the last outcome that belongs; a trigger of a thread
    with a key then reopens the journey, and one of a thread without opens the next.

    Args:
        rows: The events.
        patience: The longest gap in a running journey, microseconds.
        window: How long after an outcome events still belong, microseconds.
    """
    if not len(rows.thread):
        none = np.zeros(0, dtype=bool)
        return Walked(np.zeros(0, dtype=np.int64), none, none)
    first = np.append(True, rows.thread[1:] != rows.thread[:-1])
    gap = np.append(0, np.diff(rows.time))
    begin, segment = _last(first), _last(first | (gap > patience))
    outcome_before = _before(_last(rows.outcome))
    trigger_before = _before(_last(rows.trigger))
    running = (trigger_before >= segment) & (trigger_before > outcome_before)

    starts, closes = rows.trigger & ~running, rows.outcome & running
    inside = running | starts
    closed_before, started_before = _before(_last(closes)), _before(_last(starts))
    late = rows.time - rows.time[outcome_before] > window
    lost_before = _before(_last(rows.outcome & ~inside & late))
    follows = (
        (closed_before >= begin)
        & (closed_before > started_before)
        & (closed_before > lost_before)
        & ~late
    )
    opens = starts & ~(follows & rows.keyed)
    opened = np.where(inside | follows, _last(opens), -1)
    return Walked(opened, starts, closes)


def _last(holds: Array) -> Array:
    """Return for each row the last row up to it at which something holds, -1 for none."""
    return np.maximum.accumulate(np.where(holds, np.arange(len(holds)), -1))


def _before(rows: Array) -> Array:
    """Return for each row what the row before it has."""
    return np.append(-1, rows[:-1])


def journeys_of(rows: Threads, walked: Walked, *, patience: int, end: int) -> pl.DataFrame:
    """Return one row a journey: `opened`, `state`, and `until`, its last outcome's time.

    Args:
        rows: The events.
        walked: What they are to journeys.
        patience: The longest gap in a running journey, microseconds.
        end: The log's end: a journey silent for longer than the patience then is abandoned.
    """
    number = pl.int_range(pl.len())
    members = pl.DataFrame(
        {
            "opened": walked.opened,
            "time": rows.time,
            "starts": walked.starts,
            "closes": walked.closes,
            "outcome": rows.outcome,
        }
    ).with_columns(number.alias("row"))
    found = (
        members.filter(pl.col("opened") >= 0)
        .group_by("opened")
        .agg(
            pl.col("row").filter("starts").max().alias("start"),
            pl.col("row").filter("closes").max().fill_null(-1).alias("close"),
            pl.col("time").max(),
            pl.col("time").filter("outcome").max().alias("until"),
        )
    )
    closed = pl.col("close") > pl.col("start")
    silent = end - pl.col("time") > patience
    state = pl.when(closed).then(pl.lit(CLOSED)).when(silent).then(pl.lit(ABANDONED))
    return found.select(
        "opened",
        state.otherwise(pl.lit(OPEN)).alias("state"),
        pl.when(closed).then("until").otherwise(FOREVER).alias("until"),
    ).sort("opened")
