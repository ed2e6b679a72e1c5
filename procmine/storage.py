"""A prepared log on disk: one Parquet file, or a folder of parts with a manifest.

Whatever is written stands beside its place until it is whole, and then takes it by one rename. A
folder without its manifest is not a log, however many parts lie in it.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from procmine.errors import InputError
from procmine.metadata import Metadata
from procmine.schema import (
    BY_CUSTOMER,
    DEPARTMENT,
    GAP,
    GAP_BY_CUSTOMER,
    GAP_DEPARTMENT,
    MADE,
    METADATA_KEY,
    NEXT_DEPARTMENT,
    START,
    WAIT,
    WORKED,
)

MANIFEST = "_procmine.json"
"""The file that makes a folder a log; readers of Parquet pass over names with an underscore."""


@dataclass(frozen=True)
class Stored:
    """A prepared log that lies on disk.

    Attributes:
        files: Its Parquet files, a case in one of them alone.
        meta: What it says about itself.
    """

    files: list[Path]
    meta: Metadata

    def scan(self) -> pl.LazyFrame:
        """Return the events, lazily; a column that only some parts have is null in the others.

        One that `prepare` makes is left out then: parts of an earlier version don't have it.
        """
        schemas = [pl.read_parquet_schema(f) for f in self.files]
        if all(list(s.items()) == list(schemas[0].items()) for s in schemas):
            return pl.scan_parquet(self.files)
        frames = _with_gaps(alike([pl.scan_parquet(f) for f in self.files]))
        made = [c for c in MADE if all(c in f.collect_schema() for f in frames)]
        events = pl.concat(frames, how="diagonal_relaxed")
        return events.select(pl.exclude(MADE), *made)


def alike(frames: Sequence[pl.LazyFrame]) -> list[pl.LazyFrame]:
    """Give a column that tables hold under different types one type: text, if not all are numbers.

    Polars itself would turn an instant beside numbers into one of them.

    Args:
        frames: Tables whose columns are to stand below each other.
    """
    found: dict[str, set[pl.DataType]] = {}
    for frame in frames:
        for name, kind in frame.collect_schema().items():
            found.setdefault(name, set()).add(kind)
    clashing = [n for n, kinds in found.items() if _clash(kinds)]
    # Most tables have most columns; those that lack one get it from the diagonal concatenation.
    return [
        f.with_columns(pl.col(c).cast(pl.String) for c in clashing if c in f.collect_schema())
        for f in frames
    ]


def _clash(kinds: set[pl.DataType]) -> bool:
    """Whether values of these types can stand in one column as text alone."""
    known = {k for k in kinds if k != pl.Null}
    return len(known) > 1 and not all(k.is_numeric() for k in known)


def _with_gaps(frames: Sequence[pl.LazyFrame]) -> list[pl.LazyFrame]:
    """Make the columns of gaps where a part has none, as if start times were unknown there."""
    columns = [set(f.collect_schema().names()) for f in frames]
    every = set[str]().union(*columns)
    return [f.with_columns(**_gaps(own, every)) for f, own in zip(frames, columns, strict=True)]


def _gaps(own: set[str], every: set[str]) -> dict[str, pl.Expr]:
    """What preparing a part together with the others would have made of it."""
    made: dict[str, pl.Expr] = {}
    if START in every - own:
        made = {GAP: pl.col(WAIT), WORKED: pl.lit(0, pl.Int64)}
    if START in every and DEPARTMENT in every and not {START, DEPARTMENT} <= own:
        made[GAP_DEPARTMENT] = pl.col(NEXT_DEPARTMENT)
    if BY_CUSTOMER in every - own:
        made[GAP_BY_CUSTOMER] = pl.lit(None, pl.Boolean)
    return made


def find(path: Path) -> Stored | None:
    """Find the prepared log at a path.

    Args:
        path: A file or a folder.

    Returns:
        The log; None where there is something else.

    Raises:
        InputError: A log whose preparation wasn't finished, or whose metadata can't be read.
    """
    if path.is_dir():
        return _folder(path)
    text = _metadata(path)
    return Stored([path], Metadata.from_json(text)) if text is not None else None


def is_log(path: Path) -> bool:
    """Whether what stands there is a prepared log, be it one that can't be opened any more."""
    if path.is_dir():
        return (path / MANIFEST).is_file()
    return _metadata(path) is not None


def _folder(path: Path) -> Stored | None:
    manifest = path / MANIFEST
    if not manifest.is_file():
        first = next(iter(sorted(path.glob("*.parquet"))), None)
        if first is not None and _metadata(first) is not None:
            raise InputError(
                f"'{path.name}' is a prepared log that was never finished.",
                "Run the same procmine prepare again; it goes on where it stopped.",
            )
        return None
    try:
        values: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
        files = [path / name for name in values["parts"]]
        text = json.dumps(values["metadata"])
    except (OSError, ValueError, KeyError, TypeError):
        files, text = [], ""
    if not files:
        raise InputError(f"The manifest of '{path.name}' can't be read.", "Prepare the log anew.")
    gone = [f.name for f in files if not f.is_file()]
    if gone:
        raise InputError(
            f"'{path.name}' lacks {len(gone)} of its {len(files)} parts, {gone[0]} for one.",
            "Copy the whole folder, or prepare the log anew.",
        )
    return Stored(files, Metadata.from_json(text))


def _metadata(file: Path) -> str | None:
    """Return the `procmine` entry of a Parquet file; None where it has none or isn't Parquet."""
    try:
        return pl.read_parquet_metadata(file).get(METADATA_KEY)
    except (pl.exceptions.PolarsError, OSError):
        return None


def write_file(events: pl.LazyFrame, target: Path, meta: Metadata) -> None:
    """Write a log as one Parquet file, whole or not at all.

    Args:
        events: The prepared events.
        target: The file.
        meta: What the log says about itself.

    Raises:
        InputError: A folder stands in its place.
    """
    if target.is_dir():
        raise InputError(f"'{target.name}' is a folder.", "Choose another name, or remove it.")
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        metadata = {METADATA_KEY: meta.to_json()}
        events.sink_parquet(beside, metadata=metadata, engine="streaming")
        replace_by(target, beside)
    finally:
        beside.unlink(missing_ok=True)


def write_manifest(folder: Path, parts: Sequence[str], meta: Metadata) -> None:
    """Say which parts make the log; from then on they do, and no others.

    Args:
        folder: The folder the parts lie in.
        parts: Their names.
        meta: What the log says about itself.
    """
    manifest = {"parts": list(parts), "metadata": json.loads(meta.to_json())}
    beside = folder / f".{MANIFEST}.{os.getpid()}.part"
    beside.write_text(json.dumps(manifest), encoding="utf-8")
    replace_by(folder / MANIFEST, beside)


def replace_by(target: Path, beside: Path) -> None:
    """Put what was written beside in the target's place, and see that a power cut can't undo it."""
    with beside.open("rb") as file:
        os.fsync(file.fileno())
    beside.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
