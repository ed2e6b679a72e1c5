"""Expressions that read a column's values as text, numbers or truth, and the types of the others."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import polars as pl

_TRUE: Final = ("true", "yes", "y", "t", "1")
_FALSE: Final = ("false", "no", "n", "f", "0")
_EXACT_DIGITS: Final = 15
"""A float keeps so many decimal digits; a longer text is an identifier, not a quantity."""


def text(name: str, dtype: pl.DataType, null_values: Sequence[str] = ()) -> pl.Expr:
    """Return a column as text as it stands, null where it is blank or stands for nothing.

    Args:
        name: The column.
        dtype: Its type; a float that is whole loses its ".0", being a number that met a gap.
        null_values: Texts that stand for a missing value.
    """
    column = pl.col(name)
    if dtype.is_float():
        whole = pl.when(column.is_finite() & (column == column.round())).then(column)
        digits = whole.cast(pl.Int64, strict=False).cast(pl.String)
        column = pl.coalesce(digits, column.fill_nan(None).cast(pl.String))
    elif dtype != pl.String:
        column = column.cast(pl.String)
    kept = column.str.strip_chars() != ""
    if null_values:
        kept &= ~column.str.strip_chars().is_in(list(null_values))
    return pl.when(kept).then(column)


def number(name: str, dtype: pl.DataType, null_values: Sequence[str]) -> pl.Expr:
    """Return a column as finite floats, null where it holds anything else."""
    if dtype.is_numeric():
        value = pl.col(name).cast(pl.Float64)
    else:
        value = text(name, dtype, null_values).str.strip_chars().cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def whole(name: str, dtype: pl.DataType, null_values: Sequence[str]) -> pl.Expr:
    """Return a column as integers, null where it holds anything else."""
    if dtype.is_integer():
        return pl.col(name).cast(pl.Int64, strict=False)
    return text(name, dtype, null_values).str.strip_chars().cast(pl.Int64, strict=False)


def truth(name: str, dtype: pl.DataType, null_values: Sequence[str]) -> pl.Expr:
    """Return a column as truth values, null where it holds anything else."""
    if dtype == pl.Boolean:
        return pl.col(name)
    word = text(name, dtype, null_values).str.strip_chars().str.to_lowercase()
    return pl.when(word.is_in(_TRUE)).then(pl.lit(True)).when(word.is_in(_FALSE)).then(pl.lit(False))


Typing = dict[str, tuple[pl.DataType, ...]]
"""Column of text to the types that its sample allows, the narrowest first."""


def possible_types(sample: pl.DataFrame, names: Iterable[str]) -> Typing:
    """Say which types the values of a sample allow, so that the others needn't be measured.

    Args:
        sample: Some rows.
        names: Columns of text.
    """
    names = [n for n in names if n in sample.columns]
    every: Typing = {n: (pl.Int64(), pl.Float64(), pl.Boolean()) for n in names}
    found = sample.select(e for n in names for e in type_measures(every, n)).row(0, named=True) if names else {}
    return {n: types for n in names if (types := _fitting(n, every[n], found, empty=True))}


def type_measures(typing: Typing, name: str) -> list[pl.Expr]:
    """Return for a column how many values it has and how many are of each possible type."""
    filled = pl.col(name) != ""
    fits = [_is(name, t).sum().alias(_measure(name, t)) for t in typing[name]]
    return [filled.sum().alias(_measure(name, None)), *fits]


def types(typing: Typing, measured: Mapping[str, Any]) -> dict[str, pl.DataType]:
    """Return the type of each column all of whose values are of it."""
    fitting = {n: _fitting(n, possible, measured, empty=False) for n, possible in typing.items()}
    return {n: possible[0] for n, possible in fitting.items() if possible}


def typed(name: str, dtype: pl.DataType | None) -> pl.Expr:
    """Return a column of text under its type, the empty field as null."""
    value = pl.when(pl.col(name) != "").then(pl.col(name))
    if dtype is None:
        return value
    if dtype == pl.Boolean:
        return value.str.to_lowercase() == "true"
    return value.cast(dtype)


def _fitting(
    name: str, possible: Iterable[pl.DataType], measured: Mapping[str, Any], *, empty: bool
) -> tuple[pl.DataType, ...]:
    filled = measured[_measure(name, None)] or 0
    if not filled:
        return tuple(possible) if empty else ()
    return tuple(t for t in possible if measured[_measure(name, t)] == filled)


def _measure(name: str, dtype: pl.DataType | None) -> str:
    return f"type {dtype or 'any'}: {name}"


def _is(name: str, dtype: pl.DataType) -> pl.Expr:
    """Whether a text is this type and nothing is lost: 00123 and +31 20 are no numbers."""
    column = pl.col(name)
    if dtype == pl.Boolean:
        return column.is_in(["true", "false", "True", "False", "TRUE", "FALSE"])
    plainly = ~column.str.contains(r"^(?:\+|-?0\d)")
    value = column.cast(dtype, strict=False)
    if dtype == pl.Int64:
        return value.is_not_null() & plainly
    return value.is_finite() & plainly & (column.str.len_bytes() <= _EXACT_DIGITS + 5)
