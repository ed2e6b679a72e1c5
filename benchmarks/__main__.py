"""Compare procmine with pm4py and pl4pm on the same work: `make bench`.

Every contestant runs in a process of its own, in turn, as often as `--repeat` says; the medians
are printed. The facts that each finds are compared, so that the same work was done.
"""

import argparse
import math
import os
import sys
from pathlib import Path

from benchmarks import logs
from benchmarks.measure import CONTESTANTS, TASKS, measured
from benchmarks.table import Runs, machine, table

METHOD = (
    "Each run is a fresh process; medians of {repeat}. Before the clock starts libraries are "
    "imported and used once on 2,000 events, and pm4py and pl4pm hold their formatted frame in "
    "memory; procmine reads its prepared Parquet file within the clock. Memory is the peak of "
    "resident memory during the task."
)


def main() -> None:
    """Run the comparison and print it as Markdown; progress goes to standard error."""
    options = _options()
    base = Path(os.environ.get("PROCMINE_REAL_LOGS", "../shared/logs"))
    if not (base / logs.BASE).exists():
        sys.exit(f"The benchmark needs {logs.BASE}: set PROCMINE_REAL_LOGS to the folder it is in.")
    sizes: dict[str, dict[int, Runs]] = {task: {} for task in TASKS}
    for copies in options.copies:
        folder = options.folder / f"{copies}-copies"
        events = logs.make(base, copies, folder)
        for task in TASKS:
            sizes[task][events] = _runs(task, folder, options.repeat)
    parts = [table(task, sizes[task]) for task in TASKS]
    method = METHOD.format(repeat=options.repeat)
    print("\n\n".join([*parts, logs.ABOUT, method, _differences(sizes), machine()]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--copies", type=int, nargs="+", default=[2, 9], help="of the log")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each contestant")
    parser.add_argument("--folder", type=Path, default=Path("out/bench"), help="for the logs")
    return parser.parse_args()


def _runs(task: str, folder: Path, repeat: int) -> Runs:
    """Run all contestants in turn."""
    runs: Runs = {name: [] for name in CONTESTANTS}
    if task == "answer":
        measured("procmine", task, folder)  # prepares the log, once
    for _ in range(repeat):
        for name in CONTESTANTS:
            run = measured(name, task, folder)
            sys.stderr.write(f"{folder.name} {task} {name}: {run.seconds:.3f} s\n")
            runs[name].append(run)
    return runs


def _differences(sizes: dict[str, dict[int, Runs]]) -> str:
    """Say where a contestant found something else than pm4py: it didn't do the same work."""
    found = [
        f"{name} found {fact} = {value:,.0f} in {events:,} events, pm4py {reference:,.0f}"
        for task in sizes
        for events, runs in sizes[task].items()
        for fact, reference in runs["pm4py"][0].facts.items()
        for name in CONTESTANTS
        if not math.isclose(value := runs[name][0].facts[fact], reference, rel_tol=1e-6)
    ]
    return "Not the same: " + "; ".join(found) + "." if found else "All found the same."


if __name__ == "__main__":
    main()
