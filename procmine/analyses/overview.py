"""What is in the log?"""

from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from procmine import caveats
from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.privacy import with_customers
from procmine.quantiles import EXACT_ROWS, by_group, seconds, sum_of, summarise
from procmine.registry import analysis
from procmine.result import Result
from procmine.schema import (
    ACTIVITY,
    DEPARTMENT,
    ELAPSED,
    HANDOFF_NUMBER,
    NEW_ACTIVITY,
    TIMESTAMP,
    VARIANT,
)
from procmine.wording import count, duration

if TYPE_CHECKING:
    import altair as alt


_ALL: Final = "__all"


@analysis
def overview(log: EventLog) -> Result:
    """Say what the log holds: its size, its period, and how far journeys travel.

    Formula: counts of events, journeys, activities, variants and departments; a journey's duration
    = its last completion - its first start (its first completion where starts are unknown).

    Source: the log measures of van der Aalst, Process Mining: Data Science in Action, 2nd ed. 2016,
    chapter 5.

    Args:
        log: The event log.

    Returns:
        `summary` (one row): `events, cases, activities, variants, departments, first_event,
        last_event, handoffs, mean_seconds, median_seconds`; `activities`: `activity, events,
        cases, share`, the commonest first.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1"],
        ...         "activity": ["ask", "answer"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"],
        ...     }
        ... )
        >>> pm.overview(pm.read(table)).summary["activities"].item()
        2
    """
    summary = with_customers(log, _summary(log))
    activities = collect(
        log.table.group_by(ACTIVITY).agg(
            nw.len().alias("events"), nw.col(NEW_ACTIVITY).cast(nw.Int64).sum().alias("cases")
        )
    )
    activities = activities.with_columns(
        pl.col(ACTIVITY).cast(pl.String), share=pl.col("events") / pl.col("events").sum()
    ).sort("events", ACTIVITY, descending=[True, False])
    activities = with_customers(log, activities, [ACTIVITY])
    return Result(
        "overview",
        _headline(summary.row(0, named=True)),
        (
            *caveats.set_aside(log),
            *caveats.sketched(log.size[1]),
            *caveats.no_departments(log),
            *caveats.lookalikes(log, DEPARTMENT),
            *caveats.lookalikes(log, ACTIVITY),
        ),
        {"summary": summary, "activities": activities},
        chart_of=_chart,
    )


def _summary(log: EventLog) -> pl.DataFrame:
    parts = [_of_events(log), _of_cases(log), _of_departments(log)]
    cases = pl.when(pl.col("cases") > 0).then("cases")
    return pl.concat(parts, how="horizontal").select(
        *("events", "cases", "activities", "variants", "departments", "first_event", "last_event"),
        pl.when(DEPARTMENT in log.columns).then("handoffs").alias("handoffs"),
        (seconds("elapsed") / cases).alias("mean_seconds"),
        "median_seconds",
    )


def _of_events(log: EventLog) -> pl.DataFrame:
    return collect(
        log.table.select(
            nw.len().alias("events"),
            nw.col(ACTIVITY).n_unique().alias("activities"),
            nw.col(TIMESTAMP).min().alias("first_event"),
            nw.col(TIMESTAMP).max().alias("last_event"),
            nw.col(HANDOFF_NUMBER).count().alias("handoffs"),
        )
    )


def _of_cases(log: EventLog) -> pl.DataFrame:
    ends, exact = log.ends, log.size[1] <= EXACT_ROWS
    counted = ends.select(
        nw.len().alias("cases"),
        nw.col(VARIANT).n_unique().alias("variants"),
        *sum_of(nw.col(ELAPSED), "elapsed"),
    )
    together = ends.with_columns(nw.lit(0).alias(_ALL))
    times = collect(by_group(together, [_ALL], ELAPSED, {}, exact=exact))
    median = summarise(times, [_ALL], [])["median_seconds"].max()  # of one row, or of no journey
    return collect(counted).with_columns(pl.lit(median, pl.Float64).alias("median_seconds"))


def _of_departments(log: EventLog) -> pl.DataFrame:
    if DEPARTMENT not in log.columns:
        return pl.DataFrame({"departments": [0]})
    names = log.table.select(nw.col(DEPARTMENT)).drop_nulls().unique()
    return collect(names.select(nw.len().alias("departments")))


def _headline(row: dict[str, Any]) -> str:
    silos = f" through {count(row['departments'], 'department')}" if row["departments"] else ""
    if row["median_seconds"] is None:
        return f"{count(row['cases'], 'journey')}{silos}."
    return (
        f"{count(row['cases'], 'journey')}{silos} between {row['first_event']:%-d %B %Y} and "
        f"{row['last_event']:%-d %B %Y}; half took {duration(row['median_seconds'])} or longer."
    )


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.charts import activity_bars

    return activity_bars(result.activities, **options)
