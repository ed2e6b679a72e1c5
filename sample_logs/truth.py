"""The files that say what is true of a sample: what is one journey, and what is planted."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from .silos import ParquetSilo

_JOURNEYS = pa.schema([("event_id", pa.string()), ("journey", pa.string())])


def journeys_file(folder: Path) -> ParquetSilo:
    """Open the file that says of each event which journey it belongs to."""
    return ParquetSilo(folder / "truth_journeys.parquet", _JOURNEYS)


def event_ids(first: int, count: int) -> pl.Series:
    """Return ids that number events as they are completed, and so tell nothing of their journeys.

    Example:
        >>> event_ids(41, 2).to_list()
        ['E000000042', 'E000000043']
    """
    numbers = pl.int_range(first + 1, first + 1 + count, eager=True).cast(pl.String)
    return ("E" + numbers.str.zfill(9)).alias("event_id")


def write_truth(folder: Path, truth: dict[str, Any]) -> Path:
    """Write what was planted, and what came of it, as JSON."""
    path = folder / "truth.json"
    path.write_bytes(f"{json.dumps(truth, indent=2, default=_plain)}\n".encode())
    return path


def copy(kept: Path, folder: Path) -> Path:
    """Copy a file that is the same for every size and seed."""
    return Path(shutil.copyfile(kept, folder / kept.name))


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in the truth.")
