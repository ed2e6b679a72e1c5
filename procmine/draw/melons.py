"""Tiles that are green outside and red inside: what departments say, and what customers get."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import wording
from procmine.draw import text, theme
from procmine.draw.bars import NAME_SIZE, empty, framed

if TYPE_CHECKING:
    import altair as alt

_GREEN: Final = "#1B7A50"
_COLOURS: Final = {"green": _GREEN, "red": theme.ALERT, "undecided": theme.LINE}
_TILE, _NAME = 58, 210
_MOST_ROWS: Final = 16


def melon_tiles(cells: pl.DataFrame, *, top: int = _MOST_ROWS) -> "alt.Chart | alt.LayerChart":
    """Where are all departments green and the customer red? A tile a cell, the customer inside.

    Args:
        cells: The table of `procmine.watermelon`.
        top: How many types and segments to draw, those with the most journeys.
    """
    rows = [_tile(row) for row in cells.iter_rows(named=True)]
    if not rows:
        return empty("There is no journey to show.", "Widen the filter, or choose another log.")
    sizes: dict[str, int] = {}
    for row in rows:
        sizes[row["who"]] = sizes.get(row["who"], 0) + row["size"]
    names = sorted(sizes, key=lambda name: (-sizes[name], name))
    shown = [row for row in rows if row["who"] in names[:top]]
    return framed(
        _drawn(shown, names[:top]),
        _title(cells),
        _subtitle(len(names), top),
        height=_TILE * min(len(names), top),
    )


def _tile(row: Mapping[str, Any]) -> dict[str, Any]:
    who = " · ".join(text.clean(row[c]) for c in ("journey_type", "segment") if row[c])
    asked, green = row["departments"] or 0, row["green_departments"] or 0
    outside = "undecided"
    if row["red_departments"]:
        outside = "red"
    elif asked and green == asked:
        outside = "green"
    inside = row["inside_share"]
    return {
        "who": who or "all journeys",
        "period": row["period"],
        "size": row["cases"],
        "outside": _COLOURS[outside],
        "ground": theme.tint(_COLOURS[outside], 0.35),
        "inside": _COLOURS[row["customer_side"]] if inside is not None else theme.PAPER,
        "figure": f"{wording.figure(inside * 100, '.0f')} %" if inside is not None else "?",
        "ink": _ink(row["customer_side"]) if inside is not None else theme.MUTED,
        "edge": 3 if row["verdict"] == "yes" else 0.5,
        "All green, customer red": row["verdict"],
        "Departments": f"{green} of {asked} green, {row['red_departments'] or 0} red",
        "Customers": f"{row['customer_side']}: {wording.share(inside)} inside the promise",
        "Promise": row["within"] or "unknown",
        "Waits nobody owns": wording.share(row["unowned_share"]),
        "Journeys": wording.number(row["cases"]),
    }


_FACTS: Final = (
    *("All green, customer red", "Departments", "Customers", "Promise"),
    *("Waits nobody owns", "Journeys"),
)


def _drawn(rows: list[dict[str, Any]], names: list[str]) -> Any:
    import altair as alt

    cut = [text.shorten(name, _NAME, NAME_SIZE) for name in names]
    for row in rows:
        row["place"] = names.index(row["who"])
    look: dict[str, Any] = {"title": None, "ticks": False, "domain": False, "labelPadding": 8}
    words, apart = f"{json.dumps(cut)}[datum.value]", alt.Scale(paddingInner=0.08)
    base: alt.Chart = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("period:O", scale=apart, axis=alt.Axis(orient="top", labelAngle=0, **look)),
        y=alt.Y("place:O", scale=apart, axis=alt.Axis(labelExpr=words, **look)),
        tooltip=[alt.Tooltip(f"{fact}:N") for fact in ("who", "period", *_FACTS)],
    )
    tiles = base.mark_rect(cornerRadius=8).encode(
        fill=alt.Fill("ground:N", scale=None),
        stroke=alt.Stroke("outside:N", scale=None),
        strokeWidth=alt.StrokeWidth("edge:Q", scale=None),
    )
    hearts = base.mark_circle(size=1500, opacity=1, stroke=theme.LINE, strokeWidth=0.5).encode(
        color=alt.Color("inside:N", scale=None)
    )
    figures = base.mark_text(fontSize=10, fontWeight="bold").encode(
        text="figure:N", color=alt.Color("ink:N", scale=None)
    )
    return alt.layer(tiles, hearts, figures)


def _title(cells: pl.DataFrame) -> str:
    found = cells.filter(pl.col("verdict") == "yes")
    if cells["inside_share"].count() == 0:
        return "Nobody knows what customers are promised: only the departments can be judged."
    if found.is_empty():
        return "In no group of journeys are all departments green and the customer red."
    number = wording.number(found.height)
    whole = wording.count(cells.height, "group of journeys", "groups of journeys")
    return f"In {number} of {whole} all departments are green and the customer is red."


def _subtitle(number: int, top: int) -> str:
    way = (
        "Tile: all departments on target (green), one surely not (red), or undecided (grey). "
        "Circle: the share of journeys inside the promise, green or red where that is sure."
    )
    return f"{way} The {top} largest of {number} kinds of journeys." if number > top else way


def _ink(side: str) -> str:
    """Return what can be read on the colour of a side; white can't be on the grey of doubt."""
    return theme.INK if side == "undecided" else theme.PAPER
