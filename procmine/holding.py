"""Where events that nobody keeps are held: in memory, or in a folder that goes with them."""

import shutil
import weakref
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import polars as pl

from procmine.metadata import Metadata
from procmine.prepare.buckets import MEMORY, Recipe, check_disk, plan, prepare_parts, silent
from procmine.storage import write_file

IN_MEMORY = 6_000_000
"""Up to so many events a log that is read without a place to keep it is held in memory."""


class Storage:
    """A temporary folder that is gone when nobody refers to it any more."""

    def __init__(self) -> None:
        self.path = Path(mkdtemp(prefix="procmine-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


@dataclass(frozen=True)
class Held:
    """Events that are held.

    Attributes:
        events: The events, lazily.
        storage: The folder they lie in; None in memory.
    """

    events: pl.LazyFrame
    storage: Storage | None = None


def prepare(
    accepted: pl.LazyFrame, events: int, meta: Metadata, recipe: Recipe | None = None
) -> Held:
    """Prepare events and hold them, in memory or in a temporary folder.

    Args:
        accepted: The canonical columns.
        events: How many rows there are at most.
        meta: What the log says about itself.
        recipe: What is done in each bucket; cases are prepared if not given.
    """
    how = recipe or Recipe()
    if events <= IN_MEMORY:
        return Held(how.prepare(accepted.collect(engine="streaming")).lazy())
    storage = Storage()
    chosen = plan(accepted, events, MEMORY)
    check_disk(chosen, storage.path)
    prepare_parts(
        accepted,
        chosen,
        storage.path,
        fingerprint="",
        metadata=meta.to_json(),
        progress=silent,
        recipe=how,
    )
    parts = sorted((storage.path / "log").glob("part-*.parquet"))
    return Held(pl.scan_parquet(parts), storage)


def hold(kept: pl.LazyFrame, meta: Metadata) -> Held:
    """Hold a part of a log, in memory or in a temporary folder, so that it is read once.

    Args:
        kept: Prepared events.
        meta: What the part says about itself, its size above all.
    """
    if (meta.events or 0) <= IN_MEMORY:
        return Held(kept.collect(engine="streaming").lazy())
    storage = Storage()
    path = storage.path / "part.parquet"
    write_file(kept, path, meta)
    return Held(pl.scan_parquet(path), storage)
