"""Changes: before and after a chosen day, how long journeys take and whom they cost what."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import streamlit as st
import texts
from choices import Choices
from components.answer import tried
from components.differences import differences
from components.link import lead_to
from components.picture import picture
from components.table import table
from components.words import caveats, heading, headline, small
from streamlit.delta_generator import DeltaGenerator
from texts import changes as said
from texts import compare as said_compare
from view import View

import procmine as pm
from procmine.report.changes import Shift
from procmine.report.facts import WHOLE
from procmine.wording import duration

_HALF = "closing_median_seconds"


def _is_day(value: str, choices: Choices) -> bool:
    try:
        return not value or choices.first <= date.fromisoformat(value) <= choices.last
    except ValueError:
        return False


def _is_department(value: str, choices: Choices) -> bool:
    return value in choices.departments


PARAMETERS = {"date": _is_day, "changed": _is_department}
"""What the link may ask of this page."""


def page(view: View) -> None:
    """Show the page."""
    above = st.container()
    day, department = _controls(view.choices)
    if day is None:
        with above:
            headline(said.FIRST)
        _suggest(view)
        return
    notes = _costs(view, day, department, above) if department else ()
    if department:
        heading(said.heading(day))
    elif view.choices.departments:
        st.info(said.NO_DEPARTMENT)
    shifts = _sides(view, day)
    if not department:
        with above:
            headline(_first(day, shifts))
    if shifts:
        differences(shifts, said.HEAD)
        notes = (*notes, said_compare.CAVEAT)
    caveats(notes)


def _controls(choices: Choices) -> tuple[date | None, str | None]:
    """Ask for the day and the department."""
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        day = st.date_input(
            said.DAY, value=None, key="date", format="YYYY-MM-DD", bind="query-params",
            min_value=choices.first, max_value=choices.last, width=220,
        )  # fmt: skip
        department = st.selectbox(
            said.WHO, sorted(choices.departments), index=None, key="changed", width=260,
            bind="query-params", placeholder=said.WHO_ANY,
        )  # fmt: skip
    return day, department


def _suggest(view: View) -> None:
    """Say what the page shows, and offer days to begin with."""
    st.write(said.FIRST_HELP)
    first = view.selection.since or view.choices.first
    days = (view.selection.until or view.choices.last) - first
    heading(said.TRY, said.TRY_HELP)
    with st.container(horizontal=True, gap="small"):
        for quarter in (1, 2, 3):
            day = first + quarter * days / 4
            st.button(texts.day(day), key=f"_try {quarter}", on_click=_choose, args=(day,))
    lead_to(view, "time", said.TO_TIME, also=[("by", "Month")])


def _choose(day: date) -> None:
    st.session_state["date"] = day


def _costs(view: View, day: date, department: str, above: DeltaGenerator) -> tuple[str, ...]:
    """Show what the change costs each department; return what that can't say."""
    with above:
        result = tried(
            view, "cost_shift", date=day.isoformat(), changed=department, **view.given("reasons")
        )
    costed = result is not None and _costed(result)
    with above:
        headline(result.headline if result is not None and costed else said.heading(day))
    if result is None:
        return ()
    if costed:
        picture(view, result.chart(), above=result.headline)
    else:
        st.info(said.NO_COSTS)
    words = {c: w for c, w in said.ACTIVITY_WORDS.items() if costed or c not in said.COSTS}
    if not result.activities.is_empty():
        rows = result.activities.select(list(words))
        if not costed:
            rows = rows.sort(pl.col("events_change").abs(), descending=True, nulls_last=True)
        table(said.ACTIVITIES, rows, words=words)
    if costed and not result.checks.is_empty():
        rows = result.checks.select(list(said.CHECK_WORDS))
        table(said.CHECKS, rows, words=said.CHECK_WORDS, note=said.CHECKS_NOTE)
    return result.caveats


def _costed(result: pm.Result) -> bool:
    """Whether anything of what is compared has a cost."""
    both = (result.shift[column].fill_null(0) for column in ("before_cost", "after_cost"))
    return result.shift.is_empty() or any((column != 0).any() for column in both)


def _first(day: date, shifts: Sequence[Shift]) -> str:
    """Say what became of the time in which half of the journeys close."""
    whole = (s for s in shifts if s.fact.kind == WHOLE and s.fact.column == _HALF)
    half = next(((s.fact.value, s.last.value) for s in whole if s.last), (None, None))
    if half[0] is None or half[1] is None:
        return said.heading(day)
    return said.closing(day, duration(half[0]), duration(half[1]))


def _sides(view: View, day: date) -> list[Shift]:
    """Return the figures of the journeys from the day on, each beside that of those before."""
    chosen, last = view.selection, day - timedelta(days=1)
    if (chosen.since or last) > last or (chosen.until or day) < day:
        st.info(said.ONE_SIDED)
        return []
    after, before = view.of(replace(chosen, since=day)), view.of(replace(chosen, until=last))
    sizes = (after.log.inside().size[1], before.log.inside().size[1])
    if not all(sizes):
        st.info(said.ONE_SIDED)
        return []
    small(said.sides(day, *sizes))
    return after.compared(before.selection)
