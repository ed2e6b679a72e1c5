"""Prepare raw events straight into the place where the log is kept, in bounded memory."""

import shutil
import uuid
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from procmine.errors import InputError, OptionError, UnavailableError
from procmine.eventlog import EventLog, prepared
from procmine.ingest import Ingested
from procmine.ingest.sentences import about_pairing
from procmine.metadata import Metadata
from procmine.prepare.buckets import (
    MEMORY,
    Plan,
    Progress,
    Recipe,
    check_disk,
    fingerprint_of,
    plan,
    prepare_parts,
    silent,
)
from procmine.quality import count_irregularities
from procmine.schema import MERGED, NEXT_ACTIVITY
from procmine.storage import find, is_log, write_file, write_manifest
from procmine.wording import number

_OLD: Final = "old"
"""Where in the workshop the log stands aside while another takes its place."""


def keep(
    raw: Ingested,
    meta: Metadata,
    target: Path,
    *,
    memory: int = MEMORY,
    progress: Progress = silent,
    recipe: Recipe | None = None,
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
        recipe: What is done in each bucket; cases are prepared if not given.

    Raises:
        OptionError: The name ends otherwise.
        InputError: The folder it should go to isn't there.
        UnavailableError: The disk is too small, or another run is at it.
    """
    check_name(target)
    with workshop(target) as work:
        recover(target)
        chosen = plan(raw.accepted, raw.quality.accepted, memory)
        check_disk(chosen, target.parent)
        job = _Job(raw, meta, work, chosen, progress, recipe or Recipe())
        swap(target, _one_file(job) if chosen.buckets == 1 else _parts(job))
        shutil.rmtree(work, ignore_errors=True)
    stored = find(target)
    if stored is None:
        raise InputError(f"'{target.name}' is gone again.", "See what else writes there.")
    return EventLog(stored.scan(), stored.meta, set_aside=raw.set_aside)


def hold(raw: Ingested, meta: Metadata, recipe: Recipe | None = None) -> EventLog:
    """Prepare events that nobody keeps: in memory, or in a temporary folder where they don't fit.

    Args:
        raw: The events that were read.
        meta: What the log says about itself.
        recipe: What is done in each bucket; cases are prepared if not given.
    """
    log = prepared(raw.accepted, raw.quality.accepted, meta, recipe)
    counts = count_irregularities(log.events)
    events, cases = log.size
    quality = {**meta.quality, **counts}
    complete = _noted(replace(meta, quality=quality, events=events, cases=cases), counts)
    return replace(log, meta=complete, set_aside=raw.set_aside)


@contextmanager
def workshop(target: Path) -> Generator[Path]:
    """Make the folder beside a log's place where work on it is done, by one process at a time.

    It is left where something lies in it: from that the next run goes on.

    Args:
        target: The log's place.

    Raises:
        InputError: Its folder can't be written to.
        UnavailableError: Another process works on the log.
    """
    work = _workshop_of(target)
    try:
        work.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(
            f"The folder of '{target.name}' can't be written to: {error.strerror}.",
            "Choose another place.",
        ) from None
    with only_one(work / "lock", target.name):
        try:
            yield work
        finally:
            _leave(work)


def _workshop_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.partial")


def _leave(work: Path) -> None:
    """Remove the folder if nothing but the lock is left in it."""
    if work.is_dir() and not [f for f in work.iterdir() if f.name != "lock"]:
        shutil.rmtree(work, ignore_errors=True)


def check_name(target: Path) -> None:
    """See that a log can be written there.

    Raises:
        OptionError: The name doesn't end in .parquet.
        InputError: The folder isn't there, or something else than a log has that name.
    """
    if target.suffix != ".parquet":
        raise OptionError(
            f"A prepared log can't be written as '{target.name}'.",
            "Give a name ending in .parquet.",
        )
    if not target.parent.is_dir():
        raise InputError(f"The folder of '{target.name}' isn't there.", "Make it first.")
    if target.exists() and not is_log(target):
        raise InputError(
            f"'{target.name}' is there already and isn't a prepared log, so it isn't overwritten.",
            "Choose another name, or remove it.",
        )


@contextmanager
def only_one(lock: Path, name: str) -> Generator[None]:
    """Hold a lock; it goes with the process, however that ends.

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
    try:
        yield
    finally:
        held.release()


@dataclass(frozen=True)
class _Job:
    """What is prepared, where, and how."""

    raw: Ingested
    meta: Metadata
    work: Path
    plan: Plan
    progress: Progress
    recipe: Recipe


def _one_file(job: _Job) -> Path:
    """Prepare in memory."""
    job.progress(0, 1)
    events = job.recipe.prepare(job.raw.accepted.collect(engine="streaming"))
    counts = count_irregularities(events.lazy())
    whole = replace(
        job.meta,
        quality=asdict(job.raw.quality) | counts,
        events=events.height,
        cases=events[NEXT_ACTIVITY].null_count(),
    )
    made = job.work / "log.parquet"
    write_file(events.lazy(), made, _noted(whole, counts))
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
        recipe=job.recipe,
    )
    events, cases = counts.pop("events"), counts.pop("cases")
    _check_whole(events + counts.get(MERGED, 0), job)
    quality = asdict(job.raw.quality) | counts
    made = job.work / "log"
    parts = sorted(p.name for p in made.glob("part-*.parquet"))
    meta = replace(job.meta, quality=quality, events=events, cases=cases)
    write_manifest(made, parts, _noted(meta, counts))
    return made


def _noted(meta: Metadata, counts: Mapping[str, int]) -> Metadata:
    """Say in a log's notes what only its preparation could count."""
    return replace(meta, notes=(*meta.notes, *about_pairing(counts)))


def _check_whole(events: int, job: _Job) -> None:
    """See that no event got lost, say because a source changed while it was read.

    Raises:
        InputError: Some did.
    """
    expected = job.raw.quality.accepted
    if events == expected:
        return
    shutil.rmtree(job.work, ignore_errors=True)
    raise InputError(
        f"{number(events)} events came out of {number(expected)}: "
        "the source or LOG.partial was changed.",
        "Run the same procmine prepare again, while nothing writes to them.",
    )


def replace_kept(target: Path, log: EventLog) -> None:
    """Put a log in the place of the one that is kept there.

    Args:
        target: The place.
        log: What comes there.

    Raises:
        UnavailableError: Another run is at it.
    """
    with workshop(target) as work:
        swap(target, log.write(work / "log.parquet"))
        shutil.rmtree(work, ignore_errors=True)


def restate(target: Path, log: EventLog) -> None:
    """Let a log that is kept say of itself what another says, whose events are the same.

    Args:
        target: The place.
        log: The log as it is there, but for what it says.

    Raises:
        UnavailableError: Another run is at it.
    """
    if not target.is_dir():
        replace_kept(target, log)
        return
    with workshop(target) as work:
        recover(target)
        stored = find(target)
        if stored is not None:
            write_manifest(target, [file.name for file in stored.files], log.meta)
        shutil.rmtree(work, ignore_errors=True)


def is_aside(target: Path) -> bool:
    """Whether a run had just moved the log aside when it was killed."""
    return (_workshop_of(target) / _OLD).exists() and not target.exists()


def recover(target: Path) -> None:
    """Put the log back that a run had just moved aside when it was killed."""
    old = _workshop_of(target) / _OLD
    if is_aside(target):
        old.rename(target)
    _remove(old)


def _remove(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def swap(target: Path, made: Path) -> None:
    """Put what was made, in the workshop, in the target's place."""
    recover(target)
    old = _workshop_of(target) / _OLD
    if target.is_dir() or (made.is_dir() and target.exists()):
        target.rename(old)
    made.replace(target)
    _remove(old)
