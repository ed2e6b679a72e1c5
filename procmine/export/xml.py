"""Text in XML, as expressions over whole columns."""

from typing import Final

import polars as pl

from procmine.export.layout import Kind

TIME_FORMAT: Final = "%Y-%m-%dT%H:%M:%S%.6f+00:00"

_IMPOSSIBLE: Final = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
"""Characters that no XML document can hold."""

_ESCAPES: Final = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}


def escaped(text: pl.Expr) -> pl.Expr:
    """Return texts as they stand in XML, in an attribute or between tags.

    Characters that XML can't hold are replaced by U+FFFD, the sign for such.

    Example:
        >>> pl.select(escaped(pl.lit("a < b"))).item()
        'a &lt; b'
    """
    return text.str.replace_all(_IMPOSSIBLE, "\ufffd").str.replace_many(_ESCAPES)


def escaped_name(name: str) -> str:
    """Return a name as it stands in XML."""
    return str(pl.select(escaped(pl.lit(name))).item())


def as_text(column: str, kind: Kind) -> pl.Expr:
    """Return the values of a column as XML writes them; null stays null.

    Args:
        column: A column in the plain form of its kind.
        kind: What it holds.
    """
    value = pl.col(column)
    if kind == "time":
        return value.dt.to_string(TIME_FORMAT)
    if kind == "float":
        return value.cast(pl.String).str.replace("inf", "INF", literal=True)
    return escaped(value) if kind == "string" else value.cast(pl.String)


def joined(*parts: pl.Expr | str) -> pl.Expr:
    """Put pieces of text together; null where one of them is."""
    return pl.concat_str([pl.lit(p) if isinstance(p, str) else p for p in parts])


def filled(*parts: pl.Expr) -> pl.Expr:
    """Put pieces of text together, those that are null left out."""
    return pl.concat_str([pl.lit(""), *parts], ignore_nulls=True)
