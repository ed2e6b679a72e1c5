"""Do the teams' metrics go with what customers value? Rank correlations, customers as the units.

A metric and an outcome are ranked among the journeys that began in the same period, so that what
changes for everybody over time is no link; the periods' products are added up. The interval comes
from drawing customers anew, the p-value from what each customer adds (a score test).

Source: Spearman, "The proof and measurement of association between two things", American Journal of
Psychology 15 (1904); the bootstrap of clusters: Cameron, Gelbach & Miller, Review of Economics and
Statistics 90 (2008).
"""

from typing import Any, Final

import polars as pl

from procmine.bootstrap import BLOCKS, correlation_intervals
from procmine.clusters import UNIT
from procmine.multiplicity import benjamini_hochberg, holm
from procmine.result import HIGH, LOW
from procmine.schema import CASE, DEPARTMENT, JOURNEY_TYPE
from procmine.teams.work import MICRO

LEVEL: Final = 0.05
ENOUGH: Final = 30
"""Fewer customers say nothing of a link."""

VARIED: Final = 20
"""Nor does a metric or an outcome that is the same on all but so few journeys."""

WITH, AGAINST, NONE = "goes with value", "runs against the customer", "no link seen"
UNSURE: Final = "undecided"

METRIC, OUTCOME, CORRELATION = "metric", "outcome", "correlation"
_KEYS: Final = (DEPARTMENT, METRIC, OUTCOME)
_SEED: Final = 1


def _part(value: str, of: str) -> pl.Expr:
    return pl.when(pl.col(of) > 0).then(pl.col(value) / pl.col(of))


METRICS: Final[dict[str, tuple[pl.Expr, int]]] = {
    "events": (pl.col("events").cast(pl.Float64), 1),
    "service time per event": (_part("service", "timed") / MICRO, -1),
    "wait inside": (pl.col("waited") / MICRO, -1),
    "on target": (pl.col("on_target").cast(pl.Float64), 1),
    "cost per event": (_part("cost", "costed") / MICRO, -1),
    "rework share": (_part("repeats", "events"), -1),
    "handoffs given": (pl.col("handed").cast(pl.Float64), -1),
}
"""Each metric of a department on one journey, and whether more (1) or less of it counts as good."""


def exposures(shares: pl.DataFrame) -> pl.DataFrame:
    """Say what each journey saw of each department's metrics.

    Args:
        shares: `Work.told()` with `on_target`, null where nobody knows.

    Returns:
        `case_id, UNIT, period, journey_type, department, metric, exposure`; null is left out.
    """
    rows = [
        shares.select(
            *(CASE, UNIT, "period", JOURNEY_TYPE, DEPARTMENT),
            pl.lit(name).alias(METRIC),
            value.alias("exposure"),
        )
        for name, (value, _) in METRICS.items()
    ]
    return pl.concat(rows).filter(pl.col("exposure").is_not_null())


def products(exposed: pl.DataFrame, outcomes: pl.DataFrame) -> pl.DataFrame:
    """Rank metrics and outcomes among journeys of the same type and period, and multiply.

    Args:
        exposed: What `exposures` returns.
        outcomes: `case_id, outcome, value`.

    Returns:
        `department, metric, outcome, period, UNIT, both, one, other, chance, rare, rare_outcome`, a
        row a journey: the product of the two centred ranks and their squares, over the square of
        the number among which they are ranked; what chance gives the product's square; and whether
        metric and outcome aren't what they mostly are.
    """
    keys, place = list(_KEYS), [*_KEYS, "period", JOURNEY_TYPE]
    number = pl.len().cast(pl.Float64)
    ranks = {
        "a": (pl.col("exposure").rank() - (number + 1) / 2) / number,
        "b": (pl.col("value").rank() - (number + 1) / 2) / number,
    }
    rare = {"rare": pl.col("exposure"), "rare_outcome": pl.col("value")}
    joined = exposed.join(outcomes, on=CASE).sort(*place, CASE)
    ranked = joined.with_columns(
        *(rank.over(place).alias(name) for name, rank in ranks.items()),
        *((v != v.median()).over(keys).alias(name) for name, v in rare.items()),
    )
    a, b = pl.col("a"), pl.col("b")
    return ranked.select(
        *(*keys, "period", UNIT),
        *((a * b).alias("both"), (a * a).alias("one"), (b * b).alias("other")),
        (a * a * (b * b).mean().over(place)).alias("chance"),
        *rare,
    )


def by_period(multiplied: pl.DataFrame) -> pl.DataFrame:
    """Correlate within each period.

    Args:
        multiplied: What `products` returns.

    Returns:
        `department, metric, outcome, period, cases, customers, correlation`; null where one of the
        two is the same on all journeys.
    """
    place = [*_KEYS, "period"]
    return (
        multiplied.group_by(place, maintain_order=True)
        .agg(*_counts(), _correlation())
        .sort(place, nulls_last=True)
    )


def _counts() -> tuple[pl.Expr, pl.Expr]:
    return (
        pl.len().cast(pl.Int64).alias("cases"),
        pl.col(UNIT).n_unique().cast(pl.Int64).alias("customers"),
    )


def _correlation() -> pl.Expr:
    size = (pl.col("one").sum() * pl.col("other").sum()).sqrt()
    return pl.when(size > 1e-12).then(pl.col("both").sum() / size).alias(CORRELATION)


def links(multiplied: pl.DataFrame) -> pl.DataFrame:
    """Correlate over all periods together, and say which links are sure.

    Args:
        multiplied: What `products` returns.

    Returns:
        `department, metric, outcome, cases, customers, correlation, low_correlation,
        high_correlation, p_value, adjusted_p_value, verdict`. The correlation's sign is the
        metric's own; the p-value is two-sided, adjusted by Benjamini & Hochberg; what runs against
        the customer is said at the same level for all looks together (Holm).
    """
    keys, rare = list(_KEYS), ("rare", "rare_outcome")
    varied = pl.min_horizontal(rare) >= VARIED
    found = (
        multiplied.group_by(keys, maintain_order=True)
        .agg(*_counts(), _correlation(), pl.col(rare).sum())
        .filter(pl.col(CORRELATION).is_not_null(), pl.col("customers") >= ENOUGH, varied)
        .sort(keys)
    )
    tested = found.join(_tested(multiplied.join(found, on=keys, how="semi")), on=keys, how="left")
    good = pl.col(METRIC).replace_strict(
        {name: sign for name, (_, sign) in METRICS.items()}, return_dtype=pl.Int64
    )
    helps = pl.col(CORRELATION) * good > 0
    seen = benjamini_hochberg(pl.col("p_value"))
    sure = holm(pl.col("p_value")) <= LEVEL
    verdict = (
        pl.when((seen <= LEVEL) & helps)
        .then(pl.lit(WITH))
        .when(sure & ~helps)
        .then(pl.lit(AGAINST))
        .when(seen <= LEVEL)
        .then(pl.lit(UNSURE))
        .otherwise(pl.lit(NONE))
    )
    return tested.with_columns(seen.alias("adjusted_p_value"), verdict.alias("verdict")).select(
        *keys,
        *("cases", "customers", CORRELATION, LOW + CORRELATION, HIGH + CORRELATION),
        *("p_value", "adjusted_p_value", "verdict"),
    )


def _tested(multiplied: pl.DataFrame) -> pl.DataFrame:
    """Test each link, and give it an interval: `*_KEYS, p_value, low_…, high_…`."""
    keys, ends = list(_KEYS), (LOW + CORRELATION, HIGH + CORRELATION)
    if multiplied.is_empty():
        none = (pl.lit(None, pl.Float64).alias(c) for c in ("p_value", *ends))
        return multiplied.select(keys).with_columns(none)
    from scipy.special import stdtr  # pyright: ignore[reportMissingTypeStubs]

    of_unit = (
        multiplied.group_by(*keys, UNIT).agg(pl.col("both", "one", "other").sum()).sort(*keys, UNIT)
    )
    figures = of_unit.group_by(keys, maintain_order=True).agg(
        pl.col("both").sum() / pl.col("both").pow(2).sum().sqrt(), pl.len().alias("units")
    )
    degrees = figures["units"].to_numpy() - 1.0
    p_values: Any = 2 * stdtr(degrees, -figures["both"].abs().to_numpy())
    low, high = correlation_intervals(*_blocks(of_unit, figures.select(keys)))
    columns = (pl.Series("p_value", p_values), pl.Series(ends[0], low), pl.Series(ends[1], high))
    return figures.select(keys).with_columns(columns).fill_nan(None)


def _blocks(of_unit: pl.DataFrame, rows: pl.DataFrame) -> Any:
    """Add up the products by blocks of customers: three tables, a row a block, a column a link."""
    import numpy as np

    block = pl.col(UNIT).hash(_SEED) % BLOCKS
    number = of_unit[UNIT].n_unique()
    if number <= BLOCKS:
        block = pl.col(UNIT).rank("dense") - 1
    summed = (
        of_unit.with_columns(block.cast(pl.Int64).alias("block"))
        .join(rows.with_row_index("link"), on=rows.columns)
        .group_by("block", "link")
        .agg(pl.col("both", "one", "other").sum())
        .sort("block", "link")
    )
    place = (summed["block"].to_numpy(), summed["link"].to_numpy())
    tables = [np.zeros((min(number, BLOCKS), rows.height)) for _ in range(3)]
    for table, name in zip(tables, ("both", "one", "other"), strict=True):
        table[place] = summed[name].to_numpy()
    return tables
