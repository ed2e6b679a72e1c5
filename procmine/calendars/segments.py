"""A calendar's working time as segments in UTC, in which instants are looked up."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from procmine.calendars.calendar import INSTANT, Calendar
from procmine.calendars.holidays import holidays_of
from procmine.calendars.week import DAY

Micros = NDArray[np.int64]
"""Instants as microseconds since 1970 UTC, or times on the wall likewise."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE: Final = 60_000_000
_MOST_CELLS: Final = 4_000_000


class Segments:
    """A calendar's working time in some years, ready to be looked up.

    With `c` the working time before the segment that begins at `s` and lasts `l`, the time worked
    until the instant `t` in or after it is `B(t) = c + min(t - s, l) = min(t - (s - c), c + l)`.

    Args:
        starts: Where each segment begins, in order.
        ends: Where it ends, not after the next begins.
        since: The instant before which nothing counts.
    """

    def __init__(self, starts: Micros, ends: Micros, since: int) -> None:
        self.table = pl.DataFrame({"start": starts, "end": ends}).cast(INSTANT)
        lengths = ends - starts
        before = np.cumsum(lengths) - lengths
        # Before the first segment stands an empty one, so that every instant has one behind it.
        self._starts = pl.Series(np.concatenate([[since], starts]))
        self._late = pl.Series(np.concatenate([[since], starts - before]))
        self._done = pl.Series(np.concatenate([[0], before + lengths]))
        self._since = since
        self._grid = int(np.gcd.reduce(np.append(starts - since, _MINUTE * DAY)))
        self._cells = self._counted(since, int(ends[-1]) if len(ends) else since)

    def _counted(self, since: int, until: int) -> pl.Series | None:
        """Give each cell of a grid that holds all starts its segment: four times as fast.

        None where there would be too many cells; then each instant is searched for.
        """
        cells = (until - since) // self._grid + 1
        if cells > _MOST_CELLS:
            return None
        at = pl.int_range(cells, eager=True) * self._grid + since
        return (self._starts.search_sorted(at, side="right") - 1).cast(pl.UInt32)

    def worked(self, at: pl.Series) -> pl.Series:
        """Return the working time until each instant, in microseconds."""
        if self._cells is None:
            segment = (self._starts.search_sorted(at, side="right") - 1).set(at.is_null(), None)
        else:
            cell = ((at - self._since) // self._grid).clip(0, len(self._cells) - 1)
            segment = self._cells.gather(cell)
        limits = at - self._late.gather(segment), self._done.gather(segment)
        return pl.select(pl.min_horizontal(*limits)).to_series()


@lru_cache(maxsize=64)
def segments(calendar: Calendar, first: int, last: int) -> Segments:
    """Return a calendar's segments from the first to the last of these years, UTC."""
    begins, ends = _shifts(calendar, first, last)
    parts = [
        (np.maximum(begins - offset, since), np.minimum(ends - offset, until))
        for since, until, offset in _offsets(calendar.timezone, first, last)
    ]
    starts, stops = (np.concatenate(side) for side in zip(*parts, strict=True))
    there = starts < stops
    since = _micros(datetime(first, 1, 1, tzinfo=UTC) - _EPOCH)
    return Segments(*_joined(starts[there], stops[there]), since)


def _shifts(calendar: Calendar, first: int, last: int) -> tuple[Micros, Micros]:
    """Return where shifts begin and end on the wall, from some days before to after the years."""
    day = date(first, 1, 1) - timedelta(days=3)
    off = calendar.closed | holidays_of(calendar.holidays, first - 1, last + 1)
    bounds: list[tuple[int, int]] = []
    while day < date(last + 1, 1, 3):
        midnight = (day - _EPOCH.date()).days * DAY
        shifts = () if day in off else calendar.week[day.weekday()]
        bounds += [(midnight + begin, midnight + end) for begin, end in shifts]
        day += timedelta(days=1)
    table = np.array(bounds, dtype=np.int64).reshape(-1, 2) * _MINUTE
    return table[:, 0], table[:, 1]


@lru_cache(maxsize=64)
def _offsets(timezone: str, first: int, last: int) -> list[tuple[int, int, int]]:
    """Return (from, until, offset from UTC) of each stretch between clock changes."""
    zone = ZoneInfo(timezone)
    since, until = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    changes = [
        _change(one, other, zone)
        for one, other in pairwise(days)
        if _offset(one, zone) != _offset(other, zone)
    ]
    stretches = pairwise([since, *changes, until])
    return [
        (_micros(a - _EPOCH), _micros(b - _EPOCH), _micros(_offset(a, zone))) for a, b in stretches
    ]


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find the instant between two at which the clock is changed."""
    low, high, old = int(before.timestamp()), int(after.timestamp()) + 1, _offset(before, zone)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(datetime.fromtimestamp(middle, UTC), zone) == old:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _micros(length: timedelta) -> int:
    return length // timedelta(microseconds=1)


def _joined(starts: Micros, ends: Micros) -> tuple[Micros, Micros]:
    """Sort segments and join those that touch or overlap."""
    order = np.argsort(starts, kind="stable")
    starts, latest = starts[order], np.maximum.accumulate(ends[order])
    fresh = np.append(True, starts[1:] > latest[:-1])[: len(starts)]
    last = np.append(fresh[1:], True)[: len(starts)]
    return starts[fresh], latest[last]
