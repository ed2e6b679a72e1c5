"""Variants: the ways that the same request takes."""

import streamlit as st
import texts
from components.explorer import explorer
from components.table import table
from components.words import caveats, headline, small
from view import View

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
    number = st.segmented_control(
        texts.VARIANTS_SHOWN, NUMBERS, default=NUMBERS[0], required=True, key="first",
        bind="query-params",
    )  # fmt: skip
    first = result.variants.head(number or NUMBERS[0])
    small(texts.covered(first.height, share(first["cumulative_share"][-1])))
    explorer(first, view.choices.colours)
    rows = result.variants.select(*_COLUMNS)
    table(texts.VARIANTS_ALL, rows, words=texts.DURATIONS)
    caveats(result.caveats)
