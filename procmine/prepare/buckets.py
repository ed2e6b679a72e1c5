"""Prepare a log of any size in bounded memory: scatter by case, then prepare bucket by bucket.

The work happens in a folder beside the log's place, `LOG.partial`. Each step leaves either nothing
or all of what it makes, so that a run that is killed can go on where it stopped; the log takes its
place by one rename, when it is whole.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from procmine.errors import OptionError, UnavailableError
from procmine.prepare.polars import prepare_frame
from procmine.quality import count_irregularities
from procmine.schema import CASE, METADATA_KEY, NEXT_ACTIVITY
from procmine.storage import replace_by
from procmine.wording import number

MEMORY: Final = 2_000_000_000
"""The memory that preparing may use where nobody says, in bytes."""

_PROCESS: Final = 350_000_000
"""What Python, Polars and the streaming buffers take, whatever the log."""
_FACTOR: Final = 6.5
"""Peak memory of preparing a bucket, as a multiple of its events in memory: measured 5 to 6."""
_SAMPLE: Final = 100_000
_ROW_GROUP: Final = 120_000
_COUNTS: Final = "procmine_counts"
_PLAN: Final = "plan.json"
_SCATTERED: Final = "scattered"

Progress = Callable[[int, int], None]
"""Called with (steps done, steps in all)."""


@dataclass(frozen=True)
class Recipe:
    """What becomes of the events of one bucket.

    Attributes:
        together: Events for which it is the same come into the same bucket.
        prepare: Prepares them; called with all events of a bucket.
    """

    together: pl.Expr = field(default_factory=lambda: pl.col(CASE))
    prepare: Callable[[pl.DataFrame], pl.DataFrame] = prepare_frame


def silent(done: int, steps: int) -> None:
    """The progress that nobody is told of."""


@dataclass(frozen=True)
class Plan:
    """How a log will be prepared.

    Attributes:
        events: How many there are.
        buckets: Into how many buckets their cases are scattered.
        disk_bytes: What scattering and writing take on disk together, about.
    """

    events: int
    buckets: int
    disk_bytes: int


def parse_memory(text: str) -> int:
    """Read an amount of memory.

    Args:
        text: A number and a unit: MB, GB, or MiB, GiB.

    Raises:
        OptionError: It can't be read, or is too little to work with.

    Example:
        >>> parse_memory("2GB"), parse_memory("1 GiB")
        (2000000000, 1073741824)
    """
    units = {"mb": 10**6, "gb": 10**9, "mib": 2**20, "gib": 2**30}
    figure = text.strip().lower().rstrip("bmgi").strip()
    unit = text.strip().lower()[len(figure) :].strip()
    try:
        size = int(float(figure) * units[unit])
    except (ValueError, KeyError, OverflowError):
        raise OptionError(f"'{text}' isn't an amount of memory.", "Write it as 2GB.") from None
    if size < 2 * _PROCESS:
        raise OptionError(f"{text} is too little to prepare a log in.", "Give at least 700MB.")
    return size


def plan(accepted: pl.LazyFrame, events: int, memory: int) -> Plan:
    """Choose the number of buckets from a sample of the events.

    Args:
        accepted: The canonical columns.
        events: How many rows there are.
        memory: What preparing may use, in bytes.
    """
    width = _width(accepted)
    return Plan(events, max(1, -(-events // _fit(width, memory))), int(events * width * 0.8))


def bucket_size(accepted: pl.LazyFrame, memory: int) -> int:
    """Return how many events may be prepared at once in so many bytes of memory."""
    return _fit(_width(accepted), memory)


def _width(accepted: pl.LazyFrame) -> float:
    """Return how many bytes an event takes in memory, from a sample."""
    head = accepted.head(_SAMPLE).collect(engine="streaming")
    return head.estimated_size() / max(1, head.height)


def _fit(width: float, memory: int) -> int:
    return max(50_000, int((memory - _PROCESS) / (max(width, 1.0) * _FACTOR)))


def check_disk(plan: Plan, folder: Path) -> None:
    """See that there is room before the work starts.

    Raises:
        UnavailableError: There isn't.
    """
    free = shutil.disk_usage(folder).free
    if free < plan.disk_bytes:
        needed, there = (f"{number(size / 1e9)} GB" for size in (plan.disk_bytes, free))
        raise UnavailableError(
            f"Preparing this log needs about {needed} of disk, and {there} are free.",
            "Free some, or write the log to another disk.",
        )


def prepare_parts(
    accepted: pl.LazyFrame,
    plan: Plan,
    work: Path,
    *,
    fingerprint: str,
    metadata: str,
    progress: Progress,
    recipe: Recipe | None = None,
) -> dict[str, int]:
    """Prepare a log into `work/log`, going on where an earlier run of the same work stopped.

    Args:
        accepted: The canonical columns, in any order of rows.
        plan: How.
        work: The folder to work in; it is made.
        fingerprint: Says what is prepared and how: another one starts afresh.
        metadata: What each part says about itself, as JSON.
        progress: Told after each step.
        recipe: What is done in each bucket; cases are prepared if not given.

    Returns:
        The counts of irregularities, and `events` and `cases`, over all parts.
    """
    _open(work, fingerprint, plan)
    how = recipe or Recipe()
    buckets = work / _SCATTERED
    if not (work / f"{_SCATTERED}.done").exists():
        shutil.rmtree(buckets, ignore_errors=True)
        scatter(accepted, plan, buckets, how.together)
        (work / f"{_SCATTERED}.done").touch()
    progress(1, plan.buckets + 1)
    parts = work / "log"
    parts.mkdir(exist_ok=True)
    for bucket in range(plan.buckets):
        part = parts / part_name(bucket)
        if not part.exists():
            _prepare_bucket(buckets / str(bucket), part, metadata, how)
        shutil.rmtree(buckets / str(bucket), ignore_errors=True)
        progress(bucket + 2, plan.buckets + 1)
    return totals(sorted(parts.glob("part-*.parquet")))


def part_name(bucket: int, generation: int = 0) -> str:
    """Name a part; one that was prepared again since has another name.

    Example:
        >>> part_name(3), part_name(3, 2)
        ('part-00003.parquet', 'part-00003-2.parquet')
    """
    return f"part-{bucket:05}{f'-{generation}' if generation else ''}.parquet"


def _open(work: Path, fingerprint: str, plan: Plan) -> None:
    """Keep what an earlier run of the same work left; throw away what another left."""
    said = {"fingerprint": fingerprint, "buckets": plan.buckets, "polars": pl.__version__}
    try:
        same = json.loads((work / _PLAN).read_text(encoding="utf-8")) == said
    except (OSError, ValueError):
        same = False
    # Without its parts the work was done: the run was killed while it cleared up.
    begun = (work / "log").is_dir() or not (work / f"{_SCATTERED}.done").exists()
    if same and begun:
        return
    # First what vouches for the rest: a run killed here leaves nothing that looks whole.
    for left in (_PLAN, f"{_SCATTERED}.done"):
        (work / left).unlink(missing_ok=True)
    for left in ("log", _SCATTERED):
        shutil.rmtree(work / left, ignore_errors=True)
    beside = work / f"{_PLAN}.part"
    beside.write_text(json.dumps(said), encoding="utf-8")
    beside.replace(work / _PLAN)


def scatter(
    accepted: pl.LazyFrame, plan: Plan, folder: Path, together: pl.Expr | None = None
) -> None:
    """Write the events into one folder a bucket.

    Args:
        accepted: The canonical columns.
        plan: Into how many.
        folder: Where the folders `0`, `1`, … are made; an empty bucket has none.
        together: What of an event says with which others it is to stand; its case otherwise.
    """

    def name(file: Any) -> str:
        number = file.partition_keys.item(0, 0)
        return f"{number}/{file.index_in_partition:05}.parquet"

    key = bucket_of(plan.buckets, together).alias("__bucket")
    target = pl.PartitionBy(folder, key=key, include_key=False, file_path_provider=name)
    # Every bucket holds a row group open: together they may be as large as a bucket.
    rows = min(_ROW_GROUP, max(1_000, plan.events // plan.buckets**2))
    accepted.sink_parquet(
        target, mkdir=True, compression="lz4", row_group_size=rows, engine="streaming"
    )


def bucket_of(buckets: int, together: pl.Expr | None = None) -> pl.Expr:
    """The bucket of an event, by its case if nothing else is to stand together.

    Polars' hash may change between versions: never rely on an old one.
    """
    key = pl.col(CASE) if together is None else together
    return (key.hash(seed=0) % buckets).cast(pl.UInt32)


def _prepare_bucket(folder: Path, part: Path, metadata: str, recipe: Recipe) -> None:
    """Prepare one bucket's events and write its part; an empty bucket has none."""
    if not folder.is_dir():
        return
    events = pl.scan_parquet(folder / "*.parquet").collect(engine="streaming")
    write_part(recipe.prepare(events), part, metadata)


def write_part(events: pl.DataFrame, part: Path, metadata: str) -> None:
    """Write a part with its counts, whole or not at all.

    Args:
        events: Prepared events.
        part: The file.
        metadata: What the log says about itself, as JSON.
    """
    counts = _counted(events.lazy())
    beside = part.with_suffix(".part")
    entries = {METADATA_KEY: metadata, _COUNTS: json.dumps(counts)}
    events.write_parquet(beside, metadata=entries)
    replace_by(part, beside)


def counts_of(part: Path) -> Mapping[str, int]:
    """Return the counts that a part carries; one made by another engine is counted."""
    text = pl.read_parquet_metadata(part).get(_COUNTS)
    return json.loads(text) if text else _counted(pl.scan_parquet(part))


def _counted(events: pl.LazyFrame) -> dict[str, int]:
    sizes = events.select(pl.len(), pl.col(NEXT_ACTIVITY).null_count().alias("cases"))
    size, cases = sizes.collect(engine="streaming").row(0)
    return count_irregularities(events) | {"events": size, "cases": cases}


def totals(parts: Iterable[Path]) -> dict[str, int]:
    """Add up the counts of parts: irregularities, `events` and `cases`."""
    total = {"events": 0, "cases": 0}
    for part in parts:
        for name, value in counts_of(part).items():
            total[name] = total.get(name, 0) + value
    return total


def fingerprint_of(*facts: Any) -> str:
    """Put what is prepared and how into one short text.

    Example:
        >>> fingerprint_of("a", 1) == fingerprint_of("a", 1), len(fingerprint_of("a"))
        (True, 64)
    """
    return hashlib.sha256(json.dumps(facts, default=str, sort_keys=True).encode()).hexdigest()
