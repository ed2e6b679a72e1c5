"""What came in by the link: validated before any widget takes it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal
from urllib.parse import parse_qsl, urlencode

import streamlit as st
from choices import Choices
from selection import Selection
from texts import filters as said
from view import View

from components.conditions import (
    AGAINST,
    CONDITIONS,
    LONGER,
    SHORTER,
    columns,
    makes_sense,
    parts,
    selection,
)

LOG = "log"
"""The parameter that names the log."""
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
    found: list[str | None] = []
    for name in st.query_params:
        values = [v for v in st.query_params.get_all(name) if v]
        if name == AGAINST:
            held = [] if st.query_params[name] == ALL else pairs(st.query_params[name])
            found += [_complaint(key, value, choices, {}) for key, value in held]
        # the field where a length of time is written says itself what is wrong with it
        elif name not in (*_EMBEDDING, LONGER, SHORTER):
            found += [_complaint(name, value, choices, pages) for value in values]
    return list(dict.fromkeys(sentence for sentence in found if sentence))


def _complaint(name: str, value: str, choices: Choices, pages: Mapping[str, Allowed]) -> str | None:
    """Say what is wrong with one part of the link; None if nothing is."""
    if name in pages:
        may = pages[name]
        fits = may(value, choices) if callable(may) else value in may
        return None if fits else said.ignored(name, value)
    if name not in (*CONDITIONS, *columns(choices)):
        return said.unknown_parameter(name)
    words = said.CONDITIONS.get(name, name).lower()
    return None if makes_sense(name, value, choices) else said.ignored(words, value)


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
    chosen = dict[str, list[str]]()
    for name, value in pairs(text):
        chosen.setdefault(name, []).append(value)
    return selection(chosen, choices)


def hold(chosen: Selection) -> None:
    """Hold a selection, to compare others with.

    Args:
        chosen: Which journeys.
    """
    st.session_state[HELD] = st.query_params[AGAINST] = urlencode(parts(chosen)) or ALL


def let_go() -> None:
    """Hold no selection any more."""
    st.session_state.pop(HELD, None)
    st.query_params.pop(AGAINST, None)


def pairs(query: str) -> list[tuple[str, str]]:
    """Take a query apart; what isn't one has no parts."""
    return parse_qsl(query, max_num_fields=_MOST_PAIRS) if query.count("&") < _MOST_PAIRS else []


def kept(name: str) -> str:
    """Return what the link says of a parameter that no widget holds, and keep it in the link.

    A link from page to page carries it here, and the browser then drops what nobody holds.

    Args:
        name: The parameter.
    """
    value = st.query_params.get(name, "")
    if value:
        st.query_params[name] = value
    elif name in st.query_params:  # a link back says it with nothing in it
        del st.query_params[name]
    return value


def lead_to(
    view: View, page: str, label: str | None = None, *, icon: str | None = "",
    width: Literal["content", "stretch"] = "content", also: Sequence[tuple[str, str]] = (),
) -> None:  # fmt: skip
    """Show a link to a page that says all of what is selected, so that no click loses a filter.

    Streamlit keeps the filters from page to page by itself, but not through a click that comes
    while a page is still being drawn; and a link that says them opens in another window too.

    Args:
        view: What the page is given.
        page: The page's name in the link.
        label: What the link says; as the page is called if None.
        icon: What stands before it; the page's own if None.
        width: Whether it takes all the room there is.
        also: Parameters for that page; an empty one takes back what it said.
    """
    log, held = st.session_state.get(LOG), st.session_state.get(HELD)
    given = [*([(LOG, log)] if log else []), *parts(view.selection)]
    given += [*([(AGAINST, held)] if held else []), *also]
    st.page_link(view.pages[page], label=label, icon=icon, width=width, query_params=given)


def foreign(name: str, known: Sequence[str]) -> list[str]:
    """Say which values of one parameter mean nothing here, before any log is open."""
    return [said.ignored(name, v) for v in st.query_params.get_all(name) if v not in known]
