"""Opening hours: which instants are working time, for whole arrays of instants at once."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Seconds: TypeAlias = NDArray[np.int64]
"""Instants as whole seconds since 1970 UTC, or lengths in whole seconds."""

Hours: TypeAlias = Mapping[int, tuple[time, time]]
"""Opening and closing time, local, per weekday (0 is Monday); a missing weekday is closed."""


def week(days: str, opens: str, closes: str) -> Hours:
    """Return the same hours for several weekdays.

    Args:
        days: The weekdays' numbers, 0 for Monday, such as ``"01234"``.
        opens: Local opening time, ``HH:MM``.
        closes: Local closing time, ``HH:MM``.

    Example:
        >>> week("5", "09:00", "12:30")
        {5: (datetime.time(9, 0), datetime.time(12, 30))}
    """
    return {int(day): (time.fromisoformat(opens), time.fromisoformat(closes)) for day in days}


def instant(day: date, at: time, zone: ZoneInfo) -> int:
    """Return a local wall-clock time as seconds since 1970 UTC.

    Example:
        >>> instant(date(1970, 1, 2), time(1), ZoneInfo("Europe/Berlin"))
        86400
    """
    return int(datetime.combine(day, at, zone).timestamp())


class Calendar:
    """When somebody is there, as half-open intervals of open time.

    Args:
        hours: Opening hours per weekday, local.
        zone: The time zone the hours are read in.
        first: The first day to know about.
        last: The last day to know about; later instants are returned as they are.
        holidays: Days on which nobody is there.

    Example:
        >>> shop = Calendar(
        ...     week("01234", "09:00", "17:00"),
        ...     ZoneInfo("UTC"),
        ...     date(1970, 1, 1),
        ...     date(1970, 1, 31),
        ... )
        >>> shop.after(np.array([0]), np.array([3600])).tolist()  # Thursday 10:00
        [36000]
    """

    def __init__(
        self,
        hours: Hours,
        zone: ZoneInfo,
        first: date,
        last: date,
        holidays: frozenset[date] = frozenset(),
    ) -> None:
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        known = [d for d in days if d.weekday() in hours and d not in holidays]
        bounds = [[instant(d, at, zone) for at in hours[d.weekday()]] for d in known]
        self._opens, self._closes = np.array(bounds, dtype=np.int64).T
        self._total = np.concatenate([[0], np.cumsum(self._closes - self._opens)])

    def next_open(self, at: Seconds) -> Seconds:
        """Return the same instants where open, else the next opening."""
        return self.after(at, np.zeros_like(at))

    def after(self, at: Seconds, seconds: Seconds) -> Seconds:
        """Return the instants reached once so many seconds of open time have passed."""
        return np.maximum(at, self._at(self.open_before(at) + seconds))

    def slot(self, at: Seconds, length: Seconds) -> Seconds:
        """Return the first instant from which the work fits in before closing.

        Work that fits into no day starts at an opening all the same.
        """
        start = self.next_open(at)
        index = np.searchsorted(self._closes, start, side="right")
        inside = np.minimum(index, len(self._opens) - 1)
        late = start + length > self._closes[inside]
        begun = start > self._opens[inside]
        return np.where(late & begun, self.next_open(self._closes[inside]), start)

    def intervals(self) -> tuple[Seconds, Seconds]:
        """Return when it opens and when it closes, one value for each open day."""
        return self._opens, self._closes

    def open_before(self, at: Seconds) -> Seconds:
        """Return how much open time has passed since the first opening."""
        index = np.searchsorted(self._closes, at, side="right")
        inside = np.minimum(index, len(self._opens) - 1)
        begun = np.where(index < len(self._opens), np.maximum(at - self._opens[inside], 0), 0)
        return self._total[index] + begun

    def _at(self, worked: Seconds) -> Seconds:
        """Return the instant by which so much open time has passed since the first opening."""
        index = np.searchsorted(self._total, worked, side="right") - 1
        inside = np.minimum(index, len(self._opens) - 1)
        return self._opens[inside] + worked - self._total[inside]
