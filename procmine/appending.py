"""Add events to a prepared log, late ones too, touching only the parts they fall into."""

import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import count
from pathlib import Path
from typing import Any, cast

import polars as pl

from procmine.errors import ColumnError, InputError, OptionError
from procmine.eventlog import EventLog, scan
from procmine.ingest import Ingested, ingest
from procmine.ingest.sources import Sources
from procmine.io.open import Flattening, open_sources
from procmine.keeping import is_aside, recover, swap, workshop
from procmine.metadata import Metadata
from procmine.prepare.buckets import (
    Plan,
    bucket_of,
    bucket_size,
    check_disk,
    parse_memory,
    part_name,
    plan,
    prepare_parts,
    silent,
    totals,
    write_part,
)
from procmine.prepare.polars import prepare_frame
from procmine.quality import count_irregularities
from procmine.schema import CASE, MADE, NEXT_ACTIVITY, ORDER
from procmine.storage import MANIFEST, Stored, alike, find, write_file, write_manifest

_FILE = "__file"
_NEW = "new.parquet"


def append(path: str | Path, source: Any, *, memory: str = "2GB", **options: Any) -> EventLog:
    """Add events to a prepared log on disk.

    The log afterwards is the same as if all sources had been prepared at once, in this order: new
    events of an old case, and events that come before it in time, are put where they belong. Parts
    that no new event falls into aren't touched, and one that would outgrow the memory is split.
    Until everything is written the log stays what it was.

    Args:
        path: The prepared log.
        source: What `read` takes.
        memory: What preparing may use.
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
    limit = parse_memory(memory)
    if not is_aside(place):
        _open(place)
    with workshop(place) as work:
        recover(place)
        (work / _NEW).unlink(missing_ok=True)
        stored = _open(place)
        _check_unprepared(source)
        raw = _ingested(source, stored.meta, options)
        _check_new(raw, stored.meta)
        if place.is_dir():
            _append_to_parts(place, stored, raw, work / _NEW, limit)
        else:
            _append_to_file(place, stored, raw, work, limit)
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
    if stored.meta.pseudonyms:
        raise OptionError(
            f"'{place.name}' holds pseudonyms, and new events come with names.",
            "Add them to the log it was made from, and make pseudonyms again.",
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


def _append_to_file(place: Path, stored: Stored, raw: Ingested, work: Path, memory: int) -> None:
    """Prepare a log of one file anew, and put it in the old one's place; in parts if it grew."""
    together = _together(stored.scan(), raw.accepted)
    events = _rows(stored.files[0]) + raw.quality.accepted
    if events > bucket_size(together, memory):
        _into_parts(place, stored, raw, work, plan(together, events, memory))
        return
    events = prepare_frame(together.collect(engine="streaming"))
    counts = count_irregularities(events.lazy())
    counts |= {"events": events.height, "cases": events[NEXT_ACTIVITY].null_count()}
    made = work / "appended.parquet"
    write_file(events.lazy(), made, _grown(stored.meta, raw, counts))
    made.replace(place)
    for left in work.glob("*appended.parquet*"):
        left.unlink()


def _into_parts(place: Path, stored: Stored, raw: Ingested, work: Path, how: Plan) -> None:
    """Prepare a log of one file and the new events anew, bucket by bucket."""
    check_disk(how, place.parent)
    together, text = _together(stored.scan(), raw.accepted), stored.meta.to_json()
    counts = prepare_parts(
        together, how, work, fingerprint=uuid.uuid4().hex, metadata=text, progress=silent
    )
    made = work / "log"
    parts = sorted(p.name for p in made.glob("part-*.parquet"))
    write_manifest(made, parts, _grown(stored.meta, raw, counts))
    swap(place, made)
    shutil.rmtree(work, ignore_errors=True)


def _append_to_parts(place: Path, stored: Stored, raw: Ingested, new: Path, memory: int) -> None:
    """Prepare anew the parts that new events fall into, and let the manifest change over."""
    falls = _parts_of(raw.accepted, stored)
    raw.accepted.join(falls.lazy(), on=CASE, how="inner").sink_parquet(new, engine="streaming")
    added = pl.scan_parquet(new)
    sizes = dict(added.group_by(_FILE).agg(pl.len()).collect(engine="streaming").iter_rows())
    most = bucket_size(added, memory)
    names, text = _free_names(stored.files), stored.meta.to_json()
    now: list[Path] = []
    for number, file in enumerate(stored.files):
        successors = [_next_generation(file)] if number in sizes else [file]
        if number in sizes:
            pieces = -(-(_rows(file) + sizes[number]) // most)
            successors += [place / next(names) for _ in range(pieces - 1)]
            mine = added.filter(pl.col(_FILE) == number).drop(_FILE)
            for part, events in zip(
                successors, _pieces(pl.scan_parquet(file), mine, pieces), strict=True
            ):
                write_part(prepare_frame(events), part, text)
        now += successors
    write_manifest(place, [f.name for f in now], _grown(stored.meta, raw, totals(now)))
    _clear(place, now)
    new.unlink()


def _pieces(old: pl.LazyFrame, new: pl.LazyFrame, number: int) -> Iterator[pl.DataFrame]:
    """Yield old and new events together, in so many pieces, each of whole cases."""
    for piece in range(number):
        mine = pl.col(CASE).hash(seed=1) % number == piece
        yield _together(old.filter(mine), new.filter(mine)).collect(engine="streaming")


def _free_names(files: Sequence[Path]) -> Iterator[str]:
    """Yield names for parts that aren't there yet."""
    last = max(int(file.stem.removeprefix("part-").partition("-")[0]) for file in files)
    yield from (part_name(number) for number in count(last + 1))


def _rows(file: Path) -> int:
    return pl.scan_parquet(file).select(pl.len()).collect().item()


def _clear(place: Path, kept: Sequence[Path]) -> None:
    """Remove the parts that the manifest doesn't name, those of a run that was killed as well."""
    left = [*place.glob("part-*.par*"), *place.glob(f".{MANIFEST}.*.part")]
    for file in {*left} - {*kept}:
        file.unlink()


def _parts_of(new: pl.LazyFrame, stored: Stored) -> pl.DataFrame:
    """Say which part each new event's case falls into: where it is already, else by its hash."""
    cases = new.select(CASE).unique().collect(engine="streaming")
    place = pl.lit(0, pl.UInt32).alias(_FILE)
    ends = [
        pl.scan_parquet(file)
        .filter(pl.col(NEXT_ACTIVITY).is_null())
        .select(CASE, place + number)
        .join(cases.lazy(), on=CASE, how="semi")
        for number, file in enumerate(stored.files)
    ]
    old = pl.concat(ends).collect(engine="streaming")
    fresh = cases.join(old, on=CASE, how="anti")
    return pl.concat([old, fresh.with_columns(bucket_of(len(stored.files)).alias(_FILE))])


def _next_generation(file: Path) -> Path:
    """Name the file that takes a part's place."""
    bucket, _, generation = file.stem.removeprefix("part-").partition("-")
    return file.with_name(part_name(int(bucket), int(generation or 0) + 1))


def _together(old: pl.LazyFrame, new: pl.LazyFrame) -> pl.LazyFrame:
    """Put raw events behind prepared ones; a column that one side lacks is null there."""
    before = old.drop(MADE, strict=False)
    return pl.concat(alike([before, new]), how="diagonal_relaxed")


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
