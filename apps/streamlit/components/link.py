"""What came in by the link: validated before any widget takes it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from urllib.parse import parse_qsl, urlencode

import streamlit as st
import texts
from data import Choices
from selection import Selection

from components.filters import AGAINST, ENDS, FROM, STARTS, THROUGH, UNTIL, allowed, columns

ALL, HELD = "all", "_held"
"""How the link says all journeys, and where the session keeps what is held."""
Allowed = Sequence[str] | Callable[[str, Choices], bool]
"""What a parameter may be: one of a list, or what passes a check beside what the log offers."""
_MOST_PAIRS = 200
_EMBEDDING = {"embed", "embed_options"}


def complaints(choices: Choices, pages: Mapping[str, Allowed]) -> list[str]:
    """Say which parts of the link mean nothing here; the widgets leave them out.

    Args:
        choices: What the log offers.
        pages: The parameters of the pages, each with what it may be.
    """
    lists: dict[str, Allowed] = {**allowed(choices), **pages}
    found: list[str | None] = []
    for name in st.query_params:
        if name == AGAINST:
            held = [] if st.query_params[name] == ALL else pairs(st.query_params[name])
            found += [_complaint(key, v, choices, allowed(choices)) for key, v in held]
        elif name not in _EMBEDDING:
            values = st.query_params.get_all(name)
            found += [_complaint(name, v, choices, lists) for v in values if v]
    return list(dict.fromkeys(sentence for sentence in found if sentence))


def _complaint(name: str, value: str, choices: Choices, lists: Mapping[str, Allowed]) -> str | None:
    """Say what is wrong with one part of the link; None if nothing is."""
    if name in (FROM, UNTIL):
        return None if _is_day(value, choices) else texts.ignored(_said(name), value)
    if name not in lists:
        return texts.unknown_parameter(name)
    may = lists[name]
    fits = may(value, choices) if callable(may) else value in may
    return None if fits else texts.ignored(_said(name), value)


def held(choices: Choices) -> Selection | None:
    """Return the selection that is held to compare with; None if none is.

    It stands in the link as `against`, the query of another link or `all`, on every page.

    Args:
        choices: What the log offers; what means nothing there is left out.
    """
    text = st.query_params.get(AGAINST) or st.session_state.get(HELD)
    if text is None:
        return None
    st.session_state[HELD] = text
    if st.query_params.get(AGAINST) != text:
        st.query_params[AGAINST] = text
    lists, chosen = allowed(choices), dict[str, list[str]]()
    for name, value in pairs(text):
        if name in (*lists, FROM, UNTIL) and not _complaint(name, value, choices, lists):
            chosen.setdefault(name, []).append(value)
    since, until = (
        date.fromisoformat(chosen[name][-1]) if name in chosen else None for name in (FROM, UNTIL)
    )
    through, starts, ends = (tuple(chosen.get(name, ())) for name in (THROUGH, STARTS, ENDS))
    where = tuple((c, tuple(chosen[c])) for c in columns(choices) if c in chosen)
    return Selection(since, until, through, starts, ends, where)


def hold(selection: Selection) -> None:
    """Hold a selection, to compare others with.

    Args:
        selection: Which journeys.
    """
    days = [(FROM, selection.since), (UNTIL, selection.until)]
    said = [(name, day.isoformat()) for name, day in days if day]
    several = ((THROUGH, selection.through), (STARTS, selection.starts), (ENDS, selection.ends))
    said += [(name, v) for name, values in (*several, *selection.where) for v in values]
    st.session_state[HELD] = st.query_params[AGAINST] = urlencode(said) or ALL


def let_go() -> None:
    """Hold no selection any more."""
    st.session_state.pop(HELD, None)
    st.query_params.pop(AGAINST, None)


def pairs(query: str) -> list[tuple[str, str]]:
    """Take a query apart; what isn't one has no parts."""
    return parse_qsl(query, max_num_fields=_MOST_PAIRS) if query.count("&") < _MOST_PAIRS else []


def foreign(name: str, known: Sequence[str]) -> list[str]:
    """Say which values of one parameter mean nothing here, before any log is open."""
    return [texts.ignored(name, v) for v in st.query_params.get_all(name) if v not in known]


def _is_day(value: str, choices: Choices) -> bool:
    try:
        return not value or choices.first <= date.fromisoformat(value) <= choices.last
    except ValueError:
        return False


def _said(name: str) -> str:
    words = {
        FROM: texts.BEGAN_FROM,
        UNTIL: texts.BEGAN_UNTIL,
        THROUGH: texts.THROUGH,
        STARTS: texts.STARTS,
        ENDS: texts.ENDS,
    }
    return words.get(name, name).lower()
