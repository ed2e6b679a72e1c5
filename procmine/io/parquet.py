"""Parquet (a file or a folder of files) and Arrow (IPC, Feather)."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import polars as pl

from procmine.errors import InputError
from procmine.io.detect import damaged, sha256
from procmine.io.raw import Raw, numbered

T = TypeVar("T")


def read_parquet(path: Path) -> Raw:
    """Read a Parquet file."""
    return _raw(path, "parquet", pl.scan_parquet(path, glob=False), sha256(path))


def read_folder(path: Path) -> Raw:
    """Read a folder of Parquet files, in the order of their names; `key=value` folders are columns.

    Raises:
        InputError: There is none, or they don't belong together.
    """
    files = sorted(p for p in path.rglob("*.parquet") if not p.name.startswith((".", "_")))
    if not files:
        raise InputError(
            f"'{path.name}' is a folder without Parquet files.", "Give a file, or several files."
        )
    folders = [part.partition("=") for f in files for part in f.relative_to(path).parts[:-1]]
    keys = dict.fromkeys(key for key, sign, _ in folders if sign)
    frame, padded = _scanned(files, keys), {key for key, _, text in folders if _is_padded(text)}
    if padded:
        types = _described(path, frame, pl.LazyFrame.collect_schema)
        frame = _scanned(files, {k: pl.String() if k in padded else types[k] for k in keys})
    digest = hashlib.sha256("".join(map(sha256, files)).encode()).hexdigest()
    return _raw(path, "parquet", frame, digest)


def _scanned(files: list[Path], keys: Mapping[str, pl.DataType | None]) -> pl.LazyFrame:
    """Scan files together; the types of the folders' keys are found out where none is given."""
    return pl.scan_parquet(
        files,
        hive_partitioning=bool(keys),
        hive_schema={k: t for k, t in keys.items() if t is not None} or None,
        missing_columns="insert",
        extra_columns="ignore",
        glob=False,
    )


def _is_padded(text: str) -> bool:
    """Whether a number begins with zeros: `007` is a name, and isn't 7."""
    return text.isdecimal() and text != str(int(text))


def read_arrow(path: Path) -> Raw:
    """Read an Arrow file (IPC, Feather version 2)."""
    return _raw(path, "arrow", pl.scan_ipc(path, glob=False), sha256(path))


def read_arrow_stream(path: Path) -> Raw:
    """Read an Arrow stream."""
    try:
        frame = pl.read_ipc_stream(path).lazy()
    except (pl.exceptions.PolarsError, OSError):
        raise damaged(path, "it can't be read as an Arrow stream") from None
    return _raw(path, "arrow", frame, sha256(path))


def _raw(path: Path, kind: str, frame: pl.LazyFrame, digest: str) -> Raw:
    """Number and count the rows, if the file's own description can be read."""
    count = frame.select(pl.len())
    rows = _described(path, count, lambda frame: frame.collect(engine="streaming").item())
    return Raw(path.name, kind, numbered(frame), rows, digest)


def _described(path: Path, frame: pl.LazyFrame, asked: Callable[[pl.LazyFrame], T]) -> T:
    """Ask for what stands in the files' own description."""
    try:
        return asked(frame)
    except (pl.exceptions.PolarsError, OSError):
        raise damaged(path, "its own description can't be read") from None
