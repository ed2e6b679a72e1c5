"""What is drawn for a light page, turned over where the page is dark."""

from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from procmine.draw.dark import dark_chart, dark_markup

_watch = component(
    "procmine_night",
    html='<i class="dusk"></i>',
    css=".dusk { display: block; color: light-dark(#000001, #FFFFFE); transition: color 1ms; }",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def watch() -> None:
    """Draw everything anew when somebody turns the page dark or light."""
    _watch(key="_night", on_seen_change=lambda: None)


def markup(drawn: str) -> str:
    """Return SVG or HTML in the colours of the page."""
    return dark_markup(drawn) if _dark() else drawn


def chart(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a Vega-Lite specification in the colours of the page."""
    return dark_chart(spec) if _dark() else spec


def _dark() -> bool:
    return st.context.theme.type == "dark"
