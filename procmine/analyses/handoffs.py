"""Where is the customer handed from one department to another, and waits?"""

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from procmine import caveats
from procmine.eventlog import EventLog, collect
from procmine.quantiles import EXACT_ROWS, by_group, summarise
from procmine.registry import analysis
from procmine.result import Result
from procmine.schema import (
    DEPARTMENT,
    HANDOFF_NUMBER,
    NEW_HANDOFF,
    NEXT_DEPARTMENT,
    WAIT,
    WAIT_BIN,
)
from procmine.wording import count, duration, share

if TYPE_CHECKING:
    import altair as alt

    from procmine.draw.graph import Graph

_PAIR = [DEPARTMENT, NEXT_DEPARTMENT]


@analysis
def handoffs(log: EventLog) -> Result:
    """Rank the handoffs between departments by how long customers wait in them.

    A handoff is a step between two events whose departments are both known and differ.

    Args:
        log: The event log.

    Returns:
        `summary` (one row): `pairs_known, handoffs, cases_with_handoff, total_seconds,
        waiting_share`; `handoffs`: `department, next_department, count, cases, mean_seconds,
        median_seconds, p90_seconds, total_seconds, share`, the longest waiting first.
        `waiting_share` is the handoffs' part of all waiting in the log, `share` the pair's part
        of all waiting in handoffs.

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
    if DEPARTMENT in log.columns:
        steps = _steps(log)
        summary, table = _summary(steps), _handoffs(steps)
    else:
        summary, table = _nothing()
    return Result(
        "handoffs",
        _headline(summary.row(0, named=True), table, log.size[1]),
        (
            *caveats.no_departments(log),
            *caveats.lookalikes(log, DEPARTMENT),
            *caveats.starts(log),
            *caveats.sketched(summary["handoffs"].item()),
        ),
        {"summary": summary, "handoffs": table},
        chart_of=_chart,
        graph_of=_graph,
    )


def _steps(log: EventLog) -> pl.DataFrame:
    """Look at all steps once: `*_PAIR, count, cases, first, *_seconds`; unknown ones too."""
    sums = {
        "cases": nw.col(NEW_HANDOFF).cast(nw.Int64),
        "first": (nw.col(HANDOFF_NUMBER) == 1).cast(nw.Int64),
    }
    exact = log.size[0] <= EXACT_ROWS
    grouped = collect(by_group(log.steps, _PAIR, WAIT, sums, exact=exact, bins=WAIT_BIN))
    steps = summarise(grouped, _PAIR, list(sums)).with_columns(pl.col(_PAIR).cast(pl.String))
    return steps.sort(_PAIR)  # floats are added up below, always in the same order


def _summary(steps: pl.DataFrame) -> pl.DataFrame:
    known = steps.filter(pl.col(DEPARTMENT).is_not_null(), pl.col(NEXT_DEPARTMENT).is_not_null())
    handed = pl.col(DEPARTMENT) != pl.col(NEXT_DEPARTMENT)
    waited, whole = pl.col("total_seconds").filter(handed).sum(), steps["total_seconds"].sum()
    return known.select(
        pl.col("count").sum().alias("pairs_known"),
        pl.col("count").filter(handed).sum().alias("handoffs"),
        pl.col("first").sum().fill_null(0).alias("cases_with_handoff"),
        waited.alias("total_seconds"),
        (waited / whole if whole else pl.lit(None, pl.Float64)).alias("waiting_share"),
    )


def _handoffs(steps: pl.DataFrame) -> pl.DataFrame:
    whole = pl.col("total_seconds").sum()
    return (
        steps.filter(pl.col(DEPARTMENT) != pl.col(NEXT_DEPARTMENT))
        .drop("first")
        .sort("total_seconds", "count", *_PAIR, descending=[True, True, False, False])
        # Only after sorting: a sum of floats depends on their order.
        .with_columns(pl.when(whole > 0).then(pl.col("total_seconds") / whole).alias("share"))
    )


def _nothing() -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables of a log without departments: right in shape, and empty."""
    summary = pl.DataFrame(
        {
            "pairs_known": [0],
            "handoffs": [0],
            "cases_with_handoff": [0],
            "total_seconds": [0.0],
            "waiting_share": pl.Series([None], dtype=pl.Float64),
        }
    )
    counts = dict.fromkeys(("count", "cases"), pl.Int64)
    measures = ("mean_seconds", "median_seconds", "p90_seconds", "total_seconds", "share")
    schema = dict.fromkeys(_PAIR, pl.String) | counts | dict.fromkeys(measures, pl.Float64)
    return summary, pl.DataFrame(schema=schema)


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


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.charts import handoff_bars

    return handoff_bars(result.handoffs, **options)


def _graph(result: Result, **options: Any) -> "Graph":
    from procmine.draw.department_map import department_map

    return department_map(result.handoffs, **options)
