"""What a file is, by what stands in it, whatever its name says."""

import gzip
import hashlib
import re
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path
from typing import Final, Literal
from zipfile import BadZipFile, ZipFile

from procmine.errors import InputError

Format = Literal[
    "csv", "parquet", "arrow", "arrow stream", "xes", "excel", "jsonl",
    "ocel json", "ocel xml", "ocel sqlite",
]  # fmt: skip

OCEL_FORMATS: Final[tuple[Format, ...]] = ("ocel json", "ocel xml", "ocel sqlite")
"""The formats of object-centric logs, which have to be flattened."""

_HEAD: Final = 65_536

_MAGIC: Final[tuple[tuple[bytes, Format], ...]] = (
    (b"PAR1", "parquet"),
    (b"ARROW1", "arrow"),
    (b"\xff\xff\xff\xff", "arrow stream"),
    (b"\xd0\xcf\x11\xe0", "excel"),
)
_FOREIGN: Final = (
    (b"FEA1", "is a Feather file of version 1"),
    (b"%PDF", "is a PDF"),
    (b"BZh", "is packed with bzip2"),
    (b"\x28\xb5\x2f\xfd", "is packed with Zstandard"),
    (b"\xfd7zXZ\0", "is packed with xz"),
    (b"7z\xbc\xaf", "is packed with 7-Zip"),
    (b"Rar!", "is packed with RAR"),
)
_SQLITE: Final = b"SQLite format 3\0"
_READABLE: Final = "Give CSV, Parquet, Arrow, XES, Excel, JSON lines (.gz too) or OCEL 2.0."
_OCEL_TABLES: Final = ("event", "object", "event_object", "event_map_type", "object_map_type")
"""Tables of OCEL 2.0 in SQLite; with two of them a database is meant to be one."""
_OCEL_XML: Final = re.compile(
    r"<\s*log\b[^>]*>\s*(<!--.*?-->\s*)*<(object-types|event-types|objects|events)\b", re.DOTALL
)
_OCEL_JSON: Final = re.compile(r'\{\s*"(objectTypes|eventTypes|objects|events)"\s*:\s*\[')


def detect(path: Path) -> tuple[Format, bool]:
    """Say what a file is, and whether it is gzip-packed.

    Args:
        path: A file that exists.

    Raises:
        InputError: It is empty, or nothing that holds events.
    """
    head = _head(path)
    packed = head.startswith(b"\x1f\x8b")
    if packed:
        head = _unpacked_head(path)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise InputError(f"'{path.name}' is empty.", "Give a file with events.")
    return _by_magic(path, head) or _by_text(path, head), packed


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError as error:
        reason = error.strerror or "it can't be opened"
        raise InputError(f"'{path.name}' can't be read: {reason}.", "Check the path.") from None


def _unpacked_head(path: Path) -> bytes:
    try:
        with gzip.open(path) as file:
            return file.read(_HEAD)
    except (OSError, EOFError, zlib.error):
        raise damaged(path, "its gzip packing is broken") from None


def is_sqlite(path: Path) -> bool:
    """Whether a path is an SQLite database."""
    return path.is_file() and _head(path).startswith(_SQLITE)


def _by_magic(path: Path, head: bytes) -> Format | None:
    if head.startswith(b"PK\x03\x04"):
        return _by_zip(path)
    if head.startswith(_SQLITE):
        return _by_tables(path)
    for magic, what in _FOREIGN:
        if head.startswith(magic):
            raise InputError(f"'{path.name}' {what}, which isn't read.", _READABLE)
    return next((name for magic, name in _MAGIC if head.startswith(magic)), None)


def _by_zip(path: Path) -> Format:
    try:
        with ZipFile(path) as archive:
            names = set(archive.namelist())
    except (BadZipFile, OSError):
        raise damaged(path, "its zip packing is broken") from None
    if any(n.startswith("xl/workbook") for n in names) or "content.xml" in names:
        return "excel"
    raise InputError(f"'{path.name}' is a zip archive.", "Unpack it and give the file inside.")


def _by_tables(path: Path) -> Format:
    """Tell an object-centric log, be it one that lacks something, from any other database."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    except sqlite3.Error:
        raise damaged(path, "its tables can't be read") from None
    if len(tables.intersection(_OCEL_TABLES)) > 1:
        return "ocel sqlite"
    raise InputError(
        f"'{path.name}' is an SQLite database that isn't OCEL 2.0.",
        f"Say what to read: pm.read('sqlite:///{path.name}', query='SELECT …') (--query).",
    )


def _by_text(path: Path, head: bytes) -> Format:
    text = _as_text(head)
    if text is None:
        raise InputError(f"'{path.name}' is a binary file of an unknown kind.", _READABLE)
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return _by_markup(path, start)
    if start.startswith(("{", "[")):
        return _by_json(path, start)
    return "csv"


def _as_text(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace")
    wide = wide_encoding(head)
    if wide:
        return head.decode(wide, errors="replace")
    return None if b"\0" in head else head.decode("utf-8", errors="replace")


def wide_encoding(head: bytes) -> str | None:
    """Recognise UTF-16 without a byte-order mark: every other byte of western text is zero.

    Example:
        >>> wide_encoding("case;activity".encode("utf-16-le"))
        'utf-16-le'
        >>> wide_encoding(b"case;activity") is None
        True
    """
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) / 2
    if odd > 0.4 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * half and odd < 0.1 * half else None


def _by_markup(path: Path, start: str) -> Format:
    lower = start[:4000].lower()
    if lower.startswith("<!doctype html") or "<html" in lower:
        raise InputError(
            f"'{path.name}' is a web page, not an event log.",
            "The download went wrong: fetch the file itself.",
        )
    return "ocel xml" if _OCEL_XML.search(start) else "xes"


def _by_json(path: Path, start: str) -> Format:
    if _OCEL_JSON.match(start):
        return "ocel json"
    if start[:200].lstrip("{ \t\r\n").startswith('"ocel:'):
        raise InputError(
            f"'{path.name}' is OCEL 1.0, which isn't read.", "Export the log as OCEL 2.0."
        )
    first = start.splitlines()[0].strip()
    if start.startswith("{") and (first.endswith("}") or len(first) > _HEAD // 2):
        return "jsonl"
    raise InputError(
        f"'{path.name}' is one JSON document, not JSON lines.", "Write one JSON object a line."
    )


def damaged(path: Path, why: str) -> InputError:
    """Return the error for a file that ends too early or holds nonsense."""
    return InputError(f"'{path.name}' is damaged: {why}.", "Export or download it again.")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
