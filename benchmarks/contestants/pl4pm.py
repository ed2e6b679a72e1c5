"""pl4pm: from the Polars frame that its own `format_dataframe` made."""

from pathlib import Path
from typing import Any

import pl4pm
import polars as pl

from benchmarks.logs import ACTIVITY, CASE, GROUP, TIMESTAMP


def load(folder: Path) -> Any:
    """Read and format the log."""
    return pl4pm.format_dataframe(
        pl.read_parquet(folder / "events.parquet").lazy(), CASE, ACTIVITY, TIMESTAMP
    )


def answer(frame: Any) -> dict[str, float]:
    """Answer the four questions."""
    counts, _, _ = pl4pm.discover_dfg(frame)
    means, _, _ = pl4pm.discover_performance_dfg(frame)
    variants = pl4pm.get_variants(frame)
    durations = pl4pm.get_all_case_durations(frame)
    handovers = pl4pm.discover_handover_of_work_network(frame, resource_key=GROUP)
    steps = sum(counts.values())
    # It sorts anew for the means, and events of the same time come out in another order, so that
    # an edge that was counted may have no mean.
    waited = sum(means.get(edge, 0.0) * count for edge, count in counts.items())
    return {
        "steps": steps,
        "mean wait": waited / steps,
        "variants": len(variants),
        "mean duration": sum(durations) / len(durations),
        "pairs of departments": sum(a != b for a, b in handovers.connections),
    }


def read(csv: Path) -> dict[str, float]:
    """Read the CSV file and sort it; Polars parses the times: pl4pm itself refuses zones."""
    frame = pl4pm.read_csv(str(csv), try_parse_dates=True, infer_schema_length=10_000)
    frame = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    return {"events": frame.height, "cases": frame[CASE].n_unique()}
