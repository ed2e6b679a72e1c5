"""XES, read event by event with expat, so that the rows are exactly the file's `<event>` elements.

Tools that build a whole log at once fill missing attributes with the file's `<global>` values (an
event without a time gets 1970), give up on an event without attributes, or leave out dates they
can't read. Here a missing attribute is missing, a date is the text that stands in the file, and
what becomes of it is decided where all sources are checked. Reference: IEEE Std 1849-2016.
"""

import gzip
import zlib
from pathlib import Path
from typing import Final
from xml.parsers import expat

import polars as pl

from procmine.errors import InputError
from procmine.io.detect import damaged, sha256
from procmine.io.raw import Raw, numbered

_CHUNK_EVENTS: Final = 50_000
_BYTES: Final = 1 << 18
_CASTS: Final = {"int": pl.Int64, "float": pl.Float64}
_VALUES: Final = frozenset({"string", "date", "int", "float", "boolean", "id", "list", "container"})
_TRACE: Final = "__trace"

Attributes = dict[str, str | None]


class _Handler:
    """Collects events and traces while expat goes through the file."""

    def __init__(self) -> None:
        self.frames: list[pl.DataFrame] = []
        self.traces: list[Attributes] = []
        self.tags: dict[str, set[str]] = {}
        self.events = 0
        self.root = ""
        self._rows: list[Attributes] = []
        self._row: Attributes | None = None
        self._trace: Attributes | None = None
        self._path: list[str] = []
        self._skipped = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if self._skipped:
            self._skipped += 1
        elif tag in _VALUES:
            self._attribute(tag, attributes)
        elif tag == "event":
            self._row = {_TRACE: str(len(self.traces) - 1) if self._trace is not None else None}
        elif tag == "trace":
            self._trace = {}
            self.traces.append(self._trace)
        elif tag in {"global", "extension", "classifier"}:
            self._skipped = 1
        elif not self.root:
            self.root = tag

    def _attribute(self, tag: str, attributes: dict[str, str]) -> None:
        key = attributes.get("key", "")
        if self._path:
            key = f"{self._path[-1]}.{key}"
        self._path.append(key)
        row = self._row
        if row is None:
            row, key = self._trace, f"case:{key}"
        value = attributes.get("value")
        if row is None or value is None:
            return
        row[key] = value
        tags = self.tags.get(key)
        if tags is None:
            tags = self.tags[key] = set()
        tags.add(tag)

    def end(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        tag = tag.rpartition(":")[2]
        if tag in _VALUES:
            self._path.pop()
        elif tag == "event" and self._row is not None:
            self._rows.append(self._row)
            self._row = None
            self.events += 1
            if len(self._rows) >= _CHUNK_EVENTS:
                self.flush()
        elif tag == "trace":
            self._trace = None

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
    return Raw(
        name=path.name,
        format="xes",
        frame=numbered(_typed(_joined(handler), handler.tags).lazy()),
        sha256=sha256(path),
        times=frozenset(k for k, tags in handler.tags.items() if tags == {"date"}),
        notes=_notes(handler),
    )


def _parse(path: Path, *, packed: bool) -> _Handler:
    handler = _Handler()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            while piece := file.read(_BYTES):
                parser.Parse(piece)
            parser.Parse(b"", True)  # noqa: FBT003  (expat takes no keyword)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        raise damaged(path, f"its XML breaks off at line {error.lineno:,} ({what})") from None
    except (OSError, EOFError, zlib.error):
        raise damaged(path, "its gzip packing is broken") from None
    except (ValueError, LookupError):
        raise damaged(path, "its text isn't in the encoding it declares") from None
    handler.flush()
    return handler


def _joined(handler: _Handler) -> pl.DataFrame:
    """Put the attributes of each trace beside its events."""
    events = pl.concat(handler.frames, how="diagonal")
    index = events[_TRACE].cast(pl.UInt32)
    if not handler.traces:
        return events.drop(_TRACE)
    traces = _table(handler.traces)
    return events.drop(_TRACE, *(c for c in traces.columns if c in events.columns)).hstack(
        [column.gather(index) for column in traces]
    )


def _typed(events: pl.DataFrame, tags: dict[str, set[str]]) -> pl.DataFrame:
    return events.with_columns(_type(events[key], tags[key]) for key in tags if key in events.columns)


def _type(column: pl.Series, tags: set[str]) -> pl.Series:
    """Type a column where the file declares one type and every value keeps it."""
    if tags == {"boolean"}:
        text = column.str.to_lowercase()
        typed = text.replace_strict(
            {"true": True, "1": True, "false": False, "0": False},
            default=None,
            return_dtype=pl.Boolean,
        )
    elif tags == {"int"} or (tags and tags <= {"int", "float"}):
        typed = column.cast(_CASTS["int" if tags == {"int"} else "float"], strict=False)
    else:
        return column
    return typed if typed.null_count() == column.null_count() else column


def _notes(handler: _Handler) -> tuple[str, ...]:
    nameless = sum("case:concept:name" not in t for t in handler.traces)
    if not nameless or nameless == len(handler.traces):
        return ()
    return (f"{nameless:,} of {len(handler.traces):,} traces have no name.",)
