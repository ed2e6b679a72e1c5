"""Cycle time: where a journey's time goes, by when journeys close, and for whom it takes long."""

from math import isfinite
from typing import Any

import streamlit as st
from choices import Choices
from components.answer import tried
from components.cards import Card, cards
from components.clock import clock
from components.link import Allowed
from components.picture import picture
from components.table import table
from components.words import caveats, headline
from texts import time as said
from texts.columns import CLOSING
from view import View

from procmine.prepare.times import PERIODS
from procmine.schema import CHANNEL, JOURNEY_TYPE, SEGMENT
from procmine.wording import duration, number, share

_GROUPS = {
    "Segment": SEGMENT,
    "Channel": CHANNEL,
    "Type": JOURNEY_TYPE,
    "Month": "month",
    "Quarter": "quarter",
    "Year": "year",
}
_MOST_DAYS = 3650.0


def _is_length(value: str, _choices: Choices) -> bool:
    try:
        days = float(value)
    except ValueError:
        return False
    return isfinite(days) and 0 < days <= _MOST_DAYS


PARAMETERS: dict[str, Allowed] = {
    "by": tuple(_GROUPS),
    "days": _is_length,
}
"""What the link may ask of this page."""
_COLUMNS = (
    *("cases", "open_cases", "abandoned_cases", "closing_median_seconds", "closing_p90_seconds"),
    *("median_seconds", "p90_seconds", "max_seconds"),
)


def page(view: View) -> None:
    """Show the page."""
    above = st.container()
    by, promise, calendar = _controls(view)
    whole = view.ask("cycle_time", **promise)
    with above:
        headline(whole.headline)
        for row in whole.summary.head(1).iter_rows(named=True):
            cards(_cards(row))
    asked = view.quick or st.toggle(said.LEDGER, key="_ledger", help=said.LEDGER_HELP)
    ledger = tried(view, "ledger", **calendar) if asked else None
    if ledger is not None and not ledger.summary.is_empty():
        picture(view, ledger.chart())
    if by:
        parts = view.ask("cycle_time", by=_GROUPS[by], **promise)
        picture(view, parts.chart(form="curve"))
        inside = [c for c in ("inside_share",) if c in parts.groups.columns]
        rows = parts.groups.select(_GROUPS[by], *inside, *_COLUMNS)
        table(said.GROUPS, rows, words=CLOSING)
    else:
        picture(view, whole.chart(form="curve"))
        picture(view, whole.chart())
    caveats([*whole.caveats, *(ledger.caveats if ledger else ())])


def _controls(view: View) -> tuple[str | None, dict[str, Any], dict[str, Any]]:
    """Ask for a group, a promise and a clock; return the last two as options of analyses."""
    known = (*view.opened.log.columns, *PERIODS)
    offered = [name for name, column in _GROUPS.items() if column in known]
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        days = st.number_input(
            said.PROMISE, 0.0, _MOST_DAYS, None, 1.0, key="days", bind="query-params", width=190,
            help=said.PROMISE_HELP, format="%g",
        )  # fmt: skip
        by = st.segmented_control(said.GROUPED_BY, offered, key="by", bind="query-params")
        calendar = clock(view)
    promise = {"promise": f"{days:g} days"} if days else {}
    return by, promise, calendar


def _cards(row: dict[str, Any]) -> list[Card]:
    """Return the figures that count all journeys, the open ones too."""
    half, slow = (row[f"closing_{c}_seconds"] for c in ("median", "p90"))
    shown = [
        (said.HALF, _time(half), _between(row, "closing_median_seconds")),
        (said.SLOW, _time(slow), _between(row, "closing_p90_seconds")),
    ]
    if row.get("inside_share") is not None:
        ends = (row.get(f"{end}_inside_share") for end in ("low", "high"))
        shown.append((said.INSIDE, share(row["inside_share"]), said.shares_between(*ends)))
    return [*shown, (said.OPEN, *_open(row))]


def _open(row: dict[str, Any]) -> tuple[str, str]:
    if row["open_cases"] is None:
        return said.UNKNOWN, said.NOT_SAID
    note = said.COUNTED if row["open_cases"] else said.NONE_OPEN
    return number(row["open_cases"]), note


def _time(seconds: float | None) -> str:
    return said.NEVER if seconds is None else duration(seconds)


def _between(row: dict[str, Any], column: str) -> str:
    return said.between(row.get(f"low_{column}"), row.get(f"high_{column}"))
