"""The app that process owners open: started by `procmine app [LOG...]`."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from pathlib import Path

import access
import data
import reader
import streamlit as st
import texts
import waiting
from access import ANALYST, Person
from components import filters, night, words
from components.export import export
from components.link import complaints, foreign, held, lead_to
from components.onward import onward
from contents import NEXT, PAGES, PARAMETERS, SECTIONS
from opened import Opened
from streamlit.delta_generator import DeltaGenerator
from texts import filters as said_filters
from view import View
from views import start, wizard

from procmine.errors import ProcmineError
from procmine.eventlog import EventLog
from procmine.sample import SAMPLES
from procmine.wording import written

HERE = Path(__file__).parent


def main(paths: list[str], folder: str | None) -> None:
    """Show the app.

    Args:
        paths: The logs that were given on the command line.
        folder: The folder of prepared logs that was given there.
    """
    st.set_page_config(page_title=texts.APP, page_icon=str(HERE / "icon.png"), layout="wide")
    st.html(HERE / "style.css")
    waiting.here()
    try:
        person = access.admitted()
        if person is not None:
            with written(reader.style()):
                _show(_sources(paths, folder), person, given=bool(paths))
    except ProcmineError as error:
        st.error(words.problem(error))


def _show(sources: Mapping[str, Callable[[], Opened]], person: Person, *, given: bool) -> None:
    elsewhere = foreign(start.LOG, tuple(sources))
    with st.sidebar:
        brand, links = st.container(), st.container(gap=None, key="_pages")
        name = _choose_log(tuple(sources), given=given)
        below = st.container()
        footer = st.container(gap="xsmall")
    with footer:
        access.footer(person)
        night.watch()
    if name is None:
        _brand(brand, texts.TAGLINE)
        for sentence in elsewhere:
            st.warning(sentence)
        first = partial(start.page, uploads=person.may(ANALYST))
        st.navigation([st.Page(first, title=texts.APP, default=True)], position="hidden").run()
        return
    opened = data.within(sources[name](), person.scope)
    _brand(brand, opened.log.meta.name)
    choices = data.choices(opened)
    ignored = complaints(choices, {**PARAMETERS, start.LOG: tuple(sources)})
    with below:
        selection = filters.filters(choices)
    pages: dict[str, st.Page] = {}
    journeys = person.may(ANALYST)
    view = View(opened, selection, choices, pages, held(choices), journeys)
    asked = _navigate(view, pages, links)
    with st.container():
        for sentence in ignored:
            st.warning(sentence)
    _run(view, asked, below)
    onward(view, NEXT[asked.url_path or next(iter(PAGES))])
    export(view)


def _sources(paths: list[str], folder: str | None) -> dict[str, Callable[[], Opened]]:
    """Return the logs there are to choose from, by the names that people choose."""
    sources: dict[str, Callable[[], Opened]] = {}
    for path in paths:
        name, number = Path(path).name, 2
        while name in sources:
            name, number = f"{Path(path).name} ({number})", number + 1
        sources[name] = partial(data.open_path, path)
    if folder is not None:
        logs = data.prepared_in(folder).items()
        sources |= {name: partial(data.open_path, path) for name, path in logs}
    if not paths and folder is None:
        sources |= {texts.sample(name): partial(data.open_sample, name) for name in SAMPLES}
    upload, own = st.session_state.get(start.UPLOAD), st.session_state.get(wizard.OPENED)
    if own is not None and upload is not None and not upload.gone:
        sources[own.log.meta.name] = lambda: own
    return sources


def _choose_log(names: tuple[str, ...], *, given: bool) -> str | None:
    """Return the log to look at; None if it is still to be chosen."""
    wanted = st.session_state.pop(wizard.WANTED, None)
    if wanted in names:
        st.session_state[start.LOG] = wanted
    if given and len(names) == 1:
        return names[0]
    return st.selectbox(
        texts.LOG, names, index=0 if given else None, key=start.LOG, bind="query-params",
        placeholder=texts.CHOOSE_LOG,
    )  # fmt: skip


def _brand(place: DeltaGenerator, name: str) -> None:
    place.html(f'<p class="pm-brand"><b>{texts.APP}</b><span>{escape(name)}</span></p>')


def _navigate(view: View, pages: dict[str, st.Page], links: DeltaGenerator) -> st.Page:
    """Fill in the pages, show the links to them, and return the one that was asked for."""
    for url, (title, icon, module) in PAGES.items():
        shows, first = partial(module.page, view), url == next(iter(PAGES))
        pages[url] = st.Page(shows, title=title, icon=icon, url_path=url, default=first)
    asked = st.navigation(list(pages.values()), position="hidden")
    with links:
        for section, names in SECTIONS.items():
            there = [name for name in names if name in pages]
            if there:
                words.section(section)
            for page in there:
                lead_to(view, page, icon=None, width="stretch")
    return asked


def _run(view: View, asked: st.Page, below: DeltaGenerator) -> None:
    """Show the page, or why there is nothing to show on it."""
    log = data.select(view.opened, view.selection)
    # a place that is always there: widgets that move on the page lose their hold on the link
    with st.container():
        _say_selection(view, log, below)
    if log.size[1]:
        asked.run()
    else:
        words.headline(said_filters.NOTHING_LEFT)
        st.info(said_filters.NOTHING_LEFT_HELP)


def _say_selection(view: View, log: EventLog, below: DeltaGenerator) -> None:
    selection = view.selection
    if not selection:
        return
    # what belongs to no journey is in no figure of a page either
    shown, whole = (part.inside().size[1] for part in (log, view.opened.log))
    words.showing(said_filters.selection(selection.conditions(), shown, whole))
    with below:
        words.heading(said_filters.SHOWING, said_filters.part(shown, whole))
        filters.removable(selection, view.choices)


def _arguments(given: list[str]) -> tuple[list[str], str | None]:
    """Take the folder of prepared logs from the arguments of `procmine app`."""
    parser = ArgumentParser()
    parser.add_argument("--folder")
    parser.add_argument("paths", nargs="*")
    found = parser.parse_args(given)
    return found.paths, found.folder


main(*_arguments(sys.argv[1:]))
