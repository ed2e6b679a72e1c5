"""Logs on Spark: hold one there, or prepare files there into a log that any engine opens."""

import shutil
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, cast

import narwhals as nw
import polars as pl

from procmine.errors import InputError
from procmine.eventlog import EventLog
from procmine.filters import one_of
from procmine.ingest.spark import Ingested, ingest_spark, of_table
from procmine.ingest.spark.files import open_with_spark
from procmine.keeping import check_name, swap, workshop
from procmine.metadata import Metadata
from procmine.prepare.spark import (
    Table,
    count_irregularities_spark,
    prepare_spark,
    session,
    write_parts,
)
from procmine.quality import count_irregularities
from procmine.schema import ACTIVITY, NEXT_ACTIVITY
from procmine.storage import find, write_manifest


@dataclass(frozen=True)
class Settings:
    """How a source is read on Spark; as `procmine.read`.

    Attributes:
        roles: Role to the column named for it; None or absent where nobody did.
        timezone: The zone of times that name none, and the one shown to people.
        null_values: Texts that stand for a missing value.
        tolerance: The share of events that may be set aside, 0 to 1.
        outcomes: The activities that close a journey.
        name: What the log is called.
    """

    roles: Mapping[str, str | None]
    timezone: str | None = None
    null_values: Sequence[str] = ()
    tolerance: float = 0.05
    outcomes: Sequence[str] = ()
    name: str | None = None


class Kept:
    """A Spark table that is kept by its executors until nobody refers to it any more."""

    def __init__(self, table: Table) -> None:
        self.table = table.persist()
        weakref.finalize(self, _release, self.table).atexit = False


def _release(table: Table) -> None:
    with suppress(Exception):  # a Spark that was stopped keeps nothing any more
        table.unpersist()


def read_spark(table: Table, settings: Settings) -> EventLog:
    """Read a Spark table; the log stays on Spark and every question is asked there.

    Args:
        table: A Spark DataFrame, classic or Connect, of raw events. Its times are timestamps, or
            text as ISO 8601 writes it. Without an order, events of the same instant stand as Spark
            happened to hold them.
        settings: How it is read.

    Returns:
        The prepared log. Spark keeps the prepared events as long as the log is in use.

    Raises:
        InputError: The table can't be used.
        OptionError: An option makes no sense.
    """
    raw = _ingested([of_table(table)], settings)
    kept = Kept(prepare_spark(raw.accepted))
    counts = count_irregularities_spark(kept.table)
    events, cases = counts.pop("events"), counts.pop("cases")
    meta = replace(_metadata(raw, settings, "table"), events=events, cases=cases)
    meta = replace(meta, quality={**meta.quality, **counts})
    return EventLog(kept.table, meta, cast("Any", kept), raw.set_aside)


def prepare_with_spark(
    sources: Sequence[Path],
    output: Path,
    settings: Settings,
    *,
    master: str | None = None,
) -> EventLog:
    """Prepare files on Spark into a folder of Parquet parts, which any engine opens.

    A run that is killed leaves the log that was there before, if there was one; the next run
    starts afresh.

    Args:
        sources: Folders of Parquet, Delta tables, Parquet or CSV files. Spark's executors must see
            these and the output under the same paths.
        output: Where the log goes; the name ends in `.parquet`.
        settings: How they are read.
        master: Where Spark runs, see `procmine.prepare.spark.session`.

    Returns:
        The log, opened with Polars.

    Raises:
        InputError: A source can't be used, or the output's folder isn't there.
        OptionError: An option makes no sense.
        UnavailableError: Spark doesn't start, can't read a source, or another run is at it.
    """
    check_name(output)
    spark = session(master)
    raw = _ingested(open_with_spark(spark, sources), settings)
    name = sources[0].name + (f" and {len(sources) - 1} more" if len(sources) > 1 else "")
    with workshop(output) as work:
        made = work / "spark"
        shutil.rmtree(made, ignore_errors=True)
        aside = _aside(raw)
        parts = write_parts(prepare_spark(raw.accepted), made)
        write_manifest(made, parts, _counted(made, parts, _metadata(raw, settings, name)))
        swap(output, made)
        shutil.rmtree(work, ignore_errors=True)
    stored = find(output)
    if stored is None:
        raise InputError(f"'{output.name}' is gone again.", "See what else writes there.")
    return EventLog(stored.scan(), stored.meta, set_aside=aside)


def _ingested(sources: Sequence[Any], settings: Settings) -> Ingested:
    raw = ingest_spark(
        sources,
        settings.roles,
        timezone=settings.timezone,
        null_values=settings.null_values,
        tolerance=settings.tolerance,
    )
    if settings.outcomes:
        one_of(nw.from_native(raw.accepted), ACTIVITY, list(settings.outcomes))
    return raw


def _metadata(raw: Ingested, settings: Settings, name: str) -> Metadata:
    return Metadata(
        name=settings.name or name,
        roles=raw.roles,
        timezone=raw.timezone,
        timezone_origin=raw.timezone_origin,
        sources=tuple(asdict(s) for s in raw.sources),
        quality=asdict(raw.quality),
        notes=raw.notes,
        null_lookalikes=raw.null_lookalikes,
        outcomes=tuple(settings.outcomes),
    )


def _aside(raw: Ingested) -> pl.LazyFrame:
    """Fetch the rows that can't be used: the tolerance bounds their number."""
    if not raw.quality.set_aside:
        return pl.LazyFrame(schema={"source": pl.String, "row": pl.Int64, "reason": pl.String})
    rows: Any = nw.from_native(raw.set_aside)
    return rows.collect("polars").to_native().lazy()


def _counted(folder: Path, parts: Sequence[str], meta: Metadata) -> Metadata:
    """Count what was written as another engine reads it."""
    written = pl.scan_parquet([folder / part for part in parts])
    sums = written.select(pl.len(), pl.col(NEXT_ACTIVITY).null_count().alias("cases"))
    events, cases = sums.collect(engine="streaming").row(0)
    quality = {**meta.quality, **count_irregularities(written)}
    return replace(meta, events=events, cases=cases, quality=quality)
