"""What each department is held to on a journey, and how often it stays within that.

A department's own time on a journey is its work and the waits inside it; a wait in a handoff is on
nobody's clock. Where a department promises nothing itself, it is held to its own usual: the time
within which it did most of its journeys in the first period in which it had enough of them.
"""

from typing import Final

import polars as pl

from procmine.clustered import SHARE, ratio_variance, sureness
from procmine.clusters import UNIT
from procmine.schema import CASE, DEPARTMENT, JOURNEY_TYPE, OPEN, SEGMENT
from procmine.teams.work import seconds
from procmine.wording import figure

OWN: Final = "own promise"
ENOUGH: Final = 20
"""Journeys that a period must have to say what is usual."""

_WHO: Final = (JOURNEY_TYPE, SEGMENT, DEPARTMENT)


def targets(told: pl.DataFrame, levels: pl.DataFrame, usual: float, goal: float) -> pl.DataFrame:
    """Say what each department is held to.

    Args:
        told: `Work.told()`.
        levels: The departments' promises, as `procmine.policy.levels.spread` gives them.
        usual: The share of a department's journeys whose time is its usual.
        goal: The share that is to keep to the usual.

    Returns:
        `journey_type, segment, department, basis, limit, business, goal`; the limit in
        microseconds. A department without a promise and without a period of enough journeys that
        are over has no row.
    """
    own = levels.select(
        *_WHO,
        pl.lit(OWN).alias("basis"),
        pl.col("limit").cast(pl.Float64),
        pl.col("business"),
        "goal",
    ).unique(_WHO, keep="first", maintain_order=True)
    over = told.filter(pl.col("state") != OPEN)
    known = over.group_by(*_WHO, "period").agg(
        pl.len().alias("number"), pl.col("own").quantile(usual, "linear").alias("limit")
    )
    first = (
        known.filter(pl.col("number") >= ENOUGH)
        .sort(*_WHO, "period", nulls_last=True)
        .group_by(_WHO, maintain_order=True)
        .first()
        .join(own, on=list(_WHO), how="anti", nulls_equal=True)
    )
    said = pl.format(f"its usual: {figure(usual * 100, '.3g')} % in {{}}", "period")
    made = first.select(
        *_WHO,
        said.alias("basis"),
        "limit",
        pl.lit(False).alias("business"),
        pl.lit(goal).alias("goal"),
    )
    return pl.concat([own, made]).sort(_WHO, nulls_last=True)


def held(told: pl.DataFrame, aims: pl.DataFrame) -> pl.DataFrame:
    """Say of each department's share in each journey whether it stayed within its target.

    Args:
        told: `Work.told()`.
        aims: What `targets` returns.

    Returns:
        The shares of departments that have a target, with `basis, limit, goal` and `on_target`;
        null of journeys that are open and still within it.
    """
    business = pl.col("business_own") if "business_own" in told.columns else pl.lit(None, pl.Int64)
    mine = pl.when("business").then(business).otherwise("own")
    late = mine > pl.col("limit")
    known = late | (pl.col("state") != OPEN)
    joined = told.join(aims, on=list(_WHO), nulls_equal=True, maintain_order="left")
    return joined.with_columns(mine.alias("own"), pl.when(known).then(~late).alias("on_target"))


def on_target(shares: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Estimate how often each department stays within its target.

    Args:
        shares: What `held` returns.
        keys: The columns of the cells.

    Returns:
        `*keys, department, basis, limit, goal, cases, customers, mean_seconds,
        on_target_share, low_on_target_share, high_on_target_share, p_under, p_over`, see
        `procmine.clustered.sureness`; of the journeys of which it is known.
    """
    place = [*keys, DEPARTMENT]
    of_unit = (
        shares.filter(pl.col("on_target").is_not_null())
        .group_by(*place, UNIT)
        .agg(
            pl.col("basis", "limit", "goal").first(),
            pl.len().cast(pl.Int64).alias("cases"),
            pl.col("on_target").sum().cast(pl.Int64).alias("kept"),
            seconds("own").alias("own"),
        )
        .sort(*place, UNIT, nulls_last=True)
    )
    found = of_unit.group_by(place, maintain_order=True).agg(
        pl.col("basis", "limit", "goal").first(),
        (pl.col("kept").sum() / pl.col("cases").sum()).alias(SHARE),
        ratio_variance(pl.col("kept"), pl.col("cases")).alias("variance"),
        pl.len().cast(pl.Int64).alias("units"),
        (pl.col("own").sum() / pl.col("cases").sum()).alias("mean_seconds"),
        pl.col("cases").sum(),
    )
    named = {end + SHARE: f"{end}on_target_share" for end in ("", "low_", "high_")}
    return sureness(found, "goal").rename({"units": "customers", **named}).drop("variance")


def all_on_target(shares: pl.DataFrame) -> pl.DataFrame:
    """Say of each journey that is over whether every department that has a target kept to it.

    Args:
        shares: What `held` returns.

    Returns:
        `case_id, all_on_target`.
    """
    over = shares.filter(pl.col("state") != OPEN)
    return over.group_by(CASE).agg(pl.col("on_target").all().alias("all_on_target"))
