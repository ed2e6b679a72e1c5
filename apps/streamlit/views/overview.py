"""The first page: what the log says in a few sentences, each of which leads on."""

from collections.abc import Sequence

import streamlit as st
from components.cards import Card, cards
from components.differences import differences, said
from components.link import lead_to
from components.picture import picture
from components.ranking import ranking
from components.story import lines, story
from components.words import caveats, heading, headline
from selection import Selection
from texts import handoffs as said_handoffs
from texts import overview as words
from texts import variants as said_variants
from view import View

import procmine as pm
from procmine.report.changes import Shift
from procmine.report.facts import WHERE
from procmine.schema import NEXT_DEPARTMENT
from procmine.wording import count, number, share

_TOP = 5
_FEWEST = 20
"""A period in which fewer journeys began says nothing of a change."""
_WORTH = 3600.0
"""A change of a mean journey by fewer seconds isn't worth a line."""


def page(view: View) -> None:
    """Show the page."""
    overview, cycle = view.ask("overview"), view.ask("cycle_time")
    handoffs, variants = view.ask("handoffs"), view.ask("variants")
    few = next((r for r in (overview, cycle, handoffs, variants) if r.summary.is_empty()), None)
    if few is not None:  # the log is protected, and these are too few customers
        headline(few.headline)
        caveats(few.caveats)
        return
    handed = not handoffs.handoffs.is_empty()
    whole = view.ask("ledger") if handed and view.quick else cycle
    headline(overview.headline, *([] if whole is cycle else [whole.headline]))
    pair = view.selection.beside(view.choices.first, view.choices.last)
    shifts = _shifts(view, pair)
    cards(_cards(overview, cycle, handoffs, variants, _notes(view, pair, shifts)))
    heading(words.STORY)
    told = [] if handed and view.quick else [("time", cycle.headline)]
    with story():
        lines(view, [*told, *_sentences(view, handoffs, variants)])
        last = st.container(gap=None)
    picture(view, whole.chart(), above=cycle.headline)
    lead_to(view, "time", words.TO_TIME)
    _parts(view, handoffs if handed else None, pair, shifts)
    with last:  # it takes longest: the rest of the page is there by then
        lines(view, _treated(view))
    caveats([c for r in (overview, whole, handoffs) for c in r.caveats])


def _sentences(view: View, handoffs: pm.Result, variants: pm.Result) -> list[tuple[str, str]]:
    """Return what each page has to say."""
    found = [("map", view.ask("process_map").headline)]
    if not handoffs.handoffs.is_empty():
        found.append(("handoffs", handoffs.headline))
    reasons = view.given("reasons")
    if reasons:
        found.append(("cost", view.ask("self_inflicted", **reasons).headline))
    return [*found, ("variants", variants.headline)]


def _treated(view: View) -> list[tuple[str, str]]:
    """Return who is treated differently, if anybody surely is."""
    if not view.quick:
        return []
    found = view.ask("consistency")
    return [] if found.findings.is_empty() else [("consistency", found.headline)]


Pair = tuple[Selection, Selection] | None


def _shifts(view: View, pair: Pair) -> list[Shift]:
    """Return the figures of the later period, each beside the earlier one's."""
    if pair is None or not view.quick:
        return []
    later, earlier = (view.of(part) for part in pair)
    few = min(part.log.inside().size[1] for part in (later, earlier)) < _FEWEST
    return [] if few else later.compared(pair[1])


def _notes(view: View, pair: Pair, shifts: Sequence[Shift]) -> dict[str, str]:
    """Say what each figure of all journeys was, by its name."""
    whole = [s for s in shifts if s.last is not None]
    found: dict[str, str] = {}
    for shift in whole:
        now, then = (said(shift.fact.column, f.value) for f in (shift.fact, shift.last) if f)
        chosen = pair is not None and pair[0] == view.selection
        found[shift.fact.name] = words.was(then) if chosen else words.halves(now, then)
    return found


def _cards(
    overview: pm.Result,
    cycle: pm.Result,
    handoffs: pm.Result,
    variants: pm.Result,
    notes: dict[str, str],
) -> list[Card]:
    log, times = overview.summary.row(0, named=True), cycle.summary.row(0, named=True)
    ways, handed = variants.summary.row(0, named=True), handoffs.summary.row(0, named=True)
    half = said("closing_median_seconds", times["closing_median_seconds"])
    events = count(log["events"], "event")
    passing = (words.ACTIVITIES, number(log["activities"]), said_handoffs.NONE)
    if handed["handoffs"]:
        each = notes.get("handoffs in a journey")
        waits = share(handed["waiting_share"])
        below = words.each(each) if each else words.of_waiting(waits)
        passing = (words.HANDOFFS, number(handed["handoffs"]), below)
    return [
        (words.JOURNEYS, number(log["cases"]), notes.get("journeys", events)),
        (words.END_TO_END, half, notes.get("half close within", events)),
        passing,
        (
            words.WAYS,
            number(ways["variants_for_80_percent"]),
            said_variants.of_all(ways["variants"]),
        ),
    ]


def _parts(view: View, handoffs: pm.Result | None, pair: Pair, shifts: Sequence[Shift]) -> None:
    """Show where the waiting lies, and beside it what changed."""
    left, right = st.columns(2, gap="large") if handoffs and shifts else (st.container(),) * 2
    if handoffs:
        with left:
            heading(said_handoffs.TOP)
            ranking(
                handoffs.handoffs.drop_nulls(NEXT_DEPARTMENT).head(_TOP), view.choices.departments
            )
            lead_to(view, "handoffs", words.LEAD_ON)
    if shifts and pair:
        with right:
            _changed(view, pair, shifts)


def _changed(view: View, pair: tuple[Selection, Selection], shifts: Sequence[Shift]) -> None:
    days = [(part.since or view.choices.first, part.until or view.choices.last) for part in pair]
    heading(words.CHANGED, words.compared(*days))
    worth = [s for s in shifts if s.fact.kind == WHERE and abs(s.growth) >= _WORTH]
    worth.sort(key=lambda s: -abs(s.growth))
    if worth:
        differences(worth[:_TOP], words.HEAD[pair[0] == view.selection])
    else:
        st.caption(words.CHANGED_NONE)
    lead_to(view, "compare", words.COMPARE)
