"""How long does the customer's journey take, end to end?"""

from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import polars as pl

from procmine import caveats
from procmine.eventlog import EventLog, collect
from procmine.quantiles import EXACT_ROWS, by_group, summarise
from procmine.registry import analysis
from procmine.result import Result
from procmine.schema import ELAPSED
from procmine.wording import count, duration

if TYPE_CHECKING:
    import altair as alt

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_STEPS = (
    *(_MINUTE * n for n in (1, 5, 15, 30)),
    *(_HOUR * n for n in (1, 2, 4, 8, 16)),
    *(_DAY * n for n in (1, 2, 4, 7, 14, 28, 56, 91, 182, 365, 730, 1461, 3652)),
)
"""Where the histogram's bars end, in seconds: durations that have a name."""


@analysis
def cycle_time(log: EventLog) -> Result:
    """Say how long journeys take from their first start to their last completion.

    Where the log knows which activities close a journey (`outcomes`), only closed journeys are
    measured and the open ones are counted beside them.

    Args:
        log: The event log.

    Returns:
        `summary` (one row): `cases, open_cases, mean_seconds, median_seconds, p90_seconds,
        max_seconds`; `histogram`: `from_seconds, to_seconds, cases`, bars of named length.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1"],
        ...         "activity": ["ask", "answer"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"],
        ...     }
        ... )
        >>> pm.cycle_time(pm.read(table)).headline
        'Half of the journeys take 1 hour or longer; one in ten takes more than 1 hour.'
    """
    closed = log.ends.filter(~log.is_open().fill_null(False))
    if log.size[1] <= EXACT_ROWS:
        summary, bars = _exact(closed)
    else:
        summary, bars = _sketched(closed)
    histogram = _histogram(bars)
    cases = summary["cases"].item()
    still_open = log.size[1] - cases if log.meta.outcomes else None
    summary = summary.insert_column(1, pl.Series("open_cases", [still_open], dtype=pl.Int64))
    return Result(
        "cycle_time",
        _headline(summary.row(0, named=True)),
        (*_open(still_open), *caveats.open_unknown(log), *caveats.sketched(cases)),
        {"summary": summary, "histogram": histogram},
        chart_of=_chart,
    )


def _exact(closed: nw.LazyFrame[Any]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the summary and the journeys by bar, from each journey's duration, in order."""
    elapsed = collect(closed.select(nw.col(ELAPSED))).sort(ELAPSED)
    value = pl.col(ELAPSED)
    whole, rest = (value // 1_000_000).sum(), (value % 1_000_000).sum() / 1e6
    summary = elapsed.select(
        pl.len().cast(pl.Int64).alias("cases"),
        ((whole + rest) / value.count()).fill_nan(None).alias("mean_seconds"),
        (value.median() / 1e6).alias("median_seconds"),
        (value.quantile(0.9, interpolation="linear") / 1e6).alias("p90_seconds"),
        (value.max() / 1e6).alias("max_seconds"),
    )
    edges = pl.Series([s * 1_000_000 for s in _STEPS])
    places = [0, *elapsed[ELAPSED].search_sorted(edges), elapsed.height]
    return summary, pl.DataFrame({"bar": range(len(_STEPS) + 1), "cases": np.diff(places)})


def _sketched(closed: nw.LazyFrame[Any]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the same from counts: of each duration only its bar and its bin are kept."""
    barred = closed.with_columns(_bar().alias("bar"), all=nw.lit(0))
    keys = ["all", "bar"]
    grouped = collect(by_group(barred, keys, ELAPSED, {}, exact=False))
    longest = collect(closed.select((nw.col(ELAPSED).max() / 1_000_000).alias("max_seconds")))
    row = summarise(grouped, ["all"], []).rename({"count": "cases"})
    columns = ["cases", "mean_seconds", "median_seconds", "p90_seconds", "max_seconds"]
    summary = pl.concat([row, longest], how="horizontal").select(columns)
    return summary, grouped.group_by("bar").agg(pl.col("count").sum().alias("cases"))


def _bar() -> nw.Expr:
    """Return how many of the named durations a journey reached."""
    return nw.sum_horizontal(*((nw.col(ELAPSED) >= s * 1_000_000).cast(nw.Int64) for s in _STEPS))


def _histogram(counted: pl.DataFrame) -> pl.DataFrame:
    """Give the journeys between each two named durations their edges."""
    edges = pl.DataFrame(
        {
            "bar": range(len(_STEPS) + 1),
            "from_seconds": [0.0, *map(float, _STEPS)],
            "to_seconds": [*map(float, _STEPS), None],
        }
    )
    bars = (
        edges.join(counted, on="bar", how="left")
        .sort("bar")
        .with_columns(pl.col("cases").fill_null(0))
    )
    filled = bars.filter(pl.col("cases") > 0)["bar"]
    if filled.is_empty():
        return bars.clear().drop("bar")
    return bars.filter(pl.col("bar").is_between(filled.min(), filled.max())).drop("bar")


def _headline(row: dict[str, Any]) -> str:
    if not row["cases"]:
        return "No journey is closed yet."
    return (
        f"Half of the journeys take {duration(row['median_seconds'])} or longer; "
        f"one in ten takes more than {duration(row['p90_seconds'])}."
    )


def _open(still_open: int | None) -> list[str]:
    if not still_open:
        return []
    fact = f"{count(still_open, 'journey is', 'journeys are')} still open and not measured,"
    return [f"{fact} so long journeys are under-represented."]


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.charts import cycle_time_histogram

    return cycle_time_histogram(result.histogram, result.summary, **options)
