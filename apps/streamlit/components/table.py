"""A result's table as people read it: their words, their units, sorted by the figure itself."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import polars as pl
import streamlit as st
from texts.columns import NO, WAITS, YES, first_rows

from components.words import heading, small
from procmine import result
from procmine.wording import share

_MOST_ROWS: Final = 1000


def table(
    name: str, rows: pl.DataFrame, *, words: Mapping[str, str] = WAITS, note: str = ""
) -> None:
    """Show a table under its name; clicking on a heading sorts by the figures, not their words.

    Args:
        name: What it holds.
        rows: The table of a result.
        words: What its columns are called where the column's own name won't do.
        note: What belongs under its name in small.
    """
    heading(name, note)
    _rows(name, rows, words)


def folded(
    name: str, rows: pl.DataFrame, *, words: Mapping[str, str] = WAITS, note: str = ""
) -> None:
    """Show a table behind a click: what only some want to read.

    Args:
        name: What it holds.
        rows: The table of a result.
        words: What its columns are called where the column's own name won't do.
        note: What belongs above it in small.
    """
    with st.expander(name):
        if note:
            small(note)
        _rows(name, rows, words)


def _rows(name: str, rows: pl.DataFrame, words: Mapping[str, str]) -> None:
    first = rows.head(_MOST_ROWS).with_columns(
        _said(c, t) for c, t in rows.schema.items() if t in (pl.List(pl.String), pl.Boolean)
    )
    columns = {c: words.get(c) or result.heading(c) for c in first.columns}
    styled = first.to_pandas().rename(columns=columns).style
    styled = styled.format({columns[c]: _figures(c) for c in first.columns}, na_rep="")
    st.dataframe(styled, hide_index=True, placeholder="", alt=name)
    if rows.height > first.height:
        small(first_rows(first.height, rows.height))


def _said(column: str, kind: pl.DataType) -> pl.Expr:
    """Say a list of steps, or yes and no, in words."""
    if kind == pl.Boolean:
        return (
            pl.when(column).then(pl.lit(YES)).when(~pl.col(column)).then(pl.lit(NO)).alias(column)
        )
    return pl.col(column).list.join(" → ")


def _figures(column: str) -> Callable[[Any], str]:
    """Return how a column's figures are said; a chance as people say it."""
    return share if column.endswith("p_value") else partial(result.shown, column)
