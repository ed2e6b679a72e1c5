"""What came in by the link: validated before any widget takes it."""

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st
import texts
from data import Choices

from components.filters import ENDS, FROM, STARTS, THROUGH, UNTIL, allowed

_EMBEDDING = {"embed", "embed_options"}


def complaints(choices: Choices, pages: Mapping[str, Sequence[str]]) -> list[str]:
    """Say which parts of the link mean nothing here; the widgets leave them out.

    Args:
        choices: What the log offers.
        pages: The parameters of the pages, each with what it may be.
    """
    lists = allowed(choices) | dict(pages)
    found: list[str] = []
    for name in st.query_params:
        if name in _EMBEDDING:
            continue
        values = st.query_params.get_all(name)
        if name in (FROM, UNTIL):
            found += [texts.ignored(_said(name), v) for v in values if not _is_day(v, choices)]
        elif name in lists:
            found += [texts.ignored(_said(name), v) for v in values if v and v not in lists[name]]
        else:
            found.append(texts.unknown_parameter(name))
    return found


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
