"""By which clock waits are counted: the calendar, or working hours beside it."""

from typing import Any

import streamlit as st
import texts
from view import View


def clock(view: View) -> dict[str, Any]:
    """Offer the clock, where working hours are known; return the option of the analyses.

    Args:
        view: What the page is given.
    """
    calendar = view.given("calendar")
    if not calendar:
        return {}
    first, working = texts.CLOCKS
    chosen = st.segmented_control(
        texts.CLOCK, texts.CLOCKS, default=first, required=True, key="clock",
        format_func=texts.CLOCKS.__getitem__, bind="query-params",
    )  # fmt: skip
    return calendar if chosen == working else {}
