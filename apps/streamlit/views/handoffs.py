"""Handoffs: where one department passes the customer to another, and the customer waits."""

import streamlit as st
import texts
from components.picture import picture
from components.ranking import ranking
from components.table import table
from components.words import caveats, heading, headline
from view import View

from procmine.schema import NEXT_DEPARTMENT

_TOP = 12
_COLUMNS = (
    *("rank", "department", "next_department", "count", "cases", "median_seconds", "p90_seconds"),
    *("total_seconds", "share", "low_rank", "high_rank", "end_to_end_share"),
    *("bounce_share", "ping_pong_share", "change_seconds", "recoverable_seconds"),
)


def page(view: View) -> None:
    """Show the page."""
    result = view.ask("handoffs")
    headline(result.headline)
    if result.handoffs.is_empty():
        st.info(f"{texts.NO_HANDOFFS} {texts.NO_HANDOFFS_HELP}")
    else:
        heading(texts.HANDOFFS_TOP)
        ranking(result.handoffs.drop_nulls(NEXT_DEPARTMENT).head(_TOP), view.choices.departments)
        picture(view, result.chart(form="matrix"))
        table(texts.HANDOFFS_ALL, result.handoffs.select(_COLUMNS), words=texts.HANDED)
    caveats(result.caveats)
