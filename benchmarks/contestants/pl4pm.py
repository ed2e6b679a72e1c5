"""pl4pm: from the Polars frame that its own `format_dataframe` made."""

from pathlib import Path
from typing import Any

import pl4pm
import polars as pl

from benchmarks.logs import ACTIVITY, CASE, GROUP, TIMESTAMP

Facts = dict[str, float]


def load(folder: Path) -> Any:
    """Read and format the log."""
    events = pl.read_parquet(folder / "events.parquet").lazy()
    return pl4pm.format_dataframe(events, CASE, ACTIVITY, TIMESTAMP)


def _map(frame: Any) -> Facts:
    counts, _, _ = pl4pm.discover_dfg(frame)
    means, _, _ = pl4pm.discover_performance_dfg(frame)
    steps = sum(counts.values())
    # It sorts anew for the means, and events of the same time come out in another order, so that
    # an edge that was counted may have no mean.
    waited = sum(means.get(edge, 0.0) * count for edge, count in counts.items())
    return {"steps": steps, "mean wait": waited / steps}


def _cycle(frame: Any) -> Facts:
    durations = pl4pm.get_all_case_durations(frame)
    return {"mean duration": sum(durations) / len(durations)}


def _handoffs(frame: Any) -> Facts:
    handovers = pl4pm.discover_handover_of_work_network(frame, resource_key=GROUP)
    return {"pairs of departments": sum(a != b for a, b in handovers.connections)}


def _variants(frame: Any) -> Facts:
    return {"variants": len(pl4pm.get_variants(frame))}


def _csv(folder: Path) -> Facts:
    # Polars parses the times: pl4pm itself refuses zones.
    path = str(folder / "events.csv")
    frame = pl4pm.read_csv(path, try_parse_dates=True, infer_schema_length=10_000)
    frame = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    return {"events": frame.height}


def _parquet(folder: Path) -> Facts:
    frame = load(folder)
    return {"events": (frame.collect() if isinstance(frame, pl.LazyFrame) else frame).height}


WORK = {
    "map": _map,
    "cycle": _cycle,
    "handoffs": _handoffs,
    "variants": _variants,
    "csv": _csv,
    "parquet": _parquet,
}
