"""Counts, means, medians and 90th percentiles of microseconds, by group, for any number of rows.

Exact up to a million rows. Beyond, every value falls into a bin whose edges grow by two per cent,
so that a quantile is read from counts with a relative error of at most one per cent (DDSketch:
Masson, Rim & Lee, VLDB 2019). Binning is a plain group-by: it streams and runs on every engine.
"""

import math
from typing import Any

import narwhals as nw
import polars as pl

EXACT_ROWS = 1_000_000
"""Up to so many rows quantiles are exact."""

ERROR = 0.01
"""The relative error of a quantile beyond that."""

_GROWTH = (1 + ERROR) / (1 - ERROR)
BIN = "__bin"
"""The column of the bins in what `by_group` counted."""


def sum_of(microseconds: nw.Expr, name: str) -> list[nw.Expr]:
    """Add up microseconds exactly, as `name_s` and `name_us`; read them with `seconds`.

    A single 64-bit sum overflows at some million journeys of months, and a sum of floats depends
    on the order in which threads add.
    """
    return [
        (microseconds // 1_000_000).sum().alias(f"{name}_s"),
        (microseconds % 1_000_000).sum().alias(f"{name}_us"),
    ]


def seconds(name: str) -> pl.Expr:
    """Read in seconds what `sum_of` added up; nothing added up is zero."""
    return pl.col(f"{name}_s").fill_null(0) + pl.col(f"{name}_us").fill_null(0) / 1e6


def bin_of(microseconds: nw.Expr) -> nw.Expr:
    """Return the bin that a value falls into: -1 for zero; null for null."""
    logarithm = microseconds.cast(nw.Float64).log() / math.log(_GROWTH)
    binned = nw.when(microseconds > 0).then(logarithm.ceil()).otherwise(nw.lit(-1.0))
    return nw.when(~microseconds.is_null()).then(binned.cast(nw.Int16))


def middle_of(bins: pl.Expr) -> pl.Expr:
    """Return the value that stands for a bin: no value in it is further away than `ERROR`."""
    return pl.when(bins < 0).then(0.0).otherwise(2 * _GROWTH**bins / (1 + _GROWTH))


def bottom_of(bins: pl.Expr) -> pl.Expr:
    """Return the lower edge of a bin, which isn't in it itself."""
    return pl.when(bins >= 0).then(_GROWTH ** (bins - 1.0))


def by_group(
    table: nw.LazyFrame[Any],
    keys: list[str],
    value: str,
    sums: dict[str, nw.Expr],
    *,
    exact: bool,
    bins: str | None = None,
) -> nw.LazyFrame[Any]:
    """Group once: what `summarise` needs, in a table as small as its answer.

    Args:
        table: The rows.
        keys: Columns to group by.
        value: A column of microseconds, never null.
        sums: Further integer expressions to add up, by name.
        exact: Compute quantiles exactly, or count by bins.
        bins: The column of the values' bins, where `prepare` made it.
    """
    additive = [nw.len().alias("count"), *sum_of(nw.col(value), "total")]
    additive += [expression.sum().alias(name) for name, expression in sums.items()]
    if exact:
        median = nw.col(value).median().alias("median")
        p90 = nw.col(value).quantile(0.9, interpolation="linear").alias("p90")
        return table.group_by(keys).agg(*additive, median, p90)
    binned = nw.col(bins) if bins else bin_of(nw.col(value))
    return table.with_columns(binned.alias(BIN)).group_by([*keys, BIN]).agg(*additive)


def summarise(grouped: pl.DataFrame, keys: list[str], sums: list[str]) -> pl.DataFrame:
    """Turn what `by_group` counted into one row a group.

    Args:
        grouped: The collected answer of `by_group`.
        keys: The same keys.
        sums: The names of the further sums.

    Returns:
        `*keys, count, *sums, mean_seconds, median_seconds, p90_seconds, total_seconds`.
    """
    if BIN in grouped.columns:
        grouped = _from_bins(grouped, keys, sums)
    return grouped.select(
        *keys,
        "count",
        *sums,
        (seconds("total") / pl.col("count")).alias("mean_seconds"),
        (pl.col("median") / 1e6).alias("median_seconds"),
        (pl.col("p90") / 1e6).alias("p90_seconds"),
        seconds("total").alias("total_seconds"),
    )


def over_first_quartile(
    grouped: pl.DataFrame, keys: list[str], rows: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Add up by how much the values of a group lie over its first quartile.

    Args:
        grouped: The collected answer of `by_group`.
        keys: The same keys.
        rows: `*keys, value`: the values themselves, where they were counted exactly.

    Returns:
        `*keys, over_seconds`.
    """
    if rows is not None:
        value = pl.col("value")
        quartile = value.quantile(0.25, interpolation="linear").floor().cast(pl.Int64)
        over = (value - quartile).clip(lower_bound=0)
        sums = [
            (over // 1_000_000).sum().alias("over_s"),
            (over % 1_000_000).sum().alias("over_us"),
        ]
        return rows.group_by(keys).agg(sums).select(*keys, seconds("over").alias("over_seconds"))
    of_bin = seconds("total") - pl.col("count") * _at(0.25) / 1e6
    return (
        grouped.sort(*keys, BIN)
        .group_by(keys, maintain_order=True)
        .agg(of_bin.clip(lower_bound=0).sum().alias("over_seconds"))
    )


def _at(share: float) -> pl.Expr:
    """Read a quantile from the bins of a group, which stand in order."""
    middle, running = middle_of(pl.col(BIN)), pl.col("count").cum_sum()
    place = (pl.col("count").sum() - 1) * share
    # Between two ranks as the exact quantile does: a mean of two values that are each within
    # the error is within it too, however far apart they lie.
    low, high = (middle.filter(running > rank).first() for rank in (place.floor(), place.ceil()))
    return low + (high - low) * (place - place.floor())


def _from_bins(binned: pl.DataFrame, keys: list[str], sums: list[str]) -> pl.DataFrame:
    """Read the quantiles from the running counts of the bins."""
    return (
        binned.sort(*keys, BIN)
        .group_by(keys, maintain_order=True)
        .agg(
            _at(0.5).alias("median"),
            _at(0.9).alias("p90"),
            pl.col("count", "total_s", "total_us", *sums).sum(),
        )
    )
