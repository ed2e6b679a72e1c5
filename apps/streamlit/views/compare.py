"""Compare: two selections side by side, the figures of each and what lies between them."""

import streamlit as st
import texts
from components import link
from components.differences import differences
from components.picture import picture
from components.words import caveats, heading, headline
from view import View


def page(view: View) -> None:
    """Show the page."""
    against = view.against
    if against is None:
        headline(texts.COMPARE_FIRST)
        st.write(texts.COMPARE_HELP)
        st.button(texts.HOLD, type="primary", on_click=link.hold, args=(view.selection,))
        return
    headline(texts.COMPARED)
    other = view.of(against)
    for place, seen in zip(st.columns(2, gap="medium"), (view, other), strict=True):
        with place:
            events, cases = seen.log.inside().size
            heading(texts.side(seen.selection.conditions()), texts.size(cases, events))
            if cases:
                picture(view, seen.ask("cycle_time").chart(form="curve"))
    if view.log.size[1] and other.log.size[1]:
        differences(view.compared(against))
    st.button(texts.LET_GO, on_click=link.let_go)
    caveats(
        (texts.COMPARED_CAVEAT, *(c for a in (*view.answers, *other.answers) for c in a.caveats))
    )
