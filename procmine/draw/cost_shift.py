"""What a change saved one department and cost the others, per journey."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import wording
from procmine.draw import text, theme
from procmine.draw.bars import BAR_HEIGHT, NAME_SIZE, NAME_WIDTH, empty, framed

if TYPE_CHECKING:
    import altair as alt

_COLOURS: Final = {"less": "#1B7A50", "more": theme.WAIT_LINES[3]}
_ALL: Final = "all departments together"


def cost_shift_bars(
    tables: Mapping[str, pl.DataFrame], headline: str, *, top: int = 12
) -> "alt.Chart | alt.LayerChart":
    """Which department does a journey cost less since the change, and which more?

    Args:
        tables: Those of `procmine.cost_shift`.
        headline: What it says.
        top: How many departments to draw, those that changed most.
    """
    table, summary = tables["departments"], tables["summary"]
    if table.is_empty() or table["change"].is_null().all():
        return empty(
            "There is nothing to compare.", "Give the day and the department: date, changed."
        )
    about = summary.row(0, named=True)
    most = table.sort(pl.col("change").abs(), "department", descending=[True, False]).head(top)
    whole = (
        tables["shift"]
        .filter(pl.col("who") == "together")
        .select(pl.lit(_ALL).alias("department"), pl.exclude("who"))
    )
    rows = pl.concat([most.sort("change", "department"), whole], how="diagonal").to_dicts()
    before, after = (wording.number(about[f"cases_{when}"]) for when in ("before", "after"))
    return framed(
        _bars(rows, about["department"]),
        headline,
        f"Change of the mean cost of a journey; {before} journeys before, {after} after. "
        "Lines are 95 % intervals; what may be chance is pale.",
        height=(BAR_HEIGHT + 6) * len(rows),
    )


def _bars(rows: Sequence[Mapping[str, Any]], changed: str) -> Any:
    import altair as alt

    names = [row["department"] for row in rows]
    values = [_row(row) for row in rows]
    shown = {
        name: text.shorten(text.clean(name), NAME_WIDTH - 80, NAME_SIZE)
        + (" (changed)" if name == changed else "")
        for name in names
    }
    base: alt.Chart = alt.Chart(alt.Data(values=values)).encode(
        y=alt.Y(
            "department:N",
            title=None,
            scale=alt.Scale(domain=names),
            axis=alt.Axis(
                ticks=False,
                domain=False,
                labelPadding=8,
                labelExpr=f"{json.dumps(shown)}[datum.value]",
            ),
        ),
        tooltip=[
            alt.Tooltip(f"{field}:N", title=title)
            for field, title in (
                ("department", "Department"),
                ("before", "Before"),
                ("after", "After"),
                ("says", "Change"),
            )
        ],
    )
    axis = alt.Axis(tickCount=6, domain=False)
    drawn = base.mark_bar(height=BAR_HEIGHT * 0.7).encode(
        x=alt.X("change:Q", title="Cost of a journey, after less before", axis=axis),
        color=alt.Color("colour:N", scale=None),
    )
    ends = base.mark_rule(color=theme.INK, strokeWidth=1.2).encode(x="low:Q", x2="high:Q")
    zero = (
        alt.Chart(alt.Data(values=[{"zero": 0}]))
        .mark_rule(color=theme.LINE)
        .encode(x=alt.X("zero:Q"))
    )
    figures = base.mark_text(align="left", dx=8).encode(x="edge:Q", text="says:N")
    room = alt.Chart(alt.Data(values=[{"edge": _room(values)}])).mark_point(opacity=0)
    return alt.layer(zero, drawn, ends, figures, room.encode(x="edge:Q"))


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    change = row["change"] or 0.0
    low, high = (row.get(end + "change") for end in ("low_", "high_"))
    low, high = (change if end is None else end for end in (low, high))
    colour = _COLOURS["less" if change < 0 else "more"]
    return {
        "department": row["department"],
        "change": change,
        "low": low,
        "high": high,
        "edge": max(change, high, 0.0),
        "before": wording.number(row["before_cost"]),
        "after": wording.number(row["after_cost"]),
        "says": f"{'+' if change > 0 else '−' if change < 0 else ''}{wording.number(abs(change))}",
        "colour": colour if low > 0 or high < 0 else theme.tint(colour, 0.35),
    }


def _room(values: Sequence[Mapping[str, Any]]) -> float:
    """Return where the axis must reach, so that the figures stay inside."""
    low, high = min(v["low"] for v in values), max(v["edge"] for v in values)
    return high + 0.12 * (high - min(low, 0.0))
