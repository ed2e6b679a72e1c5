"""Where a journey's time goes: parts that begin where the one before ends, and their sum."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import wording
from procmine.draw import text, theme
from procmine.draw.bars import NAME_SIZE, NAME_WIDTH, WIDTH, axis_unit, empty, framed

if TYPE_CHECKING:
    import altair as alt

_HIGH: Final = 44
_LOOK: Final = {
    "service": ("Work", theme.ACCENT),
    "inside": ("Waiting inside departments", theme.WAIT_LINES[2]),
    "handoff": ("Waiting in handoffs", theme.WAIT_LINES[3]),
    "customer": ("Waiting for the customer", theme.LINE),
}
"""What each part is called, and its colour."""


@dataclass(frozen=True)
class Step:
    """One part of the whole.

    Attributes:
        name: What it is.
        where: Where most of it lies; empty where that isn't known.
        since: Where it begins, in the axis's unit.
        until: Where it ends.
        label: The figure beside it.
        colour: Of its bar.
    """

    name: str
    where: str
    since: float
    until: float
    label: str
    colour: str


def ledger_waterfall(tables: Mapping[str, pl.DataFrame]) -> "alt.Chart | alt.LayerChart":
    """Where does the time of a journey go? Means, since they add up and medians don't.

    Args:
        tables: `summary`: one row: cases, mean_seconds; `parts`: part, mean_seconds, share, both
            with business_mean_seconds where that was counted; `departments`: department,
            service_seconds, inside_seconds; `handoffs`: department, next_department,
            total_seconds.
    """
    whole = tables["summary"].row(0, named=True)
    if not whole["cases"] or not whole["mean_seconds"]:
        return empty("No journey that is completed takes any time.", "Widen the filter.")
    size, unit = axis_unit(whole["mean_seconds"])
    parts = list(tables["parts"].iter_rows(named=True))
    steps = _steps(parts, _where(tables, whole["cases"]), size)
    steps.append(_step(("End to end", theme.INK), "from trigger to outcome", whole, 0.0, size))
    longest = max(parts, key=lambda row: row["mean_seconds"])
    title = (
        f"{_LOOK[longest['part']][0]} is {wording.share(longest['share'])} of the "
        f"{wording.duration(whole['mean_seconds'])} that a journey takes on average."
    )
    subtitle = f"Means over {wording.count(whole['cases'], 'journey')}, from trigger to outcome."
    drawn = _drawn(steps, f"Mean time in {unit}")
    chart = framed(drawn, title, subtitle, height=_HIGH * len(steps))
    return chart.properties(usermeta=theme.FITS)


def _steps(parts: Sequence[Mapping[str, Any]], where: Mapping[str, str], size: float) -> list[Step]:
    steps: list[Step] = []
    since = 0.0
    for row in parts:
        part = row["part"]
        steps.append(_step(_LOOK[part], where.get(part, ""), row, since, size))
        since = steps[-1].until
    return steps


def _step(
    look: tuple[str, str], where: str, row: Mapping[str, Any], since: float, size: float
) -> Step:
    """Make one bar: its figure is the duration, its share, and how much was business time."""
    figure = wording.duration(row["mean_seconds"], short=True)
    if "share" in row:
        figure += f" · {wording.share(row['share'])}"
    if "business_mean_seconds" in row:
        figure += (
            f" ({wording.business(row['business_mean_seconds'], short=True)} of business time)"
        )
    return Step(look[0], where, since, since + row["mean_seconds"] / size, figure, look[1])


def _where(tables: Mapping[str, pl.DataFrame], cases: int) -> dict[str, str]:
    """Say where most of a part lies."""
    found = {"customer": "until the customer acts"}
    departments, handoffs = tables["departments"], tables["handoffs"]
    for part in ("service", "inside"):
        column = f"{part}_seconds"
        known = departments.filter(pl.col("department").is_not_null(), pl.col(column) > 0)
        for row in known.top_k(1, by=column).iter_rows(named=True):
            found[part] = _place(row["department"], row[column] / cases)
    for row in handoffs.head(1).iter_rows(named=True):
        pair = f"{row['department']} → {row['next_department']}"
        found["handoff"] = _place(pair, row["total_seconds"] / cases)
    return found


def _place(name: str, mean: float) -> str:
    said = f": {wording.duration(mean, short=True)}"
    room = NAME_WIDTH - text.width(f"most in {said}", NAME_SIZE)
    return f"most in {text.shorten(text.clean(name), room, NAME_SIZE)}{said}"


def _drawn(steps: Sequence[Step], axis: str) -> "alt.LayerChart | alt.FacetChart":
    import altair as alt

    rows = [{"rank": rank, **vars(step)} for rank, step in enumerate(steps)]
    names = [[step.name, step.where] for step in steps]
    y = alt.Axis(
        labelExpr=f"{json.dumps(names)}[datum.value]",
        labelBaseline="middle",
        labelLineHeight=14,
        labelOffset=-7.0,
        labelPadding=8,
        ticks=False,
        domain=False,
    )
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y("rank:O", title=None, axis=y),
        tooltip=[
            alt.Tooltip("name:N", title="Part"),
            alt.Tooltip("label:N", title="Mean"),
            alt.Tooltip("where:N", title="Where"),
        ],
    )
    whole = steps[-1].until
    middle = whole / 2
    widest = max(text.width(step.label, NAME_SIZE) for step in steps if step.since <= middle)
    room = whole * (1 + (widest + 20) / (WIDTH - NAME_WIDTH - widest))
    x = alt.X(
        "since:Q",
        title=axis,
        scale=alt.Scale(domain=[0, room], nice=False),
        axis=alt.Axis(tickCount=5, domain=False),
    )
    bars = base.mark_bar(height=_HIGH * 0.5).encode(
        x=x, x2="until:Q", color=alt.Color("colour:N", scale=None)
    )
    # before a bar that begins far to the right: behind it a narrow screen would cut the figure off
    before = base.transform_filter(f"datum.since > {middle}").mark_text(align="right", dx=-6)
    behind = base.transform_filter(f"datum.since <= {middle}").mark_text(align="left", dx=6)
    return alt.layer(
        bars, before.encode(x="since:Q", text="label:N"), behind.encode(x="until:Q", text="label:N")
    )
