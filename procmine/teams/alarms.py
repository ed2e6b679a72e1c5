"""Departments whose own figures get better while their customers fare worse."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import polars as pl

from procmine.clusters import UNIT
from procmine.multiplicity import holm
from procmine.schema import DEPARTMENT
from procmine.teams.scorecard import OPERATIONAL, per_journey
from procmine.teams.trend import changed_on, trends

LEVEL: Final = 0.05
KINDS: Final = ("operational", "customer", "internal customer")
SCORE, PEER_SCORE = "score", "colleagues' score"
BROKEN: Final = "broken promises"

KEYS: Final = (DEPARTMENT, "kind", "measure")


def with_halves(told: pl.DataFrame) -> pl.DataFrame:
    """Add whether a journey began in the later half of the log's time."""
    first, last = pl.col("start").min(), pl.col("start").max()
    return told.with_columns((pl.col("start") > first + (last - first) / 2).alias("later"))


def figures(
    told: pl.DataFrame, complaints: Mapping[str, str], peers: pl.DataFrame | None
) -> pl.DataFrame:
    """Lay out each figure of each department, a row a journey or an answer.

    Args:
        told: `Work.told()` with `later, score, kept` and the columns of complaints.
        complaints: The columns that say whether a complaint came, and what to call them.
        peers: `department, start, later, score`, a row an answer.

    Returns:
        `department, kind, measure, unit, start, later, value`; the start in microseconds.
    """
    measures = {(KINDS[0], words): per_journey()[name] for name, words in OPERATIONAL.items()}
    measures |= {(KINDS[1], SCORE): pl.col("score"), (KINDS[1], BROKEN): 1 - pl.col("kept")}
    measures |= {(KINDS[1], said): pl.col(c).cast(pl.Float64) for c, said in complaints.items()}
    rows = [_rows(told, *names, value) for names, value in measures.items()]
    if peers is not None:
        of_one = peers.with_row_index("row").with_columns(pl.col("row").cast(pl.String).alias(UNIT))
        rows.append(_rows(of_one, KINDS[2], PEER_SCORE, pl.col("score")))
    return pl.concat(rows)


def over_time(rows: pl.DataFrame) -> pl.DataFrame:
    """Test whether each figure of each department gets better or worse.

    Args:
        rows: What `figures` returns.

    Returns:
        `department, kind, measure, cases, customers, early, late, p_better, p_worse`: the means in
        the earlier and the later half of the log's time, and how likely so large a change for the
        better or the worse is by chance.
    """
    found = trends(rows, KEYS)
    higher_is_better = pl.col("measure").is_in([SCORE, PEER_SCORE])
    return (
        found.with_columns(
            pl.when(higher_is_better).then("p_rise").otherwise("p_fall").alias("p_better"),
            pl.when(higher_is_better).then("p_fall").otherwise("p_rise").alias("p_worse"),
        )
        .drop("p_rise", "p_fall")
        .sort(in_order())
    )


def in_order() -> list[pl.Expr]:
    """Return how figures are sorted: by department, how it works before how customers fare."""
    kind = pl.col("kind").replace_strict(dict(zip(KINDS, range(3), strict=True)))
    return [pl.col(DEPARTMENT), kind, pl.col("measure")]


def _rows(table: pl.DataFrame, kind: str, measure: str, value: pl.Expr) -> pl.DataFrame:
    return table.select(
        DEPARTMENT,
        pl.lit(kind).alias("kind"),
        pl.lit(measure).alias("measure"),
        UNIT,
        pl.col("start").cast(pl.Int64),
        "later",
        value.cast(pl.Float64).alias("value"),
    )


def alarms(tested: pl.DataFrame) -> pl.DataFrame:
    """Find the departments whose operation got better while their customers fared worse.

    Within a department the operational figures are adjusted for their number, and so are its
    customers' (Holm). That both happened is said at the larger of the two p-values (an
    intersection-union test), times the departments that were looked at (Bonferroni).

    Args:
        tested: What `over_time` returns.

    Returns:
        `department, operational, operational_early, operational_late, customer, customer_early,
        customer_late, cases, customers, p_value, adjusted_p_value` of the pairs under the level,
        the surest department first; in it what customers say before what colleagues do.
    """
    looks = pairs(tested)
    departments = looks[DEPARTMENT].n_unique()
    adjusted = (pl.col("p_value") * departments).clip(upper_bound=1.0)
    looks = looks.with_columns(adjusted.alias("adjusted_p_value"))
    surest, colleagues = pl.col("p_value").min().over(DEPARTMENT), pl.col("customer") == PEER_SCORE
    return (
        looks.filter(pl.col("adjusted_p_value") <= LEVEL)
        .sort(surest, DEPARTMENT, colleagues, "p_value", "order", "customer")
        .drop("order")
    )


def pairs(tested: pl.DataFrame) -> pl.DataFrame:
    """Put each operational figure of a department beside each of its customers'.

    Args:
        tested: What `over_time` returns.

    Returns:
        The columns of `alarms` but the last, and `order`, of the operational figures; the pairs
        that can be tested. Their p-value is that of the department alone.
    """
    order = dict(zip(OPERATIONAL.values(), range(len(OPERATIONAL)), strict=True))
    operational = pl.col("kind") == KINDS[0]
    good = tested.filter(operational).with_columns(
        pl.col("measure").replace_strict(order, return_dtype=pl.Int64).alias("order"),
        holm(pl.col("p_better")).over(DEPARTMENT).alias("p_good"),
    )
    bad = tested.filter(~operational).with_columns(
        holm(pl.col("p_worse")).over(DEPARTMENT).alias("p_bad")
    )
    sides = {"operational": "", "customer": "_right"}
    return (
        good.join(bad, on=DEPARTMENT)
        .filter(pl.col("p_good").is_not_null(), pl.col("p_bad").is_not_null())
        .with_columns(pl.max_horizontal("p_good", "p_bad").alias("p_value"))
        .select(
            DEPARTMENT,
            *(
                pl.col(f"{column}{side}").alias(name + end)
                for name, side in sides.items()
                for column, end in (("measure", ""), ("early", "_early"), ("late", "_late"))
            ),
            *("cases", "customers", "p_value", "order"),
        )
    )


def since(told: pl.DataFrame, alarmed: pl.DataFrame) -> list[datetime | None]:
    """Say for each alarm when its operational figure changed most."""
    names = {words: per_journey()[name] for name, words in OPERATIONAL.items()}
    return [
        changed_on(
            told.filter(pl.col(DEPARTMENT) == row[DEPARTMENT]).select(
                "start", names[row["operational"]].alias("value")
            )
        )
        for row in alarmed.iter_rows(named=True)
    ]
