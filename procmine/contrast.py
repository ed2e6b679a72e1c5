"""How much a figure differs between some journeys and the others, their customers being the units.

Source: the variance of a difference of means over clusters by linearisation, Binder, "On the
variances of asymptotically normal estimators from complex surveys", International Statistical
Review 51 (1983), with Student's t on the smaller group's customers less one. In a small group a
figure may vary little by chance, or not at all (none of twenty has complained), which would make
any difference sure; so a group's variance is taken to be no less than that of a journey in both
groups together, divided by the group's journeys.
"""

from typing import Any, Final

import polars as pl

FEWEST: Final = 5
"""With fewer customers in a group its figure is given, and no interval."""

_LEVEL: Final = 0.05

SCHEMA: Final[dict[str, Any]] = {
    "cases": pl.Int64,
    "customers": pl.Int64,
    "mean": pl.Float64,
    "other_cases": pl.Int64,
    "other_customers": pl.Int64,
    "other_mean": pl.Float64,
    "difference": pl.Float64,
    "low_difference": pl.Float64,
    "high_difference": pl.Float64,
    "ratio": pl.Float64,
    "low_ratio": pl.Float64,
    "high_ratio": pl.Float64,
    "p_value": pl.Float64,
}


def contrast(journeys: pl.DataFrame, value: str, within: str, unit: str) -> dict[str, Any]:
    """Compare the mean of a figure in some journeys with that in the others.

    Args:
        journeys: One row a journey.
        value: The column of the figure; journeys without one are left out.
        within: The column that says which journeys are meant; those with null are left out.
        unit: The column of the customer.

    Returns:
        One row of `SCHEMA`. Ends of intervals (95 %) and the p-value are null where one of the two
        has fewer than five customers, or nothing varies; those of the ratio where a mean isn't
        above zero.

    Example:
        >>> table = pl.DataFrame(
        ...     {
        ...         "late": [True] * 10 + [False] * 10,
        ...         "score": [4, 5] * 5 + [8, 9] * 5,
        ...         "customer": range(20),
        ...     }
        ... )
        >>> found = contrast(table, "score", "late", "customer")
        >>> found["difference"], round(found["low_difference"], 2)
        (-4.0, -4.52)
    """
    known = journeys.filter(pl.col(value).is_not_null() & pl.col(within).is_not_null())
    units = known.group_by(unit, maintain_order=True).agg(
        *(_sums(side, value, within) for side in (True, False)),
        *(
            pl.col(within).eq(side).sum().cast(pl.Float64).alias(f"n {side}")
            for side in (True, False)
        ),
    )
    figures = {side: _group(units, side) for side in (True, False)}
    own, other = figures[True], figures[False]
    row: dict[str, Any] = dict.fromkeys(SCHEMA) | own
    row |= {f"other_{name}": figure for name, figure in other.items()}
    if own["mean"] is None or other["mean"] is None:
        return row
    row["difference"] = own["mean"] - other["mean"]
    row["ratio"] = own["mean"] / other["mean"] if other["mean"] > 0 else None
    if min(own["customers"], other["customers"]) >= FEWEST:
        row |= _sureness(units, own, other)
    return row


def _sums(side: bool, value: str, within: str) -> pl.Expr:  # noqa: FBT001  (a column's value)
    mine = pl.col(within) == side
    return pl.col(value).cast(pl.Float64).filter(mine).sum().alias(f"sum {side}")


def _group(units: pl.DataFrame, side: bool) -> dict[str, Any]:  # noqa: FBT001  (likewise)
    cases = int(units[f"n {side}"].sum())
    return {
        "cases": cases,
        "customers": int((units[f"n {side}"] > 0).sum()),
        "mean": units[f"sum {side}"].sum() / cases if cases else None,
    }


def _sureness(units: pl.DataFrame, own: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return the ends of the intervals of difference and ratio, and the difference's p-value."""
    from math import exp, log, sqrt

    from scipy import special  # pyright: ignore[reportMissingTypeStubs]

    groups = {True: own, False: other}
    off = {s: units[f"sum {s}"] - g["mean"] * units[f"n {s}"] for s, g in groups.items()}
    pull = {s: off[s] / g["cases"] for s, g in groups.items()}
    spread = units.height / (units.height - 1)
    of_one = sum((each**2).sum() for each in off.values()) / (own["cases"] + other["cases"])
    lacking = {s: max(0.0, of_one / g["cases"] - (pull[s] ** 2).sum()) for s, g in groups.items()}
    error = sqrt((((pull[True] - pull[False]) ** 2).sum() + sum(lacking.values())) * spread)
    if error == 0:
        return {}
    free = min(own["customers"], other["customers"]) - 1
    difference, times = own["mean"] - other["mean"], float(special.stdtrit(free, 1 - _LEVEL / 2))
    found = {
        "low_difference": difference - times * error,
        "high_difference": difference + times * error,
        "p_value": float(2 * special.stdtr(free, -abs(difference) / error)),
    }
    if own["mean"] > 0 and other["mean"] > 0:
        relative = pull[True] / own["mean"] - pull[False] / other["mean"]
        more = lacking[True] / own["mean"] ** 2 + lacking[False] / other["mean"] ** 2
        wide = times * sqrt(((relative**2).sum() + more) * spread)
        middle = log(own["mean"] / other["mean"])
        found |= {"low_ratio": exp(middle - wide), "high_ratio": exp(middle + wide)}
    return found
