"""pm4py: from the pandas frame that its own `format_dataframe` made."""

from pathlib import Path
from typing import Any

import pandas as pd
import pm4py

from benchmarks.logs import ACTIVITY, CASE, GROUP, MODEL, SMALL_XES, TIMESTAMP, XES

Facts = dict[str, float]
pm4py.util.constants.SHOW_PROGRESS_BAR = False


def _formatted(frame: pd.DataFrame) -> Any:
    return pm4py.format_dataframe(
        frame, case_id=CASE, activity_key=ACTIVITY, timestamp_key=TIMESTAMP
    )


def load(folder: Path) -> Any:
    """Read and format the log."""
    return _formatted(pd.read_parquet(folder / "events.parquet"))


def _map(frame: Any) -> Facts:
    counts, _, _ = pm4py.discover_dfg(frame)
    means, _, _ = pm4py.discover_performance_dfg(frame, perf_aggregation_key="mean")
    steps = sum(counts.values())
    return {
        "steps": steps,
        "mean wait": sum(means[edge] * count for edge, count in counts.items()) / steps,
    }


def _cycle(frame: Any) -> Facts:
    durations = pm4py.get_all_case_durations(frame)
    return {"mean duration": sum(durations) / len(durations)}


def _handoffs(frame: Any) -> Facts:
    handovers = pm4py.discover_handover_of_work_network(frame, resource_key=GROUP)
    return {"pairs of departments": sum(a != b for a, b in handovers.connections)}


def _variants(frame: Any) -> Facts:
    return {"variants": len(pm4py.get_variants(frame))}


def _csv(folder: Path) -> Facts:
    return {"events": len(_formatted(pd.read_csv(folder / "events.csv")))}


def _parquet(folder: Path) -> Facts:
    return {"events": len(load(folder))}


def _xes(folder: Path) -> Facts:
    return {"events": len(pm4py.read_xes(str(folder / XES)))}


def load_single(folder: Path) -> tuple[Any, Any]:
    """Read the log that is aligned, and the model."""
    return pm4py.read_xes(str(folder / SMALL_XES)), pm4py.read_pnml(str(folder / MODEL))


def _align(given: tuple[Any, Any]) -> Facts:
    log, net = given
    aligned = pm4py.conformance_diagnostics_alignments(log, *net)
    fitness = sum(a["fitness"] for a in aligned) / len(aligned)
    return {"aligned": len(pm4py.get_variants(log)), "fitness": fitness}


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
