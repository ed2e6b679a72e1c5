"""XES, read event by event with expat, so that the rows are exactly the file's `<event>` elements.

Tools that build a whole log at once fill missing times with the file's `<global>` value (1970),
give up on an event without attributes, or leave out dates they can't read. Here a global value
stands in for a missing attribute, as the standard has it, but never for a time or a name; a date is
the text that stands in the file, and what becomes of it is decided where all sources are checked.
Reference: IEEE Std 1849-2016.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from procmine.errors import InputError
from procmine.io.declared import as_declared
from procmine.io.detect import sha256
from procmine.io.markup import walk
from procmine.io.raw import Raw, numbered
from procmine.wording import count, number

_CHUNK_EVENTS: Final = 50_000
_VALUES: Final = frozenset({"string", "date", "int", "float", "boolean", "id", "list", "container"})
_ASIDE: Final = frozenset({"extension", "classifier"})
_NEVER_ASSUMED: Final = frozenset({"concept:name", "case:concept:name"})
_KINDS: Final = {"int": "integer"}
"""XES' own words for what others call a type."""
_TRACE: Final = "__trace"

Attributes = dict[str, str | None]


class _Handler:
    """Collects events and traces while expat goes through the file."""

    def __init__(self) -> None:
        self.frames: list[pl.DataFrame] = []
        self.traces: list[Attributes] = []
        self.types: dict[str, str] = {}
        self.defaults: dict[str, str] = {}
        self.events = 0
        self.root = ""
        self._rows: list[Attributes] = []
        self._target: Attributes | None = None
        self._prefix = ""
        self._global: Attributes = {}
        self._outer: list[str] = []
        self._skipped = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._skipped:
            self._skipped += 1
        elif tag in _VALUES:
            self._attribute(tag, attributes)
        elif ":" in tag:
            self.start(tag.rpartition(":")[2], attributes)
        elif tag == "event":
            trace = str(len(self.traces) - 1) if self._prefix else None
            self._target = {_TRACE: trace}
            self._rows.append(self._target)
        elif tag == "trace":
            self._target, self._prefix = {}, "case:"
            self.traces.append(self._target)
        elif tag == "global":
            self._prefix = "case:" if attributes.get("scope") == "trace" else ""
            self._target = self._global = {} if self._prefix else {_TRACE: None}
        elif tag in _ASIDE:
            self._skipped = 1
        elif not self.root:
            self.root = tag

    def _attribute(self, tag: str, attributes: dict[str, str]) -> None:
        key, target = attributes.get("key", ""), self._target
        if self._outer:
            key = f"{self._outer[-1]}.{key}"
        self._outer.append(key)
        if target is None or "value" not in attributes:
            return
        if _TRACE not in target:
            key = f"case:{key}"
        target[key] = attributes["value"]
        if self.types.setdefault(key, tag) != tag:
            self.types[key] = "string"

    def end(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif tag in _VALUES:
            self._outer.pop()
        elif ":" in tag:
            self.end(tag.rpartition(":")[2])
        elif tag == "event":
            self.events += 1
            self._target = self.traces[-1] if self._prefix else None
            if len(self._rows) >= _CHUNK_EVENTS:
                self.flush()
        elif tag == "trace":
            self._target, self._prefix = None, ""
        elif tag == "global":
            self._keep_defaults()
            self._target, self._prefix = None, ""

    def _keep_defaults(self) -> None:
        """Keep the values that hold where an event or a trace gives none of its own."""
        for key, value in self._global.items():
            tag = self.types.pop(key, "")
            if value is not None and tag != "date" and key not in _NEVER_ASSUMED:
                self.defaults[key] = value

    def flush(self) -> None:
        if self._rows:
            self.frames.append(_table(self._rows))
            self._rows = []


def _table(rows: list[Attributes]) -> pl.DataFrame:
    """Return attributes as columns of text, one row for each."""
    keys: dict[str, None] = {}
    for row in rows:
        keys.update(dict.fromkeys(row))
    columns = {key: [row.get(key) for row in rows] for key in keys}
    return pl.DataFrame(columns, schema=dict.fromkeys(keys, pl.String), height=len(rows))


def read_xes(path: Path, *, packed: bool) -> Raw:
    """Read an XES log.

    Attributes of a trace get the prefix `case:`; an attribute inside another is named
    `outer.inner`. Numbers and truth values are typed where every value of the column is one.

    Args:
        path: The file.
        packed: Whether it is gzip-packed.

    Returns:
        One row for each `<event>` element, in the file's order.

    Raises:
        InputError: The file isn't XES, ends too early, or holds no event.
    """
    handler = _parse(path, packed=packed)
    if handler.root != "log":
        raise InputError(
            f"'{path.name}' is XML but not XES: its root is <{handler.root}>.", "Give an XES log."
        )
    if not handler.events:
        raise InputError(f"'{path.name}' holds no event.", "Give a log with <event> elements.")
    events = _joined(handler)
    if not events.width:
        raise InputError(
            f"The events of '{path.name}' say nothing of themselves: it isn't XES, maybe OCEL.",
            "Give a log whose events stand in traces.",
        )
    filled = events.with_columns(pl.col(k).fill_null(v) for k, v in _assumed(events, handler))
    return Raw(
        name=path.name,
        format="xes",
        frame=numbered(_typed(filled, handler.types).lazy()),
        rows=handler.events,
        sha256=sha256(path),
        times=frozenset(k for k, tag in handler.types.items() if tag == "date"),
        notes=(*_nameless(handler), *_said(events, handler)),
    )


def _parse(path: Path, *, packed: bool) -> _Handler:
    handler = _Handler()
    walk(path, packed=packed, start=handler.start, end=handler.end)
    handler.flush()
    return handler


def _joined(handler: _Handler) -> pl.DataFrame:
    """Put the attributes of each trace beside its events."""
    events = pl.concat(handler.frames, how="diagonal")
    index = events[_TRACE].cast(pl.UInt32)
    traces = _table(handler.traces) if any(handler.traces) else pl.DataFrame()
    return events.drop(_TRACE, *(c for c in traces.columns if c in events.columns)).hstack(
        [column.gather(index) for column in traces]
    )


def _assumed(events: pl.DataFrame, handler: _Handler) -> list[tuple[str, str]]:
    """Return the global values that stand in where others have a value and these have none."""
    found = handler.defaults.items()
    return [(k, v) for k, v in found if k in events.columns and events[k].null_count()]


def _said(events: pl.DataFrame, handler: _Handler) -> Iterator[str]:
    for key, value in _assumed(events, handler):
        have = count(events[key].null_count(), "event has", "events have")
        yield f"{have} no '{key}': '{value}' stands for it, as the file declares."


def _typed(events: pl.DataFrame, types: dict[str, str]) -> pl.DataFrame:
    return events.with_columns(
        as_declared(events[key], _KINDS.get(tag, tag)) for key, tag in types.items()
    )


def _nameless(handler: _Handler) -> Iterator[str]:
    nameless = sum("case:concept:name" not in t for t in handler.traces)
    if 0 < nameless < len(handler.traces):
        yield f"{number(nameless)} of {number(len(handler.traces))} traces have no name."
