"""Bring the answer of a lazy question into Polars, whatever the engine."""

from typing import Any

import narwhals as nw
import polars as pl
from polars import selectors


def collect(table: nw.LazyFrame[Any]) -> pl.DataFrame:
    """Run a lazy question, streaming where the engine can, and bring its answer into Polars.

    Engines count in integers of different widths; here every count is a 64-bit one.
    """
    return collect_all(table)[0]


def collect_all(*tables: nw.LazyFrame[Any]) -> list[pl.DataFrame]:
    """Run lazy questions; on Polars those of one log share one pass over it."""
    natives = [nw.to_native(table) for table in tables]
    if all(isinstance(native, pl.LazyFrame) for native in natives):
        answers = pl.collect_all(natives, engine="streaming")
    else:
        answers = [nw.to_native(table.collect("polars")) for table in tables]
    counts = selectors.by_dtype(pl.UInt32, pl.UInt64, pl.Int32)
    return [answer.with_columns(counts.cast(pl.Int64)) for answer in answers]
