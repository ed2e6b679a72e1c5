"""The logs of the benchmark: one real log, replicated until it is large."""

from pathlib import Path

import polars as pl
import r4pm

BASE = "road_fines.xes.gz"
CASE, ACTIVITY, TIMESTAMP, GROUP = (
    "case:concept:name",
    "concept:name",
    "time:timestamp",
    "org:group",
)

ABOUT = (
    f"Log: `{BASE}` (561,470 events, 150,370 cases), replicated with its cases renamed in each "
    "copy, so 231 variants at every size; rows in the order of the file, copy after copy. No "
    "organisational column of it is filled (`org:resource` on 27 % of the events), so the "
    "activity stands in as the department: nearly every step is a handoff."
)


def make(base: Path, copies: int, folder: Path) -> int:
    """Write the replicated log as `events.csv` and `events.parquet`, and a small one to warm up on.

    Args:
        base: The folder of the real logs.
        copies: How often the log stands in the file.
        folder: Where to write; files that are there already are kept.

    Returns:
        The number of events.
    """
    once, _ = r4pm.df.import_xes(str(base / BASE))
    once = once.with_columns(
        pl.col(TIMESTAMP).dt.replace_time_zone("UTC"), pl.col(ACTIVITY).alias(GROUP)
    )
    _write(once.head(2_000), folder / "small")
    if not (folder / "events.parquet").exists():
        renamed = [once.with_columns(pl.col(CASE) + f"-{copy}") for copy in range(copies)]
        _write(pl.concat(renamed), folder)
    return once.height * copies


def _write(events: pl.DataFrame, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    events.write_csv(folder / "events.csv", datetime_format="%Y-%m-%dT%H:%M:%S%:z")
    events.write_parquet(folder / "events.parquet")
