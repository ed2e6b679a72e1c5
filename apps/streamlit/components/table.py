"""A result's table as people read it: their words, their units, sorted by the figure itself."""

from collections.abc import Mapping
from functools import partial
from typing import Final

import polars as pl
import streamlit as st
from texts.columns import WAITS, first_rows

from components.words import heading, small
from procmine import result

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
    first = rows.head(_MOST_ROWS).with_columns(
        pl.col(c).list.join(" → ") for c, t in rows.schema.items() if t == pl.List(pl.String)
    )
    columns = {c: words.get(c) or result.heading(c) for c in first.columns}
    styled = first.to_pandas().rename(columns=columns).style
    styled = styled.format({columns[c]: partial(result.shown, c) for c in first.columns}, na_rep="")
    st.dataframe(styled, hide_index=True, placeholder="", alt=name)
    if rows.height > first.height:
        small(first_rows(first.height, rows.height))
