"""A chart of a result, its sentence above it in the page's own words and width."""

from functools import partial
from typing import Any

import altair as alt
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from view import Picture, View

from components import night
from components.words import heading, small
from procmine.draw.theme import FITS, SCROLLS


def picture(view: View, chart: alt.TopLevelMixin, *, above: str = "") -> None:
    """Show a chart; its title moves into the page, where it wraps on a narrow screen.

    Args:
        view: What the page is given; it notes what is shown.
        chart: What `Result.chart()` draws.
        above: The sentence that stands above it already; it isn't said twice.
    """
    drawn = chart.to_dict()
    title = drawn.pop("title", {})
    said = " ".join(_lines(title.get("text")))
    below = " ".join(_lines(title.get("subtitle")))
    if said == above:
        small(below)
    else:
        heading(said, below)
    with _room(drawn, f"{view.place} {len(view.pictures)}"):
        st.vega_lite_chart(spec=night.chart(drawn), width="stretch", theme=None, alt=said)
    view.pictures.append(Picture(said, partial(_svg, chart)))


def _room(spec: dict[str, Any], name: str) -> DeltaGenerator:
    """Return where to draw: rows with names of a width of their own scroll on a narrow screen."""
    rows = [part.get("encoding", {}).get("y", {}) for part in (spec, *spec.get("layer", ()))]
    named = any(row.get("type") in {"nominal", "ordinal"} for row in rows)
    asked = spec.get("usermeta")
    wide = asked == SCROLLS or (asked != FITS and ("facet" in spec or named))
    return st.container(key=f"{'wide' if wide else 'fits'} {name}")


def _svg(chart: alt.TopLevelMixin) -> str:
    import vl_convert

    return vl_convert.vegalite_to_svg(chart.to_json())


def _lines(text: str | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else text or []
