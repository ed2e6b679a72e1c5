"""What the causes of waiting can't say of a log."""

from collections.abc import Iterator

from procmine.calendars import Calendars
from procmine.eventlog import EventLog
from procmine.schema import DEPARTMENT, RESOURCE
from procmine.waiting.causes import CONTENTION
from procmine.waiting.tables import Waits
from procmine.waiting.work import Work
from procmine.wording import count

_ALWAYS = (
    "What a resource does outside this log isn't seen, and counts as extraneous; what is gained "
    "without a cause assumes that the others stay as they are."
)
_NO_HOURS = (
    "No calendar is given, and the log has too few events to discover one: all time counts as "
    "working time, and what lies outside anybody's hours as extraneous (calendar, --calendar)."
)
_NO_STARTS = (
    "The log has no start times, so every length is the most that it can be, if no step begins "
    "before the one that enables it is complete; pm.estimate_starts(log) (--estimate-starts) "
    "estimates them."
)
_ESTIMATES = (
    "An estimated start follows right on what its resource or its case did before, so waits are "
    "too short, jobs look like batches, and little is left for the other causes."
)
_NO_RESOURCES = (
    "The log doesn't say who did what, so only unavailability and queue can be told apart; read it "
    "with the column that says so (resource, --resource)."
)
_SELECTION = (
    "Only the chosen part of the log is seen: what its resources did for others counts as "
    "extraneous too."
)


def caveats(log: EventLog, work: Work, waits: Waits, hours: Calendars) -> Iterator[str]:
    """Say what the figures don't hold, what is most in the way of them first.

    Args:
        log: The event log.
        work: What was taken out of it.
        waits: What was made of that.
        hours: The working hours that were reckoned with.
    """
    yield from _of_starts(work)
    if log.meta.estimated_starts:
        yield _ESTIMATES
    yield from _of_resources(waits)
    yield from _of_hours(waits, hours)
    yield from _left_out(work)
    yield _ALWAYS
    if log.meta.selection:
        yield _SELECTION


def _of_starts(work: Work) -> Iterator[str]:
    if not work.knows_starts:
        yield _NO_STARTS
    elif work.unknown_starts:
        fact = f"{count(work.unknown_starts, 'event has', 'events have')} no start time"
        yield f"{fact}, so the work on {'it' if work.unknown_starts == 1 else 'them'} is waiting."


def _of_resources(waits: Waits) -> Iterator[str]:
    unknown = waits.rows.filter("waits")[RESOURCE].null_count()
    if unknown and CONTENTION not in waits.causes:
        yield _NO_RESOURCES
    elif unknown:
        fact = f"{count(unknown, 'wait is', 'waits are')} for somebody unknown"
        yield f"{fact}; what isn't unavailability there is queue."


def _of_hours(waits: Waits, hours: Calendars) -> Iterator[str]:
    if not hours.departments and not hours.resources:
        yield _NO_HOURS
        return
    if hours.discovered:
        yield f"The working hours weren't stated: {hours.discovered}."
    who = waits.rows.filter("waits").group_by(RESOURCE, DEPARTMENT).len()
    without = sum(n for *unit, n in who.iter_rows() if hours.of_resource(*unit) is None)
    if without:
        fact = f"{count(without, 'wait is', 'waits are')} for somebody without a calendar"
        yield f"{fact}: all time counts as working time there."


def _left_out(work: Work) -> Iterator[str]:
    if work.overlaps:
        fact = f"{count(work.overlaps, 'event')} began before the one before it in its journey"
        yield f"{fact} was over, and waits since an earlier one was."
    if work.of_customers:
        yield f"The wait before {count(work.of_customers, 'event')} is the customer's own."
