"""What was normal before a day, and which journeys since then break it: a part of conformance."""

from datetime import date

import streamlit as st
from choices import Choices
from components.answer import tried
from components.link import Allowed
from components.picture import picture
from components.table import table
from components.words import heading
from texts import conformance as said
from view import View

import procmine as pm


def _is_day(value: str, choices: Choices) -> bool:
    try:
        return not value or choices.first <= date.fromisoformat(value) <= choices.last
    except ValueError:
        return False


PARAMETERS: dict[str, Allowed] = {"normal": _is_day, "norms": tuple(said.NORMS)}
"""What the link may ask of this part."""


def _choose(day: date) -> None:
    st.session_state["normal"] = day


def norms(view: View) -> pm.Result | None:
    """Ask for a day, and show what was normal before it; None where nothing can be said.

    Args:
        view: What the page is given.
    """
    heading(said.NORMAL, said.NORMAL_HELP)
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        day = st.date_input(
            said.NORMAL_DAY, value=None, key="normal", format="YYYY-MM-DD", bind="query-params",
            min_value=view.choices.first, max_value=view.choices.last, width=220,
        )  # fmt: skip
        first = next(iter(said.NORMS))
        kind = st.segmented_control(
            said.NORMAL_OF, said.NORMS, default=first, required=True, key="norms",
            bind="query-params",
        )  # fmt: skip
    if day is None:
        middle = view.choices.first + (view.choices.last - view.choices.first) / 2
        st.button(said.normal_try(middle), on_click=_choose, args=(middle,))
        return None
    asked = {"norms": said.NORMS[kind or first], "reference_until": day.isoformat()}
    result = tried(view, "conformance", **asked)
    if result is not None and not result.norms.is_empty():
        st.write(result.headline)
        picture(view, result.chart())
        rows = result.norms.select(list(said.NORM_WORDS))
        table(said.NORM_TABLE, rows, words=said.NORM_WORDS)
    return result
