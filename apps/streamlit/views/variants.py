"""Variants: the ways that the same request takes."""

import streamlit as st
import texts
from components.explorer import explorer
from components.table import table
from components.words import caveats, headline, small
from view import View

from procmine.schema import VARIANT
from procmine.wording import share

NUMBERS = (10, 25, 50, 100)
PARAMETERS = {"first": tuple(map(str, NUMBERS))}
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
        texts.VARIANTS_SHOWN, NUMBERS, default=NUMBERS[0], required=True, key="first",
        bind="query-params",
    )  # fmt: skip
    first = ways.head(number or NUMBERS[0])
    small(texts.covered(first.height, share(first["cumulative_share"][-1])))
    explorer(first, view.choices.colours)
    rows = result.variants.select(*_COLUMNS)
    table(texts.VARIANTS_ALL, rows, words=texts.DURATIONS)
    caveats(result.caveats)
