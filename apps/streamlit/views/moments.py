"""Moments of truth: whom customers meet, who may solve it alone, and what customers say of it."""

import polars as pl
import streamlit as st
from components.cards import Card, cards
from components.picture import picture
from components.table import table
from components.words import caveats, heading, headline, sentences
from texts import moments as said
from view import View

import procmine as pm
from procmine.wording import number, share


def page(view: View) -> None:
    """Show the page."""
    moments, authority = view.ask("moments_of_truth"), view.ask("authority")
    if moments.moments.is_empty():
        headline(moments.headline)
        st.info(said.NO_MOMENTS)
        caveats(moments.caveats)
        return
    headline(moments.headline, authority.headline)
    if not (moments.summary.is_empty() or authority.summary.is_empty()):
        cards(_cards(moments, authority))
    picture(view, moments.chart())
    effects = moments.effects.drop_nulls(["after_bad", "after_good"])
    if not effects.is_empty():
        heading(said.EFFECTS)
        sentences(map(said.effect, effects.iter_rows(named=True)))
    if not authority.hops.is_empty():
        picture(view, authority.chart())
    waits = moments.between.filter(pl.col("low_median_seconds") > pl.col("other_median_seconds"))
    if not waits.is_empty():
        heading(said.WAITED_FOR)
        sentences(map(said.waited_for, waits.head(3).iter_rows(named=True)))
    if not moments.between.is_empty():
        rows = moments.between.select(list(said.BETWEEN_WORDS))
        table(said.BETWEEN, rows, words=said.BETWEEN_WORDS, note=said.BETWEEN_NOTE)
    survey = _survey(view)
    table(said.MOMENTS, moments.moments, words=said.MOMENTS_WORDS)
    caveats([c for answer in (moments, authority, survey) for c in answer.caveats])


def _cards(moments: pm.Result, authority: pm.Result) -> list[Card]:
    met, solved = moments.summary.row(0, named=True), authority.summary.row(0, named=True)
    return [
        (said.MET, number(met["mean_moments"]), said.of_journeys(met["cases"])),
        (said.TEAMS, number(met["mean_teams"]), said.people(met["mean_people"])),
        (said.AGAIN, share(met["asked_again_share"]), said.of_journeys(met["asked_again_cases"])),
        (said.SOLVED, share(solved["solved_share"]), said.of_all_kinds(solved["solved_cases"])),
    ]


def _survey(view: View) -> pm.Result:
    """Show with what scores fall, where customers were asked."""
    result = view.ask("experience")
    heading(said.SCORES, "" if result.scores.is_empty() else result.headline)
    if result.scores.is_empty():
        st.info(said.NO_SURVEY)
    else:
        picture(view, result.chart())
    return result
