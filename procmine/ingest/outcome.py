"""What reading a source gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from procmine.quality import Quality


@dataclass(frozen=True)
class SourceInfo:
    """Where events came from.

    Attributes:
        name: The file's name, never its folder.
        sha256: Of the file; None for a table.
        rows: Records in it.
        format: What it is, in a word.
        objects: Of an object-centric log how it was flattened: `case_object`, `depth`,
            `deficiency_share`, `convergence`, `divergence_share` and the counts behind them.
    """

    name: str
    sha256: str | None
    rows: int
    format: str
    objects: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Ingested:
    """Events under the canonical names, those that can't be used, and what was found.

    Attributes:
        accepted: The canonical columns of `procmine.schema`, then the source's others; lazily.
        set_aside: `source`, `row` (1-based), `reason`, then the rows' raw values; lazily.
        quality: The counts; accepted + set_aside = rows_read.
        roles: Role to the source column taken for it.
        sources: One for each file or table.
        timezone: The zone shown to people.
        timezone_origin: `stated`, `offsets in the data` or `assumed`.
        notes: What was recognised, assumed and noticed, as sentences.
        null_lookalikes: Role to the values that were kept and look like missing ones.
    """

    accepted: pl.LazyFrame
    set_aside: pl.LazyFrame
    quality: Quality
    roles: Mapping[str, str]
    sources: tuple[SourceInfo, ...]
    timezone: str
    timezone_origin: str
    notes: tuple[str, ...]
    null_lookalikes: Mapping[str, tuple[str, ...]]
