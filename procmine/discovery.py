"""Working hours read off a log: when do a department's events happen?

The week is cut into half hours, and each counts the dates on which something happened in it, as
López-Pintado & Dumas do (Business process simulation with differentiated resources, BPM 2022).
Overtime and machines at night are told from working hours by what a typical event sees around it,
the mean of the counts weighted by themselves: a fifth of that makes working time.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, Literal

import polars as pl

from procmine.calendars import ANY, Calendar, Calendars, Shift
from procmine.calendars.holidays import holidays_of
from procmine.calendars.week import DAY
from procmine.errors import InputError, OptionError, UnavailableError
from procmine.eventlog import EventLog
from procmine.schema import START, TIMESTAMP
from procmine.wording import share

_OPEN: Final = 0.2
"""From this part of what a typical event sees, a stretch of the week is working time."""
_ENOUGH: Final = 10
"""Dates of a typical stretch: with fewer, a stretch of working time may be empty by chance."""
_SURE: Final = 20
"""Dates of a day's stretches from which an empty one between them is a pause."""
_PAUSE: Final = 360
"""Minutes that a chance pause may have."""
_SLOTS: Final = (30, 60)
"""Minutes of a stretch: the longer where the shorter have too few dates."""


def discover_calendars(
    log: EventLog,
    *,
    by: Literal["department", "resource"] = "department",
    holidays: str | None = None,
) -> Calendars:
    """Find out from a log when departments work; a proposal, to be looked at before it is used.

    Args:
        log: The event log.
        by: Whose hours to find: each department's, or each resource's.
        holidays: The country, or country and region (`DE-BE`), whose public holidays are closed;
            a log doesn't tell them.

    Returns:
        Calendars in the log's time zone, to the half hour or the hour, that say that they are
        discovered; the department `*`, from all events, stands for whoever has too few of their
        own.

    Raises:
        InputError: The log has too few events.
        OptionError: There are no such holidays.
        UnavailableError: The log isn't on Polars.

    Example:
        >>> import procmine as pm
        >>> days = pl.date_range(pl.date(2026, 1, 5), pl.date(2026, 6, 26), eager=True)
        >>> times = [f"{day} {hour:02}:{m}" for day in days for hour in (9, 10) for m in (15, 45)]
        >>> table = pl.DataFrame({"case": "1", "activity": "ask", "time": times})
        >>> hours = pm.discover_calendars(pm.read(table, timezone="UTC"))
        >>> str(hours.of("Sales").week[0][0])
        '09:00-11:00'
    """
    if not isinstance(log.events, pl.LazyFrame):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise UnavailableError(
            "Working hours can't be discovered on this engine yet.",
            "Write the prepared log as Parquet, and discover them in pm.read of that.",
        )
    _check(holidays)
    dates = _dates(log, by)
    slots = {ANY: _working(dates)}
    for (name,), own in dates.drop_nulls("who").group_by("who"):
        slots[str(name)] = _working(own)
    found = {name: week for name, week in sorted(slots.items()) if week is not None}
    if ANY not in found:
        raise InputError(
            "The log has too few events to tell working hours from them.", "Write them by hand."
        )
    calendars = {
        name: Calendar(log.meta.timezone, tuple(_shifts(week, day) for day in range(7)), holidays)
        for name, week in found.items()
    }
    said = _said(log, _inside(dates, found), holidays)
    if by == "department":
        return Calendars(calendars, said)
    return Calendars({ANY: calendars.pop(ANY)}, said, calendars)


def _check(holidays: str | None) -> None:
    try:
        holidays_of(holidays, 2026, 2026)
    except ValueError as error:
        raise OptionError(f"The holidays can't be used: {error}") from None


def _dates(log: EventLog, by: str) -> pl.DataFrame:
    """Count on how many dates something happened in each half hour of the week, by whom.

    Returns:
        `who, day, slot, dates, events`, Monday being 0; what has nobody's name isn't anybody's
        working time, unless nothing has a name.
    """
    named = by in log.columns
    who = pl.col(by).cast(pl.String) if named else pl.lit(ANY)
    times = [c for c in (TIMESTAMP, START) if c in log.columns]
    moments = pl.concat(
        [log.events.select(who.alias("who"), pl.col(c).alias("at")).drop_nulls() for c in times]
    )
    wall = pl.col("at").dt.convert_time_zone(log.meta.timezone)
    minute = wall.dt.hour().cast(pl.Int64) * 60 + wall.dt.minute()
    slot = (minute // _SLOTS[0]).alias("slot")
    counted = moments.group_by("who", wall.dt.date().alias("date"), slot).agg(events=pl.len())
    day = (pl.col("date").dt.weekday() - 1).alias("day")
    of_week = counted.group_by("who", day, "slot").agg(dates=pl.len(), events=pl.sum("events"))
    return of_week.collect(engine="streaming")


def _working(dates: pl.DataFrame) -> set[tuple[int, int]] | None:
    """Return the half hours (day, slot) of working time; None where there is too little to tell."""
    for minutes in _SLOTS:
        halves = minutes // _SLOTS[0]
        stretch = (pl.col("slot") // halves).alias("slot")
        counted = dates.group_by("day", stretch).agg(pl.sum("dates"))
        seen = pl.col("dates")
        typical: float = counted.select((seen**2).sum() / seen.sum()).item()
        if counted.height and typical >= _ENOUGH:
            there = counted.filter(seen >= _OPEN * typical)
            return {
                (day, slot * halves + half)
                for day in range(7)
                for slot in _unbroken(there.filter(day=day), _PAUSE // minutes)
                for half in range(halves)
            }
    return None


def _unbroken(there: pl.DataFrame, pause: int) -> set[int]:
    """Return the slots of a day; a pause on a day with few dates is chance, if it isn't long."""
    slots: list[int] = there["slot"].sort().to_list()
    if not slots or there.select(pl.mean("dates")).item() >= _SURE:
        return set(slots)
    pauses = [range(a, b) for a, b in pairwise(slots) if b - a <= pause]
    return set(slots).union(*pauses)


def _shifts(working: set[tuple[int, int]], day: int) -> tuple[Shift, ...]:
    """Join the half hours of a day into shifts."""
    return tuple(Shift(begin * _SLOTS[0], end * _SLOTS[0]) for begin, end in _runs(working, day))


def _runs(working: set[tuple[int, int]], day: int) -> Iterator[Sequence[int]]:
    begin = None
    for slot in range(DAY // _SLOTS[0] + 1):
        there = (day, slot) in working
        if there and begin is None:
            begin = slot
        if not there and begin is not None:
            yield begin, slot
            begin = None


def _inside(dates: pl.DataFrame, found: dict[str, set[tuple[int, int]]]) -> float:
    """Return the share of events that lie in the working hours of those who did them."""
    rows = dates.select("who", "day", "slot", "events").rows()
    inside: int = sum(n for who, day, slot, n in rows if (day, slot) in found.get(who, found[ANY]))
    return inside / int(dates["events"].sum())


def _said(log: EventLog, inside: float, holidays: str | None) -> str:
    without = "" if holidays else "; holidays aren't known"
    return (
        f"they were discovered from when the events of {log.meta.name} happened, of which "
        f"{share(inside)} lie in them{without}"
    )
