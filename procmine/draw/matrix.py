"""Departments by departments: who hands over to whom, and how long customers wait in between."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import wording
from procmine.draw import text, theme
from procmine.draw.bars import NAME_SIZE, empty, framed
from procmine.errors import OptionError, nearest

if TYPE_CHECKING:
    import altair as alt

MEASURES: Final = (
    "total_seconds",
    "median_seconds",
    "p90_seconds",
    "count",
    "share",
    "bounce_share",
    "ping_pong_share",
    "recoverable_seconds",
)
_SIDES: Final = ("department", "next_department")
_NAME: Final = 150
_CELL: Final = 34
_SAYS: Final = {
    "total_seconds": "customers wait {} in total here",
    "median_seconds": "half of the customers wait {} or longer here",
    "p90_seconds": "one in ten customers waits more than {} here",
    "count": "customers are handed over {} times here",
    "share": "{} of all handoff waiting lies here",
    "bounce_share": "{} of these handoffs come straight back",
    "ping_pong_share": "{} of these handoffs go back and forth",
    "recoverable_seconds": "{} could be saved here",
}


def handoff_matrix(
    handoffs: pl.DataFrame, *, measure: str = "total_seconds", top: int = 12
) -> "alt.Chart | alt.LayerChart":
    """Between which departments do customers wait? Who hands over in rows, to whom in columns.

    Args:
        handoffs: The table of `procmine.handoffs`.
        measure: What to draw, one of `MEASURES`.
        top: How many departments to draw, those with the most waiting around them.

    Raises:
        OptionError: There is no such measure.
    """
    if measure not in MEASURES:
        raise OptionError(f"There is no measure '{measure}' to draw.", nearest(measure, MEASURES))
    if handoffs.is_empty():
        return empty(
            "No department hands over to another in this log.",
            "Name the column of the department when the log is read.",
        )
    names = _busiest(handoffs)
    drawn = handoffs.filter(*(pl.col(side).is_in(names[:top]) for side in _SIDES))
    rows = list(drawn.filter(pl.col(measure).is_not_null()).iter_rows(named=True))
    if not rows:
        return empty("Nobody knows this of these handoffs.", "Prepare the log anew.")
    highest = max(rows, key=lambda row: row[measure])
    figure = _figure(measure, highest, short=False)
    pair = f"{highest['department']} → {highest['next_department']}"
    return framed(
        _cells(rows, names[:top], measure, highest[measure]),
        f"{pair}: {_SAYS[measure].format(figure)}.",
        _of_all(names, top, drawn, handoffs),
        height=_CELL * min(len(names), top),
    )


def _busiest(handoffs: pl.DataFrame) -> list[str]:
    """Return the departments, those with the most waiting before and after them first."""
    waits = [handoffs.select(pl.col(side).alias("name"), "total_seconds") for side in _SIDES]
    summed = pl.concat(waits).group_by("name").agg(pl.col("total_seconds").sum())
    return summed.sort("total_seconds", "name", descending=[True, False])["name"].to_list()


def _of_all(names: list[str], top: int, drawn: pl.DataFrame, handoffs: pl.DataFrame) -> str:
    way = "Who hands over stands at the left, to whom above."
    if len(names) <= top:
        return way
    part, whole = (t.select(pl.col("total_seconds").sum()).item() for t in (drawn, handoffs))
    held = wording.share(part / whole if whole else 0)
    some = f"The {top} of {wording.count(len(names), 'department')} with the most waiting"
    return f"{way} {some}; {held} of it."


def _figure(measure: str, row: Mapping[str, Any], *, short: bool) -> str:
    value = row[measure]
    if measure.endswith("_seconds"):
        return wording.duration(value, short=short)
    return wording.number(value) if measure == "count" else wording.share(value)


def _cells(rows: list[dict[str, Any]], names: list[str], measure: str, highest: float) -> Any:
    import altair as alt

    values = [_cell(row, measure, highest) for row in rows]
    cut = {n: text.shorten(text.clean(n), _NAME, NAME_SIZE) for n in names}
    labels = f"{json.dumps(cut)}[datum.value]"
    axis: dict[str, Any] = {"title": None, "ticks": False, "domain": False, "labelPadding": 6}
    axis["labelExpr"] = labels
    base: alt.Chart = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X(
            "to:N",
            scale=alt.Scale(domain=names),
            axis=alt.Axis(orient="top", labelAngle=-35, labelAlign="left", **axis),
        ),
        y=alt.Y("from:N", scale=alt.Scale(domain=names), axis=alt.Axis(**axis)),
        tooltip=[alt.Tooltip(f"{name}:N") for name in ("Handoff", *_facts(rows[0]))],
    )
    cells = base.mark_rect(stroke=theme.PAPER, strokeWidth=2, cornerRadius=3).encode(
        color=alt.Color("colour:N", scale=None)
    )
    words = base.mark_text(fontSize=10 if len(names) > 8 else 11).encode(
        text="figure:N", color=alt.Color("ink:N", scale=None)
    )
    grid = [{"from": a, "to": b} for a in names for b in names]
    ground: alt.Chart = (
        alt.Chart(alt.Data(values=grid))
        .mark_rect(fill=theme.GRID, fillOpacity=0.35, stroke=theme.PAPER, strokeWidth=2)
        .encode(x=alt.X("to:N"), y=alt.Y("from:N"))
    )
    return alt.layer(ground, cells, words)


def _cell(row: Mapping[str, Any], measure: str, highest: float) -> dict[str, Any]:
    step = theme.heat(row[measure], highest)
    lines = theme.ramp(measure)[0]
    return {
        "from": row["department"],
        "to": row["next_department"],
        "figure": _figure(measure, row, short=True),
        "colour": theme.tint(lines[step], 0.55) if step < 3 else lines[step],
        "ink": theme.PAPER if step >= 3 else theme.INK,
        "Handoff": f"{row['department']} → {row['next_department']}",
        **_facts(row),
    }


def _facts(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "Total waiting": wording.duration(row["total_seconds"]),
        "Median wait": wording.duration(row["median_seconds"]),
        "1 in 10 over": wording.duration(row["p90_seconds"]),
        "Come straight back": wording.share(row["bounce_share"]),
        "Handoffs": wording.number(row["count"]),
        "Journeys": wording.number(row["cases"]),
    }
