"""Conformance: which rules and promises are kept, which are broken, by whom and how."""

import polars as pl
import streamlit as st
from choices import Choices
from components.answer import tried
from components.conditions import BREAKS, WAY
from components.filters import add
from components.lead import only
from components.link import Allowed
from components.picture import picture
from components.table import table
from components.words import caveats, heading, headline, sentences
from texts import conformance as said
from view import View

import procmine as pm
from views import norms as normal
from views.own_file import own_file

_RULES = (
    *("rule", "kept", "share", "tolerated_share", "violations", "cases", "severity", "owner"),
    *("sentence", "undecided_cases"),
)
_TOP = 20


def _may_be_a_rule(value: str, _choices: Choices) -> bool:
    return bool(value)


PARAMETERS: dict[str, Allowed] = {"rule": _may_be_a_rule, **normal.PARAMETERS}
"""What the link may ask of this page; a rule that isn't in the policy chooses none."""


def page(view: View) -> None:
    """Show the page."""
    policy = view.given("policy")
    if not policy:
        _without(view)
        return
    result, promises = tried(view, "conformance", **policy), tried(view, "promises", **policy)
    if result is None or promises is None:  # the policy can't be used, which is said
        own_file(view, "policy", said.GIVE)
        return
    headline(result.headline)
    rules = result.tables.get("rules")
    if rules is not None and not rules.is_empty():
        _rules(view, result, rules)
    _promises(view, promises)
    _normal(view, result, promises)


def _normal(view: View, *answers: pm.Result) -> None:
    """Show what was normal, where to go from here, and what all of these can't say."""
    learned = normal.norms(view)
    caveats([c for answer in (*answers, learned) if answer for c in answer.caveats])


def _without(view: View) -> None:
    """Say how to write a policy, with a first one made of the log's own names."""
    headline(said.NO_POLICY_FIRST)
    st.info(said.GIVE_HELP if view.opened.private else said.NO_POLICY)
    for first in view.choices.starts[:1]:
        last = next((name for name in view.choices.ends if name != first), first)
        heading(said.EXAMPLE_HEADING, said.EXAMPLE_HELP)
        st.code(said.example(first, last), language="toml", wrap_lines=True)
    own_file(view, "policy", said.GIVE)
    _normal(view)


def _rules(view: View, result: pm.Result, rules: pl.DataFrame) -> None:
    """Show the rules: the broken ones in words, all in a picture, each in its details."""
    broken = rules.filter(~pl.col("kept")).sort("share", descending=True, maintain_order=True)
    if not broken.is_empty():
        heading(said.BROKEN)
        sentences(map(said.broken, broken.iter_rows(named=True)))
    picture(view, result.chart())
    first = rules.sort("kept", "share", descending=[False, True], nulls_last=True)
    table(said.RULES, first.select(_RULES), words=said.RULE_WORDS)
    violated = rules.filter(pl.col("violations") > 0)["rule"].drop_nulls().to_list()
    if violated:
        first = broken["rule"].to_list()[:1]
        _one(view, result, violated, first[0] if first else violated[0])


def _one(view: View, result: pm.Result, violated: list[str], first: str) -> None:
    """Show by whom and how one rule is broken, and lead on to those journeys."""
    index = violated.index(first) if first in violated else 0
    rule = st.selectbox(said.RULE, violated, index=index, key="rule", bind="query-params")
    only(view.choices, BREAKS, rule, said.ONLY_RULE)
    where = result.deviations.filter(pl.col("rule") == rule)
    if not where.is_empty():
        columns = ("department", "cases", "share", "activities")
        table(said.WHERE, where.select(columns), words=said.WHERE_WORDS)
        ways = where["variant"].drop_nulls().head(1)
        known = [str(way) for way in ways if str(way) in view.choices.ways]
        for way in known:
            st.button(said.ONLY_WAY, on_click=add, args=(WAY, way), icon=":material/filter_alt:")
    cases = result.violations
    if view.journeys and not cases.is_empty():
        rows = cases.filter(pl.col("rule") == rule).select(list(said.CASE_WORDS))
        table(said.CASES, rows, words=said.CASE_WORDS)


def _promises(view: View, promises: pm.Result) -> None:
    if promises.promises.is_empty():
        heading(said.PROMISES)
        st.info(said.NO_PROMISES)
        return
    picture(view, promises.chart())
    if not promises.departments.is_empty():
        picture(view, promises.chart(form="departments"))
