"""Handoffs in the order of their waiting, each with a bar."""

from collections.abc import Mapping
from html import escape
from typing import Any

import polars as pl
import streamlit as st
import texts

from procmine.draw.theme import MUTED
from procmine.result import shown


def ranking(handoffs: pl.DataFrame, colours: Mapping[str, str]) -> None:
    """Show handoffs as a list of bars.

    Args:
        handoffs: department, next_department, count, median_seconds, share; the first ones first.
        colours: The colour of each department.
    """
    top = handoffs["share"].max() if handoffs.height else None
    rows = "".join(_row(r, colours, float(top or 1)) for r in handoffs.iter_rows(named=True))  # type: ignore[arg-type]
    names = {"": texts.HANDOFF, "pm-often": texts.TIMES, "pm-num": texts.MEDIAN_WAIT}
    names |= {"pm-barcell": texts.SHARE_OF_WAITING}
    head = "".join(f'<th class="{look}">{escape(name)}</th>' for look, name in names.items())
    st.html(f'<table class="pm-rank"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>')


def _row(row: Mapping[str, Any], colours: Mapping[str, str], top: float) -> str:
    way = "<s>→</s>".join(
        f'<b><i style="background:{colours.get(name, MUTED)}"></i>{escape(name)}</b>'
        for name in (row["department"], row["next_department"])
    )
    often, wait = (escape(shown(c, row[c])) for c in ("count", "median_seconds"))
    length = 100 * (row["share"] or 0) / top
    bar = (
        f'<span class="pm-bar"><span><span style="width:{length:.1f}%"></span></span>'
        f"<span>{escape(shown('share', row['share']))}</span></span>"
    )
    return (
        f'<tr><td class="pm-way">{way}</td><td class="pm-often">{often}</td>'
        f'<td class="pm-num">{wait}</td>'
        f'<td class="pm-barcell">{bar}</td></tr>'
    )
