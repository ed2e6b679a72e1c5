"""The app that process owners open: started by `procmine app [LOG...]`."""

import sys
from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from pathlib import Path

import data
import streamlit as st
import texts
from components import filters, words
from components.export import export
from components.link import complaints, foreign
from data import Opened
from selection import Selection
from streamlit.delta_generator import DeltaGenerator
from view import View
from views import cycle, handoffs, map, overview, start, variants  # noqa: A004  (the page is the map)

from procmine.errors import ProcmineError
from procmine.eventlog import EventLog
from procmine.sample import SAMPLES

HERE = Path(__file__).parent
PAGES = {
    "overview": (texts.OVERVIEW, ":material/space_dashboard:", overview.page),
    "map": (texts.MAP, ":material/account_tree:", map.page),
    "time": (texts.CYCLE_TIME, ":material/timer:", cycle.page),
    "handoffs": (texts.HANDOFFS, ":material/swap_horiz:", handoffs.page),
    "variants": (texts.VARIANTS, ":material/alt_route:", variants.page),
}
PARAMETERS = {**map.PARAMETERS, **cycle.PARAMETERS, **variants.PARAMETERS}


def main(paths: list[str]) -> None:
    """Show the app.

    Args:
        paths: The logs that were given on the command line.
    """
    st.set_page_config(page_title=texts.APP, page_icon=str(HERE / "icon.png"), layout="wide")
    st.html(HERE / "style.css")
    try:
        _show(_sources(paths), given=bool(paths))
    except ProcmineError as error:
        st.error(str(error))


def _show(sources: Mapping[str, Callable[[], Opened]], *, given: bool) -> None:
    elsewhere = foreign(start.LOG, tuple(sources))
    with st.sidebar:
        brand, links = st.container(), st.container(gap="xsmall")
        name = _choose_log(tuple(sources), given=given)
    if name is None:
        _brand(brand, texts.TAGLINE)
        for sentence in elsewhere:
            st.warning(sentence)
        st.navigation([st.Page(start.page, title=texts.APP, default=True)], position="hidden").run()
        return
    opened = sources[name]()
    _brand(brand, opened.log.meta.name)
    choices = data.choices(opened)
    ignored = complaints(choices, {**PARAMETERS, start.LOG: tuple(sources)})
    with st.sidebar:
        selection = filters.filters(choices)
    pages: dict[str, st.Page] = {}
    view = View(opened, selection, choices, pages)
    asked = _navigate(view, pages, links)
    for sentence in ignored:
        st.warning(sentence)
    _run(view, asked)
    export(view)


def _sources(paths: list[str]) -> dict[str, Callable[[], Opened]]:
    """Return the logs there are to choose from, by the names that people choose."""
    sources: dict[str, Callable[[], Opened]] = {}
    for path in paths:
        name, number = Path(path).name, 2
        while name in sources:
            name, number = f"{Path(path).name} ({number})", number + 1
        sources[name] = partial(data.open_path, path)
    if not paths:
        sources |= {texts.sample(name): partial(data.open_sample, name) for name in SAMPLES}
    upload = st.session_state.get(start.UPLOAD)
    if upload is not None:
        sources[upload.log.meta.name] = lambda: upload
    return sources


def _choose_log(names: tuple[str, ...], *, given: bool) -> str | None:
    """Return the log to look at; None if it is still to be chosen."""
    wanted = st.session_state.pop(start.WANTED, None)
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
    for url, (title, icon, page) in PAGES.items():
        shows, first = partial(page, view), url == next(iter(PAGES))
        pages[url] = st.Page(shows, title=title, icon=icon, url_path=url, default=first)
    asked = st.navigation(list(pages.values()), position="hidden")
    for page in pages.values():
        links.page_link(page, width="stretch")
    return asked


def _run(view: View, asked: st.Page) -> None:
    """Show the page, or why there is nothing to show on it."""
    log = data.select(view.opened, view.selection)
    _say_selection(view.opened.log, log, view.selection)
    if log.size[1]:
        asked.run()
    else:
        words.headline(texts.NOTHING_LEFT)
        st.info(texts.NOTHING_LEFT_HELP)


def _say_selection(whole: EventLog, log: EventLog, selection: Selection) -> None:
    if not selection:
        return
    sentence = texts.selection(selection.conditions(), log.size[1], whole.size[1])
    words.showing(sentence)
    with st.sidebar:
        words.heading(texts.SHOWING, texts.part(log.size[1], whole.size[1]))
        filters.removable(selection)


main(sys.argv[1:])
