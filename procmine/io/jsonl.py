"""JSON lines: one object a line."""

import gzip
import json
import shutil
import zlib
from pathlib import Path
from typing import Any

import polars as pl

from procmine.errors import InputError
from procmine.io.detect import damaged, sha256
from procmine.io.raw import BROKEN_TEXT, POSITION, Raw, numbered
from procmine.io.scratch import scratch_file


def read_jsonl(path: Path, *, packed: bool) -> Raw:
    """Read JSON lines; a line that is no object is kept as it stands.

    Args:
        path: The file.
        packed: Whether it is gzip-packed.

    Raises:
        InputError: The file is damaged or holds no object.
    """
    text = _unpacked(path) if packed else path
    frame, broken = _scanned(text), None
    if frame is None:
        frame, broken = _line_by_line(path, text)
    rows = frame.select(pl.len()).collect(engine="streaming").item()
    return Raw(path.name, "jsonl", frame, rows, sha256(path), broken=broken)


def _unpacked(path: Path) -> Path:
    target = scratch_file(".jsonl")
    try:
        with gzip.open(path) as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink)
    except (OSError, EOFError, zlib.error):
        raise damaged(path, "its gzip packing is broken") from None
    return target


def _scanned(text: Path) -> pl.LazyFrame | None:
    """Scan the file if every line is an object of one schema."""
    try:
        frame = pl.scan_ndjson(text, infer_schema_length=None)
        rows = frame.select(pl.len()).collect(engine="streaming").item()
        lines = pl.scan_lines(text, glob=False).select(pl.len()).collect(engine="streaming").item()
        whole = rows == lines and frame.select(pl.all().count()).collect(engine="streaming").height
    except (pl.exceptions.PolarsError, OSError, UnicodeError):
        return None
    return numbered(frame) if whole else None


def _line_by_line(path: Path, text: Path) -> tuple[pl.LazyFrame, pl.DataFrame]:
    rows: list[dict[str, Any]] = []
    broken: list[tuple[int, str]] = []
    with text.open(encoding="utf-8-sig", errors="replace") as file:
        lines = (line for line in file if line.strip())
        for position, line in enumerate(lines, start=1):
            value = _object(line)
            if value is None:
                broken.append((position, line.rstrip("\r\n")))
            else:
                rows.append({POSITION: position, **value})
    if not rows:
        raise InputError(f"'{path.name}' holds no JSON object.", "Write one JSON object a line.")
    frame = pl.DataFrame(_uniform(rows), infer_schema_length=None)
    kept = pl.DataFrame(broken, {POSITION: pl.Int64, BROKEN_TEXT: pl.String}, orient="row")
    return frame.lazy(), kept


def _object(line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None  # pyright: ignore[reportUnknownVariableType]


def _uniform(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write the values of a key as text where their types differ or they are nested."""
    kinds: dict[str, set[type]] = {}
    for row in rows:
        for key, value in row.items():
            kinds.setdefault(key, set()).update([] if value is None else [type(value)])
    mixed = {
        key
        for key, found in kinds.items()
        if found & {dict, list} or (len(found) > 1 and found != {int, float})
    }
    return [{k: _text(v) if k in mixed else v for k, v in row.items()} for row in rows]


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)
