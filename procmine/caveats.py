"""What figures can't say: the sentences that several analyses share."""

from collections.abc import Mapping

from procmine.eventlog import EventLog
from procmine.quality import TOLERATED
from procmine.quantiles import ERROR, EXACT_ROWS
from procmine.schema import DEPARTMENT, START, SUSPENDED
from procmine.wording import count, duration, number, share


def lookalikes(log: EventLog, role: str) -> list[str]:
    """Point out values that were kept and look like missing ones."""
    values = log.meta.null_lookalikes.get(role, ())
    if not values:
        return []
    named = ", ".join(f"'{v}'" for v in values)
    option = " ".join(f"--null-value {v}" for v in values)
    one = len(values) == 1
    looks = "looks like a missing value and counts" if one else "look like missing values and count"
    advice = f"give null_values={list(values)} ({option}) to count it as unknown."
    return [f"{named} in {role.replace('_', ' ')} {looks} like any other; {advice}"]


def starts(log: EventLog) -> list[str]:
    """Say that waits include work where start times are unknown."""
    if START in log.columns:
        return []
    return ["The log has no start times, so the waits before an event include the work on it."]


def estimated_starts(log: EventLog) -> list[str]:
    """Say that figures rest on estimated start times, and how far these may be off."""
    made = log.meta.estimated_starts
    if not made:
        return []
    fact = count(made, "start time is an estimate", "start times are estimates")
    error = "half of such estimates were over 47 minutes off, and all 5.3 hours on average"
    return [f"{fact}, the earliest that the log allows: on a public log {error}."]


def suspended(log: EventLog) -> list[str]:
    """Say that work counts from its start to its end, suspended or not."""
    microseconds = int(log.meta.quality.get(SUSPENDED, 0))
    if not microseconds:
        return []
    return [f"Work was suspended for {duration(microseconds / 1e6)} in all, which counts as work."]


def sketched(rows: int) -> list[str]:
    """Say the error of medians and percentiles where they are read from bins."""
    if rows <= EXACT_ROWS:
        return []
    return [f"Medians and 90th percentiles are within {share(ERROR)} of the exact figure."]


def no_departments(log: EventLog) -> list[str]:
    """Say that handoffs can't be seen without departments."""
    if DEPARTMENT in log.columns:
        return []
    fact = "The log names no department, so handoffs can't be seen"
    return [f"{fact}; read it with the column that holds it (department, --department)."]


def set_aside(log: EventLog) -> list[str]:
    """Say how many of the events read couldn't be used."""
    reasons: Mapping[str, int] = log.meta.quality.get("reasons", {})
    others = sum(n for reason, n in reasons.items() if reason in TOLERATED)
    left = int(log.meta.quality.get("set_aside", 0)) - others
    read = int(log.meta.quality.get("rows_read", 0)) - others
    if not left:
        return []
    fact = f"{count(left, 'event')} of {number(read)} read couldn't be used"
    return [f"{fact} and {'is' if left == 1 else 'are'} left out."]


def open_unknown(log: EventLog) -> list[str]:
    """Say that nobody knows which journeys are still open."""
    if log.meta.outcomes:
        return []
    fact = "Nobody said which activities close a journey, so each is measured to its last event,"
    return [f"{fact} as if it were over (outcomes, --outcome)."]
