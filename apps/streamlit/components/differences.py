"""Figures of two selections and their difference, one a row."""

from collections.abc import Sequence
from html import escape

import streamlit as st
import texts

from procmine.report.changes import Shift
from procmine.report.facts import WHERE, WHOLE, WHOM
from procmine.result import shown


def differences(shifts: Sequence[Shift]) -> None:
    """Show figures side by side; those that lie apart beyond chance stand out.

    Args:
        shifts: Each figure with the one it is compared with.
    """
    head = "".join(f"<th>{escape(name)}</th>" for name in texts.COMPARE_HEAD)
    rows = "".join(
        f'<tr><th colspan="4">{escape(texts.COMPARE_KINDS[kind])}</th></tr>{body}'
        for kind in (WHOLE, WHERE, WHOM)
        if (body := "".join(_row(s) for s in _ordered(shifts, kind)))
    )
    st.html(f'<table class="pm-rank"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>')


def _ordered(shifts: Sequence[Shift], kind: str) -> list[Shift]:
    chosen = [s for s in shifts if s.fact.kind == kind]
    return chosen if kind == WHOLE else sorted(chosen, key=lambda s: -abs(s.growth))


def _row(shift: Shift) -> str:
    column, that = shift.fact.column, shift.last.value if shift.last else None
    figures = [_say(column, value) for value in (shift.fact.value, that)]
    growth = _say(column, abs(shift.growth)) if None not in (shift.fact.value, that) else ""
    sign = "+" if shift.growth > 0 else "−" if shift.growth < 0 else ""
    change = f"<b>{sign}{growth}</b>" if shift.sure else f"{sign}{growth}"
    cells = "".join(f"<td>{escape(figure)}</td>" for figure in figures)
    return f"<tr><td>{escape(shift.fact.name)}</td>{cells}<td>{change if growth else ''}</td></tr>"


def _say(column: str, value: float | None) -> str:
    whole = int(value) if value is not None and column in {"cases", "events"} else value
    return shown(column, whole)
