"""The log itself: what was read and set aside, how, and what it doesn't know."""

from collections.abc import Iterable, Iterator, Mapping

import streamlit as st
import texts
from beside import FILES
from components.pairs import pairs
from components.words import caveats, heading, headline, small
from texts import log as said
from texts import wizard as said_wizard
from view import View

from procmine.metadata import Metadata
from procmine.wording import count, number
from views.more import PAGES

_SHOWN_DIGITS = 12


def page(view: View) -> None:
    """Show the page."""
    log = view.opened.log
    meta = log.meta
    if view.opened.origin.cut:
        headline(said.CUT)
    else:
        _account(meta)
    heading(said.HOW)
    pairs(said.HOW_HEAD, _how(view))
    if meta.roles:
        heading(said.ROLES)
        pairs(said.ROLES_HEAD, ((said_wizard.ROLES.get(r, r), c) for r, c in meta.roles.items()))
    _missing(view)
    caveats(meta.notes, said.NOTES)


def _account(meta: Metadata) -> None:
    """Say what became of the rows that were read, by source and by reason."""
    quality = meta.quality
    numbers = [quality.get(name, 0) for name in ("rows_read", "accepted", "set_aside")]
    headline(said_wizard.account(*numbers))
    if meta.sources:
        heading(said.SOURCES)
        pairs(said.SOURCES_HEAD, map(_source, meta.sources))
        small(said.FINGERPRINT)
    reasons = {said_wizard.reason(code): n for code, n in quality.get("reasons", {}).items() if n}
    noticed = {words: quality.get(name, 0) for name, words in said.NOTICED_WORDS.items()}
    for title, counts in ((said.ASIDE, reasons), (said.NOTICED, noticed)):
        lines = [f"{count(n, 'row')}: {words}" for words, n in counts.items() if n]
        if lines:
            heading(title)
        for line in lines:
            small(line)


def _source(source: Mapping[str, object]) -> tuple[str, str, str, str]:
    rows = source.get("rows")
    return (
        str(source.get("name", "")),
        str(source.get("format", "")),
        number(rows) if isinstance(rows, int) else "",
        str(source.get("sha256") or "")[:_SHOWN_DIGITS],
    )


def _how(view: View) -> Iterator[tuple[str, str]]:
    """Say how the log is read, only what there is to say."""
    meta = view.opened.log.meta
    yield "Time zone", said.zone(meta.timezone, meta.timezone_origin)
    yield "Journeys", said.journeys(len(meta.journeys.get("types", ())))
    if meta.identity:
        yield "Customers", said.identity(meta.identity["customers"], meta.identity["identifiers"])
    if meta.outcomes:
        yield said.OUTCOMES[0], texts.either(tuple(meta.outcomes))
    if meta.estimated_starts:
        yield "Starts of work", said.estimated(meta.estimated_starts)
    if meta.sample:
        yield (
            "Sample",
            f"{number(meta.sample.taken)} of {number(meta.sample.of)} ({meta.sample.unit})",
        )
    for option, path in view.opened.origin.beside.files.items():
        yield option.replace("_", " ").capitalize(), path.name
    yield "Protected", said.protected(meta.protected)
    if meta.pseudonyms:
        yield "Pseudonyms", ", ".join(meta.pseudonyms)


def _missing(view: View) -> None:
    """Say what would be seen if the log knew more, and on which page."""
    heading(said.MISSING)
    rows = list(_lacks(view))
    if not rows:
        small(said.NOTHING_MISSING)
        return
    pairs(said.MISSING_HEAD, rows)
    st.caption(said.MISSING_HELP)


def _lacks(view: View) -> Iterator[tuple[str, str, str]]:
    log, files = view.opened.log, view.opened.origin.beside.files
    for column, (shows, analyses) in said.COLUMNS.items():
        if column not in log.columns:
            yield (
                said_wizard.ROLES.get(column, column.replace("_", " ").capitalize()),
                shows,
                _named(view, analyses),
            )
    if not log.meta.outcomes and not log.states:
        yield (*said.OUTCOMES, _named(view, ("cycle_time",)))
    for option, (shows, analyses) in said.FILES.items():
        if option not in files:
            yield said.file(FILES[option]), shows, _named(view, analyses)


def _named(view: View, analyses: Iterable[str]) -> str:
    """Call analyses by the pages that show them."""
    pages = [(name, view.pages.get(PAGES.get(name, ""))) for name in analyses]
    names = [page.title if page else name.replace("_", " ").capitalize() for name, page in pages]
    return ", ".join(dict.fromkeys(names))
