"""Does a figure rise or fall over the log's time? A rank test in which customers are the units.

The figure's rank goes with the rank of the time as Spearman's correlation has it; how much that
may be by chance follows from what each customer adds to it (a score test with clustered variance).

Source: Spearman's rank correlation as a trend test, Conover, Practical Nonparametric Statistics,
3rd ed. 1999, chapter 5; clusters: Liang & Zeger, Biometrika 73 (1986); the date of a change:
Pettitt, "A non-parametric approach to the change-point problem", Applied Statistics 28 (1979).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import polars as pl

from procmine.clusters import UNIT
from procmine.teams.peers import FEWEST

ENOUGH: Final = 20
"""Fewer customers say nothing of a trend."""

ENOUGH_TIMES: Final = 5
"""What happens on fewer journeys is too rare for a trend."""


def trends(rows: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Test for each group whether its values rise or fall with time.

    Args:
        rows: `*keys, unit, start, later, value`: when it began, whether that is in the later half
            of the log's time, and the value; null is unknown.
        keys: The columns of the groups.

    Returns:
        `*keys, cases, customers, early, late, p_rise, p_fall`: the means in both halves, and how
        likely so large a rise or fall is by chance, one-sided; null where there are too few. A mean
        of fewer than five values isn't told: it could be what few people answered.
    """
    known = rows.filter(pl.col("value").is_not_null())
    at, value = (pl.col(c).rank() - pl.col(c).rank().mean() for c in ("start", "value"))
    told = known.with_columns((at * value).over(keys).alias("score"))
    of_unit = told.group_by(*keys, UNIT).agg(pl.len(), pl.col("score").sum())
    tested = (
        of_unit.sort(*keys, UNIT)
        .group_by(keys, maintain_order=True)
        .agg(
            pl.col("len").sum().cast(pl.Int64).alias("cases"),
            pl.len().cast(pl.Int64).alias("customers"),
            (pl.col("score").sum() / pl.col("score").pow(2).sum().sqrt()).alias("z"),
        )
    )
    ordered = told.sort(*keys, "start", UNIT, "value")
    halves = {"early": pl.col("value").filter(~pl.col("later"))}
    halves["late"] = pl.col("value").filter("later")
    means = ordered.group_by(keys, maintain_order=True).agg(
        *(pl.when(v.len() >= FEWEST).then(v.mean()).alias(name) for name, v in halves.items()),
        (pl.col("value") != pl.col("value").mode().min()).sum().alias("apart"),
    )
    found = tested.join(means, on=list(keys), nulls_equal=True, maintain_order="left")
    enough = (pl.col("customers") >= ENOUGH) & (pl.col("apart") >= ENOUGH_TIMES)
    enough &= pl.all_horizontal(pl.col("early", "late").is_not_null())
    sure, few = found.filter(enough), found.filter(~enough)
    tested = pl.concat([sure.with_columns(_tails(sure)), few], how="diagonal")
    return tested.select(*keys, "cases", "customers", "early", "late", *_TAILS)


_TAILS: Final = ("p_rise", "p_fall")


def _tails(tested: pl.DataFrame) -> list[pl.Series]:
    """Return how likely so large a rise, and so large a fall, is by chance."""
    if tested.is_empty():
        return [pl.Series(name, [], pl.Float64) for name in _TAILS]
    from scipy.special import stdtr  # pyright: ignore[reportMissingTypeStubs]

    degrees = tested["customers"].to_numpy() - 1.0
    figure = tested["z"].fill_nan(0.0).to_numpy()
    sides: list[Any] = [stdtr(degrees, -figure), stdtr(degrees, figure)]
    return [pl.Series(name, side) for name, side in zip(_TAILS, sides, strict=True)]


def changed_on(rows: pl.DataFrame) -> datetime | None:
    """Return when values changed most: the first start after the change; None of no rows.

    Args:
        rows: `start, value`.
    """
    ordered = rows.filter(pl.col("value").is_not_null()).sort("start", "value")
    if ordered.is_empty():
        return None
    rank = pl.col("value").rank()
    apart = (rank - rank.mean()).cum_sum().abs()
    place = ordered.select(apart.arg_max()).item()
    return ordered["start"][min(place + 1, ordered.height - 1)]
