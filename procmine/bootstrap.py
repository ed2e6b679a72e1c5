"""How sure a ranking is: bootstrap intervals of ranks, and of changes, over customers.

Customers are drawn again and again with replacement, and each time everything is ranked anew: where
two places swap in more than a few of the draws, the data can't tell which comes first. Customers
fall into blocks by a hash, so that the draws need sums by block alone, whatever the log's size; a
customer's journeys stay together.

Source: Goldstein & Spiegelhalter, "League tables and their limitations", J. R. Stat. Soc. A 159
(1996); Hall & Miller, "Using the bootstrap to quantify the authority of an empirical ranking",
Annals of Statistics 37 (2009); the bootstrap of clusters: Cameron, Gelbach & Miller, Review of
Economics and Statistics 90 (2008).
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.quantiles import seconds, sum_of
from procmine.schema import CASE_START, CUSTOMER, TIMESTAMP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Table = NDArray[Any]

BLOCKS: Final = 256
"""Blocks of customers: 256 tell how far a figure scatters to 9 %; 1,024 take twice as long."""

DRAWS: Final = 500
MOST_ROWS: Final = 1000
"""Rows that are ranked against each other: those after them are far from the first."""

_SEED: Final = 1
_ENOUGH_BLOCKS: Final = 15
_ENOUGH_TIMES: Final = 20
"""Fewer customers or handoffs in a period say too little of how a mean scatters."""

_BLOCK, _LATER = "block", "later"
_AT_ONCE: Final = 100
_ENDS: Final = (0.025, 0.975)


def sums_by_block(
    log: EventLog,
    table: nw.LazyFrame[Any],
    keys: list[str],
    value: str,
    middle: datetime,
    *,
    time: str = TIMESTAMP,
) -> pl.DataFrame:
    """Add up a value by customers' blocks, before and after an instant.

    Args:
        log: The log that the events are from.
        table: Its events, or some of them.
        keys: The columns to group by.
        value: A column of microseconds, never null.
        middle: Where the later period begins.
        time: The column of the time that says in which period a row lies.

    Returns:
        `*keys, block, later, count, seconds`; `later` is 0 or 1.
    """
    later = (nw.col(time) >= middle).cast(nw.Int64).alias(_LATER)
    sums = [nw.len().alias("count"), *sum_of(nw.col(value), "value")]
    found = by_block(log, table.with_columns(later), [*keys, _LATER], sums)
    added = found.select(*keys, _LATER, _BLOCK, "count", seconds("value").alias("seconds"))
    return added.sort(*keys, _LATER, _BLOCK)


def by_block(
    log: EventLog, table: nw.LazyFrame[Any], keys: list[str], sums: Sequence[nw.Expr]
) -> pl.DataFrame:
    """Add up what a table's rows hold by customers' blocks.

    Args:
        log: The log that the events are from.
        table: Its events, or some of them.
        keys: The columns to group by.
        sums: Integers to add up, each under a name of its own: sums of sums are taken.

    Returns:
        `*keys, block` and the sums, in any order.
    """
    native, block = nw.to_native(table), _block_of(log.columns).alias(_BLOCK)
    if isinstance(native, pl.LazyFrame):
        known, table = [_BLOCK], nw.from_native(native.with_columns(block))
    else:  # other engines have other hashes: the customers themselves are fetched
        known = [c for c in (CUSTOMER, CASE_START) if c in log.columns]
    found = collect(table.group_by(*keys, *known).agg(*sums))
    if _BLOCK not in known:
        found = found.with_columns(block)
    return (
        found.group_by(*keys, _BLOCK)
        .agg(pl.exclude(*keys, _BLOCK, *known).sum())
        .cast({_BLOCK: pl.Int64})
    )


def _block_of(columns: Collection[str]) -> pl.Expr:
    """Say which block an event's customer falls into, or where nobody knows him its journey.

    A journey is told by the instant at which it began: a number hashes faster than a name.
    """
    journey = pl.col(CASE_START).to_physical().hash(_SEED)
    if CUSTOMER not in columns:
        return journey % BLOCKS
    customer = pl.col(CUSTOMER)
    return pl.when(customer.is_null()).then(journey).otherwise(customer.hash(_SEED)) % BLOCKS


def scattered(sums: pl.DataFrame, rows: int) -> pl.DataFrame:
    """Say how sure the ranks of totals, and the changes of means between two periods, are.

    Args:
        sums: `row, block, later, count, seconds`: what a block of customers adds to a row (its
            number from 0, the largest total first) in the earlier (0) or the later period (1).
        rows: How many rows there are.

    Returns:
        One row a row, in order, `MOST_ROWS` at most: `row, low_rank, high_rank, change_seconds,
        low_change_seconds, high_change_seconds`. A change is the later mean less the earlier one.
        Intervals are null where too few customers or times stand behind them.
    """
    import numpy as np

    sums = sums.filter(pl.col("row") < MOST_ROWS)
    blocks = sums.select(pl.col(_BLOCK).rank("dense")).to_series().to_numpy() - 1
    shape = (int(blocks.max() + 1), min(rows, MOST_ROWS))
    figures = np.zeros((2, 2, *shape))  # seconds and count, earlier and later
    place = (sums[_LATER].to_numpy(), blocks, sums["row"].to_numpy())
    for number, name in enumerate(("seconds", "count")):
        figures[number][place] = sums[name].to_numpy()
    low, high = rank_intervals(figures[0].sum(axis=0))
    ranks = pl.DataFrame({"row": range(shape[1]), "low_rank": low, "high_rank": high})
    if shape[0] < _ENOUGH_BLOCKS:
        ranks = ranks.with_columns(pl.lit(None, pl.Int64).alias(c) for c in ranks.columns[1:])
    return ranks.with_columns(**_changes(*figures))


def _changes(seconds: "Table", times: "Table") -> "dict[str, Table | pl.Series]":
    """Return the change of each mean and its interval, as columns."""
    import numpy as np

    low, high = mean_change_intervals((seconds[0], times[0]), (seconds[1], times[1]))
    enough = (times.sum(axis=1) >= _ENOUGH_TIMES) & ((times > 0).sum(axis=1) >= _ENOUGH_BLOCKS)
    sure = enough.all(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        early, late = seconds.sum(axis=1) / times.sum(axis=1)
    ends = {"low_": np.where(sure, low, np.nan), "high_": np.where(sure, high, np.nan)}
    found = {"": late - early, **ends}
    return {f"{end}change_seconds": pl.Series(v).fill_nan(None) for end, v in found.items()}


def rank_intervals(sums: "Table") -> tuple["Table", "Table"]:
    """Say between which ranks each column's total lies in 95 of 100 draws of the blocks.

    Args:
        sums: What each block (row) adds to each total (column); the largest total has rank 1.

    Returns:
        The lowest and the highest rank of each column, both integers.

    Example:
        >>> import numpy as np
        >>> low, high = rank_intervals(np.array([[9.0, 1, 2], [9, 2, 1], [8, 1, 2]]))
        >>> low.tolist(), high.tolist()
        ([1, 2, 2], [1, 3, 3])
    """
    import numpy as np

    ranks = [_ranks(weights @ sums) for weights in _draws(len(sums))]
    best, worst = (np.concatenate(side) for side in zip(*ranks, strict=True))
    low = np.quantile(best, _ENDS[0], axis=0, method="inverted_cdf")
    high = np.quantile(worst, _ENDS[1], axis=0, method="inverted_cdf")
    return low.astype(np.int64), high.astype(np.int64)


def mean_change_intervals(
    before: tuple["Table", "Table"], after: tuple["Table", "Table"]
) -> tuple["Table", "Table"]:
    """Say between which figures the change of each column's mean lies in 95 of 100 draws.

    Args:
        before: The sums and the counts of each block (row) in each column, in the earlier period.
        after: The same in the later period.

    Returns:
        The low and the high end for each column; NaN where a period is empty in too many draws.
    """
    import numpy as np

    (early, times), (late, times_late) = before, after
    with np.errstate(invalid="ignore", divide="ignore"):
        changes = ratio_draws(late, times_late) - ratio_draws(early, times)
    low, high = np.quantile(changes, _ENDS, axis=0)  # one NaN makes the quantile NaN
    return low, high


def ratio_draws(tops: "Table", bottoms: "Table") -> "Table":
    """Draw the ratio of each column's sums, 500 times, with the same blocks for all columns.

    Args:
        tops: What each block (row) adds to what each column's ratio divides.
        bottoms: What it adds to what that is divided by.

    Returns:
        A draw a row; not a number where nothing to divide by was drawn.

    Example:
        >>> import numpy as np
        >>> draws = ratio_draws(np.array([[1.0], [3.0]]), np.array([[1.0], [1.0]]))
        >>> draws.shape, sorted(set(draws.ravel().tolist()))
        ((500, 1), [1.0, 2.0, 3.0])
    """
    import numpy as np

    with np.errstate(invalid="ignore", divide="ignore"):
        return resampled(tops) / resampled(bottoms)


def resampled(sums: "Table") -> "Table":
    """Add up blocks drawn with replacement, `DRAWS` times.

    Args:
        sums: What each block (row) adds to each figure (column).

    Returns:
        One row a draw: each figure's total in it.

    Example:
        >>> import numpy as np
        >>> resampled(np.array([[2.0, 4.0]] * 3)).mean(axis=0).tolist()
        [6.0, 12.0]
    """
    import numpy as np

    return np.concatenate([drawn @ sums for drawn in _draws(len(sums))])


def correlation_intervals(both: "Table", one: "Table", other: "Table") -> tuple["Table", "Table"]:
    """Say between which figures each column's correlation lies in 95 of 100 draws of the blocks.

    Args:
        both: The sums of each block (row) of the products of two centred figures (column).
        one: The sums of the first one's squares.
        other: The sums of the second one's squares.

    Returns:
        The low and the high end for each column; NaN where a figure is the same throughout in too
        many draws.

    Example:
        >>> import numpy as np
        >>> low, high = correlation_intervals(*(np.ones((20, 1)),) * 3)
        >>> low.round(6).tolist(), high.round(6).tolist()
        ([1.0], [1.0])
    """
    import numpy as np

    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = resampled(both) / np.sqrt(resampled(one) * resampled(other))
    low, high = np.quantile(drawn, _ENDS, axis=0)
    return low, high


@lru_cache(maxsize=2)  # the draws are always the same, and a megabyte
def _draws(blocks: int) -> "tuple[Table, ...]":
    """Draw blocks with replacement, some draws at once: how often each is in each of them."""
    return tuple(_drawn(blocks))


def _drawn(blocks: int) -> "Iterator[Table]":
    import numpy as np

    random = np.random.default_rng(_SEED)
    for _ in range(DRAWS // _AT_ONCE):
        drawn = random.integers(0, blocks, (_AT_ONCE, blocks))
        drawn += blocks * np.arange(_AT_ONCE)[:, None]
        weights = np.bincount(drawn.ravel(), minlength=_AT_ONCE * blocks)
        yield weights.reshape(_AT_ONCE, blocks).astype(np.float64)


def _ranks(totals: "Table") -> tuple["Table", "Table"]:
    """Return the best and the worst rank of each column in each row: they differ in a tie."""
    import numpy as np

    columns = totals.shape[1]
    rows = list(zip(np.sort(totals, axis=1), totals, strict=True))
    best: list[Table] = [
        columns + 1 - np.searchsorted(rising, own, side="right") for rising, own in rows
    ]
    worst: list[Table] = [
        columns - np.searchsorted(rising, own, side="left") for rising, own in rows
    ]
    return np.array(best), np.array(worst)
