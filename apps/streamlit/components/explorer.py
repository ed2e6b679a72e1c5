"""Variants as rows of coloured chips."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

import polars as pl
import streamlit as st
import texts
from texts import variants as said

from components import night
from procmine.draw.theme import MUTED, tint
from procmine.result import shown
from procmine.wording import count

MOST_CHIPS = 28


def explorer(variants: pl.DataFrame, ranks: Mapping[str, int], colours: Mapping[str, str]) -> None:
    """Show variants, one a row: how many take it, its steps, how long it takes.

    Args:
        variants: variant, activities (a list), cases, share, median_seconds.
        ranks: The place of each variant in the whole log, by its number.
        colours: The colour of each activity.
    """
    top = float(variants["share"].max() or 1) if variants.height else 1.0  # type: ignore[arg-type]
    rows = "".join(
        _row(row, texts.way(ranks[str(row["variant"])]), colours, top)
        for row in variants.iter_rows(named=True)
    )
    st.html(night.markup(f'<ol class="pm-variants">{rows}</ol>'))


def _row(row: Mapping[str, Any], name: str, colours: Mapping[str, str], top: float) -> str:
    length = 100 * row["share"] / top
    share, time = (shown(column, row[column]) for column in ("share", "median_seconds"))
    left = (
        f'<div class="pm-figures"><b>{escape(share)}</b> · '
        f"{escape(count(row['cases'], 'journey'))}"
        f'<div class="pm-bar pm-blue"><span><span style="width:{length:.1f}%"></span></span></div>'
        f"{escape(name.capitalize())}</div>"
    )
    right = (
        f'<div class="pm-figures pm-right"><b>{escape(time)}</b>'
        f"<br>{escape(said.median_of(len(row['activities'])))}</div>"
    )
    return f"<li>{left}{_chips(row['activities'], colours)}{right}</li>"


def _chips(activities: Sequence[str], colours: Mapping[str, str]) -> str:
    """Return the steps as chips; the same step several times in a row is one chip with a number."""
    runs = [(name, len(list(same))) for name, same in groupby(activities)]
    chips = [chip(name, times, colours) for name, times in runs[:MOST_CHIPS]]
    hidden = sum(times for _, times in runs[MOST_CHIPS:])
    if hidden:
        chips.append(f'<span class="pm-more">{escape(said.steps_more(hidden))}</span>')
    return f'<div class="pm-chips">{"<s>›</s>".join(chips)}</div>'


def chip(name: str, times: int, colours: Mapping[str, str]) -> str:
    """Return a step as a chip.

    Args:
        name: The activity.
        times: How often it follows itself.
        colours: The colour of each activity.
    """
    colour = colours.get(name, MUTED)
    look = f"background:{tint(colour)};border-color:{tint(colour, 0.4)};color:{colour}"
    often = f" ×{times}" if times > 1 else ""
    return (
        f'<span class="pm-chip" style="{look}" title="{escape(name)}{often}">'
        f"{escape(name)}{often}</span>"
    )
