"""What every reader gives: the events as the source has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

POSITION: Final = "__position"
"""The 1-based position of an event in its source, a column of every raw frame."""

BROKEN_TEXT: Final = "text"
"""The column that holds a broken record as it stands in its source."""

ASIDE_REASON: Final = "reason"
"""The column that says why a reader set a record aside itself: a code of `quality.REASONS`."""


@dataclass(frozen=True)
class Raw:
    """Events under the names their source gives them.

    Attributes:
        name: The file's name, without its folder.
        format: What was found in it, in a word.
        frame: The events, lazily, with `POSITION`.
        rows: How many rows the frame has, if that is known; about, where that is cheaper.
        sha256: Of the file; None for a table.
        untyped: Columns whose text may stand for numbers or truth values.
        times: Columns of text that the source declares to be times.
        broken: Records that can't be split into columns: `POSITION` and `BROKEN_TEXT`.
        aside: Others that the reader set aside: `POSITION`, `ASIDE_REASON`, and what they say.
        objects: Of an object-centric log how it was flattened; see `procmine.io.ocel.account`.
        notes: What else is worth knowing, as sentences.
    """

    name: str
    format: str
    frame: pl.LazyFrame
    rows: int | None = None
    sha256: str | None = None
    untyped: frozenset[str] = frozenset()
    times: frozenset[str] = frozenset()
    broken: pl.DataFrame | None = None
    aside: pl.DataFrame | None = None
    objects: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()


def numbered(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Add each row's position, counted from 1."""
    return frame.with_row_index(POSITION, offset=1).with_columns(pl.col(POSITION).cast(pl.Int64))
