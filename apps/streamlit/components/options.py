"""What an analysis can be asked for, as widgets: read from its signature and its docstring."""

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from beside import FILES
from texts import more as said
from view import View

from components.words import small
from procmine.registry import Analysis


def options(view: View, analysis: Analysis) -> dict[str, Any]:
    """Show the options of an analysis; return those that are asked for otherwise than usual.

    A file is never asked for by its path, which would open any file of the server: it is taken
    from beside the log.

    Args:
        view: What the page is given.
        analysis: The analysis.
    """
    files = view.given(*(name for name, p in analysis.options.items() if _is_file(p)))
    chosen: dict[str, Any] = dict(files)
    with st.expander(said.OPTIONS, icon=":material/tune:"):
        for name, parameter in analysis.options.items():
            says = analysis.says.get(name, "")
            if _is_file(parameter):
                known = name in files
                file = files[name].name if known else FILES.get(name)
                small(said.beside(name, file or "") if known else said.missing(name, file, says))
                continue
            value = _ask(view, f"{analysis.name}.{name}", parameter, says)
            if value != parameter.default and value not in ([], "", None):
                chosen[name] = value
    return chosen


def keys(analysis: Analysis) -> dict[str, Callable[[str, Any], bool]]:
    """Return what the link may say of an analysis' options; the analysis itself checks more.

    Args:
        analysis: The analysis.
    """
    asked = {name: p for name, p in analysis.options.items() if not _is_file(p)}
    return {f"{analysis.name}.{name}": _check(p) for name, p in asked.items()}


def _check(parameter: inspect.Parameter) -> Callable[[str, Any], bool]:
    def fits(value: str, _choices: Any) -> bool:
        try:
            return _kind(parameter) in (str, bool, list) or _kind(parameter)(value) is not None
        except ValueError:
            return False

    return fits


def _ask(view: View, key: str, parameter: inspect.Parameter, says: str) -> Any:
    """Show one option as the widget that its type asks for."""
    label, kind, default = said.label(parameter.name), _kind(parameter), parameter.default
    how: dict[str, Any] = {"key": key, "help": says or None, "bind": "query-params"}
    if kind is bool:
        return st.toggle(label, value=default, **how)
    if kind in (int, float):
        return st.number_input(label, value=default, step=1 if kind is int else 0.05, **how)
    offered = _offered(view, says)
    typed: dict[str, Any] = {"accept_new_options": True, "placeholder": said.TYPED}
    if kind is list:
        return st.multiselect(label, offered, **typed, **how)
    if offered:
        return st.selectbox(label, offered, index=None, **typed, **how)
    return st.text_input(label, value=default or "", **how)


def _kind(parameter: inspect.Parameter) -> Any:
    """Return bool, int, float, str, list or Path."""
    said_as = str(parameter.annotation)
    if "list[" in said_as:
        return list
    if "Path" in said_as:
        return Path
    kinds = (bool, int, float)
    return next((k for k in kinds if parameter.annotation in (k, k | None)), str)


def _is_file(parameter: inspect.Parameter) -> bool:
    return _kind(parameter) is Path


def _offered(view: View, says: str) -> Sequence[str]:
    """Return what an option can be chosen from, by what its docstring calls it."""
    words = says.lower()
    if "activit" in words:
        return view.choices.activities
    if "column" in words:
        return tuple(view.choices.values)
    return tuple(view.choices.departments) if words.startswith("which department") else ()
