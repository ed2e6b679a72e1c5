"""The tables that say how cost moved: in all, by department, by activity, by month, and checked."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from procmine.bootstrap import mean_change_intervals
from procmine.multiplicity import holm
from procmine.result import HIGH, LOW
from procmine.schema import ACTIVITY, CASE, CUSTOMER, DEPARTMENT
from procmine.shift.change import ALL, OTHERS, Spent, against, changes, customers, p_values, trend
from procmine.shift.cohorts import AFTER, Cohorts

_SIZE: Final = dict.fromkeys(("cases", "customers"), pl.Int64())
_CHANGE: Final = dict.fromkeys(("change", f"{LOW}change", f"{HIGH}change"), pl.Float64())
_COSTS: Final = dict.fromkeys(("before_cost", "after_cost"), pl.Float64()) | _CHANGE
_AGAINST: Final = (
    "against_untouched",
    f"{LOW}against_untouched",
    f"{HIGH}against_untouched",
    "against_p_value",
)
_EVENTS: Final = ("before_events", "after_events", "events_change")
_EVENTS_ENDS: Final = (f"{LOW}events_change", f"{HIGH}events_change")

SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "summary": {
        "date": pl.Date(),
        "department": pl.String(),
        "followed_seconds": pl.Float64(),
        **_SIZE,
        **dict.fromkeys(("cases_before", "cases_after", "untouched_cases"), pl.Int64()),
        "uncosted_events": pl.Int64(),
        "verdict": pl.String(),
    },
    "shift": {"who": pl.String(), **_SIZE, **_COSTS, "p_value": pl.Float64()}
    | dict.fromkeys(_AGAINST, pl.Float64()),
    "departments": {
        "department": pl.String(),
        **_SIZE,
        **_COSTS,
        **dict.fromkeys(("p_value", "adjusted_p_value", *_AGAINST[:3]), pl.Float64()),
    },
    "activities": {
        "department": pl.String(),
        ACTIVITY: pl.String(),
        **_SIZE,
        **dict.fromkeys((*_EVENTS, *_EVENTS_ENDS), pl.Float64()),
        **_COSTS,
    },
    "checks": {
        "check": pl.String(),
        "who": pl.String(),
        **_SIZE,
        **_CHANGE,
        **dict.fromkeys(("p_value", "adjusted_p_value"), pl.Float64()),
        "verdict": pl.String(),
    },
    "months": {"month": pl.String(), **_SIZE}
    | dict.fromkeys(("own_cost", "others_cost"), pl.Float64()),
}
"""The columns of each table, in order."""

LEVEL: Final = 0.05
NO_DATA: Final = "not enough data"
MOVED: Final = "moved before"
PAYING: Final = "it and those who pay more"


@dataclass(frozen=True)
class Costs:
    """What is known of the journeys' costs.

    Attributes:
        by_case: `case_id, department, cost`, while journeys are followed.
        by_activity: `department, activity, later, block, count, seconds` (the cost), of concerned
            journeys.
        journeys_by_block: `later, block, count`.
        people: `department, activity, cases, customers`.
    """

    by_case: pl.DataFrame
    by_activity: pl.DataFrame
    journeys_by_block: pl.DataFrame
    people: pl.DataFrame


def tables(
    own: Cohorts, costs: Costs, department: str, zone: str, *, permutations: int, seed: int
) -> dict[str, pl.DataFrame]:
    """Say how cost moved.

    Args:
        own: The journeys before and after.
        costs: What they cost.
        department: Which department changed.
        zone: Whose months count.
        permutations: How many shuffles.
        seed: Another number shuffles otherwise.

    Returns:
        `shift, departments, activities, checks, months`, as `SCHEMAS` has them.
    """
    every = Spent.of(own.journeys, costs.by_case, department)
    control = every.where(~pl.col("concerned"))
    untouched = control if own.kinds is not None and control.enough else None
    chance = {"permutations": permutations, "seed": seed}
    spent = every.where(pl.col("concerned"))
    alone = _departments(_moved(spent, None, chance), department)
    payers = paying(alone, department)
    if payers:
        several = [department, *payers]
        spent = spent.with_sum(PAYING, several)
        untouched = untouched and untouched.with_sum(PAYING, several)
    rows = _moved(spent, untouched, chance)
    people = _people(spent, costs.by_case, payers)
    whole = rows.filter(pl.col("who").is_in([department, OTHERS, ALL, PAYING]))
    found = {
        "shift": whole,
        "departments": _departments(rows, department),
        "activities": _activities(costs),
        "checks": _checks(own, spent, zone, chance),
        "months": _months(spent, zone),
    }
    for name in ("shift", "departments"):
        found[name] = found[name].join(people, on="who", how="left", maintain_order="left")
    found["departments"] = found["departments"].rename({"who": DEPARTMENT})
    return {
        name: table.with_columns(pl.selectors.float().fill_nan(None)).select(
            pl.col(column).cast(kind) for column, kind in SCHEMAS[name].items()
        )
        for name, table in found.items()
    }


def paying(departments: pl.DataFrame, department: str) -> list[str]:
    """Return the other departments that surely pay more."""
    more = pl.col("adjusted_p_value") <= LEVEL, pl.col("change") > 0
    return departments.filter(*more, pl.col("who") != department)["who"].sort().to_list()


def _moved(spent: Spent, untouched: Spent | None, chance: dict[str, int]) -> pl.DataFrame:
    """Return each figure's change, and what is left of it against untouched journeys."""
    costs = dict(zip(_COSTS, changes(spent).T, strict=True))
    rows = {"who": list(spent.names), **costs, "p_value": p_values(spent, **chance)}
    less = np.full((len(spent.names), 4), np.nan)
    if untouched is not None and spent.enough:
        p_value = p_values(spent, untouched, **chance)
        less = np.column_stack([against(spent, untouched), p_value])
    return pl.DataFrame(rows | dict(zip(_AGAINST, less.T, strict=True)))


def _departments(rows: pl.DataFrame, department: str) -> pl.DataFrame:
    """Return single departments; the p-values of those that didn't change are adjusted."""
    alone = rows.filter(~pl.col("who").is_in([OTHERS, ALL, PAYING]))
    own = pl.col("who") == department
    asked = pl.when(~own).then(pl.col("p_value").fill_nan(None))
    adjusted = pl.when(own).then("p_value").otherwise(holm(asked))
    return alone.with_columns(adjusted.alias("adjusted_p_value")).sort(
        pl.col("change").fill_nan(None), "who", nulls_last=True
    )


def _people(spent: Spent, by_case: pl.DataFrame, payers: list[str]) -> pl.DataFrame:
    """Say of how many journeys and customers a row speaks: those in which it takes part."""
    known = spent.journeys.select(CASE, CUSTOMER)
    rows = by_case.join(known, on=CASE).with_columns(pl.coalesce(CUSTOMER, CASE).alias(CUSTOMER))
    own, at = spent.names[0], pl.col(DEPARTMENT)
    parts = {OTHERS: at != own, ALL: pl.lit(True), PAYING: at.is_in([own, *payers])}
    several = [rows.filter(h).with_columns(pl.lit(n).alias(DEPARTMENT)) for n, h in parts.items()]
    return (
        pl.concat([rows, *several])
        .group_by(at.alias("who"))
        .agg(pl.col(CASE).n_unique().alias("cases"), pl.col(CUSTOMER).n_unique().alias("customers"))
    )


def _activities(costs: Costs) -> pl.DataFrame:
    """Compare events and their cost per journey, activity by activity."""
    keys = [DEPARTMENT, ACTIVITY]
    rows = costs.people.sort(*keys).with_row_index("row")
    known = costs.by_activity.join(rows, on=keys, nulls_equal=True)
    blocks = int(max(costs.journeys_by_block["block"].max() or 0, known["block"].max() or 0)) + 1  # pyright: ignore[reportArgumentType]
    table = np.zeros((2, 2, blocks, rows.height))  # events and cost, before and after
    place = known["later"].to_numpy(), known["block"].to_numpy(), known["row"].to_numpy()
    for figure, column in enumerate(("count", "seconds")):
        table[figure][place] = known[column].to_numpy()
    journeys = np.zeros((2, blocks, 1))
    of_block = costs.journeys_by_block
    journeys[of_block["later"].to_numpy(), of_block["block"].to_numpy(), 0] = of_block["count"]
    names = ((*_EVENTS, *_EVENTS_ENDS), tuple(_COSTS))
    columns: dict[str, Any] = {}
    for figure, named in zip(table, names, strict=True):
        low, high = mean_change_intervals((figure[0], journeys[0]), (figure[1], journeys[1]))
        with np.errstate(invalid="ignore", divide="ignore"):
            before, after = (figure[i].sum(axis=0) / journeys[i].sum() for i in (0, 1))
        columns |= dict(zip(named, (before, after, after - before, low, high), strict=True))
    falling = [True, False, False]
    return rows.with_columns(**{n: pl.Series(v) for n, v in columns.items()}).sort(
        pl.col("change").fill_nan(0).abs(), *keys, descending=falling
    )


def _checks(own: Cohorts, spent: Spent, zone: str, chance: dict[str, int]) -> pl.DataFrame:
    """Look for a change where there was none, and for a trend that was there before.

    Journeys that began so shortly before the change that it may have met them are left out.
    """
    last = _micros(own.at) - own.horizon_us
    early = spent.where((pl.col(AFTER) == 0) & (pl.col("start") < last))
    middle = int(early.journeys["start"].median() or 0)  # pyright: ignore[reportArgumentType]
    made_up = (pl.col("start") >= middle).cast(pl.Int64).alias(AFTER)
    parted = Spent(early.journeys.with_columns(made_up), early.costs, early.names)
    placebo = np.column_stack([changes(parted)[:, 2:], p_values(parted, **chance)])
    day = datetime.fromtimestamp(middle / 1e6, ZoneInfo(zone))
    figures = {f"made-up date {day:%Y-%m-%d}": placebo, "trend in 30 days": trend(early)}
    columns = (*_CHANGE, "p_value")
    rows = pl.concat(
        pl.DataFrame(
            {"who": list(spent.names[:3])} | dict(zip(columns, f[:3].T, strict=True))
        ).with_columns(pl.lit(check).alias("check"))
        for check, f in figures.items()
    )
    p_value = pl.col("p_value").fill_nan(None)
    return rows.with_columns(
        pl.lit(early.journeys.height).alias("cases"),
        pl.lit(customers(early.journeys)).alias("customers"),
        holm(p_value).alias("adjusted_p_value"),
    ).with_columns(
        pl.when(p_value.is_null())
        .then(pl.lit(NO_DATA))
        .when(pl.col("adjusted_p_value") <= LEVEL)
        .then(pl.lit(MOVED))
        .otherwise(pl.lit("nothing seen"))
        .alias("verdict")
    )


def _micros(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _months(spent: Spent, zone: str) -> pl.DataFrame:
    began = pl.from_epoch("start", time_unit="us").dt.replace_time_zone("UTC")
    rows = spent.journeys.select(
        began.dt.convert_time_zone(zone).dt.strftime("%Y-%m").alias("month"),
        pl.coalesce(CUSTOMER, CASE).alias(CUSTOMER),
        pl.Series("own_cost", spent.costs[:, 0]),
        pl.Series("others_cost", spent.costs[:, 1]),
    )
    return (
        rows.group_by("month")
        .agg(
            pl.len().alias("cases"),
            pl.col(CUSTOMER).n_unique().alias("customers"),
            pl.col("own_cost", "others_cost").mean(),
        )
        .sort("month")
    )
