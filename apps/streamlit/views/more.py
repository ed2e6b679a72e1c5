"""More questions: every analysis that has no page of its own, in its own words."""

from collections.abc import Mapping

import streamlit as st
from components.link import Allowed, kept, lead_to
from components.map import Card, process_map
from components.options import keys, options
from components.picture import picture
from components.table import table
from components.words import caveats, headline, problem, small
from texts import more as said
from view import View

import procmine as pm
from procmine.errors import ProcmineError
from procmine.registry import Analysis, registered
from procmine.report.asking import public
from procmine.result import headed

ASK = "ask"
PAGES = {
    "overview": "overview",
    "process_map": "map",
    "cycle_time": "time",
    "ledger": "time",
    "handoffs": "handoffs",
    "variants": "variants",
    "moments_of_truth": "moments",
    "authority": "moments",
    "experience": "moments",
    "consistency": "consistency",
    "self_inflicted": "cost",
    "rework": "cost",
    "team_groups": "teams",
    "watermelon": "teams",
    "metric_value": "teams",
    "centricity": "teams",
    "engagement_return": "teams",
    "conformance": "conformance",
    "promises": "conformance",
    "cost_shift": "changes",
}
"""The pages that show an analysis; it stands here too for as long as its page isn't there."""
PARAMETERS: dict[str, Allowed] = {
    ASK: tuple(registered()),
    **{key: fits for found in registered().values() for key, fits in keys(found).items()},
}
"""What the link may ask of this page."""


def page(view: View) -> None:
    """Show the page: the questions, or the answer to one."""
    asked = registered().get(kept(ASK))
    if asked is None:
        _questions(view)
        return
    lead_to(view, "more", said.ALL, icon=":material/arrow_back:", also=[(ASK, "")])
    above = st.container()
    chosen = options(view, asked) if asked.options else {}
    try:
        result = view.ask(asked.name, **chosen)
    except ProcmineError as error:
        with above:
            headline(asked.question)
        st.info(problem(error))
        return
    with above:
        headline(result.headline)
    _answer(view, result)
    caveats(result.caveats)


def without_page(pages: Mapping[str, object]) -> list[Analysis]:
    """Return the analyses that no page shows.

    Args:
        pages: The pages there are, by their names in the link.
    """
    return [found for name, found in registered().items() if PAGES.get(name) not in pages]


def _questions(view: View) -> None:
    headline(said.HEADLINE)
    st.write(said.BODY)
    with st.container(gap=None, key="_questions"):
        for found in without_page(view.pages):
            lead_to(view, "more", found.question, width="stretch", also=[(ASK, found.name)])


def _answer(view: View, result: pm.Result) -> None:
    if result.graph_of is not None:
        process_map(view, result.graph(), f"_map {result.name}", Card(lambda _: [], lambda _: []))
    if result.chart_of is not None:
        picture(view, result.chart(), above=result.headline)
    shown = result if view.journeys else public(result)
    if len(shown.tables) < len(result.tables):
        small(said.LEFT_OUT)
    filled = {name: rows for name, rows in shown.tables.items() if rows.height}
    for name, rows in filled.items():
        if name != "summary" or len(filled) == 1:
            table(said.table(name), rows.select(headed(rows)))
