"""procmine: from the prepared Parquet file, which it reads within the clock."""

from pathlib import Path

import procmine as pm
from benchmarks.logs import ACTIVITY, CASE, GROUP, TIMESTAMP

ROLES = {"case_id": CASE, "activity": ACTIVITY, "timestamp": TIMESTAMP, "department": GROUP}


def load(folder: Path) -> Path:
    """Prepare the log once; return the prepared file."""
    prepared = folder / "prepared.parquet"
    if not prepared.exists():
        pm.read(folder / "events.parquet", **ROLES).write(prepared)
    return prepared


def answer(prepared: Path) -> dict[str, float]:
    """Answer the four questions."""
    log = pm.read(prepared)
    edges = pm.process_map(log).edges
    variants = pm.variants(log).variants
    durations = pm.cycle_time(log).summary
    handoffs = pm.handoffs(log).handoffs
    return {
        "steps": edges["count"].sum(),
        "mean wait": edges["total_seconds"].sum() / edges["count"].sum(),
        "variants": variants.height,
        "mean duration": durations["mean_seconds"].item(),
        "pairs of departments": handoffs.height,
    }


def read(csv: Path) -> dict[str, float]:
    """Read the CSV file and prepare it."""
    events, cases = pm.read(csv, **ROLES).size
    return {"events": events, "cases": cases}
