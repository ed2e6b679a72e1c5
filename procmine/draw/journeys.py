"""The chart of journeys: how many of each kind, and how they stand."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from procmine import wording
from procmine.draw import text, theme
from procmine.draw.bars import Bar, empty, ranked
from procmine.schema import JOURNEY_STATE, JOURNEY_TYPE, OUTSIDE

if TYPE_CHECKING:
    import altair as alt


def journey_bars(journeys: pl.DataFrame) -> "alt.Chart | alt.LayerChart":
    """How do journeys stand? One bar for each kind and state.

    Args:
        journeys: journey_type, journey_state, journeys, events, median_seconds.
    """
    inside = journeys.filter(pl.col(JOURNEY_STATE).ne_missing(OUTSIDE))
    rows = list(inside.iter_rows(named=True))
    if not rows:
        return empty("There is no journey to show.", "Widen the filter, or choose another log.")
    total = sum(row["journeys"] for row in rows)
    bars = [_bar(row, total) for row in rows]
    most = max(bars, key=lambda bar: bar.value)
    title = f"{most.name}: {most.label.replace(' · ', ', ')} of all journeys."
    subtitle = f"Each bar: the journeys of one kind in one state, of {wording.number(total)}."
    colours = theme.department_colours(row[JOURNEY_TYPE] for row in rows)
    return ranked(bars, title=title, subtitle=subtitle, axis="Journeys", colours=colours)


def _bar(row: Mapping[str, Any], total: int) -> Bar:
    share = wording.share(row["journeys"] / total)
    kind = text.clean(row[JOURNEY_TYPE] or "journeys")
    facts = {
        "Journeys": wording.number(row["journeys"]),
        "Share": share,
        "Events": wording.number(row["events"]),
        "Median duration": wording.duration(row["median_seconds"]),
    }
    state = row[JOURNEY_STATE] or "unknown whether over"
    label = f"{wording.number(row['journeys'])} · {share}"
    return Bar(f"{kind}, {state}", row["journeys"], label, facts, row[JOURNEY_TYPE])
