"""Compare: two selections side by side, the figures of each and what lies between them."""

import streamlit as st
from components import link
from components.differences import differences
from components.picture import picture
from components.words import caveats, heading, headline
from texts import compare as said
from texts import filters as said_filters
from view import View


def page(view: View) -> None:
    """Show the page."""
    against = view.against
    if against is None:
        headline(said.FIRST)
        st.write(said.HELP)
        st.button(said.HOLD, type="primary", on_click=link.hold, args=(view.selection,))
        return
    headline(said.COMPARED)
    other = view.of(against)
    for place, seen in zip(st.columns(2, gap="medium"), (view, other), strict=True):
        with place:
            events, cases = seen.log.inside().size
            heading(said_filters.side(seen.selection.conditions()), said.size(cases, events))
            if cases:
                picture(view, seen.ask("cycle_time").chart(form="curve"))
    if view.log.size[1] and other.log.size[1]:
        differences(view.compared(against))
    st.button(said.LET_GO, on_click=link.let_go)
    caveats((said.CAVEAT, *(c for a in (*view.answers, *other.answers) for c in a.caveats)))
