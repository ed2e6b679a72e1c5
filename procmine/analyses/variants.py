"""In how many ways is the same request treated?"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from procmine import business, caveats
from procmine.collecting import collect
from procmine.entropy import entropies
from procmine.eventlog import EventLog
from procmine.privacy import with_customers
from procmine.quantiles import EXACT_ROWS, by_group, summarise
from procmine.registry import analysis
from procmine.result import Result
from procmine.schema import ACTIVITY, CASE_START, ELAPSED, EVENT_NUMBER, VARIANT
from procmine.spelling import ACTIVITIES, spelled
from procmine.wording import count, share

if TYPE_CHECKING:
    import altair as alt

_MOST = 0.8


@analysis
def variants(log: EventLog, *, calendar: Path | None = None, entropy: bool = False) -> Result:
    """List the different sequences of activities, the commonest first.

    Formula: share(v) = journeys with the sequence of activities v / all journeys; unseen share =
    sequences of a single journey / journeys; entropy = - sum of p log2 p over whole sequences,
    their beginnings, or runs inside them.

    Source: van der Aalst, Process Mining: Data Science in Action, 2nd ed. 2016, chapter 5; Good,
    "The population frequencies of species", 1953; Back, Debois & Slaats, "Entropy as a measure of
    log variability", 2019.

    Args:
        log: The event log.
        calendar: A file of working hours (TOML): durations in business time too, by everybody's
            hours (`*`).
        entropy: measure how various journeys are, in bits; takes longer

    Returns:
        `summary` (one row): `variants, cases, variants_for_80_percent, single_cases`; `variants`:
        `variant, activities` (a list of names), `cases, share, cumulative_share, mean_seconds,
        median_seconds, p90_seconds`, durations end to end; with a calendar these stand beside as
        `business_…`. `entropy`, where asked for: `measure, bits`, see `procmine.entropy`.

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
        >>> pm.variants(pm.read(table)).variants["activities"].to_list()
        [['ask', 'answer']]
    """
    calendars, table = business.open_calendars(log, calendar), _variants(log)
    if calendars:
        span, exact = (pl.col(CASE_START), pl.col(ELAPSED), None), log.size[1] <= EXACT_ROWS
        table = business.beside(table, log.ends, [VARIANT], span, calendars, exact=exact)
        table = table.drop("business_total_seconds")
    summary = with_customers(log, _summary(table))
    table = with_customers(log, table, [VARIANT], log.ends)
    tables = {"summary": summary, "variants": table}
    if entropy:
        bits = entropies(table.select(ACTIVITIES, "cases").rows())
        tables["entropy"] = with_customers(log, bits)
    return Result(
        "variants",
        _headline(summary.row(0, named=True)),
        (
            *_unseen(summary.row(0, named=True)),
            *caveats.sketched(log.size[1]),
            *caveats.lookalikes(log, ACTIVITY),
            *business.said(calendars, [None]),
        ),
        tables,
        chart_of=_chart,
    )


def _variants(log: EventLog) -> pl.DataFrame:
    exact = log.size[1] <= EXACT_ROWS
    sums = {"events": nw.col(EVENT_NUMBER)}
    grouped = collect(by_group(log.ends, [VARIANT], ELAPSED, sums, exact=exact))
    counted = summarise(grouped, [VARIANT], list(sums)).rename({"count": "cases"})
    lengths = counted.select(VARIANT, pl.col("events") // pl.col("cases"))
    whole = pl.col("cases").sum()
    return (
        counted.join(spelled(log, lengths), on=VARIANT, how="left")
        .sort("cases", VARIANT, descending=[True, False])
        .with_columns(
            share=pl.col("cases") / whole, cumulative_share=pl.col("cases").cum_sum() / whole
        )
        .select(
            *(VARIANT, ACTIVITIES, "cases", "share", "cumulative_share"),
            *("mean_seconds", "median_seconds", "p90_seconds"),
        )
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


def _unseen(row: dict[str, Any]) -> list[str]:
    """Say how many journeys to come go a way that isn't here (Good & Turing)."""
    if not row["single_cases"]:
        return []
    part = share(row["single_cases"] / row["cases"])
    return [f"Of such journeys to come about {part} take a way that none has taken here."]


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.charts import variant_bars

    return variant_bars(result.variants, **options)
