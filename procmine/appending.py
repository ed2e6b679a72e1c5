"""Add events to a prepared log, late ones too, touching only the parts they fall into."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, cast

import polars as pl

from procmine.errors import ColumnError, InputError, OptionError
from procmine.eventlog import EventLog, scan
from procmine.ingest import Ingested, ingest
from procmine.ingest.sources import Sources
from procmine.io.open import Flattening, open_sources
from procmine.keeping import workshop
from procmine.metadata import Metadata
from procmine.prepare.buckets import bucket_of, part_name, totals, write_part
from procmine.prepare.polars import prepare_frame
from procmine.quality import count_irregularities
from procmine.schema import CASE, MADE, NEXT_ACTIVITY, ORDER
from procmine.storage import MANIFEST, Stored, alike, find, write_file, write_manifest

_FILE = "__file"


def append(path: str | Path, source: Any, **options: Any) -> EventLog:
    """Add events to a prepared log on disk.

    The log afterwards is the same as if all sources had been prepared at once, in this order: new
    events of an old case, and events that come before it in time, are put where they belong. Parts
    that no new event falls into aren't touched. Until everything is written the log stays what it
    was.

    Args:
        path: The prepared log.
        source: What `read` takes.
        **options: How to read the source, as for `read`: `department=…`, `timezone=…`; columns
            that aren't given are those that the log was prepared from, where the source has them.

    Returns:
        The log with the new events; `set_aside` holds the new ones that couldn't be used.

    Raises:
        InputError: There is no prepared log, or the source can't be used.
        OptionError: The log is ordered by a column of its own.

    Example:
        >>> import tempfile
        >>> import procmine as pm
        >>> day = pl.DataFrame({"case": ["1"], "activity": ["ask"], "time": ["2026-01-05T09:00Z"]})
        >>> next_day = day.with_columns(activity=pl.lit("answer"), time=pl.lit("2026-01-06T09:00Z"))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     log = pm.read(day).write(f"{folder}/log.parquet")
        ...     append(log, next_day)
        <EventLog table: 2 events, 1 case>
    """
    place = Path(path)
    if options.get("lifecycle"):
        raise OptionError(
            "Lifecycles can't be paired while events are added.", "Prepare all sources at once."
        )
    _open(place)
    with workshop(place) as work:
        stored = _open(place)
        _check_unprepared(source)
        raw = _ingested(source, stored.meta, options)
        _check_new(raw, stored.meta)
        if place.is_dir():
            _append_to_parts(place, stored, raw)
        else:
            _append_to_file(place, stored, raw, work)
    log = scan(place)
    if log is None:
        raise InputError(f"'{place.name}' is gone again.", "See what else writes there.")
    return replace(log, set_aside=raw.set_aside)


def _open(place: Path) -> Stored:
    """Open the log that events are added to."""
    stored = find(place) if place.exists() else None
    if stored is None:
        raise InputError(f"'{place.name}' isn't a prepared log.", "Prepare one first.")
    if ORDER in stored.meta.roles:
        raise OptionError(
            "Events can't be added to a log that was ordered by a column of its own.",
            "Prepare all sources at once.",
        )
    if stored.meta.journeys:
        raise OptionError(
            f"'{place.name}' holds journeys from several sources: new events may join customers.",
            "Prepare it again from its mapping, new events included.",
        )
    if stored.meta.lifecycle:
        raise OptionError(
            "Events can't be added to a log whose lifecycles are paired.",
            "Prepare all sources at once.",
        )
    if stored.meta.selection or stored.meta.sample:
        raise OptionError(
            f"'{place.name}' is a part of a log, so events can't be added to it.",
            "Add them to the whole log, and choose the part again.",
        )
    if stored.meta.estimated_starts:
        raise OptionError(
            f"Start times of '{place.name}' are estimates, which new events would change.",
            "Add them to the log it was made from, and estimate again.",
        )
    return stored


def _check_unprepared(source: Any) -> None:
    paths = cast("Sequence[Any]", source) if isinstance(source, list | tuple) else [source]
    for path in (Path(p) for p in paths if isinstance(p, str | Path)):
        if path.exists() and find(path) is not None:
            raise InputError(
                f"'{path.name}' is a prepared log itself.", "Give the raw events it was made from."
            )


def _check_new(raw: Ingested, meta: Metadata) -> None:
    """See that the new events have no order of their own and weren't added before."""
    if ORDER in raw.roles:
        raise OptionError(
            f"The new events are ordered by a column of their own, '{raw.roles[ORDER]}'.",
            "Rename or drop it, or prepare all sources at once.",
        )
    known = {s["sha256"] for s in meta.sources if s["sha256"]}
    again = next((s.name for s in raw.sources if s.sha256 in known), None)
    if again is not None:
        raise InputError(f"The events of '{again}' are in the log already.", "Leave it out.")


def _ingested(source: Any, meta: Metadata, options: Mapping[str, Any]) -> Ingested:
    """Read the source as the log was read, and number its events behind the log's."""
    settings: dict[str, Any] = {"null_values": meta.null_values, "day_first": meta.day_first}
    if meta.timezone_origin == "stated":
        settings["timezone"] = meta.timezone
    settings |= options
    try:
        raw = ingest(source, **(dict[str, Any](meta.roles) | settings))
    except ColumnError:
        how = Flattening(options.get("case_object"), options.get("depth", 0))
        raw = ingest(source, **(_roles_in(source, meta, how, options.get("query")) | settings))
    behind = int(meta.quality.get("rows_read", 0))
    return replace(raw, accepted=raw.accepted.with_columns(pl.col(ORDER) + behind))


def _roles_in(source: Any, meta: Metadata, how: Flattening, query: str | None) -> dict[str, Any]:
    """Return the log's roles whose columns the source has."""
    columns = Sources(open_sources(source, lambda _: True, how, query=query)).columns
    return {role: column for role, column in meta.roles.items() if column in columns}


def _append_to_file(place: Path, stored: Stored, raw: Ingested, work: Path) -> None:
    """Prepare a log of one file anew, and put it in the old one's place."""
    events = prepare_frame(_together(stored.scan(), raw.accepted.collect(engine="streaming")))
    counts = count_irregularities(events.lazy())
    counts |= {"events": events.height, "cases": events[NEXT_ACTIVITY].null_count()}
    made = work / "appended.parquet"
    write_file(events.lazy(), made, _grown(stored.meta, raw, counts))
    made.replace(place)
    for left in work.glob("*appended.parquet*"):
        left.unlink()


def _append_to_parts(place: Path, stored: Stored, raw: Ingested) -> None:
    """Prepare anew the parts that new events fall into, and let the manifest change over."""
    new = raw.accepted.collect(engine="streaming")
    falls = _parts_of(new, stored)
    files = dict.fromkeys(stored.files)
    changed = {
        file: _next_generation(file)
        for file in files
        if not falls.filter(pl.col(_FILE) == str(file)).is_empty()
    }
    text = stored.meta.to_json()
    for file, successor in changed.items():
        mine = falls.filter(pl.col(_FILE) == str(file)).select(CASE)
        added = new.join(mine, on=CASE, how="semi")
        write_part(prepare_frame(_together(pl.scan_parquet(file), added)), successor, text)
    now = [changed.get(file, file) for file in files]
    write_manifest(place, [f.name for f in now], _grown(stored.meta, raw, totals(now)))
    _clear(place, now)


def _clear(place: Path, kept: Sequence[Path]) -> None:
    """Remove the parts that the manifest doesn't name, those of a run that was killed as well."""
    left = [*place.glob("part-*.par*"), *place.glob(f".{MANIFEST}.*.part")]
    for file in {*left} - {*kept}:
        file.unlink()


def _parts_of(new: pl.DataFrame, stored: Stored) -> pl.DataFrame:
    """Say into which part each new event's case falls: where it is already, else by its hash."""
    cases = new.select(CASE).unique()
    ends = [
        pl.scan_parquet(file)
        .filter(pl.col(NEXT_ACTIVITY).is_null())
        .select(CASE, pl.lit(str(file)).alias(_FILE))
        .join(cases.lazy(), on=CASE, how="semi")
        for file in stored.files
    ]
    old = pl.concat(ends).collect(engine="streaming")
    names = pl.Series([str(f) for f in stored.files])
    fresh = cases.join(old, on=CASE, how="anti").with_columns(
        bucket_of(len(stored.files)).alias("bucket")
    )
    placed = fresh.select(CASE, names.gather(fresh["bucket"]).alias(_FILE))
    return pl.concat([old, placed])


def _next_generation(file: Path) -> Path:
    """Name the file that takes a part's place."""
    bucket, _, generation = file.stem.removeprefix("part-").partition("-")
    return file.with_name(part_name(int(bucket), int(generation or 0) + 1))


def _together(old: pl.LazyFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Put raw events behind prepared ones; a column that one side lacks is null there."""
    before = old.drop(MADE, strict=False)
    return pl.concat(alike([before, new.lazy()]), how="diagonal_relaxed").collect()


def _grown(meta: Metadata, raw: Ingested, counts: Mapping[str, int]) -> Metadata:
    """Say what the log holds now: what was read before and now, and what is odd in all of it."""
    added = asdict(raw.quality)
    quality = dict(meta.quality)
    for name, value in added.items():
        quality[name] = _sum(quality.get(name), value)
    odd = {k: v for k, v in counts.items() if k not in {"events", "cases"}}
    lookalikes = {
        role: tuple(
            sorted({*meta.null_lookalikes.get(role, ()), *raw.null_lookalikes.get(role, ())})
        )
        for role in {*meta.null_lookalikes, *raw.null_lookalikes}
    }
    return replace(
        meta,
        roles={**raw.roles, **meta.roles},
        notes=tuple(dict.fromkeys((*meta.notes, *raw.notes))),
        quality={**quality, **odd},
        events=counts["events"],
        cases=counts["cases"],
        sources=(*meta.sources, *(asdict(s) for s in raw.sources)),
        null_lookalikes=lookalikes,
    )


def _sum(before: Any, added: Any) -> Any:
    """Add a count, or the counts by reason."""
    if not isinstance(added, dict):
        return (before or 0) + added
    reasons: dict[str, int] = dict(before or {})
    counts = cast("dict[str, int]", added)
    for name, value in counts.items():
        reasons[name] = reasons.get(name, 0) + value
    return reasons
