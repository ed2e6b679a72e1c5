"""Which teams meet the customer, which work directly for those, and which do neither.

Source: Packer, "How to drive Customer Centricity through the back office": teams that touch the
customer, teams that support those, and pure back office. The distance is a breadth-first search.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

import narwhals as nw
import polars as pl

from procmine.eventlog import EventLog
from procmine.schema import (
    ACTIVITY,
    BY_CUSTOMER,
    CUSTOMER_FACING,
    DEPARTMENT,
    NEXT_ACTIVITY,
    NEXT_DEPARTMENT,
    SERVICE,
    START,
)

CREATOR: Final = "creator"
ENABLER: Final = "enabler"
BACK_OFFICE: Final = "back office"
GROUPS: Final = (CREATOR, ENABLER, BACK_OFFICE)

CHANCE: Final = 0.01
"""A pair that makes a smaller part of all of a department's handoffs is no link: events that the
sources noted in the wrong order make such pairs."""

_KEYS: Final = (DEPARTMENT, ACTIVITY, NEXT_DEPARTMENT, NEXT_ACTIVITY)


def successions(log: EventLog) -> nw.LazyFrame[Any]:
    """Ask which activity of which department follows which, in one pass.

    Args:
        log: The event log.

    Returns:
        `department, activity, next_department, next_activity, events, facing, own, lasting`: how
        many events, how many of them the customer took part in, how many the customer did, and how
        many took time (as far as anybody knows).
    """

    def marked(column: str) -> nw.Expr:
        known = nw.col(column).fill_null(False) if column in log.columns else nw.lit(False)
        return known.cast(nw.Int64)

    department = nw.col(DEPARTMENT) if DEPARTMENT in log.columns else nw.lit(None, nw.String)
    lasts = ~(nw.col(SERVICE).fill_null(1) == 0) if START in log.columns else nw.lit(True)
    counts = {"facing": marked(CUSTOMER_FACING), "own": marked(BY_CUSTOMER), "lasting": lasts}
    return (
        log.table.with_columns(department.alias(DEPARTMENT))
        .with_columns(value.cast(nw.Int64).alias(name) for name, value in counts.items())
        .group_by(_KEYS)
        .agg(nw.len().alias("events"), *(nw.col(name).sum() for name in counts))
    )


def links(followed: pl.DataFrame) -> pl.DataFrame:
    """Return who hands work directly to whom.

    An event that takes no time, of a department whose other work does, is a mark and no work: that
    Operations notes a take-off doesn't mean that the gate's work goes to Operations. What follows
    and has no department is the customer's, if the customer does it or takes part.

    Args:
        followed: What `successions` returns, collected.

    Returns:
        `department, next_department, count`; the next department is null where it is the customer.
    """
    marks = _marks(followed)
    customers = (
        followed.group_by(ACTIVITY, DEPARTMENT)
        .agg(pl.col("facing", "own").sum())
        .filter(pl.col(DEPARTMENT).is_null(), pl.col("facing") + pl.col("own") > 0)
        .select(
            pl.col(ACTIVITY).alias(NEXT_ACTIVITY), pl.lit(None, pl.String).alias(NEXT_DEPARTMENT)
        )
        .with_columns(pl.lit(True).alias("__customer"))
    )
    known = followed.filter(pl.col(DEPARTMENT).is_not_null(), pl.col(NEXT_ACTIVITY).is_not_null())
    work = known.join(marks, on=[DEPARTMENT, ACTIVITY], how="anti").join(
        marks, left_on=[NEXT_DEPARTMENT, NEXT_ACTIVITY], right_on=[DEPARTMENT, ACTIVITY], how="anti"
    )
    to_customer = pl.col("__customer").fill_null(False)
    return (
        work.join(customers, on=[NEXT_ACTIVITY, NEXT_DEPARTMENT], how="left", nulls_equal=True)
        .filter(to_customer | (pl.col(DEPARTMENT) != pl.col(NEXT_DEPARTMENT)))
        .group_by(DEPARTMENT, NEXT_DEPARTMENT)
        .agg(pl.col("events").sum().alias("count"))
        .sort("count", DEPARTMENT, NEXT_DEPARTMENT, descending=[True, False, False])
    )


def _marks(followed: pl.DataFrame) -> pl.DataFrame:
    """Return the activities that take no time in departments whose work does."""
    timed = followed.filter(pl.col(DEPARTMENT).is_not_null()).group_by(DEPARTMENT, ACTIVITY)
    lasting = timed.agg(pl.col("lasting").sum())
    instant = (pl.col("lasting") == 0) & (pl.col("lasting").sum().over(DEPARTMENT) > 0)
    return lasting.filter(instant).select(DEPARTMENT, ACTIVITY)


def grouped(followed: pl.DataFrame, linked: pl.DataFrame, theta: float) -> pl.DataFrame:
    """Put each department into its group.

    A creator is a department whose events the customer takes part in to a share of `theta` or more.
    An enabler hands work directly to a creator, gets it from one, or hands it to the customer, who
    acts on it next. Everybody else is back office. The distance to the customer is 0 for creators,
    1 for enablers, and one more for each further handoff; null where no handoff leads there.

    Args:
        followed: What `successions` returns, collected.
        linked: What `links` returns.
        theta: The share.

    Returns:
        `department, group, distance, events, facing_share`, the nearest to the customer first.
    """
    departments = (
        followed.filter(pl.col(DEPARTMENT).is_not_null())
        .group_by(DEPARTMENT)
        .agg(
            pl.col("events").sum(),
            (pl.col("facing").sum() / pl.col("events").sum()).alias("facing_share"),
        )
    )
    creators = departments.filter(pl.col("facing_share") >= theta)[DEPARTMENT]
    far = _distances(set(creators), _neighbours(linked)) if len(creators) else {}
    distance = pl.col(DEPARTMENT).replace_strict(far, default=None, return_dtype=pl.Int64)
    group = (
        pl.when(pl.col("distance") == 0)
        .then(pl.lit(CREATOR))
        .when(pl.col("distance") == 1)
        .then(pl.lit(ENABLER))
        .otherwise(pl.lit(BACK_OFFICE))
    )
    return (
        departments.with_columns(distance.alias("distance"))
        .with_columns(group.alias("group"))
        .select(DEPARTMENT, "group", "distance", "events", "facing_share")
        .sort("distance", "events", DEPARTMENT, descending=[False, True, False], nulls_last=True)
    )


def _neighbours(linked: pl.DataFrame) -> dict[str | None, set[str]]:
    """Return whose work is linked with whose; under None who hands work to the customer."""
    both = pl.concat(
        [
            linked,
            linked.select(
                pl.col(NEXT_DEPARTMENT).alias(DEPARTMENT),
                pl.col(DEPARTMENT).alias(NEXT_DEPARTMENT),
                "count",
            ),
        ]
    )
    pairs = (
        both.filter(pl.col(DEPARTMENT).is_not_null())
        .group_by(DEPARTMENT, NEXT_DEPARTMENT)
        .agg(pl.col("count").sum())
    )
    real = pairs.filter(pl.col("count") >= CHANCE * pl.col("count").sum().over(DEPARTMENT))
    found: dict[str | None, set[str]] = {}
    for here, there in real.select(DEPARTMENT, NEXT_DEPARTMENT).iter_rows():
        found.setdefault(there, set()).add(here)
        if there is not None:
            found.setdefault(here, set()).add(there)
    return found


def _distances(
    creators: Collection[str], neighbours: Mapping[str | None, set[str]]
) -> dict[str, int]:
    """Walk from the creators along the handoffs, breadth first."""
    found = dict.fromkeys(creators, 0)
    edge: list[str | None] = [None, *creators]
    while edge:
        step = max(found.values()) + 1
        reached = {near for name in edge for near in neighbours.get(name, ())} - set(found)
        found |= dict.fromkeys(reached, step)
        edge = list(reached)
    return found
