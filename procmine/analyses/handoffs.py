"""Where is the customer handed from one department to another, and waits?"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from procmine import caveats
from procmine.bootstrap import scattered, sums_by_block
from procmine.business import beside, open_calendars, said
from procmine.collecting import collect, collect_all
from procmine.errors import OptionError, nearest
from procmine.eventlog import EventLog
from procmine.privacy import with_customers
from procmine.quantiles import (
    EXACT_ROWS,
    by_group,
    over_first_quartile,
    seconds,
    sum_of,
    summarise,
)
from procmine.registry import analysis
from procmine.result import Result
from procmine.schema import (
    CUSTOMER,
    DEPARTMENT,
    ELAPSED,
    HANDOFF,
    HANDOFF_NUMBER,
    HANDOFF_RETURNS,
    NEW_HANDOFF,
    NEXT_DEPARTMENT,
    TIMESTAMP,
    WAIT,
    WAIT_BIN,
)
from procmine.wording import count, duration, number, share

if TYPE_CHECKING:
    import altair as alt

    from procmine.calendars import Calendars
    from procmine.draw.graph import Graph

_PAIR = [DEPARTMENT, NEXT_DEPARTMENT]
_MARKS = ("marked", "bounces", "ping_pongs")
_MEASURES = ("mean_seconds", "median_seconds", "p90_seconds", "total_seconds", "over_seconds")
_SHARES = ("waiting_share", "end_to_end_share", "bounce_share", "ping_pong_share")
_STEPS = (
    dict.fromkeys(_PAIR, pl.String)
    | dict.fromkeys(("count", "cases", "first", *_MARKS), pl.Int64)
    | dict.fromkeys(_MEASURES, pl.Float64)
)
_SURE = pl.Schema(
    {
        "row": pl.Int64,
        "low_rank": pl.Int64,
        "high_rank": pl.Int64,
        "change_seconds": pl.Float64,
        "low_change_seconds": pl.Float64,
        "high_change_seconds": pl.Float64,
    }
)


@analysis
def handoffs(log: EventLog, *, calendar: Path | None = None) -> Result:
    """Rank the handoffs between departments by how long customers wait in them.

    A handoff is a step between two events whose departments are both known and differ. One that
    the case's next handoff takes straight back is a bounce (A B A); one that goes back and forth
    again a ping-pong (A B A B).

    Ranks have intervals: customers (journeys, where customers are unknown) are drawn anew 500
    times, and where two pairs swap places in more than a few draws, the data can't tell which comes
    first; see `procmine.bootstrap` for the sources. The change compares the mean of the waits that
    began in the later half of the log's time with that of the earlier half, with an interval by
    the same draws; waits that were still running at the log's end are in neither.

    Formula: share(A, B) = waits in handoffs from A to B / waits in all handoffs; recoverable = sum
    of max(0, wait - the pair's first quartile).

    Source: Rummler & Brache, Improving Performance: How to Manage the White Space on the
    Organization Chart, 1990; ranks with intervals: Goldstein & Spiegelhalter, "League tables and
    their limitations", 1996.

    Args:
        log: The event log.
        calendar: a file of business hours (TOML); the waits in business time stand beside them, by
            the hours of the department that the customer waits for

    Returns:
        `summary` (one row): `pairs_known, handoffs, cases_with_handoff, total_seconds,
        waiting_share, end_to_end_share, bounce_share, ping_pong_share, recoverable_seconds`;
        `handoffs`: `rank, low_rank, high_rank, department, next_department, count, cases,
        mean_seconds, median_seconds, p90_seconds, total_seconds, share, end_to_end_share,
        bounce_share, ping_pong_share, change_seconds, low_change_seconds, high_change_seconds,
        recoverable_seconds`, the longest waiting first. `waiting_share` is the handoffs' part of
        all waiting in the log, `share` the pair's part of all waiting in handoffs,
        `end_to_end_share` its part of the time that all journeys take together. What is
        recoverable is what would be saved if no handoff of the pair took longer than its own first
        quartile. `filter_cases(hands_over=(department, next_department))` keeps the journeys behind
        a row. With a calendar the mean, median, p90 and total stand beside as `business_…`.
        `chart(form="matrix")` draws departments by departments.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1"],
        ...         "activity": ["ask", "answer"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"],
        ...         "department": ["Sales", "Care"],
        ...     }
        ... )
        >>> pm.handoffs(pm.read(table)).summary["handoffs"].item()
        1
    """
    steps, extent = _seen(log)
    table = _ranked(log, _handoffs(steps, extent["elapsed_seconds"]), extent)
    calendars = open_calendars(log, calendar)
    if calendars and DEPARTMENT in log.columns:
        table = _timed(log, table, calendars)
    handed = log.table.filter(nw.col(HANDOFF)) if DEPARTMENT in log.columns else log.table
    table = with_customers(log, table, _PAIR, handed)
    summary = with_customers(log, _summary(steps, table, extent["elapsed_seconds"]), (), handed)
    return Result(
        "handoffs",
        _headline(summary.row(0, named=True), table, log.size[1]),
        (
            *caveats.no_departments(log),
            *caveats.lookalikes(log, DEPARTMENT),
            *caveats.starts(log),
            *caveats.sketched(summary["handoffs"].item()),
            *_unmarked(log),
            *_unsure(log, table),
            *said(calendars, table["next_department"].unique().to_list()),
        ),
        {"summary": summary, "handoffs": table},
        chart_of=_chart,
        graph_of=_graph,
    )


def _seen(log: EventLog) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Look at the log once: a row a pair as in `_STEPS`, and the log's extent in time."""
    if DEPARTMENT not in log.columns:
        return pl.DataFrame(schema=_STEPS), _extent_of(collect(_extent(log)))
    sums = {
        "cases": nw.col(NEW_HANDOFF).cast(nw.Int64),
        "first": (nw.col(HANDOFF_NUMBER) == 1).cast(nw.Int64),
    }
    if HANDOFF_RETURNS in log.columns:
        returns = nw.col(HANDOFF_RETURNS)
        sums["marked"] = (~returns.is_null()).cast(nw.Int64)
        sums["bounces"] = (returns >= 1).cast(nw.Int64)
        sums["ping_pongs"] = (returns >= 2).cast(nw.Int64)
    exact = log.size[0] <= EXACT_ROWS
    queries = [by_group(log.steps, _PAIR, WAIT, sums, exact=exact, bins=WAIT_BIN), _extent(log)]
    queries += [log.steps.select(*_PAIR, nw.col(WAIT).alias("value"))] if exact else []
    grouped, extent, *rows = collect_all(*queries)
    over = over_first_quartile(grouped, _PAIR, *rows)
    steps = summarise(grouped, _PAIR, list(sums)).join(over, on=_PAIR, nulls_equal=True)
    steps = steps.with_columns(pl.lit(None, pl.Int64).alias(m) for m in _MARKS if m not in sums)
    # floats are added up later, always in the same order
    return steps.cast(dict.fromkeys(_PAIR, pl.String)).sort(_PAIR), _extent_of(extent)


def _timed(log: EventLog, table: pl.DataFrame, calendars: "Calendars") -> pl.DataFrame:
    """Put the waits in the business time of the department waited for beside them."""
    handed = log.table.filter(nw.col(HANDOFF))
    span = pl.col(TIMESTAMP), pl.col(WAIT), pl.col(NEXT_DEPARTMENT)
    return beside(table, handed, _PAIR, span, calendars, exact=log.size[0] <= EXACT_ROWS)


def _extent(log: EventLog) -> nw.LazyFrame[Any]:
    """Ask for the first and the last instant, and how long all journeys take together."""
    elapsed = nw.when(nw.col(WAIT).is_null()).then(nw.col(ELAPSED)).otherwise(nw.lit(0))
    ends = {"first": nw.col(TIMESTAMP).min(), "last": nw.col(TIMESTAMP).max()}
    return log.table.select(*sum_of(elapsed, "elapsed"), **ends)


def _extent_of(asked: pl.DataFrame) -> dict[str, Any]:
    return asked.with_columns(seconds("elapsed").alias("elapsed_seconds")).row(0, named=True)


def _handoffs(steps: pl.DataFrame, elapsed: float) -> pl.DataFrame:
    """Return the pairs that differ, the longest waiting first."""
    whole, total = pl.col("total_seconds").sum(), pl.col("total_seconds")
    marked = pl.when(pl.col("marked") > 0)
    return (
        steps.filter(pl.col(DEPARTMENT) != pl.col(NEXT_DEPARTMENT))
        .sort("total_seconds", "count", *_PAIR, descending=[True, True, False, False])
        # Only after sorting: a sum of floats depends on their order.
        .select(
            pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("rank"),
            *(*_PAIR, "count", "cases"),
            *("mean_seconds", "median_seconds", "p90_seconds", "total_seconds"),
            pl.when(whole > 0).then(total / whole).alias("share"),
            (total / elapsed if elapsed else pl.lit(None, pl.Float64)).alias("end_to_end_share"),
            marked.then(pl.col("bounces") / pl.col("marked")).alias("bounce_share"),
            marked.then(pl.col("ping_pongs") / pl.col("marked")).alias("ping_pong_share"),
            pl.col("over_seconds").alias("recoverable_seconds"),
        )
    )


def _ranked(log: EventLog, table: pl.DataFrame, extent: Mapping[str, Any]) -> pl.DataFrame:
    """Add how sure the ranks are, and how the waits changed over the log's time."""
    table = table.with_columns((pl.col("rank") - 1).alias("row"))
    sure = pl.DataFrame(schema=_SURE)
    if table.height:
        middle = extent["first"] + (extent["last"] - extent["first"]) / 2
        handed = log.table.filter(nw.col(HANDOFF))
        sums = sums_by_block(log, handed, _PAIR, WAIT, middle)
        sums = sums.cast(dict.fromkeys(_PAIR, pl.String))
        sure = scattered(sums.join(table.select(*_PAIR, "row"), on=_PAIR), table.height)
    # the rank that was found is always among those that may be
    known = pl.when(pl.col("low_rank").is_not_null()).then("rank")
    return table.join(sure, on="row", how="left", maintain_order="left").select(
        "rank",
        pl.min_horizontal("low_rank", known),
        pl.max_horizontal("high_rank", known),
        pl.exclude("row", "rank", "low_rank", "high_rank"),
    )


def _summary(steps: pl.DataFrame, table: pl.DataFrame, elapsed: float) -> pl.DataFrame:
    known = steps.filter(pl.col(DEPARTMENT).is_not_null(), pl.col(NEXT_DEPARTMENT).is_not_null())
    handed = known.filter(pl.col(DEPARTMENT) != pl.col(NEXT_DEPARTMENT))
    sums = handed.select(pl.col("count", "first", "total_seconds", *_MARKS).sum()).row(
        0, named=True
    )
    return pl.DataFrame(
        {
            "pairs_known": known["count"].sum(),
            "handoffs": sums["count"],
            "cases_with_handoff": sums["first"],
            "total_seconds": sums["total_seconds"],
            "waiting_share": _part(sums["total_seconds"], steps["total_seconds"].sum()),
            "end_to_end_share": _part(sums["total_seconds"], elapsed),
            "bounce_share": _part(sums["bounces"], sums["marked"]),
            "ping_pong_share": _part(sums["ping_pongs"], sums["marked"]),
            "recoverable_seconds": table["recoverable_seconds"].sum(),
        },
        schema_overrides=dict.fromkeys(_SHARES, pl.Float64),
    )


def _part(value: float, whole: Any) -> float | None:
    return value / whole if whole else None


def _unmarked(log: EventLog) -> list[str]:
    """Say that a log prepared long ago doesn't tell which handoffs come straight back."""
    if DEPARTMENT not in log.columns or HANDOFF_RETURNS in log.columns:
        return []
    fact = "An earlier procmine prepared the log, so bounces and ping-pongs are unknown"
    return [f"{fact}; prepare it anew to see them."]


def _unsure(log: EventLog, table: pl.DataFrame) -> list[str]:
    """Say which ranks the data can't tell."""
    if table.height < 2:
        return []
    drawn = "customers" if CUSTOMER in log.columns else "journeys"
    ranked = table.drop_nulls("low_rank")
    if ranked.is_empty():
        return [f"Too few {drawn} are handed over to say how sure the ranks are."]
    first = ranked.filter(pl.col("low_rank") == 1)
    unsure = ranked.filter(pl.col("low_rank") < pl.col("high_rank")).height
    if first.height > 1:
        named = [f"{a} → {b}" for a, b in first.head(3).select(_PAIR).rows()]
        more = f" or {first.height - 3} more" if first.height > 3 else ""
        fact = f"The data can't tell in which pair customers wait most: {_either(named, more)}"
        return [f"{fact} (95 % interval of the rank, over {drawn})."]
    if unsure:
        fact = f"{number(unsure)} of {number(ranked.height)} ranks can't be told from others"
        return [f"{fact} by the data: a rank's 95 % interval, over {drawn}, says which it may be."]
    return []


def _either(names: list[str], more: str) -> str:
    return ", ".join(names) + more if more else " or ".join([", ".join(names[:-1]), names[-1]])


def _headline(summary: dict[str, Any], table: pl.DataFrame, cases: int) -> str:
    if table.is_empty():
        return f"0 handoffs between departments are seen in {count(cases, 'journey')}."
    top = table.row(0, named=True)
    pair = f"{top[DEPARTMENT]} and {top[NEXT_DEPARTMENT]}"
    return (
        f"Customers are handed over {count(summary['handoffs'], 'time')} and wait "
        f"{duration(summary['total_seconds'] / summary['handoffs'])} each time on average; "
        f"{share(top['share'])} of that waiting lies between {pair}."
    )


def _chart(result: Result, *, form: str = "bars", **options: Any) -> "alt.TopLevelMixin":
    """Draw the pairs as ranked bars, or departments by departments as a matrix."""
    from procmine.draw.charts import handoff_bars, handoff_matrix

    forms = {"bars": handoff_bars, "matrix": handoff_matrix}
    if form not in forms:
        raise OptionError(f"Handoffs can't be drawn as '{form}'.", nearest(form, forms))
    return forms[form](result.handoffs, **options)


def _graph(result: Result, **options: Any) -> "Graph":
    from procmine.draw.department_map import department_map

    return department_map(result.handoffs, **options)
