"""Tables that are in memory already: Polars, pandas, Arrow."""

from typing import Any

import polars as pl

from procmine.errors import InputError
from procmine.io.raw import Raw, numbered


def read_table(table: Any) -> Raw:
    """Take a Polars, pandas or Arrow table as raw events.

    Args:
        table: The table; anything with Arrow's C stream interface will do.

    Raises:
        InputError: It is none of these, or its columns can't be taken over.
    """
    if isinstance(table, pl.LazyFrame):
        return Raw("table", "polars", numbered(table))
    if isinstance(table, pl.DataFrame):
        return _raw("polars", table)
    library = type(table).__module__.partition(".")[0]
    if library == "pandas" and hasattr(table, "columns"):
        return _raw("pandas", _from_pandas(table))
    if hasattr(table, "__arrow_c_stream__"):
        return _raw("arrow", pl.DataFrame(table))
    raise InputError(
        f"A {type(table).__name__} can't be read as an event log.",
        "Give a path, several paths, or a Polars, pandas or Arrow table.",
    )


def _raw(kind: str, frame: pl.DataFrame) -> Raw:
    return Raw("table", kind, numbered(frame.lazy()), frame.height)


def _from_pandas(table: Any) -> pl.DataFrame:
    """Take a pandas table over; a column of mixed objects becomes text."""
    if not table.columns.is_unique:
        raise InputError("Two columns of the table have one name.", "Rename one of them.")
    named = any(name is not None for name in table.index.names)
    flat = table.reset_index() if named else table
    return pl.DataFrame([_column(str(name), flat[name]) for name in flat.columns])


def _column(name: str, values: Any) -> pl.Series:
    try:
        return pl.DataFrame({name: pl.from_pandas(values)})[name]  # pyright: ignore[reportUnknownArgumentType]
    except (TypeError, ValueError, pl.exceptions.PolarsError, OverflowError):
        missing = values.isna()
        texts = [None if m else str(v) for v, m in zip(values, missing, strict=True)]
        return pl.Series(name, texts, dtype=pl.String)
