"""Ranked bars, the one form that most charts here take, and the frame that all charts share."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from procmine.draw import text, theme

if TYPE_CHECKING:
    import altair as alt

WIDTH: Final = 760
"""Pixels of a whole chart, names included; a page may stretch or shrink it."""
NAME_WIDTH: Final = 290
NAME_SIZE: Final = 11
BAR_HEIGHT: Final = 24

_AXIS_UNITS: Final = (
    (1.0, "seconds"),
    (60.0, "minutes"),
    (3600.0, "hours"),
    (86_400.0, "days"),
    (365.25 * 86_400, "years"),
)


@dataclass(frozen=True)
class Bar:
    """One bar of a ranked chart.

    Attributes:
        name: What it stands for, in full.
        value: Its length, in the axis's unit.
        label: The figure beside it.
        facts: What to say on hover, by title.
        group: What its colour stands for, where it stands for something.
        shown: The lines of its name on the axis, where they aren't the full name cut short.
    """

    name: str
    value: float
    label: str
    facts: Mapping[str, str]
    group: str | None = None
    shown: Sequence[str] = ()


def axis_unit(highest_seconds: float) -> tuple[float, str]:
    """Return (seconds in the unit, its name) that suits an axis which ends there.

    Example:
        >>> axis_unit(276_480), axis_unit(90 * 60)
        ((86400.0, 'days'), (60.0, 'minutes'))
    """
    fitting = [unit for unit in _AXIS_UNITS if highest_seconds >= 2 * unit[0]]
    return fitting[-1] if fitting else _AXIS_UNITS[0]


def ranked(
    bars: Sequence[Bar],
    *,
    title: str,
    subtitle: str,
    axis: str,
    colour: str = theme.ACCENT,
    colours: Mapping[str, str] | None = None,
    lines: int = 1,
    legend: str = "Department",
) -> "alt.LayerChart":
    """Draw bars from the longest down, each with its name and its figure.

    Args:
        bars: The bars in their order.
        title: The sentence that says what to see.
        subtitle: What is counted, of how many.
        axis: The axis's title, with the unit.
        colour: The colour of bars without a group.
        colours: The colour of each group.
        lines: How many lines a name may take.
        legend: What the groups are.
    """
    import altair as alt

    facts = list(bars[0].facts) if bars else []
    # the room for the figures may reach beyond the whole, which the axis doesn't
    whole = axis.endswith("%") and _room(bars) > 100
    ticks: dict[str, Any] = {"values": [0, 20, 40, 60, 80, 100]} if whole else {"tickCount": 5}
    rows = [_row(rank, bar) for rank, bar in enumerate(bars)]
    high = BAR_HEIGHT + (lines - 1) * 12
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y("rank:O", title=None, axis=name_axis(bars, lines)),
        tooltip=[
            alt.Tooltip("full:N", title="Name"),
            *(alt.Tooltip(f"fact{i}:N", title=f) for i, f in enumerate(facts)),
        ],
    )
    length = alt.X(
        "value:Q",
        title=axis,
        scale=alt.Scale(domainMin=0, padding=0),
        axis=alt.Axis(domain=False, **ticks),
    )
    drawn = base.mark_bar(cornerRadiusEnd=3, height=BAR_HEIGHT * 0.7).encode(
        x=length, color=_colour(bars, colour, colours or {}, legend)
    )
    figures = base.mark_text(align="left", dx=6).encode(x=length, text="label:N")
    room = (
        alt.Chart(alt.Data(values=[{"value": _room(bars)}]))
        .mark_point(opacity=0)
        .encode(x="value:Q")
    )
    return framed(alt.layer(room, drawn, figures), title, subtitle, height=high * max(len(bars), 1))


def name_axis(bars: Sequence[Bar], lines: int = 1) -> "alt.Axis":
    """Name each rank: names that look alike once they're cut stay bars of their own."""
    import altair as alt

    names = [
        bar.shown or [text.shorten(text.clean(bar.name), NAME_WIDTH, NAME_SIZE)] for bar in bars
    ]
    return alt.Axis(
        labelExpr=f"{json.dumps(names)}[datum.value]",
        labelBaseline="middle",
        labelLineHeight=14,
        labelOffset=-7.0 * (lines - 1),
        ticks=False,
        domain=False,
        labelPadding=8,
    )


def _row(rank: int, bar: Bar) -> dict[str, Any]:
    facts = {f"fact{i}": fact for i, fact in enumerate(bar.facts.values())}
    return {
        "rank": rank,
        "full": bar.name,
        "value": bar.value,
        "label": bar.label,
        "group": bar.group or "unknown",
    } | facts


def _colour(bars: Sequence[Bar], colour: str, colours: Mapping[str, str], legend: str) -> Any:
    import altair as alt

    groups = sorted({bar.group or "unknown" for bar in bars})
    if not colours or len(groups) < 2:
        return alt.value(colour)
    scale = alt.Scale(domain=groups, range=[colours.get(group, theme.LINE) for group in groups])
    return alt.Color(
        "group:N",
        scale=scale,
        legend=alt.Legend(title=legend, orient="bottom", columns=4, labelLimit=160),
    )


def _room(bars: Sequence[Bar]) -> float:
    """Return where the axis must reach, so that the longest bar's figure stays inside."""
    longest = max((bar.value for bar in bars), default=1) or 1
    widest = max((text.width(bar.label, 11) for bar in bars), default=0)
    return longest * (1 + (widest + 14) / (WIDTH - NAME_WIDTH - widest))


def framed(chart: Any, title: str, subtitle: str, *, height: int, width: int = WIDTH) -> Any:
    """Give a chart its sentence, its size and the look.

    Args:
        chart: The chart.
        title: The sentence that says what to see.
        subtitle: What is counted.
        height: Pixels of the plot.
        width: Pixels of the whole.
    """
    import altair as alt

    heading = alt.TitleParams(
        text.wrap(title, width - 20, 14, bold=True),
        subtitle=text.wrap(subtitle, width - 20, 11) if subtitle else [],
    )
    fit = alt.AutoSizeParams(type="fit-x", contains="padding")
    return chart.properties(title=heading, width=width, height=height, autosize=fit).configure(
        **theme.altair_config()
    )


def empty(fact: str, advice: str) -> "alt.Chart":
    """Draw the place of a chart that has nothing to show: why, and what to do next.

    Args:
        fact: Why there is nothing.
        advice: What to do next.
    """
    import altair as alt

    chart = alt.Chart(alt.Data(values=[{"words": advice}])).mark_text(
        align="left", x=0, color=theme.MUTED
    )
    return framed(chart.encode(text="words:N"), fact, "", height=24)
