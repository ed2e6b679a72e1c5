"""The first page: how long journeys take, and where they wait."""

import streamlit as st
import texts
from components.cards import Card, cards
from components.picture import picture
from components.ranking import ranking
from components.words import caveats, heading, headline
from view import View

import procmine as pm
from procmine.schema import NEXT_DEPARTMENT
from procmine.wording import count, duration, share

_TOP = 5


def page(view: View) -> None:
    """Show the page."""
    overview, cycle = view.ask("overview"), view.ask("cycle_time")
    handoffs, variants = view.ask("handoffs"), view.ask("variants")
    whole = (overview, cycle, handoffs, variants)
    few = next((r for r in whole if r.summary.is_empty()), None)
    if few is not None:  # the log is protected, and these are too few customers
        headline(few.headline)
        caveats(few.caveats)
        return
    second = cycle if handoffs.handoffs.is_empty() else handoffs
    headline(overview.headline, second.headline)
    cards(_cards(overview, cycle, handoffs, variants))
    picture(view, cycle.chart())
    if not handoffs.handoffs.is_empty():
        heading(texts.HANDOFFS_TOP)
        ranking(handoffs.handoffs.drop_nulls(NEXT_DEPARTMENT).head(_TOP), view.choices.departments)
        st.page_link(view.pages["handoffs"], label=texts.LEAD_ON)
    caveats([c for r in (overview, cycle, handoffs) for c in r.caveats])


def _cards(
    overview: pm.Result, cycle: pm.Result, handoffs: pm.Result, variants: pm.Result
) -> list[Card]:
    log, times = overview.summary.row(0, named=True), cycle.summary.row(0, named=True)
    ways, handed = variants.summary.row(0, named=True), handoffs.summary.row(0, named=True)
    events = count(log["events"], "event")
    slow = f"1 in 10 over {duration(times['p90_seconds'])}"
    activities = count(log["activities"], "activity", "activities")
    waiting = (
        (texts.IN_HANDOFFS, share(handed["waiting_share"]), count(handed["handoffs"], "handoff"))
        if handed["handoffs"]
        else (texts.ACTIVITIES, f"{log['activities']:,}", texts.NO_HANDOFFS)
    )
    cover = f"{ways['variants_for_80_percent']:,}"
    return [
        (texts.JOURNEYS, f"{log['cases']:,}", f"{events}, {activities}"),
        (texts.END_TO_END, duration(times["median_seconds"]), slow),
        waiting,
        (texts.ROUTES, cover, texts.of_all(ways["variants"])),
    ]
