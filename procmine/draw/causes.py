"""Why customers wait: bars of waiting, each divided by its causes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import wording
from procmine.draw import text, theme
from procmine.draw.bars import (
    BAR_HEIGHT,
    NAME_SIZE,
    NAME_WIDTH,
    Bar,
    axis_unit,
    empty,
    framed,
    name_axis,
    ranked,
)

if TYPE_CHECKING:
    import altair as alt

COLOURS: Final[Mapping[str, str]] = {
    "batching": "#7B3F98",
    "contention": "#B5361C",
    "prioritisation": "#E5A12F",
    "unavailability": "#274C77",
    "extraneous": "#B8C2CC",
    "queue": "#5FA8A0",
}
"""The colour of each cause, in the order in which a bar stacks them."""

_NOTHING = ("No event had to wait for another.", "Widen the filter, or choose another log.")


def cause_bars(
    units: Sequence[Mapping[str, Any]], *, title: str, what: str, top: int = 12
) -> "alt.Chart | alt.LayerChart":
    """Where do customers wait, and why? Bars by unit, divided by cause.

    Args:
        units: A row a bar, the longest first: `name` (lines, equally many in all), `wait_seconds`,
            and `CAUSE_seconds` for each cause; null where it can't be told.
        title: The sentence that says what to see.
        what: What a bar stands for, in the plural.
        top: How many to draw.
    """
    waiting = [unit for unit in units if unit["wait_seconds"]]
    if not waiting:
        return empty(*_NOTHING)
    shown = waiting[:top]
    size, unit = axis_unit(shown[0]["wait_seconds"])
    whole = sum(row["wait_seconds"] for row in waiting)
    held = wording.share(sum(row["wait_seconds"] for row in shown) / whole)
    some = f"{len(shown)} of {wording.number(len(waiting))} {what} hold {held} of the waiting"
    subtitle = f"The first {some}." if len(waiting) > top else f"All {what}, by cause."
    return framed(
        _layers(shown, size, f"Total customer waiting in {unit}"),
        title,
        subtitle,
        height=(BAR_HEIGHT + 12 * (len(shown[0]["name"]) - 1)) * len(shown),
    )


def _layers(shown: Sequence[Mapping[str, Any]], size: float, axis: str) -> Any:
    import altair as alt

    bars = [Bar("", row["wait_seconds"], "", {}, shown=_fitting(row["name"])) for row in shown]
    pieces = [p for rank, row in enumerate(shown) for p in _pieces(rank, row, size)]
    base = alt.Chart(alt.Data(values=pieces)).encode(
        y=alt.Y("rank:O", title=None, axis=name_axis(bars, len(bars[0].shown))),
        tooltip=[
            alt.Tooltip("name:N", title="Where"),
            alt.Tooltip("cause:N", title="Cause"),
            alt.Tooltip("waiting:N", title="Waiting"),
            alt.Tooltip("share:N", title="Share"),
        ],
    )
    length = alt.X("from:Q", title=axis, axis=alt.Axis(tickCount=5, domain=False))
    drawn = base.mark_bar(height=BAR_HEIGHT * 0.7).encode(
        x=length, x2="to:Q", color=_colour({p["cause"] for p in pieces})
    )
    return alt.layer(drawn, _totals(shown, size))


def _fitting(lines: Sequence[str]) -> list[str]:
    return [text.shorten(text.clean(line), NAME_WIDTH, NAME_SIZE) for line in lines]


def _pieces(rank: int, row: Mapping[str, Any], size: float) -> list[dict[str, Any]]:
    """Divide one bar; nothing is drawn of a cause that took no time."""
    pieces: list[dict[str, Any]] = []
    begun = 0.0
    for cause in COLOURS:
        seconds = row.get(f"{cause}_seconds")
        if seconds:
            piece = {"rank": rank, "name": " ".join(row["name"]), "cause": cause}
            piece |= {"from": begun / size, "to": (begun + seconds) / size}
            share = wording.share(seconds / row["wait_seconds"])
            pieces.append(piece | {"waiting": wording.duration(seconds), "share": share})
            begun += seconds
    return pieces


def _totals(shown: Sequence[Mapping[str, Any]], size: float) -> "alt.Chart":
    """Write each bar's figure at its end, with room for the longest one's."""
    import altair as alt

    rows = [
        {
            "rank": rank,
            "to": row["wait_seconds"] / size,
            "label": wording.duration(row["wait_seconds"], short=True),
        }
        for rank, row in enumerate(shown)
    ]
    high = alt.Scale(domain=[0, 1.14 * shown[0]["wait_seconds"] / size], nice=False)
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_text(align="left", dx=6)
        .encode(y="rank:O", x=alt.X("to:Q", scale=high), text="label:N")
    )


def _colour(causes: set[str]) -> "alt.Color":
    import altair as alt

    there = [cause for cause in COLOURS if cause in causes]
    scale = alt.Scale(domain=there, range=[COLOURS[cause] for cause in there])
    legend = alt.Legend(title=None, orient="bottom", columns=6, symbolType="square")
    return alt.Color("cause:N", scale=scale, legend=legend)


def bound_bars(summary: pl.DataFrame, *, title: str) -> "alt.Chart | alt.LayerChart":
    """How much can each cause have held customers up at most?

    Args:
        summary: cause, high_wait_seconds.
        title: The sentence that says what to see.
    """
    rows = [r for r in summary.iter_rows(named=True) if r["high_wait_seconds"]]
    if not rows:
        return empty(*_NOTHING)
    rows.sort(key=lambda row: -row["high_wait_seconds"])
    size, unit = axis_unit(rows[0]["high_wait_seconds"])
    bars = [_bound_bar(row, size) for row in rows]
    subtitle = "The most that each cause can be; they overlap, so they don't add up."
    axis = f"Customer waiting in {unit}, at most"
    return ranked(bars, title=title, subtitle=subtitle, axis=axis, colour=theme.WAIT_LINES[0])


def _bound_bar(row: Mapping[str, Any], size: float) -> Bar:
    seconds = row["high_wait_seconds"]
    label = f"at most {wording.duration(seconds, short=True)}"
    return Bar(row["cause"], seconds / size, label, {"At most": wording.duration(seconds)})
