"""Variants: the ways that the same request takes."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st
import texts
from choices import Choices
from components import filters
from components.conditions import WAY
from components.explorer import explorer
from components.sidebyside import side_by_side
from components.table import table
from components.words import caveats, heading, headline, small
from texts import variants as said
from texts.columns import DURATIONS
from view import View

from procmine import difference
from procmine.schema import VARIANT
from procmine.spelling import ACTIVITIES
from procmine.wording import count, share

NUMBERS = (10, 25, 50, 100)
MOST_WAYS = 500
"""So many variants can be chosen from to stand side by side."""


def is_way(value: str, choices: Choices) -> bool:
    """Whether the link names a variant of the log."""
    return value in map(texts.way, choices.ways.values())


PARAMETERS = {"first": tuple(map(str, NUMBERS)), "one": is_way, "other": is_way}
"""What the link may ask of this page."""
_COLUMNS = (
    *("cases", "share", "cumulative_share"),
    *("mean_seconds", "median_seconds", "p90_seconds", "activities"),
)


def page(view: View) -> None:
    """Show the page."""
    result = view.ask("variants")
    headline(result.headline)
    # the rows that became one where the log is protected are no way to go
    ways = result.variants.drop_nulls(VARIANT)
    if ways.is_empty():
        caveats(result.caveats)
        return
    number = st.segmented_control(
        said.SHOWN, NUMBERS, default=NUMBERS[0], required=True, key="first",
        bind="query-params",
    )  # fmt: skip
    first = ways.head(number or NUMBERS[0])
    small(said.covered(first.height, share(first["cumulative_share"][-1])))
    explorer(first, view.choices.ways, view.choices.colours)
    if ways.height > 1:
        _compare(view, ways.head(MOST_WAYS))
    rows = result.variants.select(*_COLUMNS)
    table(said.ALL, rows, words=DURATIONS)
    caveats(result.caveats)


def _compare(view: View, ways: pl.DataFrame) -> None:
    """Show two variants side by side, and what one does otherwise in words."""
    heading(said.TITLE)
    names = {texts.way(view.choices.ways[str(row[VARIANT])]): row for row in ways.to_dicts()}
    rows: list[dict[str, Any]] = []
    pair = _alike([row[ACTIVITIES][0] for row in names.values()])
    chosen = (("one", said.ONE, pair[0]), ("other", said.OTHER, pair[1]))
    for column, (key, label, index) in zip(st.columns(2, width=640), chosen, strict=True):
        with column, st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            name = st.selectbox(
                label, names, index=index, key=key, width=130, bind="query-params"
            )  # fmt: skip
            rows.append(names[name])
            st.button(
                said.ONLY, key=f"_only {key}", on_click=filters.add,
                args=(WAY, str(names[name][VARIANT])),
            )  # fmt: skip
    one, other = rows
    small(
        f"{difference.said(one[ACTIVITIES], other[ACTIVITIES])} "
        f"{difference.longer(one['median_seconds'], other['median_seconds'])}"
    )
    heads = [
        said.head(view.choices.ways[str(r[VARIANT])], count(r["cases"], "journey")) for r in rows
    ]
    side_by_side(
        (heads[0], heads[1]), difference.aligned(one[ACTIVITIES], other[ACTIVITIES]),
        view.choices.colours,
    )  # fmt: skip


def _alike(begins: Sequence[str]) -> tuple[int, int]:
    """Return two ways that begin alike: only where they share steps it is seen what differs."""
    first = ((0, at) for at, name in enumerate(begins) if at and name == begins[0])
    any_two = (
        (begins.index(name), at) for at, name in enumerate(begins) if begins.index(name) < at
    )
    return next(first, None) or next(any_two, (0, 1))
