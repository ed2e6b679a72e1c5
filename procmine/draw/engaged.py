"""The chart of what customers bring in after journeys: by segment, or before and after a date."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import wording
from procmine.draw import theme
from procmine.draw.bars import empty
from procmine.draw.forest import Mark, forest

if TYPE_CHECKING:
    import altair as alt

_ALL: Final = "all journeys"


def engagement_marks(tables: Mapping[str, pl.DataFrame], *, title: str) -> "alt.TopLevelMixin":
    """What comes back after journeys, by segment and type?

    Args:
        tables: Those of `procmine.engagement_return`.
        title: The sentence that says what to see.
    """
    groups = tables["groups"]
    if "change" in tables and tables["change"].drop_nulls("change").height:
        return _changes(tables["change"], title)
    measure = "roce" if groups["roce"].is_not_null().any() else "return_share"
    known = groups.filter(pl.col(measure).is_not_null())
    if known.is_empty():
        return empty(title, "Widen the filter, or follow customers for less long (after).")
    marks = [
        _mark(row, measure) for row in known.sort(measure, descending=True).iter_rows(named=True)
    ]
    if measure == "return_share":
        return forest(
            marks,
            title=title,
            subtitle="Journeys after which the customer begins another one in time, with the 95 % "
            "interval over customers.",
            axis="Journeys after which the customer comes back",
            colours={"": theme.ACCENT},
        )
    return forest(
        marks,
        title=title,
        subtitle="Return on what is spent on engaging customers, with its 95 % interval over "
        "customers; at 0 they bring in what was spent.",
        axis="Brought in beyond each 1 spent",
        colours={"": theme.ACCENT},
        line=0.0,
        ends=_ends(marks),
        form=",.2~f",
    )


def _mark(row: Mapping[str, Any], measure: str) -> Mark:
    value = row[measure]
    says = wording.share if measure == "return_share" else wording.number
    label = f"{says(value)} · {wording.number(row['cases'])} journeys"
    return Mark(_name(row), value, row[f"low_{measure}"], row[f"high_{measure}"], label, "")


def _name(row: Mapping[str, Any]) -> str:
    return ", ".join(n for n in (row["segment"], row["journey_type"]) if n) or _ALL


def _ends(marks: list[Mark]) -> tuple[float, float]:
    every = [e for m in marks for e in (m.value, m.low, m.high) if e is not None]
    low, high = min(0.0, *every), max(0.0, *every)
    room = (high - low or 1) * 0.05
    return low - (room if low < 0 else 0), high + room


def _changes(change: pl.DataFrame, title: str) -> "alt.TopLevelMixin":
    rows = change.filter(pl.col("measure") == "return_share").drop_nulls("change")
    marks = [
        Mark(
            _name(row),
            row["change"],
            row["low_change"],
            row["high_change"],
            f"{wording.share(row['before'])} → {wording.share(row['after'])}",
            "sure" if (row["adjusted_p_value"] or (0 if row["p_value"] is not None else 1)) <= 0.05
            else "may be chance",
        )
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip
    return forest(
        marks,
        title=title,
        subtitle="Change of the share of journeys after which the customer comes back, with its "
        "95 % interval over customers; at 0 nothing changed.",
        axis="Change of the share",
        colours={"sure": theme.ALERT, "may be chance": theme.MUTED},
        line=0.0,
        ends=_ends(marks),
    )
