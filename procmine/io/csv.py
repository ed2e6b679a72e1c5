"""CSV and TSV: encoding and separator found, every record accounted for.

A file is first looked through line by line. If each line is one record with as many fields as the
header, Polars scans it as it stands. Otherwise the records are put together one by one: those that
fit the header are written to a temporary Arrow file, the others are kept as they stand.
"""

import csv
import gzip
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from procmine.errors import InputError
from procmine.io.detect import damaged, sha256, wide_encoding
from procmine.io.mend import mended
from procmine.io.raw import POSITION, Raw
from procmine.io.regular import regular_lines
from procmine.io.scratch import scratch_file

_SEPARATORS: Final = (",", ";", "\t", "|")
_PIECE: Final = 1 << 22
_UTF8: Final = "utf-8"
_LEGACY: Final = "cp1252"
_GUESSED: Final = "The text isn't UTF-8 and is read as Windows-1252; check names with accents."


def read_csv(path: Path, *, packed: bool) -> Raw:
    """Read a file of separated values; all columns are text.

    Args:
        path: The file.
        packed: Whether it is gzip-packed.

    Returns:
        One row for each record; records that can't be split into the columns in `broken`.

    Raises:
        InputError: The file is damaged, or has no second column or no record.
    """
    text, separator, columns, guessed = layout(path, packed=packed)
    lines = regular_lines(text, separator, len(columns))
    if lines is not None:
        frame, broken, rows = _scan(text, separator, columns), None, lines - 1
    else:
        frame, broken, rows = mended(text, separator, columns)
    return Raw(
        name=path.name,
        format="tsv" if separator == "\t" else "csv",
        frame=frame,
        rows=rows,
        sha256=sha256(path),
        untyped=frozenset(columns),
        notes=(_GUESSED,) if guessed else (),
        broken=broken,
    )


class Layout(NamedTuple):
    """How a file of separated values is laid out.

    Attributes:
        text: The file as plain UTF-8, itself or a temporary copy.
        separator: What stands between fields.
        columns: Their names.
        guessed: Whether the encoding is a guess.
    """

    text: Path
    separator: str
    columns: list[str]
    guessed: bool


def layout(path: Path, *, packed: bool) -> Layout:
    """Find how a file of separated values is laid out.

    Args:
        path: The file.
        packed: Whether it is gzip-packed.

    Raises:
        InputError: The file is damaged, or has no second column or no record.
    """
    encoding = _encoding(path, packed=packed)
    text = path if encoding == _UTF8 and not packed else _as_utf8(path, encoding, packed=packed)
    separator = _separator(text)
    return Layout(text, separator, _header(path, text, separator), encoding == _LEGACY)


def _scan(text: Path, separator: str, columns: list[str]) -> pl.LazyFrame:
    frame = pl.scan_csv(
        text,
        separator=separator,
        has_header=False,
        skip_rows=1,
        schema=dict.fromkeys(columns, pl.String),
        row_index_name=POSITION,
        row_index_offset=1,
        glob=False,
    )
    return frame.with_columns(pl.col(POSITION).cast(pl.Int64))


def _encoding(path: Path, *, packed: bool) -> str:
    """Find the encoding: by its mark, by its zeros, else UTF-8 if all of it is, else cp1252."""
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            head = file.read(_PIECE)
            marked = _marked(head)
            if marked:
                return marked
            decoder = getincrementaldecoder(_UTF8)()
            piece, has_newline = head, False
            while piece:
                has_newline = has_newline or b"\n" in piece
                decoder.decode(piece)
                piece = file.read(_PIECE)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _LEGACY
    except (OSError, EOFError, zlib.error):
        raise damaged(path, "its gzip packing is broken") from None
    return _UTF8 if has_newline else "utf-8-sig"


def _marked(head: bytes) -> str | None:
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig" if head.startswith(BOM_UTF8) else wide_encoding(head[: 1 << 16])


def _as_utf8(path: Path, encoding: str, *, packed: bool) -> Path:
    """Write the text anew as plain UTF-8 with one kind of line end."""
    target = scratch_file(".csv")
    errors = "replace" if encoding == _LEGACY else "strict"
    try:
        with (
            gzip.open(path) if packed else path.open("rb") as raw,
            TextIOWrapper(raw, encoding, errors=errors) as source,
            target.open("w", encoding=_UTF8, newline="\n") as sink,
        ):
            while piece := source.read(_PIECE):
                sink.write(piece)
    except (UnicodeError, EOFError, OSError, zlib.error):
        raise damaged(path, f"its text can't be read as {encoding}") from None
    return target


def _separator(text: Path) -> str:
    """Take the separator that splits the first records most, and most alike."""
    with text.open(encoding=_UTF8, newline="") as file:
        lines = list(islice((line for line in file if line.strip()), 30))
    return max(_SEPARATORS, key=lambda s: _evenness(lines, s))


def _evenness(lines: list[str], separator: str) -> tuple[float, int]:
    widths = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
    if not widths or widths[0] < 2:
        return 0.0, 0
    return sum(w == widths[0] for w in widths) / len(widths), widths[0]


def _header(path: Path, text: Path, separator: str) -> list[str]:
    with text.open(encoding=_UTF8, newline="") as file:
        records = (row for row in csv.reader(file, delimiter=separator) if row)
        header = next(records, list[str]())
        first = next(records, None)
    if len(header) < 2:
        raise InputError(
            f"'{path.name}' has no second column: it isn't a table of events.",
            "Give a file whose columns are separated by comma, semicolon, tab or |.",
        )
    if first is None:
        raise InputError(f"'{path.name}' has a header and no events.", "Give a file with events.")
    return list(_distinct(header))


def _distinct(names: list[str]) -> Iterator[str]:
    """Give nameless columns a name, and columns of one name a number."""
    used: set[str] = set()
    for number, given in enumerate(names, start=1):
        name = given.strip().removeprefix("\ufeff") or f"column {number}"
        base, repeat = name, 2
        while name in used:
            name, repeat = f"{base} ({repeat})", repeat + 1
        used.add(name)
        yield name
