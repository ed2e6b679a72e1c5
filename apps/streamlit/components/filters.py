"""The filters in the side bar; what they hold stands in the link as plain query parameters."""

from collections.abc import Callable
from datetime import date

import streamlit as st
import texts
from data import Choices
from selection import Selection

FROM, UNTIL, THROUGH, STARTS, ENDS = "from", "until", "through", "starts", "ends"
AGAINST = "against"
"""The parameter that holds a second selection."""
RESERVED = {
    FROM,
    UNTIL,
    THROUGH,
    STARTS,
    ENDS,
    AGAINST,
    "log",
    "show",
    "colour",
    "draw",
    "first",
    "by",
}
"""Parameters with a meaning of their own: a column of such a name makes no filter."""
_FIRST_COLUMNS = 3


def columns(choices: Choices) -> list[str]:
    """Return the columns that make a filter."""
    return [c for c in choices.values if c not in RESERVED and not c.startswith("_")]


def allowed(choices: Choices) -> dict[str, tuple[str, ...]]:
    """Return the parameters that choose from a list, each with its list."""
    named = {THROUGH: choices.activities, STARTS: choices.starts, ENDS: choices.ends}
    return named | {column: choices.values[column] for column in columns(choices)}


def filters(choices: Choices) -> Selection:
    """Show the filters and return what is chosen.

    Args:
        choices: What the log offers.
    """
    _forget_foreign(choices)
    with st.expander(texts.FILTERS, icon=":material/filter_alt:", expanded=False):
        since, until = _period(choices)
        through = _several(texts.THROUGH, THROUGH, choices.activities)
        starts = _several(texts.STARTS, STARTS, choices.starts)
        ends = _several(texts.ENDS, ENDS, choices.ends)
        where = _where(choices)
    return Selection(since, until, through, starts, ends, where)


def _forget_foreign(choices: Choices) -> None:
    """Drop what was chosen in another log and doesn't exist in this one."""
    for key, values in allowed(choices).items():
        kept = st.session_state.get(key)
        if isinstance(kept, list):
            st.session_state[key] = [value for value in kept if value in values]
    for key in (FROM, UNTIL):
        kept = st.session_state.get(key)
        if isinstance(kept, date) and not choices.first <= kept <= choices.last:
            st.session_state[key] = None


def _period(choices: Choices) -> tuple[date | None, date | None]:
    first, last = choices.first, choices.last
    since = st.date_input(
        texts.BEGAN_FROM,
        value=None,
        key=FROM,
        format="YYYY-MM-DD",
        bind="query-params",
        min_value=first,
        max_value=last,
    )
    until = st.date_input(
        texts.BEGAN_UNTIL,
        value=None,
        key=UNTIL,
        format="YYYY-MM-DD",
        bind="query-params",
        min_value=first,
        max_value=last,
    )
    return since, until


def _several(label: str, key: str, options: tuple[str, ...]) -> tuple[str, ...]:
    chosen = st.multiselect(
        label, options, key=key, placeholder=texts.ANY, bind="query-params", select_all=False
    )
    return tuple(chosen)


def _where(choices: Choices) -> tuple[tuple[str, tuple[str, ...]], ...]:
    names = columns(choices)
    asked = [(c, _several(_label(c), c, choices.values[c])) for c in names[:_FIRST_COLUMNS]]
    if names[_FIRST_COLUMNS:]:
        st.caption(texts.MORE_FILTERS)
    asked += [(c, _several(_label(c), c, choices.values[c])) for c in names[_FIRST_COLUMNS:]]
    return tuple((column, values) for column, values in asked if values)


def _label(column: str) -> str:
    words = column.removeprefix("case:").replace("_", " ")
    return words[:1].upper() + words[1:]


def removable(selection: Selection) -> None:
    """Show each condition as a button that removes it."""
    with st.container(horizontal=True, gap="xsmall", key="chips"):
        for words, key, value in _chips(selection):
            st.button(
                f"{words} ✕", key=f"_remove {key} {value}", on_click=_remover(key, value),
                help=None, type="secondary",
            )  # fmt: skip
    st.button(texts.CLEAR, type="tertiary", key="_clear", on_click=_clearer(selection))


def _chips(selection: Selection) -> list[tuple[str, str, str | None]]:
    """Return (words, key of the widget, the value of several or None for all of it)."""
    chips: list[tuple[str, str, str | None]] = []
    if selection.since:
        chips.append((texts.chip("from", texts.day(selection.since)), FROM, None))
    if selection.until:
        chips.append((texts.chip("until", texts.day(selection.until)), UNTIL, None))
    chips += [(texts.chip("through", v), THROUGH, v) for v in selection.through]
    chips += [(texts.chip("starts with", v), STARTS, v) for v in selection.starts]
    chips += [(texts.chip("ends with", v), ENDS, v) for v in selection.ends]
    return chips + [(v, column, v) for column, values in selection.where for v in values]


def _remover(key: str, value: str | None) -> Callable[[], None]:
    def remove() -> None:
        kept = st.session_state.get(key)
        several = isinstance(kept, list)
        st.session_state[key] = [v for v in kept if v != value] if several else None

    return remove


def _clearer(selection: Selection) -> Callable[[], None]:
    removers = [_remover(key, value) for _, key, value in _chips(selection)]

    def clear() -> None:
        for remove in removers:
            remove()

    return clear
