"""Put the records of an irregular CSV file together one by one, losing none."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow as pa

from procmine.io.raw import BROKEN_TEXT, POSITION
from procmine.io.scratch import scratch_file

_CHUNK: Final = 50_000
_MOST_LINES: Final = 500
"""A quote that isn't closed within so many lines was never meant to open a field."""


@dataclass
class _Pile:
    """Records that fit the header, until there are enough to write."""

    positions: list[int] = field(default_factory=list[int])
    rows: list[list[str]] = field(default_factory=list[list[str]])

    def batch(self, schema: pa.Schema) -> pa.RecordBatch:
        columns = zip(*self.rows, strict=True)
        arrays = [pa.array(c, pa.large_string()) for c in columns]
        batch = pa.record_batch([pa.array(self.positions, pa.int64()), *arrays], schema=schema)
        self.positions.clear()
        self.rows.clear()
        return batch


def mended(
    text: Path, separator: str, columns: list[str]
) -> tuple[pl.LazyFrame, pl.DataFrame, int]:
    """Read a file whose lines aren't all records of the header's width.

    Fields that are empty and stand beyond the header are no fault; blank lines are no records.

    Args:
        text: The file, as UTF-8.
        separator: Between fields.
        columns: The header's names, distinct.

    Returns:
        The records that fit, the others as they stand, both with their positions, and how many fit.
    """
    target, width = scratch_file(".arrow"), len(columns)
    names = [POSITION, *columns]
    types = [pa.int64(), *[pa.large_string()] * width]
    schema = pa.schema(list(zip(names, types, strict=True)))
    pile, broken, position = _Pile(), list[tuple[int, str]](), 0
    with pa.OSFile(str(target), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        records = _records(text, separator)
        next(records, None)  # the header
        for position, (record, fields) in enumerate(records, start=1):
            while len(fields) > width and not fields[-1]:
                fields.pop()
            if len(fields) != width:
                broken.append((position, record))
                continue
            pile.positions.append(position)
            pile.rows.append(fields)
            if len(pile.rows) >= _CHUNK:
                writer.write(pile.batch(schema))
        if pile.rows:
            writer.write(pile.batch(schema))
    kept = pl.DataFrame(broken, {POSITION: pl.Int64, BROKEN_TEXT: pl.String}, orient="row")
    return pl.scan_ipc(target), kept, position - len(broken)


class _Lines:
    """A file's lines, some of which may be given back."""

    def __init__(self, file: Iterator[str]) -> None:
        self._file = file
        self._back: deque[str] = deque()

    def take(self) -> str | None:
        """Return the next line, None at the end."""
        return self._back.popleft() if self._back else next(self._file, None)

    def give_back(self, lines: list[str]) -> None:
        """See that these lines come next."""
        self._back.extendleft(reversed(lines))


def _records(text: Path, separator: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each record as it stands and its fields; no fields where its quotes make no sense."""
    with text.open(encoding="utf-8", newline="") as file:
        lines = _Lines(file)
        while (line := lines.take()) is not None:
            if line.strip("\r\n"):
                yield _record(line, lines, separator)


def _record(line: str, lines: _Lines, separator: str) -> tuple[str, list[str]]:
    """Add lines until no quote is open; the first alone is broken where that never happens."""
    taken, fields = [line], _split([line], separator)
    while fields is None and len(taken) < _MOST_LINES:
        following = lines.take()
        if following is None:
            break
        taken.append(following)
        if '"' in following:
            fields = _split(taken, separator)
    if fields is None:
        lines.give_back(taken[1:])
        return line.rstrip("\r\n"), []
    return "".join(taken).rstrip("\r\n"), fields


def _split(lines: list[str], separator: str) -> list[str] | None:
    """Return the fields of one record; none where it is no record, None where a quote is open."""
    try:
        rows = list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error as error:
        return None if "unexpected end" in str(error) else []
    return rows[0] if len(rows) == 1 else []
