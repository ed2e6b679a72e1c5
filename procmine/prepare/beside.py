"""A small table beside a large one, on whichever engine that is."""

from typing import Any, Final

import narwhals as nw
import polars as pl

_KINDS: Final = {
    pl.Int64: "bigint",
    pl.Float64: "double",
    pl.Boolean: "boolean",
    pl.String: "string",
}


def beside(table: nw.LazyFrame[Any], small: pl.DataFrame) -> nw.LazyFrame[Any]:
    """Bring a table to the engine of another one, to be joined with it.

    Args:
        table: A table of any engine.
        small: Numbers, texts and truths.

    Example:
        >>> large = nw.from_native(pl.LazyFrame({"a": [1, 2]}))
        >>> found = large.join(beside(large, pl.DataFrame({"a": [2], "b": ["x"]})), on="a")
        >>> found.collect("polars").rows()
        [(2, 'x')]
    """
    native: Any = nw.to_native(table)
    if isinstance(native, pl.LazyFrame):
        return nw.from_native(small.lazy())
    schema = ", ".join(f"`{name}` {_KINDS[type(kind)]}" for name, kind in small.schema.items())  # pyright: ignore[reportArgumentType]
    return nw.from_native(native.sparkSession.createDataFrame(small.rows(), schema))
