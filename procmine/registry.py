"""The analyses by name: a decorator makes a function one for Python, CLI, app and report."""

import inspect
import re
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import wraps
from typing import Concatenate, ParamSpec

from procmine.caveats import estimated_starts
from procmine.errors import OptionError, nearest
from procmine.eventlog import EventLog
from procmine.intervals import estimated
from procmine.io.ocel.account import said
from procmine.journeys.caveats import caveats as of_journeys
from procmine.privacy import protected
from procmine.result import Result

Options = ParamSpec("Options")


@dataclass(frozen=True)
class Analysis:
    """One question that can be asked of any log.

    Attributes:
        name: The noun that Python, the command line and JSON call it.
        run: The function `EventLog -> Result`, options keyword-only.
        question: The first sentence of its docstring.
        options: Its keyword-only parameters, in order.
        says: What its docstring says of each argument.
    """

    name: str
    run: Callable[..., Result]
    question: str
    options: Mapping[str, inspect.Parameter]
    says: Mapping[str, str]


_ANALYSES: dict[str, Analysis] = {}

_ASKED: ContextVar[bool] = ContextVar("asked", default=False)
"""Whether an analysis is being asked: what it asks of another one is whole."""


def analysis(
    function: Callable[Concatenate[EventLog, Options], Result],
) -> Callable[Concatenate[EventLog, Options], Result]:
    """Register an analysis, and write its name, options and log onto each of its results.

    It is asked of journeys alone: events that belong to none are left out here, and that is said.

    Args:
        function: Takes a log and keyword-only options and returns a `Result`.

    Example:
        >>> import procmine
        >>> "handoffs" in registered()
        True
    """
    return _registered(function, EventLog.inside)


def analysis_of_all(
    function: Callable[Concatenate[EventLog, Options], Result],
) -> Callable[Concatenate[EventLog, Options], Result]:
    """Register an analysis as `analysis` does, which is asked of events outside journeys as well.

    Args:
        function: Takes a log and keyword-only options and returns a `Result`.
    """
    return _registered(function, lambda log: log)


def _registered(
    function: Callable[Concatenate[EventLog, Options], Result],
    part: Callable[[EventLog], EventLog],
) -> Callable[Concatenate[EventLog, Options], Result]:
    signature = inspect.signature(function)
    name = function.__name__

    @wraps(function)
    def run(log: EventLog, *args: Options.args, **kwargs: Options.kwargs) -> Result:
        bound = signature.bind(log, *args, **kwargs)
        bound.apply_defaults()
        options = {k: v for k, v in bound.arguments.items() if k != "log"}
        asked = part(log)
        with _asking() as of_people:
            result = estimated(asked, lambda group: function(group, *args, **kwargs))
        caveats = (*estimated_starts(log), *result.caveats, *_flattened(log), *of_journeys(log))
        answer = replace(result, name=name, options=options, log=asked.summary(), caveats=caveats)
        return protected(answer, log.meta.protected) if of_people else answer

    parameters = [p for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY]
    doc = inspect.getdoc(function) or ""
    question = doc.split("\n", 1)[0]
    options = {p.name: p for p in parameters}
    _ANALYSES[name] = Analysis(name, run, question, options, _arguments(doc))
    return run


@contextmanager
def _asking() -> Generator[bool]:
    """Ask an analysis; say whether people ask it, rather than another analysis."""
    inside = _ASKED.get()
    token = _ASKED.set(True)
    try:
        yield not inside
    finally:
        _ASKED.reset(token)


def _flattened(log: EventLog) -> Iterator[str]:
    """Say of each object-centric source how well its journeys stand for what happened."""
    for source in log.meta.sources:
        if source.get("objects"):
            yield said(source["objects"])


def _arguments(doc: str) -> dict[str, str]:
    """Read what a docstring says of each argument: `name: words`, wrapped lines indented."""
    found = re.findall(r"^    (\w+): (.+(?:\n {8}.+)*)", doc, re.MULTILINE)
    return {name: " ".join(words.split()) for name, words in found}


def registered() -> Mapping[str, Analysis]:
    """Return every analysis by its name, in the order in which they were registered."""
    return dict(_ANALYSES)


def find(name: str) -> Analysis:
    """Return the analysis of this name.

    Raises:
        OptionError: There is none; the nearest is named.
    """
    if name not in _ANALYSES:
        raise OptionError(f"There is no analysis '{name}'.", nearest(name, _ANALYSES))
    return _ANALYSES[name]
