"""Columns of text under the types that their source declares."""

from typing import Final

import polars as pl

_CASTS: Final = {"integer": pl.Int64, "float": pl.Float64}
_TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}


def as_declared(column: pl.Series, kind: str) -> pl.Series:
    """Type a column of text as its source declares it, if every value is of that type.

    Args:
        column: The values.
        kind: `integer`, `float` or `boolean`; whatever else it is, the column stays text.

    Example:
        >>> as_declared(pl.Series(["1", None]), "integer").to_list()
        [1, None]
        >>> as_declared(pl.Series(["1", "one"]), "integer").to_list()
        ['1', 'one']
    """
    if kind == "boolean":
        typed = column.str.to_lowercase().replace_strict(
            _TRUTHS, default=None, return_dtype=pl.Boolean
        )
    elif kind in _CASTS:
        typed = column.cast(_CASTS[kind], strict=False)
    else:
        return column
    return typed if typed.null_count() == column.null_count() else column
