"""Parquet (a file or a folder of files) and Arrow (IPC, Feather)."""

import hashlib
from pathlib import Path

import polars as pl

from procmine.errors import InputError
from procmine.io.detect import damaged, sha256
from procmine.io.raw import Raw, numbered


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
    hive = any("=" in part for part in files[0].relative_to(path).parts[:-1])
    frame = pl.scan_parquet(
        files, hive_partitioning=hive, missing_columns="insert", extra_columns="ignore", glob=False
    )
    digest = hashlib.sha256("".join(map(sha256, files)).encode()).hexdigest()
    return _raw(path, "parquet", frame, digest)


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
    try:
        rows = frame.select(pl.len()).collect(engine="streaming").item()
    except (pl.exceptions.PolarsError, OSError):
        raise damaged(path, "its own description can't be read") from None
    return Raw(path.name, kind, numbered(frame), rows, digest)
