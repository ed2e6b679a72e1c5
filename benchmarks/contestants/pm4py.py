"""pm4py: from the pandas frame that its own `format_dataframe` made."""

from pathlib import Path
from typing import Any

import pandas as pd
import pm4py

from benchmarks.logs import ACTIVITY, CASE, GROUP, TIMESTAMP


def _formatted(frame: pd.DataFrame) -> Any:
    return pm4py.format_dataframe(
        frame, case_id=CASE, activity_key=ACTIVITY, timestamp_key=TIMESTAMP
    )


def load(folder: Path) -> Any:
    """Read and format the log."""
    return _formatted(pd.read_parquet(folder / "events.parquet"))


def answer(frame: Any) -> dict[str, float]:
    """Answer the four questions."""
    counts, _, _ = pm4py.discover_dfg(frame)
    means, _, _ = pm4py.discover_performance_dfg(frame, perf_aggregation_key="mean")
    variants = pm4py.get_variants(frame)
    durations = pm4py.get_all_case_durations(frame)
    handovers = pm4py.discover_handover_of_work_network(frame, resource_key=GROUP)
    steps = sum(counts.values())
    return {
        "steps": steps,
        "mean wait": sum(means[edge] * count for edge, count in counts.items()) / steps,
        "variants": len(variants),
        "mean duration": sum(durations) / len(durations),
        "pairs of departments": sum(a != b for a, b in handovers.connections),
    }


def read(csv: Path) -> dict[str, float]:
    """Read the CSV file and format it."""
    frame = _formatted(pd.read_csv(csv))
    return {"events": len(frame), "cases": frame[CASE].nunique()}
