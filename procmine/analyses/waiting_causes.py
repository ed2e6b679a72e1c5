"""Why do customers wait: what held up the next step, and what is there to gain?"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import business
from procmine.errors import ColumnError, InputError, OptionError, nearest
from procmine.eventlog import EventLog
from procmine.registry import analysis_of_all
from procmine.result import Result
from procmine.schema import ACTIVITY, DEPARTMENT, NEXT_ACTIVITY, RESOURCE
from procmine.wording import count, duration, share

if TYPE_CHECKING:
    import altair as alt

    from procmine.calendars import Calendars
    from procmine.waiting.tables import Waits

_WORDS: Final[Mapping[str, str]] = {
    "batching": "work is collected until there is a batch of it",
    "contention": "whoever does it is busy with what came before",
    "prioritisation": "what came later is done first",
    "unavailability": "nobody is at work",
    "extraneous": "whoever does it isn't busy with anything that the log knows",
    "queue": "nobody knows for whom",
}


@analysis_of_all
def waiting_causes(
    log: EventLog, *, calendar: Path | None = None, team: str | None = None
) -> Result:
    """Say why customers wait: for a batch, a busy or absent colleague, or none of these.

    An event waits from when it was enabled, by the latest event of its case that was over when it
    began and isn't concurrent with it, until it began. Each moment of a wait has one cause, the
    first of these that applies: *batching* (the last job of its batch isn't enabled yet),
    *contention* (its resource is busy with a job that was enabled no later), *prioritisation* (busy
    with one that was enabled later), *unavailability* (the resource isn't at work), *extraneous*
    (it is at work, and does nothing that the log knows). Where nobody knows the resource, what
    isn't unavailability is *queue*.

    Work on what belongs to no journey keeps a resource busy too; its own waits aren't counted. All
    is done in memory: half a gigabyte for a million events.

    Formula: wait = batching + contention + prioritisation + unavailability + extraneous (queue),
    each moment once; gain of a cause = service / (service + wait - cause) - service / (service +
    wait).

    Source: Lashkevich, Milani, Chapela-Campa, Suvorau & Dumas, "Why am I waiting? Data-driven
    analysis of waiting times in business processes", CAiSE 2023.

    Args:
        log: The event log.
        calendar: A file with the working hours of departments and resources; where none is given
            they are discovered from the log, if it has events enough, and the answer says so.
        team: The column that names the team, where the log has one beside the department.

    Returns:
        `summary`, a row a cause: `cause, wait_seconds, share, efficiency_share,
        efficiency_without_share, gain_share`; `departments`: `department, count, service_seconds,
        wait_seconds, CAUSE_seconds…, efficiency_share, share`; `handoffs`: the waits by `level`
        (resource, team, department), `unit, next_unit`; `activities`: by `activity,
        next_activity`; `waits`: every one. The parts add up to the wait, to the microsecond. Cycle
        time efficiency is service / (service + wait). Without start times lengths are null, and
        `low_wait_seconds, high_wait_seconds` say between what they lie.

    Raises:
        ConfigurationError: The calendar can't be used.
        ColumnError: There is no column for the team.
        OptionError: The log is a sample: what else its resources did isn't in it.
        UnavailableError: The log isn't on Polars.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1", "2", "2"],
        ...         "activity": ["ask", "answer"] * 2,
        ...         "start": [f"2026-01-05T{t}Z" for t in ("09:00", "09:00", "09:00", "10:00")],
        ...         "end": [f"2026-01-05T{t}Z" for t in ("09:00", "10:00", "09:00", "11:00")],
        ...         "resource": ["web", "ann"] * 2,
        ...     }
        ... )
        >>> pm.waiting_causes(pm.read(table)).summary.select("cause", "wait_seconds").row(1)
        ('contention', 3600.0)
    """
    from procmine.waiting import tables
    from procmine.waiting.caveats import caveats
    from procmine.waiting.explain import explain
    from procmine.waiting.work import work_of

    _refuse_sample(log)
    levels = _levels(log, team)
    work = work_of(log, levels)
    hours = business.open_calendars(log, calendar) or _discovered(log)
    waits = tables.waits_of(work, explain(work, hours.of_resource), levels)
    summary = tables.by_cause(waits)
    departments = tables.by_department(waits)
    return Result(
        "waiting_causes",
        _headline(summary, waits, log),
        tuple(caveats(log, work, waits, hours)),
        tables.of_whom(
            log,
            waits,
            {
                "summary": summary,
                "departments": departments if DEPARTMENT in log.columns else departments.clear(),
                "handoffs": tables.by_handoff(waits, levels or [DEPARTMENT]),
                "activities": tables.by_step(waits),
                "waits": tables.one_by_one(waits),
            },
        ),
        chart_of=_chart,
    )


def _discovered(log: EventLog) -> "Calendars":
    """Discover working hours, of each resource where the log names them; none in a small log."""
    from procmine.calendars import Calendars
    from procmine.discovery import discover_calendars

    try:
        return discover_calendars(log, by=RESOURCE if RESOURCE in log.columns else DEPARTMENT)
    except InputError:
        return Calendars({})


def _refuse_sample(log: EventLog) -> None:
    if log.meta.sample is not None:
        raise OptionError(
            "A sample can't say why customers wait: what else its resources did isn't in it.",
            "Ask the whole log.",
        )


def _levels(log: EventLog, team: str | None) -> list[str]:
    """Return the columns that say who did it, the smallest unit first."""
    if team is not None and team not in log.columns:
        raise ColumnError(
            f"There is no column '{team}' to take as team.", nearest(team, log.columns)
        )
    return [c for c in dict.fromkeys((RESOURCE, team, DEPARTMENT)) if c in log.columns]


def _headline(summary: pl.DataFrame, waits: "Waits", log: EventLog) -> str:
    if not waits.total("wait"):
        return f"No event of {count(log.size[1], 'journey')} had to wait for another."
    if not waits.exact:
        return _bound(summary, waits)
    top = summary.sort("wait_seconds", descending=True, maintain_order=True).row(0, named=True)
    estimated = "By estimated start times, " if log.meta.estimated_starts else ""
    return (
        f"{estimated}{share(top['share'])} of the {duration(waits.total('wait'))} that customers "
        f"wait is {top['cause']}: {_WORDS[top['cause']]}. Without it they would be worked for in "
        f"{share(top['efficiency_without_share'])} of the time instead of "
        f"{share(top['efficiency_share'])}."
    )


def _bound(summary: pl.DataFrame, waits: "Waits") -> str:
    away = dict(summary.select("cause", "high_wait_seconds").iter_rows()).get("unavailability")
    within = f", {duration(away)} of it at most because nobody is at work" if away else ""
    return (
        f"Customers wait {duration(waits.total('wait'))} at most{within}: nobody knows when work "
        "began, so no more is certain."
    )


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.causes import bound_bars, cause_bars

    if result.summary["high_wait_seconds"].is_not_null().any():
        return bound_bars(result.summary, title=result.headline)
    table, lines, what = result.departments, [pl.col(DEPARTMENT)], "departments"
    if table[DEPARTMENT].drop_nulls().len() < 2:
        table, what = result.activities, "steps"
        lines = [pl.col(ACTIVITY), "→ " + pl.col(NEXT_ACTIVITY)]
    named = table.with_columns(
        pl.concat_list(line.fill_null("unknown") for line in lines).alias("name")
    )
    return cause_bars(named.to_dicts(), title=result.headline, what=what, **options)
