"""By which clock waits are counted: the calendar, or working hours beside it."""

from typing import Any

import streamlit as st
from texts import time as said
from view import View


def clock(view: View) -> dict[str, Any]:
    """Offer the clock, where working hours are known; return the option of the analyses.

    Args:
        view: What the page is given.
    """
    calendar = view.given("calendar")
    if not calendar:
        return {}
    chosen = st.segmented_control(
        said.CLOCK, said.CLOCKS, default=said.CLOCKS[0], required=True, key="clock",
        bind="query-params",
    )  # fmt: skip
    return calendar if chosen == said.WORKING else {}
