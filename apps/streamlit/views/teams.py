"""Teams: who meets customers, who works behind them, where green figures hide a red customer."""

from functools import partial

import polars as pl
import streamlit as st
from components.answer import tried
from components.map import Card, Names, Offer, process_map
from components.picture import picture
from components.table import folded, table
from components.words import caveats, heading, headline, question, sentences, small
from texts import filters as said_filters
from texts import teams as said
from view import View

import procmine as pm
from procmine.result import heading as named
from procmine.result import shown
from procmine.schema import DEPARTMENT
from procmine.teams.saying import alarm_sentence

_DEPARTMENTS = ("department", "group", "distance", "cases", "events", "facing_share")
_CELLS = (
    *("period", "journey_type", "segment", "verdict", "customer_side", "inside_share", "within"),
    *("cases", "green_departments", "red_departments", "unowned_share"),
)
_LINKS = ("department", "metric", "outcome", "cases", "correlation", "adjusted_p_value", "verdict")


def page(view: View) -> None:
    """Show the page."""
    files = view.given("groups", "peers", "policy")
    # a file of another log's names mustn't take the page away: it is said, and left out
    teams = tried(view, "team_groups", **files) or view.ask("team_groups")
    headline(teams.headline)
    if teams.departments.is_empty():
        st.info(said.NO_TEAMS)
        caveats(teams.caveats)
        return
    _groups(view, teams)
    picture(view, teams.chart())
    sentences(map(alarm_sentence, teams.alarms.drop_nulls("operational").iter_rows(named=True)))
    answers = (teams, _watermelon(view), _metrics(view), _level(view), _return(view))
    caveats([c for answer in answers if answer for c in answer.caveats])


def _groups(view: View, teams: pm.Result) -> None:
    """Draw the teams from the customer on, or say why nobody knows who meets them."""
    met = teams.departments["facing_share"].sum() > 0
    if met:
        heading(said.WHO)
        graph = teams.graph()
        small(graph.caption)
        process_map(view, graph, "_map teams", Card(partial(_figures, teams), _offered))
    else:
        st.info(said.NO_CONTACTS)
    rows = teams.departments.with_columns(pl.col("group").replace(said.GROUPS))
    columns = _DEPARTMENTS if met else ("department", "cases", "events")
    folded(said.DEPARTMENTS, rows.select(columns), words=said.DEPARTMENT_WORDS)


def _figures(teams: pm.Result, names: tuple[str | None, ...]) -> list[tuple[str, str]]:
    """Return the figures of a team, in words."""
    found = teams.departments.filter(pl.col(DEPARTMENT) == names[0]).select(_DEPARTMENTS[1:])
    row = found.row(0, named=True) if found.height else {}
    words = said.DEPARTMENT_WORDS
    return [(words.get(c) or named(c), shown(c, v)) for c, v in row.items() if v is not None]


def _offered(names: Names) -> list[Offer]:
    """Offer the journeys that a team takes part in."""
    return [Offer(said_filters.only_through(name), DEPARTMENT, name) for name in names if name]


def _watermelon(view: View) -> pm.Result:
    """Show where departments are green and the customer is red."""
    policy = view.given("policy")
    answered = tried(view, "watermelon", **policy)
    result = answered or view.ask("watermelon")
    if policy and answered:
        picture(view, result.chart())
        folded(said.CELLS, result.cells.select(_CELLS), words=said.CELL_WORDS, note=result.headline)
    else:
        heading(said.GREEN, result.headline)
        st.info(said.NO_PROMISE)
    return result


def _metrics(view: View) -> pm.Result:
    """Show which metrics go with what came of journeys."""
    result = view.ask("metric_value")
    with question(said.METRICS, result.headline):
        if result.links.is_empty():
            st.info(said.NO_OUTCOME)
        else:
            picture(view, result.chart())
            table(said.EVERY_METRIC, result.links.select(_LINKS), words=said.METRIC_WORDS)
    return result


def _level(view: View) -> pm.Result | None:
    """Show how far the company is customer-centric, gate by gate."""
    result = tried(view, "centricity", **view.given("policy", "reasons"))
    if result is not None and not result.gates.is_empty():
        with question(said.LEVEL, result.headline):
            picture(view, result.chart(), above=result.headline)
            rows = result.gates.select(list(said.GATE_WORDS))
            table(said.GATES, rows, words=said.GATE_WORDS)
    return result


def _return(view: View) -> pm.Result | None:
    """Show what customers bring in after a journey, where the log knows customers."""
    result = tried(view, "engagement_return")
    if result is None:
        return None
    with question(said.RETURN, result.headline):
        if result.summary.is_empty():
            st.info(said.NO_CUSTOMERS)
        else:
            picture(view, result.chart(), above=result.headline)
    return result
