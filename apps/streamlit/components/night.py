"""What is drawn for a light page, turned over where the page is dark."""

from typing import Any

import streamlit as st

from procmine.draw.dark import dark_chart, dark_markup


def markup(drawn: str) -> str:
    """Return SVG or HTML in the colours of the page."""
    return dark_markup(drawn) if _dark() else drawn


def chart(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a Vega-Lite specification in the colours of the page."""
    return dark_chart(spec) if _dark() else spec


def _dark() -> bool:
    return st.context.theme.type == "dark"
