"""Logs on Spark: hold one there, or prepare files there into a log that any engine opens."""

import shutil
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import narwhals as nw
import polars as pl

from procmine.errors import InputError, OptionError, UnavailableError
from procmine.eventlog import EventLog
from procmine.filters import one_of
from procmine.ingest.spark import Ingested, ingest_spark, of_table
from procmine.ingest.spark.files import open_with_spark
from procmine.keeping import check_name, swap, workshop
from procmine.metadata import Metadata
from procmine.prepare.rows import completed
from procmine.prepare.spark import (
    Table,
    count_irregularities_spark,
    prepare_spark,
    session,
    write_parts,
)
from procmine.quality import count_irregularities
from procmine.schema import ACTIVITY, EVENT_NUMBER, KNOWN_BY, NEXT_ACTIVITY, ROLES
from procmine.storage import find, is_log, write_manifest


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

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Settings":
        """Take the keywords of `procmine.read`; those that are None or absent take their defaults.

        Raises:
            UnavailableError: One asks for what Spark doesn't find out.

        Example:
            >>> Settings.of({"department": "team", "tolerance": 0.1}).roles
            {'department': 'team'}
        """
        said = {k: v for k, v in given.items() if v is not None}
        if "day_first" in said:
            raise UnavailableError(
                "On Spark times are timestamps or ISO 8601, so no day can come first.",
                "Leave --day-first out, or prepare with --engine polars.",
            )
        if "case_object" in said or said.pop("depth", None):
            raise UnavailableError(
                "Object-centric logs aren't read on Spark.",
                "Prepare them with --engine polars: the log is the same.",
            )
        if "lifecycle" in said:
            raise UnavailableError(
                "Spark doesn't pair lifecycles.",
                "Prepare with --engine polars; the log opens on Spark as well.",
            )
        if "query" in said:
            raise UnavailableError(
                "Spark doesn't read databases here.", "Prepare with --engine polars."
            )
        roles = {r.name: said.pop(r.name) for r in ROLES if r.name in said}
        return cls(roles, **said)


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
        table: A Spark DataFrame, classic or Connect, of raw events or of a prepared log. Its times
            are timestamps, or text as ISO 8601 writes it. Without an order, events of the same
            instant stand as Spark happened to hold them.
        settings: How it is read.

    Returns:
        The prepared log. Spark keeps the prepared events as long as the log is in use.

    Raises:
        InputError: The table can't be used.
        OptionError: An option makes no sense.
    """
    if set(KNOWN_BY) <= set(table.columns):
        return _prepared_before(table, settings)
    raw = _ingested([of_table(table)], settings)
    kept = Kept(prepare_spark(raw.accepted))
    counts = count_irregularities_spark(kept.table)
    events, cases = counts.pop("events"), counts.pop("cases")
    meta = replace(_metadata(raw, settings, "table"), events=events, cases=cases)
    meta = replace(meta, quality={**meta.quality, **counts})
    return EventLog(kept.table, meta, cast("Any", kept), raw.set_aside)


def _prepared_before(table: Table, settings: Settings) -> EventLog:
    """Open a prepared log; what came next is made anew if some of its events are gone.

    Raises:
        OptionError: Something is chosen that a prepared log has chosen already.
    """
    given = [r for r, column in settings.roles.items() if column is not None]
    given += [k for k in ("timezone", "null_values") if getattr(settings, k)]
    if given:
        raise OptionError(
            f"This log is prepared already, so {', '.join(given)} can't be chosen any more.",
            "Read the raw table with it instead, or leave it out.",
        )
    last = f"{NEXT_ACTIVITY} IS NULL"
    counts = ("count(*)", f"count_if({last})", f"sum(CASE WHEN {last} THEN {EVENT_NUMBER} END)")
    events, cases, numbered = table.selectExpr(*counts).collect()[0]
    meta = _described(table, events) or Metadata(name=settings.name or "table")
    if settings.outcomes:
        one_of(nw.from_native(table), ACTIVITY, list(settings.outcomes))
        meta = replace(meta, outcomes=tuple(settings.outcomes))
    if events == (numbered or 0):
        return EventLog(completed(table), replace(meta, events=events, cases=cases))
    kept = Kept(prepare_spark(table))
    return EventLog(kept.table, replace(meta, events=None, cases=None), cast("Any", kept))


def _described(table: Table, events: int) -> Metadata | None:
    """Return what a prepared log says about itself, if the table is all of it and it lies here."""
    files: list[str] = sorted(table.inputFiles())
    first = Path(unquote(urlsplit(files[0]).path)) if files else Path("nowhere")
    place = next((p for p in (first.parent, first) if p.exists() and is_log(p)), None)
    stored = find(place) if place is not None else None
    return stored.meta if stored is not None and stored.meta.events == events else None


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
        null_values=tuple(settings.null_values),
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
