"""A year's days in batches: how many requests of each kind come on each."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from .calendars import Seconds, instant
from .draws import Draws

FIRST_DAY = dt.date(2025, 1, 1)
LAST_DAY = dt.date(2025, 12, 31)

_WEEKDAYS = (1.2, 1.1, 1.05, 1.0, 1.0, 0.95, 0.7)
_MONTHS = (1.0, 0.95, 1.0, 1.0, 0.95, 0.95, 0.95, 0.95, 1.15, 1.1, 1.05, 0.85)


@dataclass(frozen=True)
class Days:
    """Some days' requests of one kind, before anything happened to them.

    Attributes:
        first_day: The first day.
        first: The number of the first request, from 0.
        counts: Requests on each day.
    """

    first_day: dt.date
    first: int
    counts: tuple[int, ...]

    def each_midnight(self, zone: ZoneInfo) -> Seconds:
        """Return the local midnight before each day."""
        days = (self.first_day + dt.timedelta(days=n) for n in range(len(self.counts)))
        return np.array([instant(day, dt.time(), zone) for day in days], dtype=np.int64)

    def midnights(self, zone: ZoneInfo) -> Seconds:
        """Return the local midnight before each request."""
        return np.repeat(self.each_midnight(zone), self.counts)

    def over(self, zone: ZoneInfo) -> int:
        """Return the local midnight after the last day, in seconds since 1970."""
        return instant(self.first_day + dt.timedelta(days=len(self.counts)), dt.time(), zone)


def year_in_batches(
    totals: Sequence[int], seed: int, most: int = 10_000
) -> Iterator[tuple[Days, ...]]:
    """Spread a year's requests over its days, and the days over batches.

    Args:
        totals: Requests of each kind in the year; the batches hold exactly so many.
        seed: Names the random stream.
        most: Requests of the first kind in a batch, unless a single day has more.
    """
    ends = [_last_requests(total, seed, kind) for kind, total in enumerate(totals)]
    starts = [np.concatenate([[0], end[:-1]]) for end in ends]
    first = 0
    for day in range(len(ends[0])):
        if day + 1 < len(ends[0]) and ends[0][day + 1] - starts[0][first] <= most:
            continue
        yield tuple(
            Days(
                FIRST_DAY + dt.timedelta(days=first),
                int(start[first]),
                tuple((end[first : day + 1] - start[first : day + 1]).tolist()),
            )
            for start, end in zip(starts, ends, strict=True)
        )
        first = day + 1


def _last_requests(count: int, seed: int, kind: int) -> NDArray[np.int64]:
    days = [FIRST_DAY + dt.timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    usual = np.array([_WEEKDAYS[day.weekday()] * _MONTHS[day.month - 1] for day in days])
    weights = usual * (0.5 + Draws(seed, 0, kind).uniform(len(days)))
    return np.rint(count * np.cumsum(weights) / weights.sum()).astype(np.int64)
