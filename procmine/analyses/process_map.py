"""Which way do journeys go, and where do they wait?"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from procmine import business, caveats
from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.privacy import with_customers
from procmine.quantiles import EXACT_ROWS, by_group, summarise
from procmine.registry import analysis
from procmine.result import Result
from procmine.schema import (
    ACTIVITY,
    CASE,
    COST,
    DEPARTMENT,
    HANDOFF,
    NEW_ACTIVITY,
    NEW_STEP,
    NEXT_ACTIVITY,
    NEXT_DEPARTMENT,
    TIMESTAMP,
    WAIT,
    WAIT_BIN,
)
from procmine.wording import duration, share

if TYPE_CHECKING:
    import altair as alt

    from procmine.calendars import Calendars
    from procmine.draw.graph import Graph


_MOST = 0.5
_SPENT = "total_cost"


@analysis
def process_map(
    log: EventLog, *, split_departments: bool = False, calendar: Path | None = None
) -> Result:
    """Count every step from one activity directly to the next, and how long customers wait in it.

    Formula: count(a, b) = how often b comes directly after a in a journey; wait(a, b) = b's start
    (its completion where starts are unknown) - the latest completion so far, never negative.

    Source: directly-follows graphs, van der Aalst, "A practitioner's guide to process mining:
    Limitations of the directly-follows graph", 2019.

    Args:
        log: The event log.
        split_departments: Make one node of each activity and department, instead of one of each
            activity.
        calendar: A file of working hours (TOML): waits in business time too, by the hours of the
            department that is waited for.

    Returns:
        `nodes`: `activity, events, cases, department, department_share, starts, ends`, where the
        department is the one that does most of the activity and its share is null where none is
        known, and `total_cost` where the log knows cost; `edges`: `activity, next_activity,
        count, cases, mean_seconds, median_seconds, p90_seconds, total_seconds, handoff_share`,
        with `department, next_department` when split. `handoff_share` is the share of the steps
        with two known departments that cross from one to another; null where none is known. With
        a calendar the edges' mean, median, p90 and total stand beside as `business_…`.

    Raises:
        ConfigurationError: The calendar can't be used.
        UnavailableError: A calendar is given and the log isn't on Polars.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1"],
        ...         "activity": ["ask", "answer"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"],
        ...     }
        ... )
        >>> pm.process_map(pm.read(table)).edges["total_seconds"].to_list()
        [3600.0]
    """
    split, calendars = split_departments, business.open_calendars(log, calendar)
    edges = _edges(log, split=split)
    if calendars:
        edges = _timed(log, edges, calendars, split=split)
    nodes = _nodes(log, edges, split=split)
    keys = _keys(log, split=split)
    own = [k for k in keys if k in (ACTIVITY, DEPARTMENT)]
    nodes, edges = with_customers(log, nodes, own), with_customers(log, edges, keys, log.steps)
    return Result(
        "process_map",
        _headline(edges),
        (
            *caveats.starts(log),
            *caveats.sketched(log.size[0]),
            *caveats.no_departments(log),
            *caveats.lookalikes(log, DEPARTMENT),
            *_shared(nodes),
            *business.said(calendars, _waited_for(log) if calendars else ()),
        ),
        {"nodes": nodes, "edges": edges},
        chart_of=_chart,
        graph_of=_graph,
    )


def _keys(log: EventLog, *, split: bool) -> list[str]:
    """What tells one step from another."""
    if split and DEPARTMENT in log.columns:
        return [ACTIVITY, DEPARTMENT, NEXT_ACTIVITY, NEXT_DEPARTMENT]
    return [ACTIVITY, NEXT_ACTIVITY]


def _sums(log: EventLog, *, split: bool) -> dict[str, nw.Expr]:
    """What is added up over a step's occurrences."""
    sums: dict[str, nw.Expr] = {}
    if DEPARTMENT in log.columns:
        sums["handoffs"] = nw.col(HANDOFF).cast(nw.Int64)
        sums["known"] = (~nw.col(HANDOFF).is_null()).cast(nw.Int64)
    if not split:
        sums["cases"] = nw.col(NEW_STEP).cast(nw.Int64)
    return sums


def _edges(log: EventLog, *, split: bool) -> pl.DataFrame:
    known, keys, sums = DEPARTMENT in log.columns, _keys(log, split=split), _sums(log, split=split)
    exact = log.size[0] <= EXACT_ROWS
    grouped = collect(by_group(log.steps, keys, WAIT, sums, exact=exact, bins=WAIT_BIN))
    edges = summarise(grouped, keys, list(sums))
    if split:
        cases = collect(log.steps.group_by(keys).agg(nw.col(CASE).n_unique().alias("cases")))
        edges = edges.join(cases, on=keys, how="left", nulls_equal=True)
    crossing = (
        pl.when(pl.col("known") > 0).then(pl.col("handoffs") / pl.col("known"))
        if known
        else pl.lit(None, pl.Float64)
    )
    measures = ["count", "cases", "mean_seconds", "median_seconds", "p90_seconds", "total_seconds"]
    return edges.select(
        pl.col(keys).cast(pl.String), *measures, crossing.alias("handoff_share")
    ).sort("total_seconds", "count", *keys, descending=[True, True, *[False] * len(keys)])


def _timed(
    log: EventLog, edges: pl.DataFrame, calendars: "Calendars", *, split: bool
) -> pl.DataFrame:
    span = pl.col(TIMESTAMP), pl.col(WAIT), pl.col(NEXT_DEPARTMENT)
    keys, exact = _keys(log, split=split), log.size[0] <= EXACT_ROWS
    return business.beside(edges, log.steps, keys, span, calendars, exact=exact)


def _waited_for(log: EventLog) -> list[str | None]:
    counted = collect(log.steps.group_by(NEXT_DEPARTMENT).agg(nw.len().alias("count")))
    return counted[NEXT_DEPARTMENT].cast(pl.String).to_list()


def _nodes(log: EventLog, edges: pl.DataFrame, *, split: bool) -> pl.DataFrame:
    keys = [ACTIVITY, DEPARTMENT] if DEPARTMENT in log.columns else [ACTIVITY]
    cases = nw.col(CASE).n_unique() if split else nw.col(NEW_ACTIVITY).cast(nw.Int64).sum()
    spent = [_millionths().sum().alias(_SPENT)] if COST in log.columns else []
    counted = collect(
        log.table.group_by(keys).agg(nw.len().alias("events"), cases.alias("cases"), *spent)
    ).with_columns(pl.col(keys).cast(pl.String))
    if DEPARTMENT not in log.columns:
        counted = counted.with_columns(pl.lit(None, pl.String).alias(DEPARTMENT))
    nodes = _ended(_split(counted) if split else _joined(counted), edges)
    columns: list[str | pl.Expr] = [
        *(ACTIVITY, "events", "cases", DEPARTMENT, "department_share", "starts", "ends")
    ]
    columns += [pl.col(_SPENT) / 1e6] if spent else []
    return nodes.select(columns).sort(
        "events", ACTIVITY, DEPARTMENT, descending=[True, False, False]
    )


def _millionths() -> nw.Expr:
    """Return what an event cost: whole millionths add up alike in any order, floats don't."""
    cost = nw.col(COST).cast(nw.Float64)
    return nw.when(cost.is_finite()).then(cost * 1_000_000).round().cast(nw.Int64)


def _ended(nodes: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """Add how often a case starts and ends with each: no step leads there, or on from there."""
    here = [c for c in (ACTIVITY, DEPARTMENT) if c in edges.columns]
    there = [pl.col(f"next_{c}").alias(c) for c in here]
    for name, keys in (("starts", there), ("ends", here)):
        steps = edges.group_by(keys).agg(pl.col("count").sum().alias(name))
        nodes = nodes.join(steps, on=here, how="left", nulls_equal=True)
    # -steps + events, so that the columns keep their names
    return nodes.with_columns(-pl.col("starts", "ends").fill_null(0) + pl.col("events"))


def _split(counted: pl.DataFrame) -> pl.DataFrame:
    known = pl.col(DEPARTMENT).is_not_null()
    return counted.with_columns(department_share=pl.when(known).then(1.0))


def _joined(counted: pl.DataFrame) -> pl.DataFrame:
    """Give each activity to the department that does most of it; the unknown one comes last."""
    ranked = counted.sort(
        pl.col(DEPARTMENT).is_null(), "events", DEPARTMENT, descending=[False, True, False]
    )
    return ranked.group_by(ACTIVITY, maintain_order=True).agg(
        pl.col("events", "cases", *[c for c in counted.columns if c == _SPENT]).sum(),
        pl.col(DEPARTMENT).first(),
        (
            pl.when(pl.col(DEPARTMENT).first().is_not_null()).then(
                pl.col("events").first() / pl.col("events").sum()
            )
        ).alias("department_share"),
    )


def _shared(nodes: pl.DataFrame) -> list[str]:
    """Say that a lane says little where its department does less than half of what stands in it."""
    known = nodes.filter(pl.col("department_share").is_not_null())
    part = known.select((pl.col("events") * pl.col("department_share")).sum()).item()
    whole = known["events"].sum()
    if not whole or part / whole >= _MOST:
        return []
    fact = f"The departments that activities stand under do {share(part / whole)} of them"
    return [f"{fact}; most work is done by others, which splitting by department shows."]


def _headline(edges: pl.DataFrame) -> str:
    whole = edges["total_seconds"].sum()
    if edges.is_empty() or not whole:
        return "No customer waits between two steps."
    top = edges.row(0, named=True)
    part = share(top["total_seconds"] / whole)
    return (
        f"Customers wait longest between {top['activity']} and {top['next_activity']}: "
        f"{duration(top['mean_seconds'])} on average, {part} of all waiting."
    )


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.charts import activity_bars

    return activity_bars(result.nodes, **options)


def _graph(result: Result, **options: Any) -> "Graph":
    from procmine.draw.process_map import process_map as draw

    # of a protected log an activity may be hidden whose steps aren't
    shown = pl.col(ACTIVITY, NEXT_ACTIVITY).is_in(result.nodes[ACTIVITY].implode())
    edges = result.edges.filter(pl.all_horizontal(shown))
    return draw(result.nodes, edges, **options)
