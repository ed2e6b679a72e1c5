"""The day since which journeys are compared with those before it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import narwhals as nw

from procmine.collecting import collect
from procmine.errors import OptionError
from procmine.eventlog import EventLog
from procmine.periods import instant
from procmine.schema import CASE_START


def since_day(log: EventLog, day: str | None) -> datetime | None:
    """Return a day that divides a log's journeys, by when they began, into two sides.

    Args:
        log: The event log.
        day: The day; None where nobody asks.

    Raises:
        OptionError: It isn't a day, or all journeys began on one side of it.

    Example:
        >>> import polars as pl, procmine as pm
        >>> times = ["2026-01-05T09:00Z", "2026-02-05T09:00Z"]
        >>> table = pl.DataFrame({"case": ["1", "2"], "activity": ["ask"] * 2, "time": times})
        >>> since_day(pm.read(table), "2026-02-01").isoformat()
        '2026-02-01T00:00:00+00:00'
    """
    at = instant(day, log.meta.timezone)
    if at is None:
        return None
    began = nw.col(CASE_START)
    first, last = collect(log.ends.select(first=began.min(), last=began.max())).row(0)
    if first is None or first < at.astimezone(UTC) <= last:
        return at
    side = "since" if at.astimezone(UTC) > last else "before"
    days = [f"{end.astimezone(ZoneInfo(log.meta.timezone)):%-d %B %Y}" for end in (first, last)]
    # a protected log keeps to itself when few journeys began
    known = "" if log.meta.protected else f": the first began on {days[0]}, the last on {days[1]}"
    raise OptionError(
        f"No journey of this log began {side} {day}{known}.",
        "Give a day with journeys on both sides of it.",
    )
