"""Green outside and red inside: every department on target, and the customer's promise broken.

Source: Berger, "Multiparameter hypothesis testing and acceptance sampling", Technometrics 24
(1982): a claim of several parts holds at a level if each part does (intersection-union test);
Benjamini & Hochberg 1995 for the number of cells.
"""

from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from procmine.clustered import SHARE, ratio_variance, sureness, variance_at
from procmine.clusters import UNIT
from procmine.multiplicity import benjamini_hochberg
from procmine.policy.kept import standing
from procmine.result import HIGH, LOW
from procmine.schema import ABANDONED, CLOSED, DEPARTMENT, JOURNEY_TYPE, OPEN, SEGMENT
from procmine.survival import CLOSED_SHARE, curves
from procmine.teams.work import seconds

LEVEL: Final = 0.05
GREEN, RED, UNDECIDED = "green", "red", "undecided"
YES, NO = "yes", "no"
KEYS: Final = (JOURNEY_TYPE, SEGMENT, "period")

PART: Final = 0.05
"""Departments with a part in fewer of a cell's journeys aren't asked: they decide little, and few
journeys can never show that they are green."""


def colour() -> pl.Expr:
    """Say how a share stands to its goal: surely reached or missed (5 %, one-sided), or neither."""
    reached, missed = pl.col("p_over") <= LEVEL, pl.col("p_under") <= LEVEL
    said = pl.when(reached).then(pl.lit(GREEN)).when(missed).then(pl.lit(RED))
    return said.otherwise(pl.lit(UNDECIDED))


def customers_side(journeys: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Estimate the share of each cell's journeys that close inside their promise.

    Args:
        journeys: What `procmine.teams.pledges.promised` returns.
        keys: The columns of the cells; one limit a cell.

    Returns:
        `*keys, inside_share, low_inside_share, high_inside_share, broken_cases, p_under, p_over`;
        a cell without a promise has no row.
    """
    ways = ((CLOSED, "closed"), (ABANDONED, "abandoned"), (OPEN, "open"))
    own = journeys.filter(pl.col("limit").is_not_null()).select(
        *keys,
        UNIT,
        *("limit", "goal"),
        pl.col("left").alias("exit"),
        pl.lit(None, pl.Int64).alias("entry"),
        *((pl.col("state") == state).cast(pl.Int64).alias(way) for state, way in ways),
    )
    if own.is_empty():
        return own.select(keys).with_columns(
            *(pl.lit(None, pl.Float64).alias(c) for c in _ENDS),
            pl.lit(None, pl.Int64).alias("broken_cases"),
            *(pl.lit(None, pl.Float64).alias(c) for c in ("p_under", "p_over")),
        )
    curve = curves(own, keys)
    goals = own.group_by(keys).agg(pl.col("goal").first())
    found = (
        standing(own, curve, keys)
        .join(variance_at(own, curve, keys, UNIT), on=list(keys), nulls_equal=True)
        .join(goals, on=list(keys), nulls_equal=True)
        .rename({CLOSED_SHARE: SHARE, "most_closed_share": "most"})
    )
    sure = sureness(
        found.select(*keys, "cases", "broken_cases", SHARE, "most", "variance", "units", "goal"),
        "goal",
        "most",
    )
    named = {end + SHARE: end + "inside_share" for end in ("", LOW, HIGH)}
    return sure.rename(named).select(*keys, *_ENDS, "broken_cases", "p_under", "p_over")


_ENDS: Final = tuple(end + "inside_share" for end in ("", LOW, HIGH))


def departments_side(told: pl.DataFrame, teams: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Sum up each cell's departments.

    Args:
        told: `Work.told()`: who took part in which journey.
        teams: What `procmine.teams.targets.on_target` returns by the cells, with the `state`.
        cells: `*KEYS, cases`.

    Returns:
        `*KEYS, departments, green_departments, red_departments, p_green, p_red`: how likely by
        chance the least sure one is green, null where one has no target; and the surest one red.
    """
    keys, place = list(KEYS), [*KEYS, DEPARTMENT]
    size = cells.select(*keys, pl.col("cases").alias("whole"))
    part = told.group_by(place).agg(pl.len().alias("part"))
    asked = (
        part.join(size, on=keys, nulls_equal=True)
        .filter(pl.col("part") >= PART * pl.col("whole"))
        .join(
            teams.select(*place, "state", "p_over", "p_under"),
            on=place,
            how="left",
            nulls_equal=True,
        )
    )
    states = {f"{state}_departments": pl.col("state") == state for state in (GREEN, RED)}
    least_sure = pl.when(pl.col("p_over").null_count() == 0).then(pl.col("p_over").max())
    return asked.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("departments"),
        *(here.sum().cast(pl.Int64).alias(name) for name, here in states.items()),
        least_sure.alias("p_green"),
        pl.col("p_under").min().alias("p_red"),
    )


def verdicts(cells: pl.DataFrame) -> pl.DataFrame:
    """Say of each cell whether all its departments are green and its customers red.

    Yes: every part holds, at the largest of their p-values. No: some part is shown to be otherwise,
    at the smallest of their p-values times their number. Both are adjusted for the number of cells
    (Benjamini & Hochberg); else it is undecided.

    Args:
        cells: `departments, p_green, p_red` of the departments, `p_under, p_over` of the customers.

    Returns:
        The cells with `p_value, adjusted_p_value` (of yes) and `verdict` in their place.
    """
    known = pl.all_horizontal(pl.col("p_green", "p_under").is_not_null())
    yes = pl.when(known).then(pl.max_horizontal("p_green", "p_under"))
    smallest = pl.min_horizontal("p_red", "p_over") * (pl.col("departments").fill_null(0) + 1)
    no = pl.when(pl.col("p_under").is_not_null()).then(smallest.clip(upper_bound=1.0))
    holds, fails = (benjamini_hochberg(p) <= LEVEL for p in (yes, no))
    says = pl.when(holds).then(pl.lit(YES)).when(fails).then(pl.lit(NO))
    return cells.with_columns(
        yes.alias("p_value"),
        benjamini_hochberg(yes).alias("adjusted_p_value"),
        says.otherwise(pl.lit(UNDECIDED)).alias("verdict"),
    ).drop("p_green", "p_red", "p_under", "p_over")


def in_spite(journeys: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Say how often every department was on target on journeys that broke their promise.

    Args:
        journeys: What `procmine.teams.pledges.promised` returns, with `all_on_target`.
        keys: The columns of the cells.

    Returns:
        `*keys, broken_over_cases, in_spite_share, low_in_spite_share, high_in_spite_share`: of the
        journeys that are over and broke it; null where none did.
    """
    late = (pl.col("left") > pl.col("limit")) | (pl.col("state") == ABANDONED)
    broken = journeys.filter(
        pl.col("limit").is_not_null(),
        pl.col("state") != OPEN,
        late,
        pl.col("all_on_target").is_not_null(),
    )
    of_unit = broken.group_by(*keys, UNIT).agg(
        pl.len().cast(pl.Int64).alias("cases"), pl.col("all_on_target").sum().cast(pl.Int64)
    )
    top, whole = pl.col("all_on_target"), pl.col("cases")
    found = (
        of_unit.sort(*keys, UNIT, nulls_last=True)
        .group_by(keys, maintain_order=True)
        .agg(
            (top.sum() / whole.sum()).alias(SHARE),
            ratio_variance(top, whole).alias("variance"),
            pl.len().cast(pl.Int64).alias("units"),
            whole.sum().alias("cases"),
            pl.lit(0.5).alias("goal"),
        )
    )
    named: dict[str, Any] = {end + SHARE: f"{end}in_spite_share" for end in ("", LOW, HIGH)}
    return (
        sureness(found, "goal")
        .rename(named | {"cases": "broken_over_cases"})
        .select(*keys, "broken_over_cases", *named.values())
    )


def unowned(journeys: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Say how much of the time of closed journeys is a wait in a handoff, on nobody's clock.

    Args:
        journeys: `Work.journeys`.
        keys: The columns of the cells.

    Returns:
        `*keys, closed_cases, unowned_seconds, unowned_share`: a mean a journey, and the part of all
        their time.
    """
    closed = journeys.filter(pl.col("state") == CLOSED)
    sums = closed.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("closed_cases"),
        *(seconds(c).alias(c) for c in ("handoff", "elapsed")),
    )
    part = pl.when(pl.col("elapsed") > 0).then(pl.col("handoff") / pl.col("elapsed"))
    return sums.select(
        *keys,
        "closed_cases",
        (pl.col("handoff") / pl.col("closed_cases")).alias("unowned_seconds"),
        part.alias("unowned_share"),
    )
