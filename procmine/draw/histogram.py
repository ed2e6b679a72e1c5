"""How long journeys take: bars between named durations, with the median and the 90th percentile."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import wording
from procmine.draw import theme
from procmine.draw.bars import empty, framed

if TYPE_CHECKING:
    import altair as alt

Bin = Mapping[str, Any]
_HEIGHT: Final = 240
_ROW: Final = 17
"""Pixels from one line of words to the next."""


def cycle_time_histogram(
    histogram: pl.DataFrame, summary: pl.DataFrame
) -> "alt.Chart | alt.LayerChart":
    """How long do journeys take? Their number by duration, with the median and the 90th percentile.

    Every bar is equally wide, whatever time it spans: the axis names the time at each border, so
    that minutes and months have room in one picture.

    Args:
        histogram: from_seconds, to_seconds (null where the last bar is open), cases.
        summary: One row: cases, median_seconds, p90_seconds; max_seconds where it's known.

    Example:
        >>> histogram = pl.DataFrame({"from_seconds": [0.0], "to_seconds": [3600.0], "cases": [4]})
        >>> summary = pl.DataFrame({"cases": [4], "median_seconds": [1800.0], "p90_seconds": [3e3]})
        >>> cycle_time_histogram(histogram, summary).to_dict()["title"]["text"]
        ['Half of the journeys take 30 minutes or longer; one in ten takes more than 50 minutes.']
    """
    if histogram.is_empty() or not histogram["cases"].sum():
        return empty("No journey is closed yet, so none has a duration.", "Widen the filter.")
    figures = summary.row(0, named=True)
    total = int(histogram["cases"].sum())
    bins = _merged(list(histogram.iter_rows(named=True)), total)
    title = (
        f"Half of the journeys take {wording.duration(figures['median_seconds'])} or longer; "
        f"one in ten takes more than {wording.duration(figures['p90_seconds'])}."
    )
    kind = "closed journey" if figures.get("open_cases") else "journey"
    subtitle = f"{wording.count(total, kind)}, each in the bar between two durations."
    import altair as alt

    layers = alt.layer(_bars(bins, total, figures), *_rules(bins, figures))
    return framed(layers, title, subtitle, height=_HEIGHT)


def _merged(bins: list[Bin], total: int) -> list[Bin]:
    """Put the shortest durations into one bar where they are one journey in a hundred together."""
    while len(bins) > 1 and bins[0]["cases"] + bins[1]["cases"] <= total / 100:
        first, second, *rest = bins
        bins = [
            {
                **second,
                "from_seconds": first["from_seconds"],
                "cases": first["cases"] + second["cases"],
            },
            *rest,
        ]
    return bins


def _borders(bins: Sequence[Bin], figures: Mapping[str, Any]) -> list[str]:
    """Name the time at each border; an open end is named by the longest journey."""
    borders = [wording.duration(b["from_seconds"], short=True) for b in bins]
    last = bins[-1]["to_seconds"] or figures.get("max_seconds")
    return [*borders, "longer" if last is None else wording.duration(last, short=True)]


def _bars(bins: Sequence[Bin], total: int, figures: Mapping[str, Any]) -> "alt.Chart":
    import json

    import altair as alt

    borders = _borders(bins, figures)
    rows = [
        {
            "from": at,
            "to": at + 1,
            "cases": b["cases"],
            "span": f"{borders[at]} to {borders[at + 1]}",
            "share": wording.share(b["cases"] / total),
        }
        for at, b in enumerate(bins)
    ]
    every = ceil(len(borders) / 14)
    axis = alt.Axis(
        values=list(range(0, len(borders), every)),
        labelExpr=f"{json.dumps(borders)}[datum.value]",
        grid=False,
        labelOverlap=True,
    )
    tooltips = [
        alt.Tooltip("span:N", title="Duration"),
        alt.Tooltip("cases:Q", title="Journeys", format=","),
        alt.Tooltip("share:N", title="Share"),
    ]
    scale = alt.Scale(domain=[0, len(bins)], nice=False)
    room = alt.Scale(domain=[0, 1.2 * max(b["cases"] for b in bins)], nice=False)  # for words
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(color=theme.ACCENT, stroke=theme.PAPER, strokeWidth=1)
        .encode(
            x=alt.X("from:Q", bin="binned", title="Duration", axis=axis, scale=scale),
            x2="to:Q",
            y=alt.Y(
                "cases:Q",
                title="Journeys",
                axis=alt.Axis(tickCount=5, domain=False),
                scale=room,
            ),
            tooltip=tooltips,
        )
    )


def _rules(bins: Sequence[Bin], figures: Mapping[str, Any]) -> "list[alt.Chart]":
    """Draw a line at the median and one at the 90th percentile, each with its words beside it."""
    import altair as alt

    rules: list[alt.Chart] = []
    words: list[alt.Chart] = []
    for row, (name, said) in enumerate((("p90", "9 in 10 within"), ("median", "half within"))):
        seconds = figures[f"{name}_seconds"]
        if seconds is None:
            continue
        at = _place(bins, seconds, figures)
        mark = {"at": at, "words": f"{said} {wording.duration(seconds, short=True)}"}
        base = alt.Chart(alt.Data(values=[mark])).encode(x="at:Q")
        # a line begins at its words: it would cross those above them
        rule = base.mark_rule(color=theme.INK, strokeDash=[4, 3], strokeWidth=1.4)
        rules.append(rule.encode(y=alt.value(4 + _ROW * row), y2=alt.value(_HEIGHT)))
        right = at > 0.5 * len(bins)
        words += [_words(base, row, right=right, halo=halo) for halo in (True, False)]
    return [*rules, *words]


def _words(base: "alt.Chart", row: int, *, right: bool, halo: bool) -> "alt.Chart":
    look: dict[str, Any] = {"align": "right" if right else "left", "dx": -5 if right else 5}
    # Vega has no stroke under a fill: the halo is the same text, stroked, drawn first
    look |= {"stroke": theme.PAPER, "strokeWidth": 4} if halo else {"fontWeight": "bold"}
    return base.mark_text(baseline="top", y=4 + _ROW * row, color=theme.INK, **look).encode(
        text="words:N"
    )


def _place(bins: Sequence[Bin], seconds: float, figures: Mapping[str, Any]) -> float:
    """Return where a duration stands on the axis: its bar, and how far into that bar's time."""
    for at, b in enumerate(bins):
        end = b["to_seconds"] or figures.get("max_seconds") or max(seconds, b["from_seconds"])
        if seconds < end or at == len(bins) - 1:
            span = end - b["from_seconds"]
            return at + min(max((seconds - b["from_seconds"]) / span if span else 0, 0), 1)
    return 0
