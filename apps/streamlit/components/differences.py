"""Figures of two selections and their difference, one a row."""

from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st
from texts.compare import HEAD, KINDS, places, rest

from components.words import small
from procmine.report.changes import Shift
from procmine.report.facts import WHERE, WHOLE, WHOM
from procmine.result import shown

_FIRST, _MOST = 8, 20
"""So many places where time goes are shown at once, and at most."""


def differences(shifts: Sequence[Shift], titles: Sequence[str] = HEAD) -> None:
    """Show figures side by side; those that lie apart beyond chance stand out.

    Of each kind those that differ most are shown, of the places where time goes the rest behind a
    click: a log may have hundreds of departments.

    Args:
        shifts: Each figure with the one it is compared with.
        titles: What the columns are called: what it is, the figures, the change.
    """
    parts = {kind: _ordered(shifts, kind) for kind in (WHOLE, WHERE, WHOM)}
    more = parts[WHERE][_FIRST:]
    parts[WHERE] = parts[WHERE][:_FIRST]
    parts = {kind: found for kind, found in parts.items() if found}
    rows = (
        (_kind(kind) if len(parts) > 1 else "") + "".join(map(_row, found))
        for kind, found in parts.items()
    )
    _table(titles, rows)
    if more:
        with st.expander(rest(len(more))):
            _table(titles, map(_row, more))
            known = sum(shift.fact.kind == WHERE for shift in shifts)
            if known > _MOST:
                small(places(_MOST, known))


def _table(titles: Sequence[str], rows: Iterable[str]) -> None:
    looks = ("", *["pm-number"] * (len(titles) - 1))
    head = "".join(
        f'<th class="{look}">{escape(name)}</th>' for look, name in zip(looks, titles, strict=True)
    )
    body = "".join(rows)
    st.html(f'<table class="pm-rank"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')


def _kind(kind: str) -> str:
    return f'<tr><th colspan="4">{escape(KINDS[kind])}</th></tr>'


def _ordered(shifts: Sequence[Shift], kind: str) -> list[Shift]:
    # a group that is on one side alone has nothing beside it
    chosen = [s for s in shifts if s.fact.kind == kind and (kind != WHOM or s.last)]
    return chosen if kind == WHOLE else sorted(chosen, key=lambda s: -abs(s.growth))[:_MOST]


def _row(shift: Shift) -> str:
    column, that = shift.fact.column, shift.last.value if shift.last else None
    figures = [said(column, value) for value in (shift.fact.value, that)]
    growth = said(column, abs(shift.growth)) if None not in (shift.fact.value, that) else ""
    sign = "+" if shift.growth > 0 else "−" if shift.growth < 0 else ""
    change = f"<b>{sign}{growth}</b>" if shift.sure else f"{sign}{growth}"
    cells = "".join(
        f'<td class="pm-number">{figure}</td>'
        for figure in (*map(escape, figures), change if growth else "")
    )
    return f"<tr><td>{escape(shift.fact.name)}</td>{cells}</tr>"


def said(column: str, value: float | None) -> str:
    """Say one figure of a comparison.

    Args:
        column: What is measured.
        value: The figure; None where nobody knows.
    """
    whole = int(value) if value is not None and column in {"cases", "events"} else value
    return shown(column, whole)
