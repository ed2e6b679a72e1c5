"""A plain table of words, one row under the other."""

from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st


def pairs(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Show rows of words; the last columns of a source or a figure stand where they are.

    Args:
        head: What the columns are called.
        rows: Their words.
    """
    names = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    st.html(
        f'<table class="pm-rank pm-words"><thead><tr>{names}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )
