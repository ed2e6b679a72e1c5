"""The filters in the side bar; what they hold stands in the link as plain query parameters."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

import streamlit as st
import texts
from choices import Choices
from selection import Selection
from texts import filters as said

from components.conditions import (
    BREAKS,
    CONDITIONS,
    ENDS,
    FROM,
    HANDOVER,
    LONGER,
    NO_STEP,
    OPEN,
    SHORTER,
    STARTS,
    STEP,
    THROUGH,
    UNTIL,
    WAY,
    WITHOUT,
    allowed,
    columns,
    makes_sense,
    parts,
    selection,
)
from procmine.wording import duration, parse_duration

_FIRST_COLUMNS = 3
_CARRIED = (STEP, NO_STEP, WAY)
"""Conditions without a field of their own: the map and the list of variants choose them."""


def filters(choices: Choices) -> Selection:
    """Show the filters and return what is chosen.

    Args:
        choices: What the log offers.
    """
    _forget_foreign(choices)
    with st.expander(said.HEADING, icon=":material/filter_alt:", expanded=False):
        chosen = {FROM: _day(FROM, choices), UNTIL: _day(UNTIL, choices)}
        for name, column in zip((LONGER, SHORTER), st.columns(2, gap="small"), strict=True):
            with column:
                chosen[name] = _length(name)
        lists = allowed(choices)
        for name in (THROUGH, WITHOUT, STARTS, ENDS, HANDOVER, BREAKS):
            chosen[name] = _several(said.CONDITIONS[name], name, lists[name])
        chosen[OPEN] = _state(lists[OPEN])
        chosen |= _where(choices)
    chosen |= {name: _carried(name) for name in _CARRIED}
    for name in (LONGER, SHORTER):
        if chosen[name] and not makes_sense(name, chosen[name][0], choices):
            st.warning(said.no_length(chosen[name][0]))
    return selection(chosen, choices)


def _forget_foreign(choices: Choices) -> None:
    """Drop what was chosen in another log and doesn't exist in this one."""
    for key, values in allowed(choices).items():
        kept = st.session_state.get(key)
        # only what changes is set: Streamlit takes each setting for a change of the link
        if isinstance(kept, list) and not {*kept} <= {*values}:
            st.session_state[key] = [value for value in kept if value in values]
    for key in (FROM, UNTIL):
        kept = st.session_state.get(key)
        if isinstance(kept, date) and not choices.first <= kept <= choices.last:
            st.session_state[key] = None


def _day(name: str, choices: Choices) -> list[str]:
    day = st.date_input(
        said.CONDITIONS[name], value=None, key=name, format="YYYY-MM-DD", bind="query-params",
        min_value=choices.first, max_value=choices.last,
    )  # fmt: skip
    return [day.isoformat()] if isinstance(day, date) else []


def _length(name: str) -> list[str]:
    written = st.text_input(
        said.CONDITIONS[name], key=name, placeholder=said.LENGTH, bind="query-params"
    )
    return [written] if written else []


def _several(label: str, key: str, options: Sequence[str]) -> list[str]:
    if not options:
        return []
    return st.multiselect(
        label, options, key=key, placeholder=said.ANY, bind="query-params", select_all=False
    )


def _state(options: Sequence[str]) -> list[str]:
    if not options:
        return []
    state = st.segmented_control(said.CONDITIONS[OPEN], options, key=OPEN, bind="query-params")
    return [state] if state else []


def _where(choices: Choices) -> dict[str, list[str]]:
    names = columns(choices)
    asked = {c: _several(label(c), c, choices.values[c]) for c in names[:_FIRST_COLUMNS]}
    if names[_FIRST_COLUMNS:]:
        st.caption(said.MORE)
    return asked | {c: _several(label(c), c, choices.values[c]) for c in names[_FIRST_COLUMNS:]}


def label(column: str) -> str:
    """Call a column that makes a filter.

    Args:
        column: Its name in the log.
    """
    words = column.removeprefix("case:").replace("_", " ")
    return words[:1].upper() + words[1:]


def _carried(name: str) -> list[str]:
    """Return what the link says, on every page, though no widget keeps it there."""
    values = st.query_params.get_all(name) or st.session_state.get(f"_{name}", [])
    _carry(name, values)
    return values


def _carry(name: str, values: list[str]) -> None:
    st.session_state[f"_{name}"] = values
    if st.query_params.get_all(name) != values:
        st.query_params[name] = values


def add(name: str, value: str) -> None:
    """Choose one thing more, in a callback: a page's way to filter.

    Args:
        name: A parameter that takes several values, or a column.
        value: What it is to hold too.
    """
    if name in _CARRIED:
        _carry(name, list(dict.fromkeys([*_carried(name), value])))
    else:
        kept = st.session_state.get(name) or []
        st.session_state[name] = list(dict.fromkeys([*kept, value]))


def narrow(chosen: Selection) -> None:
    """Choose a part of what is chosen, in a callback.

    Args:
        chosen: All that is chosen now, and more.
    """
    for name, value in parts(chosen):
        if name in (FROM, UNTIL):
            st.session_state[name] = date.fromisoformat(value)
        elif name not in (LONGER, SHORTER, OPEN):  # these don't become narrower
            add(name, value)


def remove(name: str, value: str) -> None:
    """Choose something no longer, in a callback.

    Args:
        name: The parameter or column.
        value: Which of its values.
    """
    if name in _CARRIED:
        _carry(name, [v for v in _carried(name) if v != value])
        return
    kept = st.session_state.get(name)
    left = [v for v in kept if v != value] if isinstance(kept, list) else None
    st.session_state[name] = "" if name in (LONGER, SHORTER) else left


def removable(chosen: Selection, choices: Choices) -> None:
    """Show each condition as a button that removes it.

    Args:
        chosen: What is chosen.
        choices: What the log offers.
    """
    every = parts(chosen)
    with st.container(horizontal=True, gap="xsmall", key="chips"):
        for name, value in every:
            st.button(
                f"{_said(name, value, choices)} ✕", key=f"_remove {name} {value}",
                on_click=remove, args=(name, value), type="secondary",
            )  # fmt: skip
    st.button(said.CLEAR, type="tertiary", key="_clear", on_click=_clearer(every))


def _said(name: str, value: str, choices: Choices) -> str:
    """Say one condition on its button."""
    if name in (FROM, UNTIL):
        value = texts.day(date.fromisoformat(value))
    elif name in (LONGER, SHORTER):
        value = duration(parse_duration(value) / 1_000_000)
    elif name == WAY:
        value = texts.way(choices.ways[value])
    return said.chip(said.CHIPS[name], value) if name in CONDITIONS else value


def _clearer(every: Sequence[tuple[str, str]]) -> Callable[[], None]:
    removers = [partial(remove, name, value) for name, value in every]

    def clear() -> None:
        for each in removers:
            each()

    return clear
