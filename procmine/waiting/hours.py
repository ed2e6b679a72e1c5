"""How long each resource could have been at work until an instant."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np
import polars as pl

from procmine.waiting.ranges import IntArray, before
from procmine.waiting.timeline import Clock


class Calendar(Protocol):
    """Somebody's working time; `procmine.calendars.Calendar` is one."""

    def segments(self, start: datetime, end: datetime) -> pl.DataFrame:
        """Return the working time between two instants: `start, end`, in order, apart."""
        ...


def clock(calendars: Sequence[Calendar | None], low: int, high: int) -> Clock:
    """Return the clock that runs while somebody's calendar says that they are at work.

    Args:
        calendars: The calendar of each group, by its code; None for one who is always at work.
        low: The earliest instant that will be asked about, in microseconds.
        high: The latest.

    Example:
        >>> always = clock([None], 0, 100)
        >>> always(np.array([0, 0]), np.array([5, 100])).tolist()
        [5, 100]
    """
    different = list(dict.fromkeys(calendars))
    of_group = np.array([different.index(c) for c in calendars], np.int64)
    clocks = [_Hours(c, low, high) if c is not None else None for c in different]

    def worked(group: IntArray, instant: IntArray) -> IntArray:
        which = of_group[group]
        order = np.argsort(which, kind="stable")
        ends = np.searchsorted(which[order], np.arange(len(clocks) + 1))
        done = instant.copy()
        for hours, first, last in zip(clocks, ends[:-1], ends[1:], strict=True):
            if hours is not None:
                at = order[first:last]
                done[at] = hours.until(instant[at])
        return done

    return worked


class _Hours:
    """A calendar's working time, ready to be looked up."""

    def __init__(self, calendar: Calendar, low: int, high: int) -> None:
        table = calendar.segments(_instant(low), _instant(high + 1))
        bounds = table.select(pl.col("start", "end").dt.timestamp("us"))
        starts, ends = (bounds[c].to_numpy().astype(np.int64) for c in ("start", "end"))
        # Before the first segment stands an empty one, so that every instant has one behind it.
        self._starts = np.concatenate([[low], starts])
        self._lengths = np.concatenate([[0], ends - starts])
        self._done = before(self._lengths)

    def until(self, instant: IntArray) -> IntArray:
        segment = np.searchsorted(self._starts, instant, side="right") - 1
        begun = np.minimum(instant - self._starts[segment], self._lengths[segment])
        return self._done[segment] + begun


def _instant(microseconds: int) -> datetime:
    return datetime.fromisoformat("1970-01-01T00:00Z") + timedelta(microseconds=microseconds)
