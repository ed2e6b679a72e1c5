"""How sure a share is when a customer's journeys resemble each other: customers are the units.

The interval that treats journeys as independent is too narrow where one customer has several: what
each customer's journeys add to the share, its influence, is added up before it is squared.

Source: Williams, "Product-limit survival functions with correlated survival times", Lifetime Data
Analysis 1 (1995), here for the closed share of Aalen & Johansen by the infinitesimal jackknife;
intervals that hold near none and all: Korn & Graubard, "Confidence intervals for proportions with
small expected number of positive counts estimated from survey data", Survey Methodology 24 (1998).
"""

from collections.abc import Sequence
from typing import Any, Final, cast

import polars as pl

from procmine.survival import CLOSED_SHARE, OPEN_SHARE

SHARE: Final = "share"
VARIANCE: Final = "variance"
UNITS: Final = "units"

FEWEST: Final = 5
"""Fewer customers are too few for an interval of their median."""

_ALPHA: Final = 0.05
_NORMAL: Final = 1.96
_SURE: Final = ("low_share", "high_share", "p_under", "p_over")
_ROUNDING: Final = 1e-12


def variance_at(
    journeys: pl.DataFrame, curve: pl.DataFrame, keys: Sequence[str], unit: str
) -> pl.DataFrame:
    """Say how far each group's closed share at a time may be off, its customers being the units.

    Args:
        journeys: `*keys, exit, entry, closed, abandoned, open, limit, unit`, times of one unit: the
            time asked for is the limit, one a group.
        curve: What `procmine.survival.curves` returns for these journeys by these keys.
        keys: The columns of the groups.
        unit: The column of the customer.

    Returns:
        `*keys, variance, units`: how many units there are of which the time tells how they stand.

    Example:
        >>> from procmine.survival import curves
        >>> four = pl.DataFrame(
        ...     {
        ...         "group": "all",
        ...         "exit": [1, 2, 3, 4],
        ...         "entry": pl.Series([None] * 4, dtype=pl.Int64),
        ...         "closed": 1,
        ...         "abandoned": 0,
        ...         "open": 0,
        ...         "limit": 2,
        ...         "customer": ["a", "a", "b", "b"],
        ...     }
        ... )
        >>> variance_at(four, curves(four, ["group"]), ["group"], "customer").row(0)
        ('all', 0.25, 2)
    """
    keys = list(keys)
    limits = journeys.group_by(keys).agg(pl.col("limit").first())
    steps = _steps(curve.join(limits, on=keys, nulls_equal=True), keys)
    late, ended = pl.col("exit") > pl.col("limit"), pl.col("closed") + pl.col("abandoned")
    number = ended + pl.col("open")
    own = (
        pl.when(late).then(0.0).otherwise(pl.col("closed") * pl.col("__closes"))
        - pl.when(late).then(0.0).otherwise(ended * pl.col("__ends"))
        - number * (pl.col("__expected") - pl.col("__before"))
    )
    found = journeys.join(
        steps, left_on=[*keys, "exit"], right_on=[*keys, "time"], how="left", nulls_equal=True
    )
    found = found.join(
        _at_entry(journeys, steps, keys), on=[*keys, "entry"], how="left", nulls_equal=True
    )
    told = late | (ended > 0)
    of_unit = (
        found.with_columns(pl.col("__before").fill_null(0.0))
        .group_by(*keys, unit)
        .agg(own.sum().alias("own"), told.any().alias("told"))
        .sort(*keys, unit, nulls_last=True)  # a sum of floats depends on their order
    )
    units, square = pl.len(), (pl.col("own") ** 2).sum()
    return of_unit.group_by(keys, maintain_order=True).agg(
        (square * units / (units - 1).clip(lower_bound=1)).alias(VARIANCE),
        pl.col("told").sum().cast(pl.Int64).alias(UNITS),
    )


def _steps(curve: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Say at each time of a curve what leaving then adds to the share, and what was expected."""
    risk, closed = pl.col("at_risk"), pl.col("closed")
    ended = closed + pl.col("abandoned")
    within = pl.col("time") <= pl.col("limit")
    there = pl.col(OPEN_SHARE).shift(1, fill_value=1.0).over(keys)
    reached = pl.col(CLOSED_SHARE).filter(within).last().over(keys).fill_null(0.0)
    left = pl.when(risk > ended).then((reached - pl.col(CLOSED_SHARE)) / (risk - ended))
    expected = (there * closed / risk**2) - left.otherwise(0.0) * ended / risk
    return curve.sort(*keys, "time", nulls_last=True).select(
        *keys,
        "time",
        (there / risk).alias("__closes"),
        left.otherwise(0.0).alias("__ends"),
        pl.when(within).then(expected).otherwise(0.0).cum_sum().over(keys).alias("__expected"),
    )


def _at_entry(journeys: pl.DataFrame, steps: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Say what was expected before those who entered late came: it is no part of theirs."""
    late = journeys.select(*keys, "entry").drop_nulls("entry").unique()
    passed = late.join(steps, on=keys, nulls_equal=True).filter(pl.col("time") <= pl.col("entry"))
    return passed.group_by(*keys, "entry").agg(
        pl.col("__expected").sort_by("time").last().alias("__before")
    )


def ratio_variance(top: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Return the variance of a share that is a ratio of sums over units, a row each.

    Args:
        top: What counts, of each unit.
        whole: Of how many.
    """
    units, share = pl.len(), top.sum() / whole.sum()
    spread = ((top - share * whole) ** 2).sum() / whole.sum() ** 2
    return spread * units / (units - 1).clip(lower_bound=1)


def medians(rows: pl.DataFrame, keys: Sequence[str], unit: str, value: str) -> pl.DataFrame:
    """Return the median of each group with its 95 % interval, customers being the units.

    What share of the values lies below the median scatters as any share does; so far below and
    above the middle of the values the interval's ends are read (Woodruff).

    Args:
        rows: The keys, unit and value.
        keys: The columns of the groups.
        unit: The column of the customer.
        value: The column of the value; rows without one are left out.

    Returns:
        `*keys, median, low_median, high_median`; of fewer than five customers there is no interval.

    Example:
        >>> nine = pl.DataFrame({"group": "all", "customer": range(9), "wait": range(9)})
        >>> medians(nine, ["group"], "customer", "wait").row(0)
        ('all', 4.0, 1.0, 7.0)
    """
    keys, known = list(keys), rows.filter(pl.col(value).is_not_null())
    below = pl.col(value) <= pl.col(value).median().over(keys)
    of_unit = known.with_columns(below.alias("__below")).group_by(*keys, unit).agg(
        pl.col("__below").sum().cast(pl.Float64), pl.len().cast(pl.Float64).alias("__of")
    )  # fmt: skip
    spread = ratio_variance(pl.col("__below"), pl.col("__of")).sqrt()
    # a sum of floats depends on their order
    off = (
        of_unit.sort(*keys, unit, nulls_last=True)
        .group_by(keys)
        .agg(spread.alias("__off"), pl.len().alias("__units"))
    )
    values = pl.col(value).cast(pl.Float64).sort()
    found = known.group_by(keys).agg(values.alias("__values"), values.median().alias("median"))
    count = pl.col("__values").list.len().cast(pl.Float64)
    enough = pl.col("__units") >= FEWEST
    ends = [
        pl.when(enough)
        .then(pl.col("__values").list.get(_place(0.5 + side * _NORMAL * pl.col("__off"), count)))
        .alias(f"{end}_median")
        for end, side in (("low", -1), ("high", 1))
    ]
    return found.join(off, on=keys, nulls_equal=True).select(*keys, "median", *ends)


def _place(part: pl.Expr, count: pl.Expr) -> pl.Expr:
    """Return the place in a sorted list below which this part of it lies."""
    return (part.clip(0.0, 1.0) * (count - 1)).round().cast(pl.Int64)


def of_sums(table: pl.DataFrame) -> pl.DataFrame:
    """Add each row's share and how far it may be off, from sums over customers.

    Args:
        table: `cases, violations, customers`, and of each customer's own cases and violations, n
            and v, the sums `squares` (n n), `products` (n v) and `violation_squares` (v v).

    Returns:
        The table with `share` (null of no cases), `variance` and `units`.

    Example:
        >>> two = {"cases": [2], "violations": [1], "customers": [2]}
        >>> two |= {"squares": [2], "products": [1], "violation_squares": [1]}
        >>> of_sums(pl.DataFrame(two)).select(SHARE, VARIANCE).row(0)
        (0.5, 0.25)
    """
    n, v, units = (pl.col(c) for c in ("cases", "violations", "customers"))
    squares, products, own = (pl.col(c) for c in ("squares", "products", "violation_squares"))
    p = v / n
    scatter = (own - 2 * p * products + p**2 * squares) / n**2
    return table.with_columns(
        pl.when(n > 0).then(p).alias(SHARE),
        pl.when(n > 0).then(scatter * units / (units - 1).clip(lower_bound=1)).alias(VARIANCE),
        units.alias(UNITS),
    )


def sureness(table: pl.DataFrame, goal: str, most: str = SHARE) -> pl.DataFrame:
    """Add the 95 % interval of each share, and how it stands to a goal.

    The share is that of as many independent customers as have its variance (Korn & Graubard); of
    these the interval is Clopper & Pearson's. So it is honest where all or none keep a promise.

    Args:
        table: `share, variance, units, cases` and the columns of goal and most.
        goal: The column of the share that is asked for.
        most: The column of what the share may be at most, where the rest was never seen.

    Returns:
        The table with `low_share, high_share, p_under` (of so low a share if the goal were met)
        and `p_over` (of so high a one if it were just missed); null where the share is.

    Example:
        >>> all_of_ten = pl.DataFrame(
        ...     {"share": [1.0], "variance": [0.0], "units": [10], "cases": [10], "goal": [0.9]}
        ... )
        >>> sure = sureness(all_of_ten, "goal")
        >>> round(sure["low_share"].item(), 3), round(sure["p_over"].item(), 3)
        (0.692, 0.349)
    """
    if table[SHARE].drop_nulls().is_empty():
        return table.with_columns(pl.lit(None, pl.Float64).alias(end) for end in _SURE)
    from scipy import special  # pyright: ignore[reportMissingTypeStubs]

    regularised = cast("Any", special)  # it has no types; scipy.stats takes a second to import
    below, above, inverse = (
        getattr(regularised, name) for name in ("betainc", "betaincc", "betaincinv")
    )

    inner = (pl.col(SHARE) > _ROUNDING) & (pl.col(SHARE) < 1 - _ROUNDING)
    alike = pl.col(SHARE) * (1 - pl.col(SHARE)) / pl.col(VARIANCE)
    number = pl.when(inner & (pl.col(VARIANCE) > 0)).then(alike).otherwise(pl.col(UNITS))
    number = pl.min_horizontal(number, "cases").cast(pl.Float64)
    found = table.select(
        number.alias("n"),
        (number * pl.col(SHARE)).alias("low"),
        (number * pl.max_horizontal(most, SHARE).clip(upper_bound=1.0)).alias("high"),
        pl.col(goal).cast(pl.Float64).alias("goal"),
    )
    n, fewest, highest, aim = (found[c].to_numpy() for c in ("n", "low", "high", "goal"))
    none, everyone = fewest <= 0, highest >= n
    figures = (
        (none, 0.0, inverse(fewest, n - fewest + 1, _ALPHA / 2)),
        (everyone, 1.0, inverse(highest + 1, n - highest, 1 - _ALPHA / 2)),
        (everyone, 1.0, above(highest + 1, n - highest, aim)),
        (none, 1.0, below(fewest, n - fewest + 1, aim)),
    )
    known = table[SHARE].is_not_null()
    return table.with_columns(
        pl.when(known & pl.Series(certain)).then(end).when(known).then(pl.Series(value)).alias(name)
        for name, (certain, end, value) in zip(_SURE, figures, strict=True)
    )
