"""The one look: one font, one palette that colour-blind readers can use, one scale of heat."""

from collections.abc import Iterable, Sequence
from hashlib import blake2s
from typing import Any, Final

from procmine import wording

FONT: Final = "DejaVu Sans"
"""The font that layouts are measured in; boxes made for it hold every common fallback too."""

INK: Final = "#1F2933"
MUTED: Final = "#52606D"
LINE: Final = "#9AA5B1"
GRID: Final = "#E4E7EB"
PAPER: Final = "#FFFFFF"
ACCENT: Final = "#2F6DB5"
ALERT: Final = "#B5361C"

DEPARTMENTS: Final = (
    "#2A66A5",
    "#A65A00",
    "#1B7A50",
    "#7B3F98",
    "#0B7683",
    "#A8325E",
    "#6B6A00",
    "#4A4AA0",
    "#7A4A2C",
    "#8B4F80",
)
"""Strokes of departments: each at least 4.5 to 1 on white, so that they can be text as well."""

FITS: Final = {"fits": True}
"""What a chart with rows says of itself (`usermeta`) where it can be read on a telephone too."""
SCROLLS: Final = {"fits": False}
"""What a chart without rows says where words stand in it that a telephone has no room for."""

WAIT_LINES: Final = ("#B8C2CC", "#E2B457", "#E5862F", "#CC4A1E", "#8C0D2A")
WAIT_WORDS: Final = ("#52606D", "#7A5A10", "#994C00", "#A8330F", "#8C0D2A")
COUNT_LINES: Final = ("#B8C2CC", "#9CBBE0", "#6698D0", "#2F6DB5", "#123E7C")
COUNT_WORDS: Final = ("#52606D", "#3D5F8A", "#2C5F9E", "#1F5596", "#123E7C")
HEAT_STEPS: Final = (0.02, 0.1, 0.25, 0.5)
"""Where a step of heat begins, as a share of the highest figure in the picture."""


def heat(value: float | None, highest: float) -> int:
    """Return the step of heat, 0 (cool) to 4 (hot), of a figure beside the highest one.

    Example:
        >>> heat(50, 100), heat(1, 100), heat(None, 100), heat(1, 0)
        (4, 0, 0, 0)
    """
    if value is None or highest <= 0:
        return 0
    return sum(value / highest >= step for step in HEAT_STEPS)


def department_colours(names: Iterable[str | None]) -> dict[str, str]:
    """Give each department its colour, the same on every picture that is given the same names.

    A department asks for the place that its name hashes to and takes the next free one, so the
    first ten never share a colour and most keep theirs when another department is filtered away.

    Args:
        names: The departments; None is skipped.

    Example:
        >>> colours = department_colours(["Sales", "Credit", None, "Sales"])
        >>> sorted(colours), len(set(colours.values()))
        (['Credit', 'Sales'], 2)
    """
    colours: dict[str, str] = {}
    taken: set[int] = set()
    for name in sorted({n for n in names if n is not None}):
        if len(taken) == len(DEPARTMENTS):
            taken = set()
        place = _free_place(name, taken)
        taken.add(place)
        colours[name] = DEPARTMENTS[place]
    return colours


def _free_place(name: str, taken: set[int]) -> int:
    place = int.from_bytes(blake2s(name.encode(errors="replace"), digest_size=4).digest(), "big")
    while place % len(DEPARTMENTS) in taken:
        place += 1
    return place % len(DEPARTMENTS)


def tint(colour: str, strength: float = 0.08) -> str:
    """Mix a colour into white: the light fill that goes with a dark stroke.

    Words in a department's colour can be read on its fill of the usual strength.

    Example:
        >>> tint("#000000", 0.5)
        '#808080'
    """
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * strength):02X}" for part in parts)


def altair_config(width: int = 640) -> dict[str, Any]:
    """Return Altair's configuration for one chart: `chart.configure(**altair_config())`.

    A configuration and not a registered theme, so that a notebook's own charts stay as they are.

    Args:
        width: The width of the chart in pixels, where it isn't given otherwise.
    """
    axis = {
        "labelFont": FONT,
        "titleFont": FONT,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": MUTED,
        "gridColor": GRID,
        "domainColor": LINE,
        "tickColor": LINE,
        "labelLimit": 320,
    }
    return {
        "font": FONT,
        "background": PAPER,
        "view": {"stroke": None, "continuousWidth": width},
        "axis": axis,
        "title": _title_config(),
        "legend": {"labelFont": FONT, "titleFont": FONT, "labelColor": INK, "titleColor": MUTED},
        "text": {"font": FONT, "fontSize": 11, "color": INK},
        "padding": 8,
        "locale": {"number": _numbers()},
    }


def _numbers() -> dict[str, Any]:
    """Return the reader's style as d3-format takes it: for ticks that the picture itself writes."""
    style = wording.style()
    marks = {"decimal": style.decimal, "thousands": style.group}
    return marks | {"grouping": [3], "currency": ["", ""], "percent": "\u00a0%"}


def _title_config() -> dict[str, Any]:
    return {
        "font": FONT,
        "fontSize": 14,
        "fontWeight": "bold",
        "color": INK,
        "anchor": "start",
        "frame": "bounds",
        "offset": 14,
        "subtitleFont": FONT,
        "subtitleFontSize": 11,
        "subtitleColor": MUTED,
        "subtitlePadding": 5,
    }


def fill(line: str) -> str:
    """Return the inside of a box that stands for a step of heat: ink can be read on it.

    Example:
        >>> fill(WAIT_LINES[-1])
        '#DCB6BF'
    """
    return tint(line, 0.3)


def ramp(measure: str) -> tuple[Sequence[str], Sequence[str]]:
    """Return the colours of (lines, words) for a measure: waits are warm, counts are blue."""
    if measure in ("count", "cases"):
        return COUNT_LINES, COUNT_WORDS
    return WAIT_LINES, WAIT_WORDS
