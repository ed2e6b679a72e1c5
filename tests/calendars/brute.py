"""Business time by brute force: every minute asks a clock on the wall whether somebody works."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)

GERMAN_HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for year, movable in (
        (2024, ("03-29", "04-01", "05-09", "05-20")),
        (2025, ("04-18", "04-21", "05-29", "06-09")),
        (2026, ("04-03", "04-06", "05-14", "05-25")),
    )
    for day in (f"{year}-{d}" for d in ("01-01", "05-01", "10-03", "12-25", "12-26", *movable))
)
"""Those of the whole country, from the printed calendars of these years."""


def is_working(at, zone, week, off):
    """Whether somebody works in the minute that begins at an instant.

    Args:
        at: An instant with a zone.
        zone: The name of the zone whose clock hangs on the wall.
        week: For each weekday its shifts as (begin, end) in minutes; beyond 1,440 is the next day.
        off: The dates on which no shift begins.
    """
    wall = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    for day in (wall.date(), wall.date() - timedelta(days=1)):
        since = (wall - datetime.combine(day, datetime.min.time())) // MINUTE
        if day not in off and any(b <= since < e for b, e in week[day.weekday()]):
            return True
    return False


def business(start, end, zone, week, off=frozenset()):
    """Return the business time between two instants, minute by minute."""
    whole, at = timedelta(), start.astimezone(UTC).replace(second=0, microsecond=0)
    while at < end:
        if is_working(at, zone, week, off):
            whole += min(end, at + MINUTE) - max(start, at)
        at += MINUTE
    return whole
