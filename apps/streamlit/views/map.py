"""The map: which way journeys go, and where they wait on it."""

from functools import partial

import polars as pl
import streamlit as st
import texts
from components.map import process_map
from components.table import table
from components.words import caveats, headline, small
from view import View

import procmine as pm
from procmine.result import heading, shown

COVERAGES = (None, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


def coverage_words(coverage: float | None) -> str:
    """Say how much of the flow is drawn."""
    return texts.READABLE if coverage is None else f"{coverage:.0%}"


PARAMETERS = {
    "show": tuple(texts.LEVELS.values()),
    "colour": tuple(texts.MEASURES.values()),
    "draw": tuple(coverage_words(c) for c in COVERAGES),
}
"""What the link may ask of this page."""


def page(view: View) -> None:
    """Show the page."""
    above = st.container()
    level, measure, coverage = _controls()
    departments = level == "departments"
    result = view.ask("handoffs" if departments else "process_map")
    graph = result.graph(measure=measure, coverage=coverage, colours=view.choices.departments)
    with above:
        headline(result.headline)
    small(graph.hidden)
    process_map(view, graph, f"_map {level}", partial(_figures, result))
    words = texts.HANDED if departments else texts.WAITS
    for name, rows in _tables(result).items():
        table(name, rows, words=words)
    caveats(result.caveats)


def _controls() -> tuple[str, str, float | None]:
    """Show what can be asked of the map; return level, measure and coverage."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="controls"):
        level = st.segmented_control(
            texts.LEVEL, texts.LEVELS, default="activities", required=True, key="show",
            format_func=texts.LEVELS.__getitem__, bind="query-params",
        )  # fmt: skip
        measure = st.selectbox(
            texts.COLOUR, texts.MEASURES, key="colour", width=210, bind="query-params",
            format_func=texts.MEASURES.__getitem__,
        )  # fmt: skip
        coverage = st.select_slider(
            texts.COVERAGE, COVERAGES, key="draw", format_func=coverage_words, width=300,
            bind="query-params",
        )  # fmt: skip
    return level or "activities", measure or "total_seconds", coverage


def _figures(result: pm.Result, names: tuple[str | None, ...]) -> list[tuple[str, str]]:
    """Return the figures of a box or an arrow, in words, by the names it stands for."""
    row = _row(result, names) or {}
    said = {c: v for c, v in row.items() if v is not None and not (c in _KEYS and v in names)}
    return [(texts.WAITS.get(c) or heading(c), shown(c, v)) for c, v in said.items()]


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
        return {texts.HANDOFFS_ALL: result.handoffs}
    return {texts.STEPS_TABLE: result.edges, texts.NODES_TABLE: result.nodes}
