"""The gates of customer centricity as a staircase: how high an unbroken row leads."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine.draw import text, theme
from procmine.draw.bars import WIDTH, framed

if TYPE_CHECKING:
    import altair as alt

_STEP: Final = 46
_SHIFT: Final = 20
_BOX: Final = 250
_STROKES: Final = {
    "met": theme.DEPARTMENTS[2],
    "not met": theme.ALERT,
    "not assessable": theme.LINE,
}
_SIGNS: Final = {"met": "✓", "not met": "✗", "not assessable": "?"}


def staircase(gates: pl.DataFrame, *, title: str) -> "alt.LayerChart":
    """How high does the row of gates lead before it breaks?

    Args:
        gates: step, level, gate, status, threshold, evidence; the lowest first.
        title: The sentence that says what to see.
    """
    import altair as alt

    broken = gates.filter(pl.col("status") != "met")["step"].min()
    rows = [
        _row(row, gates.height, past=isinstance(broken, int) and row["step"] > broken)
        for row in gates.iter_rows(named=True)
    ]
    across = alt.Scale(domain=[0, WIDTH], nice=False, padding=0)
    down = alt.Scale(domain=[0, gates.height * _STEP], nice=False, reverse=True, padding=0)
    base = alt.Chart(alt.Data(values=rows)).encode(
        tooltip=[
            alt.Tooltip(f"{name}:N", title=name.capitalize())
            for name in ("gate", "level", "status", "threshold", "evidence")
        ],
    )
    left = alt.X("x:Q", scale=across, axis=None)
    # the boxes alone are pale: words must be read
    boxes = base.mark_rect(cornerRadius=4, strokeWidth=1.5).encode(
        opacity=alt.Opacity("opacity:Q", scale=None, legend=None),
        x=left,
        x2="x2:Q",
        y=alt.Y("y:Q", scale=down, axis=None),
        y2="y2:Q",
        fill=alt.Fill("fill:N", scale=None),
        stroke=alt.Stroke("stroke:N", scale=None),
    )

    def words(column: str, x: str, y: str, **style: Any) -> alt.Chart:
        return base.mark_text(align="left", baseline="middle", lineBreak="\n", **style).encode(
            x=alt.X(f"{x}:Q", scale=across, axis=None),
            y=alt.Y(f"{y}:Q", scale=down, axis=None),
            text=f"{column}:N",
        )

    layers = [
        boxes,
        words("named", "inner", "first", fontWeight="bold", fontSize=11),
        words("said", "inner", "second", fontSize=10, color=theme.MUTED),
        words("told", "outer", "top", fontSize=10, lineHeight=13),
    ]
    subtitle = "Each step asks for those below it; beyond the first that isn't met they are pale."
    chart = alt.layer(*layers).properties(usermeta=theme.SCROLLS)
    return framed(chart, title, subtitle, height=gates.height * _STEP)


def _row(row: Mapping[str, Any], number: int, *, past: bool) -> dict[str, Any]:
    """Place one step: the lowest at the bottom left, each higher one further right."""
    place = row["step"] - 1
    x, y = place * _SHIFT, (number - 1 - place) * _STEP + 3
    stroke = _STROKES[row["status"]]
    outer = x + _BOX + 10
    told = text.wrap(row["evidence"], WIDTH - outer - 6, 10, lines=3)
    return {
        "x": x,
        "x2": x + _BOX,
        "y": y,
        "y2": y + _STEP - 6,
        "inner": x + 10,
        "outer": outer,
        "first": y + 13,
        "second": y + 28,
        "top": y + 20 - 6.5 * (len(told) - 1),
        "stroke": stroke,
        "fill": theme.tint(stroke, 0.18),
        "opacity": 0.35 if past else 1.0,
        "named": text.shorten(text.clean(row["gate"]), _BOX - 20, 11, bold=True),
        "said": f"{_SIGNS[row['status']]} {row['status']} · {row['level']}",
        "told": "\n".join(told),
        **{c: row[c] for c in ("gate", "level", "status", "threshold", "evidence")},
    }
