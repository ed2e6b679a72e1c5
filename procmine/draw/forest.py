"""Shares and other figures with their intervals, one line each, beside what they are to reach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from procmine.draw import text, theme
from procmine.draw.bars import BAR_HEIGHT, NAME_SIZE, NAME_WIDTH, WIDTH, framed

if TYPE_CHECKING:
    import altair as alt

_TICK: Final = 13


@dataclass(frozen=True)
class Mark:
    """One figure.

    Attributes:
        name: What it is of.
        value: The figure.
        low: The low end of its interval; None where nobody knows.
        high: The high end.
        label: What is said beside it.
        group: What its colour stands for.
        goal: What it is to reach, where something is.
        facts: What to say on hover, by title.
    """

    name: str
    value: float
    low: float | None
    high: float | None
    label: str
    group: str
    goal: float | None = None
    facts: Mapping[str, str] | None = None


def forest(
    marks: Sequence[Mark],
    *,
    title: str,
    subtitle: str,
    axis: str,
    colours: Mapping[str, str],
    line: float | None = None,
    ends: tuple[float, float] = (0.0, 1.0),
    form: str = "%",
) -> "alt.LayerChart":
    """Draw figures with their intervals, one line each.

    Args:
        marks: The figures, in order.
        title: The sentence that says what to see.
        subtitle: What is counted, and what the signs mean.
        axis: The axis's title.
        colours: The colour of each group, in the legend's order.
        line: Where nothing would be to be seen; None: nowhere.
        ends: Where the axis ends.
        form: How the axis' figures are written, as d3 says it.
    """
    import altair as alt

    rows = [_row(rank, mark, ends) for rank, mark in enumerate(marks)]
    names = alt.Y("rank:O", title=None, axis=_names(marks))
    scale = alt.Scale(domain=list(ends), nice=False, clamp=True)
    along = alt.X("value:Q", title=axis, scale=scale, axis=alt.Axis(format=form, tickCount=5))
    shown = [g for g in colours if any(mark.group == g for mark in marks)]
    colour = alt.Color(
        "group:N",
        scale=alt.Scale(domain=shown, range=[colours[g] for g in shown]),
        legend=alt.Legend(title=None, orient="bottom", symbolOpacity=1) if len(shown) > 1 else None,
    )
    facts = list(marks[0].facts or {}) if marks else []
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=names,
        tooltip=[alt.Tooltip(f"fact{i}:N", title=f) for i, f in enumerate(facts)],
    )
    known = base.transform_filter("isValid(datum.low) && isValid(datum.high)")
    spans = known.mark_rule(strokeWidth=3, opacity=0.45).encode(
        x=alt.X("low:Q", scale=scale), x2="high:Q", color=colour
    )
    dots = base.mark_circle(size=90, opacity=1).encode(x=along, color=colour)
    goals = (
        base.transform_filter("isValid(datum.goal)")
        .mark_tick(color=theme.INK, thickness=2, size=_TICK)
        .encode(x=alt.X("goal:Q", scale=scale))
    )
    said = base.mark_text(align="left", x="width", dx=8).encode(text="label:N")
    layers = [spans, dots, goals, said]
    if line is not None:
        zero = alt.Chart(alt.Data(values=[{"at": line}]))
        layers.insert(0, zero.mark_rule(color=theme.LINE, strokeDash=[4, 3]).encode(x="at:Q"))
    chart = alt.layer(*layers)
    drawn = framed(chart, title, subtitle, height=BAR_HEIGHT * max(len(rows), 1))
    return drawn.properties(width=WIDTH)


def _row(rank: int, mark: Mark, ends: tuple[float, float]) -> dict[str, Any]:
    facts = {f"fact{i}": fact for i, fact in enumerate((mark.facts or {}).values())}
    low, high = (
        None if e is None else min(max(e, ends[0]), ends[1]) for e in (mark.low, mark.high)
    )
    return {
        "rank": rank,
        "value": mark.value,
        "low": low,
        "high": high,
        "goal": mark.goal,
        "label": mark.label,
        "group": mark.group,
    } | facts


def _names(marks: Sequence[Mark]) -> "alt.Axis":
    import json

    import altair as alt

    shown = [text.shorten(text.clean(mark.name), NAME_WIDTH, NAME_SIZE) for mark in marks]
    return alt.Axis(
        labelExpr=f"{json.dumps(shown)}[datum.value]",
        ticks=False,
        domain=False,
        labelPadding=8,
        labelLimit=NAME_WIDTH,
        grid=False,
    )
