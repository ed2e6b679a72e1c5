"""procmine: from its prepared Parquet file, which every question opens and reads anew."""

from pathlib import Path

import procmine as pm
from benchmarks.logs import ACTIVITY, CASE, GROUP, MODEL, SMALL_XES, TIMESTAMP, XES

Facts = dict[str, float]
ROLES = {"case_id": CASE, "activity": ACTIVITY, "timestamp": TIMESTAMP, "department": GROUP}


def load(folder: Path) -> Path:
    """Prepare the log once; return the prepared file."""
    prepared = folder / "prepared.parquet"
    if not prepared.exists():
        pm.read(folder / "events.parquet", **ROLES).write(prepared)
    return prepared


def _map(prepared: Path) -> Facts:
    edges = pm.process_map(pm.read(prepared)).edges
    steps = edges["count"].sum()
    return {"steps": steps, "mean wait": edges["total_seconds"].sum() / steps}


def _cycle(prepared: Path) -> Facts:
    return {"mean duration": pm.cycle_time(pm.read(prepared)).summary["mean_seconds"].item()}


def _handoffs(prepared: Path) -> Facts:
    return {"pairs of departments": pm.handoffs(pm.read(prepared)).handoffs.height}


def _variants(prepared: Path) -> Facts:
    return {"variants": pm.variants(pm.read(prepared)).variants.height}


def _csv(folder: Path) -> Facts:
    return _kept(folder / "events.csv")


def _parquet(folder: Path) -> Facts:
    return _kept(folder / "events.parquet")


def _kept(source: Path) -> Facts:
    # What fits in memory where nobody says how much there is (2 GB); parts beyond.
    log = pm.read(source, **ROLES, into=source.with_name("kept.parquet"))
    return {"events": log.size[0]}


def _xes(folder: Path) -> Facts:
    return {"events": pm.read(folder / XES).size[0]}


def load_single(folder: Path) -> tuple[pm.EventLog, Path]:
    """Read the log that is aligned; the model is read within the clock."""
    return pm.read(folder / SMALL_XES), folder / MODEL


def _align(given: tuple[pm.EventLog, Path]) -> Facts:
    log, model = given
    found = pm.conformance(log, model=model, budget="10 min")
    solved = found.variants["solved"].sum()
    return {"aligned": solved, "fitness": found.summary["average_fitness_low"].item()}


WORK = {
    "map": _map,
    "cycle": _cycle,
    "handoffs": _handoffs,
    "variants": _variants,
    "csv": _csv,
    "parquet": _parquet,
    "xes": _xes,
    "align": _align,
}
