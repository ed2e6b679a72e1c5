"""Consistency: who is treated differently though the journey begins alike."""

from typing import Any

import polars as pl
import streamlit as st
from components.lead import only
from components.link import Allowed
from components.picture import picture
from components.table import folded, table
from components.words import caveats, heading, headline, sentences
from texts import consistency as said
from view import View

import procmine as pm
from procmine.schema import CHANNEL, DEPARTMENT, SEGMENT

GROUPS = {"Segment": SEGMENT, "Channel": CHANNEL, "Department": DEPARTMENT, "Site": "site"}
PARAMETERS: dict[str, Allowed] = {
    "whom": tuple(GROUPS),
    "promised": tuple(GROUPS),
    "after": lambda value, choices: value in choices.activities,
}
"""What the link may ask of this page."""
_TOP, _SURE = 7, 0.05
_WAYS = ("group", "activities", "cases", "share", "expected_share", "times", "trigger", "by")


def page(view: View) -> None:
    """Show the page."""
    above = st.container()
    asked = _controls(view)
    result = view.ask("consistency", **asked)
    with above:
        headline(result.headline)
    if result.summary.is_empty():
        st.info(said.NOTHING)
        caveats(result.caveats)
        return
    if not result.findings.is_empty():
        _first(view, result)
        picture(view, result.chart())
        if result.findings.height > 1:
            heading(said.MORE_FINDINGS)
            sentences(result.findings["finding"][1:_TOP].drop_nulls())
        _ways(result)
    folded(
        said.HOW_MUCH, result.summary.select(list(said.HOW_MUCH_WORDS)),
        words=said.HOW_MUCH_WORDS, note=said.HOW_MUCH_NOTE,
    )  # fmt: skip
    caveats(result.caveats)


def _controls(view: View) -> dict[str, Any]:
    """Ask whom to compare, by what and after what; return the analysis' options."""
    offered = [name for name, c in GROUPS.items() if c in view.opened.log.columns]
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        whom = st.segmented_control(said.WHOM, offered, key="whom", bind="query-params")
        promised = st.segmented_control(
            said.PROMISED, offered, key="promised", bind="query-params", help=said.PROMISED_HELP
        )
        after = st.selectbox(
            said.AFTER, view.choices.activities, index=None, key="after", width=220,
            bind="query-params", placeholder=said.AFTER_ANY, help=said.AFTER_HELP,
        )  # fmt: skip
    asked = {"by": whom, "promised": promised}
    chosen: dict[str, Any] = {option: [GROUPS[name]] for option, name in asked.items() if name}
    return chosen | ({"event": after} if after else {})


def _first(view: View, result: pm.Result) -> None:
    """Lead on to the journeys of the group that differs most surely."""
    for row in result.activities.head(1).iter_rows(named=True):
        if row["p_value"] is not None and row["p_value"] <= _SURE:
            only(view.choices, row["by"], row["group"], said.only(row["by"], row["group"]))


def _ways(result: pm.Result) -> None:
    """Show the whole ways that a group takes more often than the others, as far as that is sure."""
    more = pl.col("share") > pl.col("expected_share")
    ways = result.variants.filter(more, pl.col("p_value") <= _SURE)
    if not ways.is_empty():
        table(said.WAYS, ways.select(_WAYS), words=said.WAYS_WORDS)
