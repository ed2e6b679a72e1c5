"""Compare: two selections side by side, the figures of each and what lies between them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import streamlit as st
from components import link
from components.conditions import columns
from components.differences import differences
from components.filters import label, narrow
from components.picture import picture
from components.words import caveats, heading, headline, small
from selection import Selection
from texts import compare as said
from texts import filters as said_filters
from view import View

import procmine as pm
from procmine.draw.charts import closing_curves
from procmine.schema import CHANNEL, JOURNEY_TYPE, SEGMENT
from procmine.wording import duration

_HALF = "closing_median_seconds"
_GROUPS = (JOURNEY_TYPE, SEGMENT, CHANNEL)


def page(view: View) -> None:
    """Show the page."""
    against = view.against
    if against is None:
        _first(view)
        return
    sides = {said.SHOWN: view, said.HELD: view.of(against)}
    times = {n: seen.ask("cycle_time") for n, seen in sides.items() if seen.log.size[1]}
    headline(_halves(times) or said.COMPARED)
    for place, (name, seen) in zip(st.columns(2, gap="medium"), sides.items(), strict=True):
        events, cases = seen.log.inside().size
        with place:
            small(name.capitalize())
            heading(said_filters.side(seen.selection.conditions()), said.size(cases, events))
    if len(times) == len(sides):
        picture(view, closing_curves({name: times[name].survival for name in times}))
        differences(view.compared(against))
    st.button(said.LET_GO, on_click=link.let_go)
    caveats((said.CAVEAT, *(c for a in times.values() for c in a.caveats)))


def _first(view: View) -> None:
    """Say how to compare, and offer what can be compared at once."""
    headline(said.FIRST)
    st.write(said.HELP)
    st.button(said.HOLD, type="primary", on_click=link.hold, args=(view.selection,))
    heading(said.TRY)
    for words, shown, held in _offers(view):
        st.button(words, key=f"_try {words}", on_click=_begin, args=(shown, held))


def _begin(shown: Selection, held: Selection) -> None:
    link.hold(held)
    narrow(shown)


def _offers(view: View) -> Iterator[tuple[str, Selection, Selection]]:
    """Yield what can be compared: the halves of what is shown, and two groups of each column."""
    chosen, choices = view.selection, view.choices
    pair = chosen.beside(choices.first, choices.last)
    if pair is not None and pair[0].since is not None:
        yield said.periods(pair[0].since), *pair
    taken = dict(chosen.where)
    for column in (c for c in _GROUPS if c in columns(choices) and c not in taken):
        one, other = choices.values[column][:2]
        sides = [replace(chosen, where=(*chosen.where, (column, (v,)))) for v in (one, other)]
        yield said.groups(label(column), one, other), sides[0], sides[1]


def _halves(times: Mapping[str, pm.Result]) -> str:
    """Say by when half of the journeys of both sides close; nothing where nobody knows."""
    found = [next(iter(result.summary[_HALF]), None) for result in times.values()]
    known = [duration(half) for half in found if half is not None]
    return said.halves(*known) if len(known) > 1 else ""
