"""In how many ways is the same request treated?"""

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from procmine import caveats
from procmine.eventlog import EventLog, collect_all
from procmine.quantiles import EXACT_ROWS, by_group, summarise
from procmine.registry import analysis
from procmine.result import Result
from procmine.schema import ACTIVITY, ELAPSED, EVENT_NUMBER, NEXT_ACTIVITY, VARIANT
from procmine.wording import count, share

if TYPE_CHECKING:
    import altair as alt

_MOST = 0.8


@analysis
def variants(log: EventLog) -> Result:
    """List the different sequences of activities, the commonest first.

    Args:
        log: The event log.

    Returns:
        `summary` (one row): `variants, cases, variants_for_80_percent, single_cases`; `variants`:
        `variant, activities` (a list of names), `cases, share, cumulative_share, mean_seconds,
        median_seconds, p90_seconds`, durations end to end.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1"],
        ...         "activity": ["ask", "answer"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"],
        ...     }
        ... )
        >>> pm.variants(pm.read(table)).variants["activities"].to_list()
        [['ask', 'answer']]
    """
    table = _variants(log)
    summary = _summary(table)
    return Result(
        "variants",
        _headline(summary.row(0, named=True)),
        (*caveats.sketched(log.size[1]), *caveats.lookalikes(log, ACTIVITY)),
        {"summary": summary, "variants": table},
        chart_of=_chart,
    )


def _variants(log: EventLog) -> pl.DataFrame:
    ends = log.table.filter(nw.col(NEXT_ACTIVITY).is_null())
    exact = log.size[1] <= EXACT_ROWS
    places = log.table.group_by(VARIANT, EVENT_NUMBER).agg(nw.col(ACTIVITY).any_value())
    grouped, spelled = collect_all(by_group(ends, [VARIANT], ELAPSED, {}, exact=exact), places)
    counted = summarise(grouped, [VARIANT], []).rename({"count": "cases"}).drop("total_seconds")
    whole = pl.col("cases").sum()
    return (
        counted.join(_sequences(spelled), on=VARIANT, how="left")
        .sort("cases", VARIANT, descending=[True, False])
        .with_columns(
            share=pl.col("cases") / whole, cumulative_share=pl.col("cases").cum_sum() / whole
        )
        .select(
            *(VARIANT, ACTIVITIES, "cases", "share", "cumulative_share"),
            *("mean_seconds", "median_seconds", "p90_seconds"),
        )
    )


ACTIVITIES = "activities"


def _sequences(places: pl.DataFrame) -> pl.DataFrame:
    """Spell each variant out: `variant, activities`; all its cases have the same at each place."""
    return (
        places.sort(VARIANT, EVENT_NUMBER)
        .group_by(VARIANT, maintain_order=True)
        .agg(pl.col(ACTIVITY).cast(pl.String).alias(ACTIVITIES))
    )


def _summary(table: pl.DataFrame) -> pl.DataFrame:
    needed = table.filter(pl.col("cumulative_share") < _MOST).height + 1
    return pl.DataFrame(
        {
            "variants": [table.height],
            "cases": [table["cases"].sum()],
            "variants_for_80_percent": [min(needed, table.height)],
            "single_cases": [table.filter(pl.col("cases") == 1).height],
        }
    )


def _headline(row: dict[str, Any]) -> str:
    return (
        f"{count(row['cases'], 'journey takes', 'journeys take')} "
        f"{count(row['variants'], 'different way', 'different ways')}; "
        f"{count(row['variants_for_80_percent'], 'of them covers', 'of them cover')} "
        f"{share(_MOST)} of the journeys."
    )


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.charts import variant_bars

    return variant_bars(result.variants, **options)
