"""The map: which way journeys go, and where they wait on it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import polars as pl
import streamlit as st
import texts
from components.conditions import HANDOVER, NO_STEP, STEP, THROUGH, WITHOUT
from components.map import Card, Offer, process_map
from components.table import table
from components.words import caveats, headline, small
from texts import filters as said_filters
from texts import handoffs as said_handoffs
from texts import map as said
from texts.columns import HANDED, WAITS
from view import View

import procmine as pm
from procmine.result import heading, shown
from procmine.schema import DEPARTMENT

COVERAGES = (None, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
ACTIVITIES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)


def coverage_words(coverage: float | None) -> str:
    """Say how much of the flow is drawn."""
    return said.READABLE if coverage is None else f"{coverage:.0%}"


def activities_words(share: float) -> str:
    """Say how many of the activities are drawn."""
    return said.EVERY if share == 1 else f"{share:.0%}"


PARAMETERS = {
    "show": tuple(said.LEVELS.values()),
    "colour": tuple(said.MEASURES.values()),
    "clock": tuple(texts.CLOCKS.values()),
    "activities": tuple(activities_words(a) for a in ACTIVITIES),
    "play": ("true", "false"),
    "draw": tuple(coverage_words(c) for c in COVERAGES),
}
"""What the link may ask of this page."""


def page(view: View) -> None:
    """Show the page."""
    above = st.container()
    controls = st.container(horizontal=True, vertical_alignment="top", gap="medium", key="controls")
    with controls:
        level = _choose("show", said.LEVEL, said.LEVELS)
    departments = level == "departments"
    # with the working hours beside them, where they are known: the map stays as it is when the
    # clock is changed
    result = view.ask("handoffs" if departments else "process_map", **view.given("calendar"))
    with controls:
        options = _drawn(result)
    graph = result.graph(**options, colours=view.choices.departments)
    with above:
        headline(result.headline)
    small(graph.hidden)
    offered = partial(_offered, departments=departments)
    card = Card(partial(_figures, result), offered)
    moves = None if departments else _played(view)
    process_map(view, graph, f"_map {level}", card, moves)
    words = HANDED if departments else WAITS
    for name, rows in _tables(result).items():
        table(name, rows, words=words)
    caveats(result.caveats)


def _choose(key: str, label: str, options: Mapping[str, str]) -> str:
    first = next(iter(options))
    chosen = st.segmented_control(
        label, options, default=first, required=True, key=key, format_func=options.__getitem__,
        bind="query-params",
    )  # fmt: skip
    return chosen or first


def _drawn(result: pm.Result) -> dict[str, Any]:
    """Show what can be asked of the map; return it as its drawing takes it."""
    columns = {c for rows in result.tables.values() for c in rows.columns}
    offered = {name: words for name, words in said.MEASURES.items() if name in columns}
    measure = st.selectbox(
        said.COLOUR, offered, key="colour", width=175, bind="query-params",
        format_func=said.MEASURES.__getitem__,
    )  # fmt: skip
    coverage = st.select_slider(
        said.COVERAGE, COVERAGES, key="draw", format_func=coverage_words, width=195,
        bind="query-params",
    )  # fmt: skip
    activities = st.select_slider(
        said.ACTIVITIES_DRAWN, ACTIVITIES, value=1.0, key="activities", width=195,
        format_func=activities_words, bind="query-params", disabled=result.name == "handoffs",
    )  # fmt: skip
    # last, for it isn't always there: a widget that moves on the page loses its hold on the link
    clock = _choose("clock", texts.CLOCK, texts.CLOCKS) if f"business_{measure}" in columns else ""
    of_map = {"activities": activities} if result.name == "process_map" else {}
    return {"measure": f"{clock}{measure}", "coverage": coverage, **of_map}


def _played(view: View) -> pl.DataFrame | None:
    """Return the moves of the journeys to play, where that is asked for and allowed."""
    if not st.toggle(said.PLAY, key="play", bind="query-params"):
        return None
    protected = view.opened.log.meta.protected is not None
    if protected or not view.journeys:
        st.info(said.PLAY_PROTECTED if protected else said.PLAY_REFUSED)
        return None
    moves = view.moves()
    small(said.played(moves["journey"].n_unique(), view.log.inside().size[1]))
    return moves


def _offered(names: tuple[str | None, ...], *, departments: bool) -> list[Offer]:
    """Return what the card of a box (one name) or an arrow (two) offers to filter by."""
    known = [name for name in names if name is not None]
    if len(known) != len(names):
        return []
    if departments:
        if known[1:]:
            return [Offer(said_filters.ONLY_HANDED, HANDOVER, texts.step(*known))]
        return [Offer(said_filters.only_through(known[0]), DEPARTMENT, known[0])]
    if not known[1:]:
        only = Offer(said_filters.only_through(known[0]), THROUGH, known[0])
        return [only, Offer(said_filters.without(known[0]), WITHOUT, known[0])]
    step = texts.step(*known)
    return [
        Offer(said_filters.ONLY_STEP, STEP, step),
        Offer(said_filters.WITHOUT_STEP, NO_STEP, step),
    ]


def _figures(result: pm.Result, names: tuple[str | None, ...]) -> list[tuple[str, str]]:
    """Return the figures of a box or an arrow, in words, by the names it stands for."""
    row = _row(result, names) or {}
    told = {c: v for c, v in row.items() if v is not None and not (c in _KEYS and v in names)}
    return [(WAITS.get(c) or heading(c), shown(c, v)) for c, v in told.items()]


_KEYS = ("activity", "next_activity", "department", "next_department")


def _row(result: pm.Result, chosen: tuple[str | None, ...]) -> dict[str, object] | None:
    """Find the row of a table that a box (one name) or an arrow (two) stands for."""
    for rows in _tables(result).values():
        steps = any(c.startswith("next_") for c in rows.columns)
        keys = [c for c in rows.columns if c in _KEYS] if steps else ["activity"]
        if len(keys) == len(chosen):
            found = rows.filter(pl.col(k) == name for k, name in zip(keys, chosen, strict=True))
            return found.row(0, named=True) if found.height else None
    return None


def _tables(result: pm.Result) -> dict[str, pl.DataFrame]:
    if result.name == "handoffs":
        return {said_handoffs.ALL: result.handoffs}
    return {said.STEPS_TABLE: result.edges, said.NODES_TABLE: result.nodes}
