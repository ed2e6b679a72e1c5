"""The process map that can be zoomed, dragged and asked; the server draws, the browser shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st
from choices import Choices
from streamlit.components.v2 import component
from texts import map as said
from view import Picture, View

from components import filters, night
from components.conditions import CONDITIONS, makes_sense
from procmine.draw.graph import Graph
from procmine.schema import ACTIVITY, NEXT_ACTIVITY, TIMESTAMP
from procmine.wording import style

Names = tuple[str | None, ...]
"""What a box or an arrow of the map stands for."""

_HERE = Path(__file__).parent
_map = component(
    "procmine_map",
    html=(_HERE / "map.html").read_text(encoding="utf-8"),
    css=(_HERE / "map.css").read_text(encoding="utf-8"),
    js="".join((_HERE / name).read_text(encoding="utf-8") for name in ("map.js", "playback.js")),
)


@dataclass(frozen=True)
class Offer:
    """A filter that a card offers.

    Attributes:
        words: What it is called there.
        name: The parameter of the link that it sets.
        value: What that is to hold too.
    """

    words: str
    name: str
    value: str


@dataclass(frozen=True)
class Card:
    """What the card of a box or an arrow says and offers.

    Attributes:
        figures: Its figures, each with its words.
        offers: The filters it offers.
    """

    figures: Callable[[Names], Sequence[tuple[str, str]]]
    offers: Callable[[Names], Sequence[Offer]]


def process_map(
    view: View, graph: Graph, key: str, card: Card, moves: pl.DataFrame | None = None
) -> None:
    """Show a graph; the box or arrow that is chosen shows its figures and filters.

    Args:
        view: What the page is given; it notes what is shown.
        graph: The graph; its `names` say what can be chosen.
        key: Tells this map from others.
        card: What is shown of what is chosen.
        moves: The moves of some journeys, to be played; see `procmine.playback.moves`.
    """
    view.pictures.append(Picture(graph.caption, graph.svg))
    chosen = st.session_state.get(key, {}).get("selected")
    data: dict[str, Any] = {
        "svg": night.markup(graph.svg()),
        "names": dict.fromkeys(graph.names, 1),
        "words": said.MAP_WORDS,
        "chosen": None,
        "playback": None if moves is None or moves.is_empty() else _tape(view, graph, moves),
    }
    if chosen in graph.names:
        data["chosen"] = {"id": chosen, **_told(graph.names[chosen], card)}
    _map(
        key=key,
        data=data,
        on_selected_change=lambda: None,
        on_filter_change=partial(_filter, key, view.choices),
    )


def _tape(view: View, graph: Graph, moves: pl.DataFrame) -> dict[str, Any]:
    """Return journeys as the browser plays them: each when it began, and arrow by arrow."""
    ids = {names: name for name, names in graph.names.items()}
    pairs = moves.select(ACTIVITY, NEXT_ACTIVITY).unique(maintain_order=True).rows()
    places = {pair: place for place, pair in enumerate(pairs)}
    first = moves[TIMESTAMP].min().timestamp()  # type: ignore[union-attr]
    journeys: list[tuple[float, list[float]]] = []
    for own in moves.partition_by("journey", maintain_order=True):
        rows = own.select(ACTIVITY, NEXT_ACTIVITY, "lasts_seconds").rows()
        track: list[float] = [
            x for one, other, lasts in rows for x in (places[one, other], round(lasts))
        ]
        journeys.append((round(own[TIMESTAMP][0].timestamp() - first), track))
    lasts = [sum(track[1::2]) for _, track in journeys]
    return {
        "key": f"{view.opened.key} {view.selection}",
        "edges": [ids.get(pair) for pair in pairs],
        "journeys": journeys,
        "first": first,
        "span": max(start + length for (start, _), length in zip(journeys, lasts, strict=True)),
        "longest": max(lasts),
        "zone": view.opened.log.meta.timezone,
        "locale": st.context.locale,
        "decimal": style().decimal,
        "words": said.PLAYER_WORDS,
    }


def _told(names: Names, card: Card) -> dict[str, Any]:
    """Return what the card of a box or an arrow says."""
    offers = [{"words": o.words, "filter": [o.name, o.value]} for o in card.offers(names)]
    title = " → ".join(name for name in names if name is not None)
    return {"title": title, "figures": list(card.figures(names)), "offers": offers}


def _filter(key: str, choices: Choices) -> None:
    """Filter as the card asked; the browser is believed only what makes sense in this log."""
    match st.session_state[key].get("filter"):
        case [str(name), str(value)] if makes_sense(name, value, choices):
            if name in CONDITIONS:
                filters.add(name, value)
            else:  # a column's values are alternatives: one more would widen what is shown
                st.session_state[name] = [value]
        case _:
            pass
