"""What is done more than once in the same journey?"""

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from procmine import caveats
from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.privacy import CUSTOMERS, with_customers
from procmine.quantiles import seconds, sum_of
from procmine.registry import analysis
from procmine.result import Result
from procmine.schema import (
    ACTIVITY,
    CASE,
    NEW_ACTIVITY,
    NEXT_ACTIVITY,
    NEXT_RESOURCE,
    RESOURCE,
    WAIT,
)
from procmine.wording import count, number, share

if TYPE_CHECKING:
    import altair as alt


@analysis
def rework(log: EventLog) -> Result:
    """Count what journeys do again: at once (self-loops) and later (repetitions).

    Formula: repeat share = events whose activity the journey has had before / all events; a
    self-loop is a repeat directly after itself.

    Source: the rework measures of edeaR (Swennen et al., "Capturing resource behaviour from event
    logs", SIMPDA 2016).

    Args:
        log: The event log.

    Returns:
        `summary` (one row): `events, repeats, repeat_share, self_loops, cases, cases_with_repeat`;
        `activities`: `activity, events, repeats, repeat_share, self_loops,
        self_loops_same_resource, self_loop_seconds, cases_with_repeat`, most repeats first. A
        repeat is an event whose activity its journey has had before; a self-loop a repeat directly
        after itself.
        `self_loops_same_resource` is null where resources are unknown.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1"],
        ...         "activity": ["ask", "ask"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"],
        ...     }
        ... )
        >>> pm.rework(pm.read(table)).headline
        '50 % of all work is repeated, in 1 of 1 journey.'
    """
    activities = _of_enough(log, with_customers(log, _activities(log), [ACTIVITY]))
    repeating = log.table.filter(~nw.col(NEW_ACTIVITY)).select(CASE).unique()
    cases = collect(repeating.select(nw.len().alias("cases")))["cases"].item()
    events = pl.col("events").sum()
    summary = activities.select(
        events,
        pl.col("repeats").sum(),
        pl.when(events > 0).then(pl.col("repeats").sum() / events).alias("repeat_share"),
        pl.col("self_loops").sum(),
        pl.lit(log.size[1]).alias("cases"),
        pl.lit(cases).alias("cases_with_repeat"),
    )
    summary = with_customers(log, summary)
    return Result(
        "rework",
        _headline(summary.row(0, named=True)),
        (
            "A repeat isn't always waste: some activities are meant to recur.",
            *caveats.lookalikes(log, ACTIVITY),
        ),
        {"summary": summary, "activities": activities},
        chart_of=_chart,
    )


def _activities(log: EventLog) -> pl.DataFrame:
    loop = nw.col(ACTIVITY) == nw.col(NEXT_ACTIVITY)
    looped = loop.fill_null(False).cast(nw.Int64)
    sums = [
        nw.len().alias("events"),
        (~nw.col(NEW_ACTIVITY)).cast(nw.Int64).sum().alias("repeats"),
        looped.sum().alias("self_loops"),
        *sum_of(looped * nw.col(WAIT).fill_null(0), "loop"),
    ]
    if RESOURCE in log.columns:
        same = (loop & (nw.col(RESOURCE) == nw.col(NEXT_RESOURCE))).fill_null(False)
        sums.append(same.cast(nw.Int64).sum().alias("self_loops_same_resource"))
    counted = collect(log.table.group_by(ACTIVITY).agg(*sums))
    again = log.table.filter(~nw.col(NEW_ACTIVITY)).select(ACTIVITY, CASE).unique()
    cases = collect(again.group_by(ACTIVITY).agg(nw.len().alias("cases_with_repeat")))
    if RESOURCE not in log.columns:
        counted = counted.with_columns(self_loops_same_resource=pl.lit(None, pl.Int64))
    return (
        counted.join(cases, on=ACTIVITY, how="left")
        .select(
            pl.col(ACTIVITY).cast(pl.String),
            *("events", "repeats"),
            (pl.col("repeats") / pl.col("events")).alias("repeat_share"),
            *("self_loops", "self_loops_same_resource"),
            seconds("loop").alias("self_loop_seconds"),
            pl.col("cases_with_repeat").fill_null(0),
        )
        .sort("repeats", ACTIVITY, descending=[True, False])
    )


def _of_enough(log: EventLog, activities: pl.DataFrame) -> pl.DataFrame:
    """Leave out, of a protected log, the time in self-loops of too few customers."""
    if log.meta.protected is None:
        return activities
    looped = log.table.filter(nw.col(ACTIVITY) == nw.col(NEXT_ACTIVITY))
    few = with_customers(log, activities.select(ACTIVITY), [ACTIVITY], looped)[CUSTOMERS]
    hidden = few.is_between(1, log.meta.protected - 1)
    seconds_ = pl.when(~hidden).then("self_loop_seconds")
    return activities.with_columns(seconds_.alias("self_loop_seconds"))


def _headline(row: dict[str, Any]) -> str:
    if not row["repeats"]:
        return f"0 of {count(row['events'], 'event')} repeat what the same journey had before."
    part = share(row["repeat_share"])
    return (
        f"{part[0].upper()}{part[1:]} of all work is repeated, in "
        f"{number(row['cases_with_repeat'])} of {count(row['cases'], 'journey')}."
    )


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.charts import rework_bars

    return rework_bars(result.activities, **options)
