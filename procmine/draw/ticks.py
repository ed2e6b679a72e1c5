"""Moments to mark on an axis of time: midnights and full hours of the reader's own zone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

_MINUTES: Final = (1, 5, 15, 30, 60, 180, 360, 720)
_DAYS: Final = (1, 2, 7, 14, 28, 91, 182, 364, 1820)
_STEPS: Final = (*(timedelta(minutes=m) for m in _MINUTES), *(timedelta(days=d) for d in _DAYS))
_MOST: Final = 7
_LONG: Final = timedelta(days=330)


def ticks(first: datetime, last: datetime) -> Iterator[tuple[datetime, str]]:
    """Yield moments between two others, and what to write at each.

    Args:
        first: When the axis begins, in the zone that people are shown.
        last: When it ends.

    Example:
        >>> from datetime import UTC
        >>> [
        ...     label
        ...     for _, label in ticks(
        ...         datetime(2026, 1, 5, 9, tzinfo=UTC), datetime(2026, 1, 7, 20, tzinfo=UTC)
        ...     )
        ... ]
        ['12:00', '6 Jan', '12:00', '7 Jan', '12:00']
    """
    step = next((s for s in _STEPS if (last - first) / s <= _MOST), _STEPS[-1])
    # wall time, so that each tick is a midnight or a full hour on both sides of a clock change
    moment = first.replace(hour=0, minute=0, second=0, microsecond=0)
    while moment <= last:
        if moment >= first:
            yield moment, _label(moment, step, last - first)
        moment += step


def _label(moment: datetime, step: timedelta, span: timedelta) -> str:
    if step < timedelta(days=1) and (moment.hour, moment.minute) != (0, 0):
        return f"{moment:%H:%M}"
    year = f" {moment.year}" if span > _LONG else ""
    return f"{moment.day} {moment:%b}{year}"
