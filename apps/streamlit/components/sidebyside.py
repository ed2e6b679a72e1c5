"""Two variants side by side: what both do stands in one line."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st
from texts import variants as said

from components import night
from components.explorer import chip
from procmine.difference import Place

MOST_LINES = 60


def side_by_side(
    heads: tuple[str, str], places: Sequence[Place], colours: Mapping[str, str]
) -> None:
    """Show two aligned sequences.

    Args:
        heads: What each is called.
        places: The alignment, see `procmine.difference.aligned`.
        colours: The colour of each activity.
    """
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    lines = "".join(_line(pair, colours) for pair in places[:MOST_LINES])
    hidden = len(places) - MOST_LINES
    if hidden > 0:
        lines += f'<tr><td colspan="2" class="pm-small">{escape(said.steps_more(hidden))}</td></tr>'
    table = f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody>"
    st.html(night.markup(f'<table class="pm-aligned">{table}</table>'))


def _line(pair: Place, colours: Mapping[str, str]) -> str:
    cells = "".join(f"<td>{chip(name, 1, colours) if name else ''}</td>" for name in pair)
    return f"<tr{'' if pair[0] == pair[1] else ' class=pm-unlike'}>{cells}</tr>"
