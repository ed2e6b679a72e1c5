"""The logs and their answers: the only module that opens, and the only one that caches."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st
from access import Scope
from beside import beside, written
from choices import Choices, choices_of, values_of
from opened import Opened, Origin
from process import read_apart
from selection import Selection
from texts import access as said_access
from texts import opening as said_opening
from texts import waiting as said
from waiting import Watch, wait_for

import procmine as pm
from procmine import playback, registry, wording
from procmine.course import course, journeys_by
from procmine.errors import InputError
from procmine.eventlog import EventLog
from procmine.holding import Storage
from procmine.policy.breaking import breaking
from procmine.report.asking import Asking
from procmine.report.changes import Shift
from procmine.report.facts import Fact, facts
from procmine.sample import SAMPLES, write_sample
from procmine.storage import find

LARGE = 20_000_000
"""A raw file of more bytes is read in a process of its own, which takes a second to start."""
Shows = Callable[[EventLog], pl.DataFrame]

PLAYED = 200
"""So many journeys at most move over the map."""
KEPT = timedelta(hours=2)
"""An upload and all that was made of it is deleted after so long, or when its session ends."""


def open_path(path: str) -> Opened:
    """Open a log by its path, anew when the file has changed.

    Raises:
        InputError: It isn't there, or can't be read.
    """
    try:
        modified = Path(path).stat().st_mtime_ns
    except OSError:
        raise InputError(said_opening.missing_log(Path(path).name), "Start the app anew.") from None
    origin = Origin(path, beside=beside(Path(path)))
    log = wait_for(partial(_read, path, modified), said.reading(Path(path).name))
    return Opened(f"{path} {modified}", log, origin)


@st.cache_resource(max_entries=8, show_spinner=False)
@wording.written(wording.ENGLISH)  # what a log notes of its reading is for everybody
def _read(path: str, modified: int, _watch: Watch) -> EventLog:
    place = Path(path)
    if place.stat().st_size < LARGE or find(place) is not None:
        return pm.read(place)
    return read_apart(place, _watch)


def open_sample(name: str) -> Opened:
    """Open a sample, whose systems' files are made for the purpose.

    Args:
        name: Which one, a key of `procmine.sample.SAMPLES`.
    """
    return wait_for(partial(_make, name), said.making(name))


@st.cache_resource(max_entries=len(SAMPLES), show_spinner=False)
@wording.written(wording.ENGLISH)
def _make(name: str, _watch: Watch) -> Opened:
    storage = Storage()
    _watch.tell(0, 2)
    mapping = write_sample(name, output=storage.path)[0]
    _watch.tell(1, 2)
    log = pm.read_sources(mapping)
    # the events may be read from the files lazily: the folder must live as long as the log
    kept = replace(log, storage=log.storage or storage)
    origin = Origin(f"{name}/{mapping.name}", sample=name, beside=beside(mapping, storage))
    return Opened(f"sample {name}", kept, origin)


def prepared_in(folder: str) -> dict[str, str]:
    """Return the prepared logs in a folder: their names, and where they lie.

    Args:
        folder: The folder that the operator names.
    """
    places = sorted(path for path in Path(folder).glob("*") if not path.name.startswith("."))
    return {p.stem: str(p) for p in places if p.suffix == ".parquet" and _is_prepared(str(p))}


@st.cache_data(max_entries=1000, ttl=60, show_spinner=False)
def _is_prepared(path: str) -> bool:
    try:
        return find(Path(path)) is not None
    except InputError:  # it is being prepared
        return False


def within(opened: Opened, scope: Scope) -> Opened:
    """Return what somebody may see of a log: every analysis and filter is asked of that alone.

    Args:
        opened: The log.
        scope: For each column the values whose rows may be seen; empty is all.

    Raises:
        InputError: They may see nothing of it.
    """
    if opened.private or not scope:
        return opened
    return wait_for(partial(_within, opened.key, scope, opened), said.CUTTING)


@st.cache_resource(max_entries=32, show_spinner=False)
def _within(key: str, scope: Scope, _opened: Opened, _watch: Watch) -> Opened:
    log = _watch.over(_opened.log)
    for column, values in scope:
        there = values_of(log, column) if column in log.columns else ()
        seen = [value for value in values if value in there]
        if not seen:
            raise InputError(said_access.NOTHING_TO_SEE, said_access.NOTHING_TO_SEE_HELP)
        log = log.filter_events(where={column: seen})
    return Opened(f"{key} {scope}", log, replace(_opened.origin, cut=True))


def select(opened: Opened, selection: Selection) -> EventLog:
    """Return the journeys of a selection.

    Raises:
        ProcmineError: The selection makes no sense for this log.
    """
    if not selection:
        return opened.log
    chosen = _own_selected if opened.private else _selected
    policy = opened.origin.beside.given("policy") if selection.breaks else {}
    broken = ask(opened, Selection(), "conformance", **policy).violations if policy else None
    asks = partial(chosen, f"{opened.key} {written(policy)}", selection, opened.log, broken)
    return wait_for(asks, said.SELECTING)


def ask(opened: Opened, selection: Selection, analysis: str, **options: Any) -> pm.Result:
    """Return the answer of an analysis for a selection.

    Args:
        opened: The log.
        selection: Which of its journeys.
        analysis: The name of the analysis.
        **options: The options of the analysis.
    """
    answer = _own_answer if opened.private else _answer
    asked, key = tuple(sorted(options.items())), f"{_read_as(opened)} {written(options)}"
    asks = partial(answer, key, selection, analysis, asked, select(opened, selection))
    return wait_for(asks, said.asking(analysis, options))


def compared(opened: Opened, selection: Selection, against: Selection) -> list[Shift]:
    """Return the figures of a selection, each beside that of another.

    Args:
        opened: The log.
        selection: Which of its journeys.
        against: Which others.
    """
    found = _own_facts if opened.private else _facts
    key = _read_as(opened)
    this, that = (
        wait_for(partial(found, key, s, select(opened, s)), said.FIGURES)
        for s in (selection, against)
    )
    known = {(fact.kind, fact.name): fact for fact in that}
    return [Shift(fact, known.get((fact.kind, fact.name))) for fact in this]


def journeys(opened: Opened, selection: Selection, order: str) -> pl.DataFrame:
    """Return the first journeys of a selection.

    Args:
        opened: The log.
        selection: Which of its journeys.
        order: One of `procmine.course.ORDERS`.
    """
    return _look(opened, selection, partial(journeys_by, order=order), order, said.JOURNEYS)


def journey(opened: Opened, selection: Selection, case_id: str) -> pl.DataFrame:
    """Return what happened in one journey of a selection.

    Args:
        opened: The log.
        selection: Which of its journeys.
        case_id: The journey.

    Raises:
        InputError: It isn't among them.
    """
    shows = partial(course, case_id=case_id)
    return _look(opened, selection, shows, f"journey {case_id}", said.JOURNEY)


def moves(opened: Opened, selection: Selection) -> pl.DataFrame:
    """Return the moves of some of the journeys of a selection, to be played on the map.

    Args:
        opened: The log.
        selection: Which of its journeys.
    """

    def play(log: EventLog) -> pl.DataFrame:
        return playback.moves(log.inside().events, journeys=PLAYED)

    return _look(opened, selection, play, "moves", said.MOVES)


def _look(
    opened: Opened, selection: Selection, shows: Shows, what: str, saying: str
) -> pl.DataFrame:
    found = _own_rows if opened.private else _rows
    asks = partial(found, opened.key, selection, what, shows, select(opened, selection))
    return wait_for(asks, saying)


def choices(opened: Opened) -> Choices:
    """Return what a person can choose from in a log."""
    found = _own_choices if opened.private else _choices
    policy = opened.origin.beside.given("policy")
    return wait_for(partial(found, f"{opened.key} {written(policy)}", opened), said.CHOICES)


def _read_as(opened: Opened) -> str:
    """Return what tells answers from others: their words are written in one reader's style."""
    return f"{opened.key} {wording.style()}"


# What is cached, by a key of its own and the selection, which the work itself doesn't need.
# ruff: noqa: ARG001


def _select(
    key: str, selection: Selection, _log: EventLog, _broken: pl.DataFrame | None, _watch: Watch
) -> EventLog:
    found = _watch.over(_log).filter_cases(**selection.arguments())
    if _broken is not None:
        found = breaking(found, _broken, selection.breaks)
    _ = found.size, found.states  # counted here, where that can be stopped
    _watch.release()
    return found


def _ask(
    key: str,
    selection: Selection,
    analysis: str,
    options: tuple[tuple[str, Any], ...],
    _log: EventLog,
    _watch: Watch,
) -> pm.Result:
    return registry.find(analysis).run(_watch.over(_log), **dict(options))


def _gather(key: str, selection: Selection, _log: EventLog, _watch: Watch) -> list[Fact]:
    return facts(Asking(_watch.over(_log)), None)


def _show(
    key: str, selection: Selection, what: str, _shows: Shows, _log: EventLog, _watch: Watch
) -> pl.DataFrame:
    return _shows(_watch.over(_log))


def _choose(key: str, _opened: Opened, _watch: Watch) -> Choices:
    _ = _opened.log.states  # the pages count by them
    asks, policy = partial(ask, _opened, Selection()), _opened.origin.beside.given("policy")
    return choices_of(_watch.over(_opened.log), asks, policy.get("policy"))


_selected = st.cache_resource(max_entries=32, show_spinner=False)(_select)
_answer = st.cache_resource(max_entries=256, show_spinner=False)(_ask)
_facts = st.cache_resource(max_entries=64, show_spinner=False)(_gather)
_rows = st.cache_resource(max_entries=64, show_spinner=False)(_show)
_choices = st.cache_resource(max_entries=8, show_spinner=False)(_choose)
# The same for uploads, kept with the session they belong to and gone with it, or with the upload.
_own = partial(st.cache_resource, scope="session", ttl=KEPT)
_own_selected = _own(max_entries=8, show_spinner=False)(_select)
_own_answer = _own(max_entries=64, show_spinner=False)(_ask)
_own_facts = _own(max_entries=16, show_spinner=False)(_gather)
_own_rows = _own(max_entries=16, show_spinner=False)(_show)
_own_choices = _own(max_entries=2, show_spinner=False)(_choose)
