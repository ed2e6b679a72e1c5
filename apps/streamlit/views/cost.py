"""Self-inflicted cost: what the company brings on itself, who bears it, and who causes it."""

import polars as pl
import streamlit as st
from components.answer import tried
from components.picture import picture
from components.ranked import Line, ranked
from components.table import table
from components.words import caveats, heading, headline
from texts import cost as said
from view import View

import procmine as pm
from procmine.result import shown
from views.own_file import own_file

_TOP_CAUSES = 15
_MOST_CANDIDATES = 40
_UNJUDGED = "unmapped contact"


def page(view: View) -> None:
    """Show the page."""
    reasons = view.given("reasons")
    result, again = tried(view, "self_inflicted", **reasons), view.ask("rework")
    if result is None:  # the map can't be used, which is said
        _how_to_write(view, list(view.choices.activities))
        return
    headline(result.headline)
    if not reasons:
        st.info(said.NO_REASONS)
    if not result.kinds.is_empty():
        picture(view, result.chart())
        _kinds(result)
    if not result.matrix.is_empty():
        picture(view, result.chart(show="matrix"))
        _causes(result)
    if not reasons:
        _how_to_write(view, _candidates(view, result))
    _again(again)
    caveats([c for answer in (result, again) for c in answer.caveats])


def _kinds(result: pm.Result) -> None:
    """List what happens, by its cost where that is known."""
    heading(said.KINDS_HEADING)
    costed = "total_cost" if result.summary["sure_share"].count() else "events"
    figures = ("events", "total_cost") if costed == "total_cost" else ("cases", "events")
    rows = result.kinds.sort(costed, descending=True, nulls_last=True, maintain_order=True)
    lines = [
        Line(
            (_kind(row["kind"]),),
            tuple(shown(c, row[c]) for c in figures),
            row["share"],
        )
        for row in rows.iter_rows(named=True)
    ]
    ranked(lines, said.KINDS_HEAD if costed == "total_cost" else said.EVENTS_HEAD)


def _kind(name: str) -> str:
    """Say what happens; what a protected log tells of several kinds together has its own words."""
    return said.KINDS.get(name, name)


def _causes(result: pm.Result) -> None:
    """Show what was caused by whom, what costs most first, in people's words."""
    words = {"kind": said.KINDS, "way": said.WAYS}
    costed = result.summary["sure_share"].count() > 0
    columns = [c for c in said.CAUSES if costed or c not in {"total_cost", "share"}]
    rows = result.causes.select(columns).head(_TOP_CAUSES)
    named = rows.with_columns(pl.col(c).replace(known) for c, known in words.items())
    table(said.CAUSES_HEADING, named, words=said.CAUSES)


def _candidates(view: View, result: pm.Result) -> list[str]:
    """Return the contacts that nobody judged, or else all activities."""
    contacts = result.activities.filter(pl.col("kind") == _UNJUDGED)["activity"].unique().sort()
    return contacts.drop_nulls().to_list() or list(view.choices.activities)


def _how_to_write(view: View, candidates: list[str]) -> None:
    """Show a map of reasons to fill in, and take one in where the log was uploaded."""
    with st.expander(said.WRITE, icon=":material/edit_note:"):
        st.caption(said.GIVE_HELP if view.opened.private else said.WRITE_HELP)
        example = said.example(candidates[:_MOST_CANDIDATES])
        st.code(example, language="toml", wrap_lines=True)
        own_file(view, "reasons", said.GIVE)


def _again(again: pm.Result) -> None:
    rows = again.activities.filter(pl.col("repeats") > 0)
    if rows.is_empty():
        return
    columns = ("activity", "events", "repeats", "repeat_share", "cases_with_repeat")
    table(said.REWORK_TABLE, rows.select(columns), words=said.REWORK, note=again.headline)
