"""The process map that can be zoomed, dragged and asked; the server draws, the browser shows."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
import texts
from streamlit.components.v2 import component
from view import Picture, View

from components import night
from procmine.draw.graph import Graph

Names = tuple[str | None, ...]
"""What a box or an arrow of the map stands for."""

_HERE = Path(__file__).parent
_map = component(
    "procmine_map",
    html=(_HERE / "map.html").read_text(encoding="utf-8"),
    css=(_HERE / "map.css").read_text(encoding="utf-8"),
    js=(_HERE / "map.js").read_text(encoding="utf-8"),
)


def process_map(
    view: View, graph: Graph, key: str, figures: Callable[[Names], Sequence[tuple[str, str]]]
) -> None:
    """Show a graph; the box or arrow that is chosen shows its figures.

    Args:
        view: What the page is given; it notes what is shown.
        graph: The graph; its `names` say what can be chosen.
        key: Tells this map from others.
        figures: Gives the figures of what is chosen, each with its words.
    """
    view.pictures.append(Picture(graph.caption, graph.svg))
    chosen = st.session_state.get(key, {}).get("selected")
    data: dict[str, Any] = {
        "svg": night.markup(graph.svg()),
        "names": dict.fromkeys(graph.names, 1),
        "words": texts.MAP_WORDS,
        "chosen": None,
    }
    if chosen in graph.names:
        names = graph.names[chosen]
        title = " → ".join(name for name in names if name is not None)
        data["chosen"] = {"id": chosen, "title": title, "figures": list(figures(names))}
    _map(key=key, data=data, on_selected_change=lambda: None)
