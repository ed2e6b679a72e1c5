"""Every event of a log with its wait, and how much of it each cause took."""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import polars as pl

from procmine.schema import ACTIVITY, BY_CUSTOMER, DEPARTMENT, RESOURCE, SERVICE
from procmine.waiting.batching import batches
from procmine.waiting.bounds import at_most
from procmine.waiting.causes import CAUSES, UNAVAILABILITY, divide
from procmine.waiting.hours import Calendar, clock
from procmine.waiting.jobs import Jobs
from procmine.waiting.ranges import IntArray
from procmine.waiting.work import Work, codes

QUEUE: Final = "queue"
"""What is left of a wait for somebody unknown, once the time nobody is at work is taken out."""

ALL: Final = (*CAUSES, QUEUE)
"""Every cause, in the order in which a moment of waiting is given to one of them."""

_AT_ONCE: Final = 1_000_000
"""About so many events are taken apart at once; a resource with more of its own goes alone."""

CalendarOf = Callable[[str | None, str | None], Calendar | None]
"""Says whose hours count for a resource and its department, either of them perhaps unknown."""


def explain(work: Work, calendar_of: CalendarOf) -> pl.DataFrame:
    """Divide the wait of every event by its causes.

    What a customer did is left out: that wait is the customer's own; so is what belongs to no
    journey. An event that nothing enabled has waited for nothing that the log knows.

    Args:
        work: The log's events.
        calendar_of: The working hours. A resource has one calendar: its own, or that of the
            department it does most for.

    Returns:
        `event, enabler` (positions; the enabler null where there is none), `service_us, wait_us`,
        and `CAUSE_us` for each of `ALL`: integer microseconds that add up to the wait. Where the
        log knows no starts, `service_us` is 0, and all others are the most that they can have been.
    """
    done_by_them = ~work.events[BY_CUSTOMER].fill_null(False)
    known = work.events[RESOURCE].is_not_null()
    parts = {cause: np.zeros(work.start.size, np.int64) for cause in ALL}
    for share in _shares(work, (done_by_them & known).arg_true().to_numpy()):
        _by_resource(parts, work, share, calendar_of)
    _by_department(parts, work, (done_by_them & ~known).arg_true().to_numpy(), calendar_of)
    waited = np.where(work.enabler >= 0, work.start - work.enabled, 0)
    return (
        pl.DataFrame(
            {
                "event": np.arange(work.start.size),
                "enabler": work.enabler,
                "service_us": work.events[SERVICE].fill_null(0),
                "wait_us": waited,
            }
            | {f"{cause}_us": np.where(work.enabler >= 0, part, 0) for cause, part in parts.items()}
        )
        .with_columns(pl.when(pl.Series(work.enabler >= 0)).then("enabler"))
        .filter(work.counted)
    )


def _shares(work: Work, at: IntArray) -> Iterator[IntArray]:
    """Part events so that each resource's stay together: what is done at once then fits."""
    who = codes(work.events[RESOURCE])[at]
    events = np.bincount(who)
    share = (np.cumsum(events) - events) // _AT_ONCE
    for number in np.unique(share[who]):
        yield at[share[who] == number]


def _by_resource(
    parts: dict[str, IntArray], work: Work, at: IntArray, calendar_of: CalendarOf
) -> None:
    """Divide the waits for somebody who is known."""
    events = work.events[at]
    times = {"enabled": work.enabled[at], "start": work.start[at], "end": work.end[at]}
    together = batches(events.select(RESOURCE, ACTIVITY).with_columns(**times))
    batch = together.fill_null(-1).to_numpy() if work.knows_starts else _alike(events)
    jobs = Jobs(codes(events[RESOURCE]), **times, batch=batch)
    calendars = [calendar_of(name, department) for name, department in _homes(events).rows()]
    hours = clock(calendars, int(work.enabled.min()), int(work.end.max()))
    opening = work.enabler[at] < 0
    found = divide(jobs, hours) if work.knows_starts else at_most(jobs, opening, hours)
    for cause, part in found.items():
        parts[cause][at] = part


def _alike(events: pl.DataFrame) -> IntArray:
    """Number the pairs of a resource and an activity: only such jobs can have been a batch."""
    resource, activity = codes(events[RESOURCE]), codes(events[ACTIVITY])
    return np.unique(resource * events.height + activity, return_inverse=True)[1]


def _homes(events: pl.DataFrame) -> pl.DataFrame:
    """Return each resource, by its code, and the department that it does most for."""
    homes = (
        events.group_by(RESOURCE, DEPARTMENT)
        .agg(pl.len() * pl.col(DEPARTMENT).first().is_not_null())
        .with_columns(pl.col(DEPARTMENT).cast(pl.String))
        .sort("len", DEPARTMENT, descending=[True, False])
        .unique(RESOURCE, keep="first", maintain_order=True)
    )
    named = events.select(pl.col(RESOURCE).unique(maintain_order=True))
    joined = named.join(homes, on=RESOURCE, how="left", maintain_order="left")
    return joined.select(pl.col(RESOURCE, DEPARTMENT).cast(pl.String))


def _by_department(
    parts: dict[str, IntArray], work: Work, at: IntArray, calendar_of: CalendarOf
) -> None:
    """Tell, of waits for somebody unknown, when nobody was at work; the rest is a queue."""
    if not at.size:
        return
    department = work.events[DEPARTMENT][at]
    names = department.drop_nulls().unique(maintain_order=True).cast(pl.String)
    # The unknown department has the code -1, which is the last place of any row.
    calendars = [*(calendar_of(None, name) for name in names), calendar_of(None, None)]
    enabled, start, group = work.enabled[at], work.start[at], codes(department)
    hours = clock(calendars, int(enabled.min()), int(start.max()))
    at_work = hours(group, start) - hours(group, enabled)
    parts[QUEUE][at] = at_work
    parts[UNAVAILABILITY][at] = start - enabled - at_work
