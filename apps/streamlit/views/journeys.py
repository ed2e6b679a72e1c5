"""Journeys: what happened to one customer, event by event, in the lanes of the departments."""

from zoneinfo import ZoneInfo

import data
import streamlit as st
from choices import Choices
from components.lanes import lanes
from components.link import Allowed, kept, lead_to
from components.table import table
from components.words import headline, plain, problem, small
from texts import journeys as said
from view import View

from procmine.draw.timeline import timeline
from procmine.errors import ProcmineError

JOURNEY = "journey"
_LONGEST_NUMBER = 200


def _is_number(value: str, _choices: Choices) -> bool:
    """Whether it may be a journey's number; the log says whether it is one."""
    return len(value) <= _LONGEST_NUMBER and value.isprintable()


PARAMETERS: dict[str, Allowed] = {"which": tuple(said.LISTS), JOURNEY: _is_number}
"""What the link may ask of this page."""


def page(view: View) -> None:
    """Show the page: one journey, or which there are to choose from."""
    protected = view.opened.log.meta.protected is not None
    if protected or not view.journeys:
        headline(said.HEADLINE)
        st.info(said.PROTECTED if protected else said.REFUSED)
        return
    chosen = kept(JOURNEY)
    if chosen and _is_number(chosen, view.choices):
        _one(view, chosen)
    else:
        _list(view)


def _list(view: View) -> None:
    headline(said.HEADLINE)
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        which = st.segmented_control(
            said.LIST, said.LISTS, default="Longest", required=True, key="which",
            bind="query-params",
        )  # fmt: skip
        st.text_input(
            said.NUMBER, key="_journey", on_change=_look_up, width=240, help=said.NUMBER_HELP
        )
    found = data.journeys(view.opened, view.selection, said.LISTS[which or "Longest"])
    if found.is_empty():
        st.info(said.NONE_OPEN)
    zone = ZoneInfo(view.opened.log.meta.timezone)
    with st.container(gap=None, key="_questions"):
        for row in found.iter_rows(named=True):
            began = said.began(row["start"].astimezone(zone).date())
            line = said.line(row["duration_seconds"], row["events"], began, row["outcome"])
            label = f"**{plain(row['case_id'])}**: {plain(line)}"
            lead_to(view, "journeys", label, width="stretch", also=[(JOURNEY, row["case_id"])])


def _look_up() -> None:
    number = st.session_state["_journey"].strip()
    if number:
        st.query_params[JOURNEY] = number


def _one(view: View, chosen: str) -> None:
    lead_to(view, "journeys", said.OTHERS, icon=":material/arrow_back:", also=[(JOURNEY, "")])
    try:
        course = data.journey(view.opened, view.selection, chosen)
    except ProcmineError as error:
        headline(said.HEADLINE)
        st.info(problem(error))
        return
    drawn = timeline(chosen, course, view.choices.departments)
    headline(drawn.caption)
    lanes(view, drawn)
    small(said.HOW_TO_READ)
    known = [c for c in course.columns if course[c].null_count() < course.height and c != "is_open"]
    table(said.EVENTS, course.select(known), words=said.COLUMNS)
