"""Columns read as text, numbers or truth, and the types of the others."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

TRUE: Final = ("true", "yes", "y", "t", "1")
FALSE: Final = ("false", "no", "n", "f", "0")
SPELLED_TRUTHS: Final = ("true", "false", "True", "False", "TRUE", "FALSE")
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
    return pl.when(word.is_in(TRUE)).then(pl.lit(True)).when(word.is_in(FALSE)).then(pl.lit(False))


Types = tuple[pl.DataType, ...]
"""The types that the values of a column of text seen so far allow, the narrowest first."""

ALL_TYPES: Final[Types] = (pl.Int64(), pl.Float64(), pl.Boolean())


def type_measures(name: str, possible: Types) -> list[pl.Expr]:
    """Return for a column how many values it has and how many are of each possible type."""
    if not possible:
        return []
    filled = (pl.col(name) != "").sum().alias(_measure(name, None))
    return [filled, *(_is(name, t).sum().alias(_measure(name, t)) for t in possible)]


def misfit_measures(name: str, possible: Types) -> list[pl.Expr]:
    """Return for a column how many values aren't of the narrowest type that seems possible.

    One type a column and a pass: measuring all of them over all rows took longer than reading.
    """
    if not possible:
        return []
    misfit = (pl.col(name) != "") & ~_is(name, possible[0])
    return [misfit.sum().alias(f"misfits: {name}")]


def still_possible(name: str, possible: Types, measured: Mapping[str, Any]) -> Types:
    """Return the types that every value measured is of, or may still be."""
    misfits = measured.get(f"misfits: {name}")
    if misfits is not None:
        return possible[1:] if misfits else possible
    filled = measured.get(_measure(name, None)) or 0
    return tuple(t for t in possible if (measured.get(_measure(name, t)) or 0) == filled)


def typed(name: str, dtype: pl.DataType | None) -> pl.Expr:
    """Return a column of text under its type, the empty field as null."""
    value = pl.when(pl.col(name) != "").then(pl.col(name))
    if dtype is None:
        return value
    if dtype == pl.Boolean:
        return value.str.to_lowercase() == "true"
    return value.cast(dtype, strict=False)


def _measure(name: str, dtype: pl.DataType | None) -> str:
    return f"type {dtype or 'any'}: {name}"


def _is(name: str, dtype: pl.DataType) -> pl.Expr:
    """Whether a text is this type and nothing is lost: 00123 and +31 20 are no numbers."""
    column = pl.col(name)
    if dtype == pl.Boolean:
        return column.is_in(SPELLED_TRUTHS)
    padded = column.str.starts_with("0") & (column.str.len_bytes() > 1)
    padded |= column.str.starts_with("-0") & (column.str.len_bytes() > 2)
    fraction = column.str.starts_with("0.") | column.str.starts_with("-0.")
    plainly = ~(column.str.starts_with("+") | (padded & ~fraction))
    value = column.cast(dtype, strict=False)
    if dtype == pl.Int64:
        return value.is_not_null() & plainly
    finite = value.is_finite().fill_null(value=False)
    return finite & plainly & (column.str.len_bytes() <= _EXACT_DIGITS + 5)
