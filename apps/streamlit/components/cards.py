"""A few figures side by side."""

from collections.abc import Sequence
from html import escape

import streamlit as st

Card = tuple[str, str, str]
"""What it is, the figure, and what belongs to it in small."""


def cards(items: Sequence[Card]) -> None:
    """Show large figures in boxes."""
    boxes = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(figure)}<small>{escape(note)}</small></dd></div>"
        for name, figure, note in items
    )
    st.html(f'<dl class="pm-cards">{boxes}</dl>')
