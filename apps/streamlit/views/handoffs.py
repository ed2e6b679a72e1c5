"""Handoffs: where one department passes the customer to another, and the customer waits."""

import streamlit as st
import texts
from components.ranking import ranking
from components.table import table
from components.words import caveats, heading, headline
from view import View

_TOP = 12


def page(view: View) -> None:
    """Show the page."""
    result = view.ask("handoffs")
    headline(result.headline)
    if result.handoffs.is_empty():
        st.info(f"{texts.NO_HANDOFFS} {texts.NO_HANDOFFS_HELP}")
    else:
        heading(texts.HANDOFFS_TOP)
        ranking(result.handoffs.head(_TOP), view.choices.departments)
        table(texts.HANDOFFS_ALL, result.handoffs, words=texts.HANDED)
    caveats(result.caveats)
