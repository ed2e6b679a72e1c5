"""The figures as one Markdown table, with the machine and the versions that made them."""

import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.measure import CONTESTANTS, Measurement
from benchmarks.work import CORE, TOGETHER, Work

NAMES = {"polars": "bare Polars", "duckdb": "DuckDB"}
Runs = Mapping[str, Sequence[Measurement]]
"""Each contestant's runs of one work; a contestant that didn't do it is absent."""

Cell = tuple[float, float]
"""Median seconds and median peak, in MB."""


def table(rows: Sequence[tuple[Work, int, Runs]]) -> str:
    """Return the table: a row a work and a size, a column a contestant.

    Args:
        rows: The work, the number of events, and the runs.
    """
    names = [NAMES.get(name, name) for name in CONTESTANTS]
    head = ["", "events", *names]
    lines = [_line(head), _line(["---", "---:", *["---:"] * len(names)])]
    for work, events, cells in _with_sums([(w, n, _cells(runs)) for w, n, runs in rows]):
        ours = cells.get("procmine")
        shown = [_shown(name, cells.get(name), ours) for name in CONTESTANTS]
        lines.append(_line([work.title, _size(events), *shown]))
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(runs: Runs) -> dict[str, Cell]:
    return {
        name: (median(r.seconds for r in own), median(r.peak_mb for r in own))
        for name, own in runs.items()
        if own
    }


def _with_sums(
    rows: Sequence[tuple[Work, int, dict[str, Cell]]],
) -> list[tuple[Work, int, dict[str, Cell]]]:
    """Put a row for all core analyses together behind the last of them."""
    found: list[tuple[Work, int, dict[str, Cell]]] = []
    for work, events, cells in rows:
        found.append((work, events, cells))
        if work == CORE[-1]:
            core = [c for w, n, c in rows if w in CORE and n == events]
            done = [name for name in CONTESTANTS if all(name in c for c in core)]
            sums = {
                name: (sum(c[name][0] for c in core), max(c[name][1] for c in core))
                for name in done
            }
            found.append((TOGETHER, events, sums))
    return found


def _shown(name: str, cell: Cell | None, ours: Cell | None) -> str:
    if cell is None:
        return "–"
    seconds, peak = cell
    ratio = "" if name == "procmine" or ours is None else f" ({_times(seconds / ours[0])})"
    return f"{_number(seconds)} s{ratio}, {_number(peak / 1000)} GB"


def _times(ratio: float) -> str:
    return f"{ratio:.0f}×" if ratio >= 10 else f"{ratio:.2g}×"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _size(events: int) -> str:
    return f"{events / 1e6:.1f} M" if events >= 100_000 else f"{events:,}"


def machine() -> str:
    """Return one line on the machine and one on the versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    names = (*CONTESTANTS, "r4pm", "pandas", "pyarrow")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"Machine: {_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB; "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}.\n"
        f"Versions: {versions}."
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or "unknown processor"
