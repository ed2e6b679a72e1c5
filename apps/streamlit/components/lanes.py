"""One journey in the lanes of its departments; a narrow screen scrolls over it."""

from pathlib import Path

from streamlit.components.v2 import component
from view import Picture, View

from components import night
from components.words import small
from procmine.draw.timeline import Timeline

_HERE = Path(__file__).parent
_lanes = component(
    "procmine_lanes",
    html='<div class="lanes" tabindex="0"></div>',
    css=(_HERE / "lanes.css").read_text(encoding="utf-8"),
    js=(_HERE / "lanes.js").read_text(encoding="utf-8"),
)


def lanes(view: View, drawn: Timeline) -> None:
    """Show a timeline.

    Args:
        view: What the page is given; it notes what is shown.
        drawn: What is shown; its sentence stands above it already.
    """
    if drawn.hidden:
        small(drawn.hidden)
    _lanes(key="_lanes", data={"svg": night.markup(drawn.svg)})
    view.pictures.append(Picture(drawn.caption, lambda: drawn.svg))
