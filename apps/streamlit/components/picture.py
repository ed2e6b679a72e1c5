"""A chart of a result, its sentence above it in the page's own words and width."""

import altair as alt
import streamlit as st

from components.words import heading


def picture(chart: alt.TopLevelMixin) -> None:
    """Show a chart; its title moves into the page, where it wraps on a narrow screen.

    Args:
        chart: What `Result.chart()` draws.
    """
    drawn = chart.to_dict()
    title = drawn.pop("title", {})
    said = " ".join(_lines(title.get("text")))
    heading(said, " ".join(_lines(title.get("subtitle"))))
    st.vega_lite_chart(spec=drawn, width="stretch", theme=None, alt=said)


def _lines(text: str | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else text or []
