"""The floor: Polars scans the prepared file and groups by the same columns, or reads and sorts.

It adds up and counts and does no more: no medians, no percentiles, no sequences of activities; in
reading, no checks and nothing of what came next.
"""

from pathlib import Path

import polars as pl

from benchmarks.contestants.procmine import load
from benchmarks.logs import ACTIVITY, CASE, TIMESTAMP

Facts = dict[str, float]
LAST = pl.col("next_activity").is_null()


def _map(prepared: Path) -> Facts:
    events = pl.scan_parquet(prepared)
    edges = events.filter(~LAST).group_by("activity", "next_activity")
    waits, marks = pl.col("wait_us").mean(), pl.col("handoff", "new_step").sum()
    steps = edges.agg(pl.len(), waits, marks).collect(engine="streaming")
    nodes = events.group_by("activity", "department")
    nodes.agg(pl.len(), pl.col("new_activity").sum()).collect(engine="streaming")
    waited = (steps["len"] * steps["wait_us"]).sum() / 1e6
    return {"steps": steps["len"].sum(), "mean wait": waited / steps["len"].sum()}


def _cycle(prepared: Path) -> Facts:
    took = pl.scan_parquet(prepared).filter(LAST).select(pl.col("elapsed_us").mean() / 1e6)
    return {"mean duration": took.collect(engine="streaming").item()}


def _handoffs(prepared: Path) -> Facts:
    pairs = pl.scan_parquet(prepared).group_by("department", "next_department")
    sums = pairs.agg(pl.len(), pl.col("wait_us").mean(), pl.col("new_handoff").sum())
    known = sums.collect(engine="streaming").drop_nulls()
    differ = pl.col("department") != pl.col("next_department")
    return {"pairs of departments": known.filter(differ).height}


def _variants(prepared: Path) -> Facts:
    ends = pl.scan_parquet(prepared).filter(LAST).group_by("variant")
    found = ends.agg(pl.len(), pl.col("elapsed_us").mean()).collect(engine="streaming")
    return {"variants": found.height}


def _csv(folder: Path) -> Facts:
    return _sorted(pl.read_csv(folder / "events.csv", try_parse_dates=True), folder)


def _parquet(folder: Path) -> Facts:
    return _sorted(pl.read_parquet(folder / "events.parquet"), folder)


def _sorted(events: pl.DataFrame, folder: Path) -> Facts:
    ordered = events.sort(CASE, TIMESTAMP, maintain_order=True)
    ordered.with_columns(pl.col(ACTIVITY).cast(pl.Categorical)).write_parquet(folder / "floor.out")
    return {"events": events.height}


WORK = {
    "map": _map,
    "cycle": _cycle,
    "handoffs": _handoffs,
    "variants": _variants,
    "csv": _csv,
    "parquet": _parquet,
}
__all__ = ["WORK", "load"]
