"""Waiting for what takes long: it is said, and whatever somebody clicks on ends it.

An answer is worked out in a thread of its own, while the script's thread looks every moment whether
Streamlit wants the script to run anew: it does so with every click. Polars can't be told to end a
query (`collect(background=True)` leaves the streaming engine, and runs on after `cancel`), so each
piece of the log passes by a function that raises when nobody waits any more.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, replace
from threading import BoundedSemaphore, Thread
from typing import Final, TypeVar

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx
from texts import waiting as said

from procmine.eventlog import EventLog

Answer = TypeVar("Answer")

STEP: Final = 0.05
"""Seconds between two looks at whether somebody has clicked."""
PATIENCE: Final = 1.0
"""What takes so many seconds is said."""
HASTE: Final = 0.3
"""After a click on Stop only what takes less is still asked."""
TURN: Final = 20.0
"""After so many seconds nobody waits for a turn any more: what has it may wait for oneself."""
_TURNS: Final = BoundedSemaphore(os.cpu_count() or 1)
"""As many questions as processors are worked out at once; more would all be late, and large."""
_STOP: Final = "_stopped"


class StoppedError(Exception):
    """Nobody waits for it any more."""


@dataclass
class Watch:
    """What something that takes long and who waits for it know of each other.

    Attributes:
        stopped: Nobody waits any more.
        released: What was made is whole, so that from now on nothing of it ends.
        share: How much is done, 0 to 1; None where that can't be known.
        turns: Of what a turn is taken before a log is asked; None where all may ask at once.
        at_turn: Whether it has its turn.
    """

    stopped: bool = False
    released: bool = False
    share: float | None = None
    turns: BoundedSemaphore | None = None
    at_turn: bool = False

    def over(self, log: EventLog) -> EventLog:
        """Return the same log, whose queries end when nobody waits for their answers.

        Args:
            log: The log. What is lazy in its answer is kept only after `release`.
        """
        self._take_turn()
        events, cases = log.size
        pieces = log.events.map_batches(
            self._pass_by, streamable=True,
            predicate_pushdown=True, projection_pushdown=True, slice_pushdown=True,
        )  # fmt: skip
        return replace(log, events=pieces, meta=replace(log.meta, events=events, cases=cases))

    def tell(self, done: int, steps: int) -> None:
        """Take in how far it is.

        Raises:
            StoppedError: Nobody waits any more.
        """
        self.check()
        self.share = done / max(1, steps)

    def check(self) -> None:
        """Raise if nobody waits any more.

        Raises:
            StoppedError: So it is.
        """
        if self.stopped and not self.released:
            raise StoppedError

    def release(self) -> None:
        """Stop nothing from now on, since what was made is whole, and may be kept."""
        self.check()
        self.released = True

    def end(self) -> None:
        """Give the turn back."""
        if self.turns is not None and self.at_turn:
            self.at_turn = False
            self.turns.release()

    def _take_turn(self) -> None:
        until = time.monotonic() + TURN
        while self.turns is not None and not self.at_turn and time.monotonic() < until:
            self.check()
            self.at_turn = self.turns.acquire(timeout=STEP)

    def _pass_by(self, rows: pl.DataFrame) -> pl.DataFrame:
        self.check()
        return rows


@dataclass
class _Run:
    """One run of the script.

    Attributes:
        place: Where it says that it takes long.
        hasty: Whether somebody has clicked on Stop.
        number: Tells its buttons apart.
    """

    place: DeltaGenerator
    hasty: bool
    number: int = 0


_RUN: ContextVar[_Run | None] = ContextVar("_RUN", default=None)
_WATCH: ContextVar[Watch | None] = ContextVar("_WATCH", default=None)


def here() -> None:
    """Say from now on at this place of the page what takes long; called once a run."""
    _RUN.set(_Run(st.empty(), hasty=st.session_state.pop(_STOP, False)))


def wait_for(
    work: Callable[[Watch], Answer], saying: str, place: DeltaGenerator | None = None
) -> Answer:
    """Return what something gives that may take long; Streamlit ends the run here at a click.

    Args:
        work: Works it out in a thread of its own; what it asks of a log it asks of `Watch.over`.
        saying: What is being done, in words.
        place: Where that is said, if not where all else is: somebody may have scrolled there.
    """
    watch = _WATCH.get()
    if watch is not None:  # a part of something that is waited for already
        return work(watch)
    watch = Watch(turns=_TURNS)
    try:
        return _seen_through(_begin(work, watch), watch, saying, place)
    except BaseException:
        watch.stopped = True
        raise


def _begin(work: Callable[[Watch], Answer], watch: Watch) -> Future[Answer]:
    future: Future[Answer] = Future()

    def run() -> None:
        _WATCH.set(watch)
        try:
            future.set_result(work(watch))
        except BaseException as error:  # noqa: BLE001  (raised where it is waited for)
            future.set_exception(error)
        finally:
            watch.end()

    # the style that words are written in goes along
    thread = Thread(target=copy_context().run, args=(run,), daemon=True)
    add_script_run_ctx(thread, get_script_run_ctx(suppress_warning=True))
    thread.start()
    return future


def _seen_through(
    future: Future[Answer], watch: Watch, saying: str, place: DeltaGenerator | None
) -> Answer:
    began, run = time.monotonic(), _RUN.get()
    with ExitStack() as shown:
        show: Callable[[], None] | None = None
        while True:
            try:
                return future.result(timeout=STEP)
            except TimeoutError:
                if future.done():  # it is the work's own
                    raise
            _ = _STOP in st.session_state  # each access lets Streamlit end the run
            waited = time.monotonic() - began
            if run is not None and run.hasty and waited > HASTE:
                _give_up(run, saying)
            if run is not None and show is None and waited > PATIENCE:
                show = _display(run, place or run.place, watch, saying, shown)
            if show is not None:
                show()


def _display(
    run: _Run, place: DeltaGenerator, watch: Watch, saying: str, shown: ExitStack
) -> Callable[[], None]:
    """Say what is being done, with a button to stop it; return what shows how far it is."""
    shown.callback(place.empty)
    run.number += 1
    with place.container(horizontal=True, vertical_alignment="center"):
        how_far = st.empty()
        st.button(said.STOP, key=f"_stop {run.number}", on_click=_stop)
    if watch.share is None:
        with how_far:
            shown.enter_context(st.spinner(said.waiting(saying), show_time=True))
        return lambda: None
    last: list[float] = []

    def show() -> None:
        share = min(1.0, watch.share or 0)
        if last != [share]:
            last[:] = [share]
            how_far.progress(share, text=said.waiting(saying))

    return show


def _stop() -> None:
    st.session_state[_STOP] = True


def _give_up(run: _Run, saying: str) -> None:
    with run.place.container(horizontal=True, vertical_alignment="center"):
        st.info(said.stopped(saying))
        st.button(said.AGAIN, key="_again")
    st.stop()
