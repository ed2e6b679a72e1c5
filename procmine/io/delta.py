"""Delta tables: the newest version of what lies in a folder with a `_delta_log`."""

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl

from procmine.errors import UnavailableError
from procmine.io.detect import damaged, sha256
from procmine.io.raw import Raw, numbered


def is_delta(folder: Path) -> bool:
    """Whether a folder is a Delta table."""
    return (folder / "_delta_log").is_dir()


def read_delta(folder: Path) -> Raw:
    """Read the newest version of a Delta table; only the files of that version count.

    Args:
        folder: A folder with a `_delta_log`.

    Raises:
        InputError: The table is damaged, or has features that can't be read.
        UnavailableError: deltalake isn't installed.
    """
    try:
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError
    except ImportError:
        raise UnavailableError(
            f"'{folder.name}' is a Delta table, and deltalake isn't installed.",
            "Install procmine[delta].",
        ) from None
    try:
        table: Any = DeltaTable(folder)
        frame = _scan(table, folder)
        rows = frame.select(pl.len()).collect(engine="streaming").item()
        digest = _digest(table, folder)
    except (DeltaError, pl.exceptions.PolarsError, OSError) as error:
        raise damaged(folder, str(error).partition("\n")[0].strip().rstrip(".")) from None
    note = f"Version {table.version()} of the Delta table '{folder.name}' was read."
    return Raw(folder.name, "delta", numbered(frame), rows, digest, notes=(note,))


def _scan(table: Any, folder: Path) -> pl.LazyFrame:
    """Scan a table; Polars 2.1 doesn't find one whose own path has blanks or accents in it."""
    if folder.absolute().as_uri() == f"file://{folder.absolute()}":
        return pl.scan_delta(table)
    return pl.scan_pyarrow_dataset(table.to_pyarrow_dataset())  # pyright: ignore[reportUnknownMemberType]  (Polars' own gap)


def _digest(table: Any, folder: Path) -> str:
    """Return a checksum of the files that make the newest version."""
    paths = sorted(unquote(path) for path in pl.DataFrame(table.get_add_actions())["path"])
    sums = (sha256(folder / path) for path in paths)
    return hashlib.sha256("".join(sums).encode()).hexdigest()
