"""Prepare raw events straight into the place where the log is kept, in bounded memory."""

import shutil
import uuid
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from procmine.errors import InputError, OptionError, UnavailableError
from procmine.eventlog import EventLog
from procmine.ingest import Ingested
from procmine.metadata import Metadata
from procmine.prepare.buckets import (
    MEMORY,
    Plan,
    Progress,
    check_disk,
    fingerprint_of,
    plan,
    prepare_parts,
    silent,
)
from procmine.prepare.polars import prepare_frame
from procmine.quality import count_irregularities
from procmine.schema import NEXT_ACTIVITY
from procmine.storage import find, write_file, write_manifest


def keep(
    raw: Ingested,
    meta: Metadata,
    target: Path,
    *,
    memory: int = MEMORY,
    progress: Progress = silent,
) -> EventLog:
    """Prepare events into a log on disk: one file, or a folder of parts where memory asks for it.

    A run that is killed leaves the log that was there before, if there was one, and a folder
    `LOG.partial` from which the next run of the same work goes on.

    Args:
        raw: The events that were read.
        meta: What the log says about itself.
        target: Where it goes; the name ends in `.parquet`.
        memory: What preparing may use, in bytes.
        progress: Told (steps done, steps in all).

    Raises:
        OptionError: The name ends otherwise.
        InputError: The folder it should go to isn't there.
        UnavailableError: The disk is too small, or another run is at it.
    """
    check_name(target)
    chosen = plan(raw.accepted, raw.quality.accepted, memory)
    check_disk(chosen, target.parent)
    work = target.with_name(f"{target.name}.partial")
    work.mkdir(exist_ok=True)
    job = _Job(raw, meta, work, chosen, progress)
    with only_one(work / "lock", target.name):
        _swap(target, _one_file(job) if chosen.buckets == 1 else _parts(job))
        shutil.rmtree(work, ignore_errors=True)
    stored = find(target)
    if stored is None:
        raise InputError(f"'{target.name}' is gone again.", "See what else writes there.")
    return EventLog(stored.scan(), stored.meta, set_aside=raw.set_aside)


def check_name(target: Path) -> None:
    """See that a log can be written there.

    Raises:
        OptionError: The name doesn't end in .parquet.
        InputError: The folder isn't there.
    """
    if target.suffix != ".parquet":
        raise OptionError(
            f"A prepared log can't be written as '{target.name}'.",
            "Give a name ending in .parquet.",
        )
    if not target.parent.is_dir():
        raise InputError(f"The folder of '{target.name}' isn't there.", "Make it first.")


def only_one(lock: Path, name: str) -> FileLock:
    """Return a lock that is already held; it goes with the process, however that ends.

    Raises:
        UnavailableError: Another process holds it.
    """
    held = FileLock(lock, timeout=0)
    try:
        held.acquire()
    except Timeout:
        raise UnavailableError(
            f"Another run is preparing '{name}'.", "Wait for it, or choose another name."
        ) from None
    return held


@dataclass(frozen=True)
class _Job:
    """What is prepared, where, and how."""

    raw: Ingested
    meta: Metadata
    work: Path
    plan: Plan
    progress: Progress


def _one_file(job: _Job) -> Path:
    """Prepare in memory."""
    job.progress(0, 1)
    events = prepare_frame(job.raw.accepted.collect(engine="streaming"))
    counts = count_irregularities(events.lazy())
    whole = replace(
        job.meta,
        quality=asdict(job.raw.quality) | counts,
        events=events.height,
        cases=events[NEXT_ACTIVITY].null_count(),
    )
    made = job.work / "log.parquet"
    write_file(events.lazy(), made, whole)
    job.progress(1, 1)
    return made


def _parts(job: _Job) -> Path:
    """Prepare bucket by bucket."""
    sums = [source.sha256 or uuid.uuid4().hex for source in job.raw.sources]
    text = job.meta.to_json()
    counts = prepare_parts(
        job.raw.accepted,
        job.plan,
        job.work,
        fingerprint=fingerprint_of(sums, text),
        metadata=text,
        progress=job.progress,
    )
    events, cases = counts.pop("events"), counts.pop("cases")
    quality = asdict(job.raw.quality) | counts
    made = job.work / "log"
    parts = sorted(p.name for p in made.glob("part-*.parquet"))
    write_manifest(made, parts, replace(job.meta, quality=quality, events=events, cases=cases))
    return made


def _swap(target: Path, made: Path) -> None:
    """Put what was made in the target's place."""
    if target.is_dir() or (made.is_dir() and target.exists()):
        old = target.with_name(f"{target.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
        made.rename(target)
        shutil.rmtree(old, ignore_errors=True) if old.is_dir() else old.unlink()
    else:
        made.replace(target)
