"""Handoffs: where one department passes the customer to another, and the customer waits."""

from functools import partial
from typing import Any

import polars as pl
import streamlit as st
import texts
from choices import Choices
from components.cards import cards
from components.clock import clock
from components.conditions import HANDOVER
from components.lead import only
from components.map import Card, Names, Offer, process_map
from components.picture import picture
from components.ranking import ranking
from components.table import table
from components.words import caveats, heading, headline, small
from texts import filters as said_filters
from texts import handoffs as said
from texts.columns import HANDED
from view import View

import procmine as pm
from procmine.result import heading as named
from procmine.result import shown
from procmine.schema import DEPARTMENT, NEXT_DEPARTMENT
from procmine.wording import duration, number, share

_TOP = 12
_COLUMNS = (
    *("rank", "department", "next_department", "count", "cases", "median_seconds", "p90_seconds"),
    *("total_seconds", "share", "low_rank", "high_rank", "end_to_end_share"),
    *("bounce_share", "ping_pong_share", "change_seconds", "recoverable_seconds"),
)
_WORKING = tuple(f"business_{c}_seconds" for c in ("median", "p90", "total"))


def _is_handoff(value: str, choices: Choices) -> bool:
    return value in choices.handovers


PARAMETERS = {"pair": _is_handoff}
"""What the link may ask of this page."""


def page(view: View) -> None:
    """Show the page."""
    above = st.container()
    result = view.ask("handoffs", **clock(view))
    with above:
        headline(result.headline)
    if result.handoffs.is_empty():
        st.info(f"{said.NONE} {said.NONE_HELP}")
    else:
        _board(view, result)
        _lanes(view, result)
        picture(view, result.chart(form="matrix"))
        columns = [c for c in (*_COLUMNS, *_WORKING) if c in result.handoffs.columns]
        table(said.ALL, result.handoffs.select(columns), words=HANDED)
    caveats(result.caveats)


def _board(view: View, result: pm.Result) -> None:
    """Rank the handoffs, and show one of them with a way to its journeys."""
    pairs = result.handoffs.drop_nulls(NEXT_DEPARTMENT)
    heading(said.TOP)
    ranking(pairs.head(_TOP), view.choices.departments)
    rows = {texts.step(row[DEPARTMENT], row[NEXT_DEPARTMENT]): row for row in pairs.to_dicts()}
    if not rows:
        return
    pair = st.selectbox(said.LOOK, list(rows), key="pair", bind="query-params", width=420)
    row = rows[pair]
    cards(
        [
            (said.TIMES, number(row["count"]), said.of_journeys(row["cases"])),
            (said.MEDIAN, duration(row["median_seconds"]), ""),
            (said.SLOW, duration(row["p90_seconds"]), ""),
            (said.SHARE, share(row["share"]), said.ranks(row["low_rank"], row["high_rank"])),
        ]
    )
    only(view.choices, HANDOVER, pair, said.ONLY)


def _lanes(view: View, result: pm.Result) -> None:
    """Draw the departments, and what lies between them."""
    graph = result.graph(colours=view.choices.departments)
    heading(said.LANES, graph.caption)
    small(graph.hidden)
    process_map(view, graph, "_map handoffs", Card(partial(_figures, result.handoffs), _offered))


def _figures(handoffs: pl.DataFrame, names: Names) -> list[tuple[str, str]]:
    """Return the figures of an arrow, in words."""
    if len(names) < 2:  # a department: its figures stand on it
        return []
    one, other = names
    found = handoffs.filter(pl.col(DEPARTMENT) == one, pl.col(NEXT_DEPARTMENT) == other)
    row: dict[str, Any] = found.select(_COLUMNS[3:]).to_dicts()[0] if found.height else {}
    return [(HANDED.get(c) or named(c), shown(c, v)) for c, v in row.items() if v is not None]


def _offered(names: Names) -> list[Offer]:
    """Offer the journeys that are handed over so, or that a department takes part in."""
    known = [name for name in names if name is not None]
    if len(known) == 1:
        return [Offer(said_filters.only_through(known[0]), DEPARTMENT, known[0])]
    return [Offer(said_filters.ONLY_HANDED, HANDOVER, texts.step(*known))]
