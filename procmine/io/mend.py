"""Put the records of an irregular CSV file together one by one, losing none."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from procmine.io.raw import BROKEN_TEXT, POSITION
from procmine.io.scratch import scratch_file

_CHUNK: Final = 50_000
_MOST_LINES: Final = 500
"""A quote that isn't closed within so many lines was never meant to open a field."""


@dataclass
class _Pile:
    """Records that fit the header: those since the last file was written, and the files."""

    names: list[str]
    positions: list[int] = field(default_factory=list[int])
    rows: list[list[str]] = field(default_factory=list[list[str]])
    files: list[Path] = field(default_factory=list[Path])
    height: int = 0

    def add(self, position: int, fields: list[str]) -> None:
        """Keep a record."""
        self.positions.append(position)
        self.rows.append(fields)
        if len(self.rows) >= _CHUNK:
            self.write()

    def write(self) -> None:
        """Write what was kept since the last file."""
        frame = pl.DataFrame(self.rows, dict.fromkeys(self.names, pl.String), orient="row")
        position = pl.Series(POSITION, self.positions, pl.Int64)
        self.files.append(scratch_file(".arrow"))
        frame.insert_column(0, position).write_ipc(self.files[-1])
        self.height += len(self.rows)
        self.positions, self.rows = [], []


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
    pile, broken, width = _Pile(columns), list[tuple[int, str]](), len(columns)
    records = _records(text, separator)
    next(records, None)  # the header
    for position, (record, fields) in enumerate(records, start=1):
        while len(fields) > width and not fields[-1]:
            fields.pop()
        if len(fields) == width:
            pile.add(position, fields)
        else:
            broken.append((position, record))
    pile.write()
    kept = pl.DataFrame(broken, {POSITION: pl.Int64, BROKEN_TEXT: pl.String}, orient="row")
    return pl.scan_ipc(pile.files, glob=False), kept, pile.height


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
