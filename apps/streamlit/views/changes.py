"""Changes: before and after a chosen day, how long journeys take and whom they cost what."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import streamlit as st
import texts
from components.answer import tried
from components.differences import differences
from components.picture import picture
from components.table import table
from components.words import caveats, headline, small
from components.words import heading as head
from data import Choices
from streamlit.delta_generator import DeltaGenerator
from texts import changes as said
from view import View

import procmine as pm


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
        st.write(said.FIRST_HELP)
        return
    notes = _costs(view, day, department, above) if department else ()
    if not department:
        with above:
            headline(said.heading(day))
        if view.choices.departments:
            st.info(said.NO_DEPARTMENT)
    notes = (*notes, *_sides(view, day))
    st.page_link(view.pages["cost"], label=said.TO_COST, icon="")
    st.page_link(view.pages["compare"], label=said.TO_COMPARE, icon="")
    caveats(notes)


def _controls(choices: Choices) -> tuple[date | None, str | None]:
    """Ask for the day and the department."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        day = st.date_input(
            said.DAY, value=None, key="date", format="YYYY-MM-DD", bind="query-params",
            min_value=choices.first, max_value=choices.last, width=220,
        )  # fmt: skip
        department = st.selectbox(
            said.WHO, sorted(choices.departments), index=None, key="changed", width=260,
            bind="query-params", placeholder=said.WHO_ANY,
        )  # fmt: skip
    return day, department


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


def _sides(view: View, day: date) -> tuple[str, ...]:
    """Show the figures of the journeys before the day and of those from then on."""
    chosen, last = view.selection, day - timedelta(days=1)
    head(said.heading(day))
    if (chosen.since or last) > last or (chosen.until or day) < day:
        st.info(said.ONE_SIDED)
        return ()
    after, before = view.of(replace(chosen, since=day)), view.of(replace(chosen, until=last))
    sizes = (after.log.inside().size[1], before.log.inside().size[1])
    if not all(sizes):
        st.info(said.ONE_SIDED)
        return ()
    small(said.sides(day, *sizes))
    differences(after.compared(before.selection), said.HEAD)
    return (texts.COMPARED_CAVEAT,)
