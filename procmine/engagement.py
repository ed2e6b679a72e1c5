"""What customers bring in after a journey, and what it cost to engage them in it.

In memory: a row a journey, and a row an event that brought something in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import erfc, sqrt
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from procmine import followup
from procmine.bootstrap import BLOCKS, ratio_draws
from procmine.collecting import collect, collect_all
from procmine.eventlog import EventLog
from procmine.followup import STATE
from procmine.schema import (
    CASE,
    CASE_START,
    CLOSED,
    COST,
    CUSTOMER,
    CUSTOMER_FACING,
    JOURNEY_TYPE,
    SEGMENT,
    TIMESTAMP,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Table = NDArray[Any]

GROUP: Final = [JOURNEY_TYPE, SEGMENT]
RATIOS: Final = {"return_share": ("returned", "cases"), "roce": ("gained", "spent")}
"""What is measured, as a ratio of sums over journeys; a return of what is spent is what is gained
beyond it."""

_SEED: Final = 1
_ENOUGH: Final = 15
_END, _AT, _AMOUNT, _LATER, _BLOCK = "__end", "__at", "__amount", "later", "__block"


@dataclass(frozen=True)
class Journeys:
    """Closed journeys of known customers that could be followed long enough.

    Attributes:
        table: A row a journey: `journey_type, segment, customer_id, start, cases` (1), `returned`
            (whether the customer began another one in time, as 0 or 1), `margin, spent, gained`:
            what the customer brought in in time, what engaging them in the journey cost, and the
            one less the other; null where nobody knows.
        unfollowed: How many journeys ended too late to be followed.
        unclosed: How many are open, or were abandoned.
        nobodys: How many closed ones are of no known customer.
        uncosted: How many of the events that count as engagement have no cost.
        engagements: How many there are.
        unread: How many values aren't numbers.
    """

    table: pl.DataFrame
    unfollowed: int
    unclosed: int
    nobodys: int
    uncosted: int
    engagements: int
    unread: int


def follow(
    log: EventLog, *, within: timedelta, value: str | None, margin_share: float, all_costs: bool
) -> Journeys:
    """Follow customers after their journeys.

    Args:
        log: The event log, with what belongs to no journey; it names customers.
        within: For how long.
        value: The column of what an event brought in.
        margin_share: Which part of that is margin.
        all_costs: Whether every event of a journey counts as engagement; else those in which the
            customer took part.
    """
    journeys = _journeys(log, all_costs=all_costs)
    over = pl.col(STATE) == CLOSED
    followed = pl.col(_END) + within <= followup.watched_until(log)
    known = pl.col(CUSTOMER).is_not_null()
    kept = journeys.filter(over & known & followed)
    begun = journeys.filter(known).select(CUSTOMER, pl.col(CASE_START).alias(_AT))
    returned = _after(kept, begun.with_columns(pl.lit(1.0).alias(_AMOUNT)), within) > 0
    margin, unread = pl.lit(None, pl.Float64), 0
    if value is not None:
        paid, unread = _paid(log, value)
        margin = _after(kept, paid, within) * margin_share
    table = kept.with_columns(returned.cast(pl.Int64).alias("returned"), margin.alias("margin"))
    return Journeys(
        table.with_columns(
            (pl.col("margin") - pl.col("spent")).alias("gained"),
            pl.lit(1, pl.Int64).alias("cases"),
            pl.col(CASE_START).alias("start"),
        ),
        unfollowed=journeys.filter(over & known & ~followed).height,
        unclosed=journeys.filter(~over).height,
        nobodys=journeys.filter(over & ~known).height,
        uncosted=int(kept["uncosted"].sum()),
        engagements=int(kept["engagements"].sum()),
        unread=unread,
    )


def _journeys(log: EventLog, *, all_costs: bool) -> pl.DataFrame:
    """One row a journey: whose, of what kind, from when to when, how it stands, what it cost."""
    inside = log.inside()
    ends = followup.followed(inside).select(
        nw.col(CASE),
        nw.col(CUSTOMER).cast(nw.String),
        *(
            (nw.col(c).cast(nw.String) if c in log.columns else nw.lit(None, nw.String)).alias(c)
            for c in GROUP
        ),
        nw.col(CASE_START),
        nw.col(TIMESTAMP).alias(_END),
        nw.col(STATE),
    )
    facing = nw.lit(True) if all_costs else nw.lit(False)
    if not all_costs and CUSTOMER_FACING in log.columns:
        facing = nw.col(CUSTOMER_FACING).fill_null(False)
    cost = nw.col(COST).cast(nw.Float64) if COST in log.columns else nw.lit(None, nw.Float64)
    own = inside.table.select(CASE, facing.alias("facing"), cost.alias("spent")).filter(
        nw.col("facing")
    )
    costs = own.group_by(CASE).agg(
        nw.col("spent").sum(),
        nw.col("spent").is_null().cast(nw.Int64).sum().alias("uncosted"),
        nw.len().alias("engagements"),
    )
    found, priced = collect_all(ends, costs)
    known = COST in log.columns and (all_costs or CUSTOMER_FACING in log.columns)
    spent = pl.col("spent").fill_null(0.0) if known else pl.lit(None, pl.Float64)
    return (
        found.join(priced, on=CASE, how="left")
        .with_columns(spent.alias("spent"), pl.col("uncosted", "engagements").fill_null(0))
        .sort(CASE)  # a sum of floats depends on their order
    )


def _paid(log: EventLog, value: str) -> tuple[pl.DataFrame, int]:
    """Return who brought in what when, and how many values aren't numbers."""
    rows = log.table.filter(~nw.col(value).is_null() & ~nw.col(CUSTOMER).is_null()).select(
        nw.col(CUSTOMER).cast(nw.String), nw.col(TIMESTAMP).alias(_AT), nw.col(value)
    )
    found = collect(rows)
    amounts = found[value].cast(pl.Float64, strict=False)
    table = found.select(CUSTOMER, _AT, amounts.alias(_AMOUNT))
    return table.drop_nulls(_AMOUNT), int(amounts.is_null().sum())


def _after(journeys: pl.DataFrame, events: pl.DataFrame, within: timedelta) -> pl.Series:
    """Add up a customer's events after each journey's end, up to so much later."""
    running = (
        events.group_by(CUSTOMER, _AT)
        .agg(pl.col(_AMOUNT).sum())
        .sort(CUSTOMER, _AT)
        .with_columns(pl.col(_AMOUNT).cum_sum().over(CUSTOMER))
        .sort(_AT, CUSTOMER)
    )
    asked = journeys.select(CUSTOMER, pl.col(_END).alias(_AT)).with_row_index("row")
    sums = [
        asked.with_columns(pl.col(_AT) + later)
        .sort(_AT, "row")
        .join_asof(running, on=_AT, by=CUSTOMER, check_sortedness=False)
        .sort("row")[_AMOUNT]
        .fill_null(0.0)
        for later in (timedelta(), within)
    ]
    return sums[1] - sums[0]


def measured(table: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Measure groups of journeys.

    Args:
        table: That of `Journeys`.
        keys: The columns of the groups, at least one.

    Returns:
        `*keys, cases, customers, returned_cases, return_share, mean_margin, mean_cost, roce`, the
        shares and the return with the ends of their intervals, over customers drawn anew.
    """
    groups = table.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("cases"),
        pl.col(CUSTOMER).n_unique().cast(pl.Int64).alias("customers"),
        pl.col("returned").sum().alias("returned_cases"),
        pl.col("margin").mean().alias("mean_margin"),
        pl.col("spent").mean().alias("mean_cost"),
    )
    groups = groups.sort(keys, nulls_last=True)
    sums, sure = _sums(table, groups, list(keys))
    columns: list[pl.Series] = []
    for name, (top, bottom) in RATIOS.items():
        drawn = ratio_draws(sums[top], sums[bottom])
        columns += _ends(name, sums[top].sum(axis=0), sums[bottom].sum(axis=0), drawn, sure)
    return groups.with_columns(columns)


def _sums(
    table: pl.DataFrame, groups: pl.DataFrame, keys: list[str]
) -> "tuple[dict[str, Table], Table]":
    """Add up by blocks of customers (rows) and groups (columns); say which have blocks enough."""
    import numpy as np

    block = (pl.col(CUSTOMER).hash(_SEED) % BLOCKS).cast(pl.Int64).alias(_BLOCK)
    places = groups.select(keys).with_row_index("place")
    wanted = sorted({column for pair in RATIOS.values() for column in pair})
    found = (
        table.with_columns(block)
        .group_by(*keys, _BLOCK)
        .agg(pl.col(wanted).cast(pl.Float64).sum())
        .join(places, on=keys, nulls_equal=True)
    )
    at = (found[_BLOCK].rank("dense").to_numpy() - 1, found["place"].to_numpy())
    shape = (found[_BLOCK].n_unique(), groups.height)
    sums = {name: np.zeros(shape) for name in wanted}
    for name in wanted:
        nobody_knows = table[name].null_count() == table.height
        sums[name][at] = np.nan if nobody_knows else found[name].to_numpy()
    return sums, (sums["cases"] > 0).sum(axis=0) >= _ENOUGH


def _ends(
    name: str, top: "Table", bottom: "Table", drawn: "Table", sure: "Table"
) -> list[pl.Series]:
    """Return a ratio and its interval, null where nobody knows."""
    import numpy as np

    known = bottom > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(known, top / bottom, np.nan)
        low, high = (
            np.where(known & sure, np.quantile(drawn, q, axis=0), np.nan) for q in (0.025, 0.975)
        )
    columns = {name: ratio, f"low_{name}": low, f"high_{name}": high}
    return [pl.Series(n, values).fill_nan(None) for n, values in columns.items()]


def compared(table: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Compare the journeys that began later with those that began earlier, group by group.

    Args:
        table: That of `Journeys`, with `later`.
        keys: The columns of the groups.

    Returns:
        `*keys, measure, cases, customers, before, after, change, low_change, high_change, p_value`:
        the chance of so large a change if there were none, by how the change scatters over
        customers drawn anew; null where too few stand on a side.
    """
    groups = table.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("cases"),
        pl.col(CUSTOMER).n_unique().cast(pl.Int64).alias("customers"),
    )
    both = groups.join(pl.DataFrame({_LATER: [False, True]}), how="cross").sort(
        *keys, _LATER, nulls_last=True
    )
    sums, sure = _sums(table, both, [*keys, _LATER])
    names = both.filter(pl.col(_LATER)).drop(_LATER)
    return pl.concat(
        names.with_columns(pl.lit(name).alias("measure"), *_change(sums[top], sums[bottom], sure))
        for name, (top, bottom) in RATIOS.items()
    )


def _change(top: "Table", bottom: "Table", sure: "Table") -> list[pl.Series]:
    """Say how each ratio changed; earlier and later stand side by side in the columns."""
    import numpy as np

    drawn = ratio_draws(top, bottom)
    with np.errstate(invalid="ignore", divide="ignore"):
        changes = drawn[:, 1::2] - drawn[:, ::2]
        ratio = top.sum(axis=0) / bottom.sum(axis=0)
        before, after = ratio[::2], ratio[1::2]
        known = sure[::2] & sure[1::2] & np.isfinite(changes).all(axis=0)
        low, high = (
            np.where(known, np.quantile(changes, q, axis=0), np.nan) for q in (0.025, 0.975)
        )
        apart = np.abs(after - before) / changes.std(axis=0, ddof=1)
    chance = [erfc(z / sqrt(2)) if k else np.nan for z, k in zip(apart, known, strict=True)]
    columns = {
        "before": before,
        "after": after,
        "change": after - before,
        "low_change": low,
        "high_change": high,
        "p_value": np.array(chance),
    }
    return [
        pl.Series(name, np.where(np.isfinite(values), values, np.nan)).fill_nan(None)
        for name, values in columns.items()
    ]
