"""The logs of the benchmark: one real log, replicated until it is large; and a model to align."""

import shutil
from pathlib import Path

import polars as pl
import r4pm

XES, SMALL_XES, MODEL = "road_fines.xes.gz", "sepsis.xes.gz", "sepsis.pnml"
_WARM_UP = "helpdesk.xes.gz"
CASE, ACTIVITY, TIMESTAMP, GROUP = (
    "case:concept:name",
    "concept:name",
    "time:timestamp",
    "org:group",
)
MILLION = 1_000_000
_CSV_UP_TO = 20 * MILLION

ABOUT = (
    f"The log is `{XES}` (561,470 events, 150,370 cases; de Leoni & Mannhardt, 4TU, 2015), "
    "replicated with its cases renamed in each copy, so 231 variants at every size; case, "
    "activity, time and department alone, rows in the order of the file, copy after copy. No "
    "organisational column of it is filled, so the activity stands in as the department: nearly "
    "every step is a handoff. XES is read from that file once, with all its columns. The "
    f"alignments are of the 846 variants of `{SMALL_XES}` (Mannhardt, 4TU, 2016) with the model "
    "that pm4py's inductive miner (noise 0.2) finds in it; it is read before the clock starts."
)


def copies_of(millions: int) -> int:
    """Return how many copies of the log are about so many million events."""
    return max(1, round(millions * MILLION / 561_470))


def make(base: Path, copies: int, folder: Path) -> int:
    """Write the replicated log as `events.csv` and `events.parquet`, and a small one to warm up on.

    Args:
        base: The folder of the real logs.
        copies: How often the log stands in the file.
        folder: Where to write; files that are there already are kept.

    Returns:
        The number of events.
    """
    once = _once(base)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "events.parquet").exists():
        _write(once.head(2_000).lazy(), folder / "small", csv=True)
        copied = [once.lazy().with_columns(pl.col(CASE) + f"-{copy}") for copy in range(copies)]
        _write(pl.concat(copied), folder, csv=once.height * copies < _CSV_UP_TO + MILLION)
    return once.height * copies


def single(base: Path, folder: Path) -> dict[str, int]:
    """Put the logs that aren't replicated there, and a model; return each work's events."""
    import pm4py

    for place, logs in ((folder, (XES, SMALL_XES)), (folder / "small", (_WARM_UP, _WARM_UP))):
        place.mkdir(parents=True, exist_ok=True)
        for name, source in zip((XES, SMALL_XES), logs, strict=True):
            shutil.copyfile(base / source, place / name)
        log = pm4py.read_xes(str(place / SMALL_XES))
        net = pm4py.discover_petri_net_inductive(log, noise_threshold=0.2)
        pm4py.write_pnml(*net, str(place / MODEL))
    return {"xes": _once(base).height, "align": len(pm4py.read_xes(str(base / SMALL_XES)))}


def _once(base: Path) -> pl.DataFrame:
    events, _ = r4pm.df.import_xes(str(base / XES))
    time = pl.col(TIMESTAMP).dt.replace_time_zone("UTC").dt.cast_time_unit("us")
    return events.select(CASE, ACTIVITY, time, pl.col(ACTIVITY).alias(GROUP))


def _write(events: pl.LazyFrame, folder: Path, *, csv: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if csv:
        events.sink_csv(folder / "events.csv", datetime_format="%Y-%m-%dT%H:%M:%S%:z")
    events.sink_parquet(folder / "events.part")
    (folder / "events.part").rename(folder / "events.parquet")
