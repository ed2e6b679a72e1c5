"""Compare procmine with its peers, and with a bare group-by, on the same work: `make bench`.

Every contestant runs in a process of its own, in turn, as often as `--repeat` says; the medians
are written. The facts that each finds are compared, so that the same work was done.
"""

import argparse
import math
import os
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks import logs
from benchmarks.measure import CONTESTANTS, Measurement, can, measured
from benchmarks.table import NAMES, machine, table
from benchmarks.work import CORE, INPUT, SINGLE, Work

LARGE = 100
LONG = 30
"""A contestant that takes so many seconds for its works isn't asked again."""
MOST = {"pm4py": 5, "pl4pm": 5}
"""Contestants that need minutes or all the memory beyond so many million events."""

METHOD = (
    "Seconds, how many times procmine's that is, and the peak of resident memory; medians of "
    "{repeat} runs (one where a size's works take a contestant over {long} s), each in a fresh "
    "process, first on 2,000 events so that imports and caches of first use don't count. "
    "procmine, DuckDB and bare Polars read the same prepared file within the clock; pm4py and "
    "pl4pm hold their formatted frame in memory before it starts. Bare Polars is the floor: a "
    "scan and group-bys of the same columns, counts and means alone; for a log, read, sort and "
    "write. procmine and DuckDB give medians and 90th percentiles beside the means (beyond a "
    "million events procmine's are within 1 %), procmine intervals of ranks and survival too. A "
    "log is procmine's prepared file, whose every event was checked; pm4py's and pl4pm's are "
    "frames in memory. A dash: it doesn't do that, took more than {limit:.0f} minutes, or was "
    "left out because it would take minutes or all the memory ({left_out})."
)


def main() -> None:
    """Run the comparison, write it as Markdown; progress goes to standard error."""
    options = _options()
    base = Path(os.environ.get("PROCMINE_REAL_LOGS", "../shared/logs"))
    if not (base / logs.XES).exists():
        sys.exit(f"The benchmark needs {logs.XES}: set PROCMINE_REAL_LOGS to the folder it is in.")
    rows: list[tuple[Work, int, dict[str, list[Measurement]]]] = []
    for millions in [*options.sizes, *([LARGE] if options.large else [])]:
        folder = options.folder / f"{millions}-million"
        events = logs.make(base, logs.copies_of(millions), folder)
        given = (folder / "events.csv").exists()
        works = (*CORE, *(w for w in INPUT if given or w.name != "csv"))
        rows += [(w, events, r) for w, r in _runs(works, folder, options, millions).items()]
    folder = options.folder / "single"
    for work in SINGLE:
        events = logs.single(base, folder)[work.name]
        rows += [(w, events, r) for w, r in _runs((work,), folder, options, 0).items()]
    _write(rows, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1, 5, 20], help="million events")
    parser.add_argument("--large", action="store_true", help="100 million events too")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each contestant")
    parser.add_argument("--limit", type=float, default=5, help="minutes a run may take")
    parser.add_argument("--folder", type=Path, default=Path("out/bench"), help="for the logs")
    parser.add_argument("--output", type=Path, help="where to write; standard output otherwise")
    return parser.parse_args()


def _runs(
    works: Sequence[Work], folder: Path, options: argparse.Namespace, millions: int
) -> dict[Work, dict[str, list[Measurement]]]:
    """Run all contestants in turn; procmine first prepares the log that others read too."""
    found = {work: defaultdict[str, list[Measurement]](list) for work in works}
    by_name = {work.name: work for work in works}
    racing = [name for name in CONTESTANTS if millions <= MOST.get(name, millions)]
    for _ in range(options.repeat):
        for name in list(racing):
            runs = measured(name, folder, can(name, works), 60 * options.limit)
            for run in runs:
                sys.stderr.write(f"{folder.name} {run.work} {name}: {run.seconds:.3f} s\n")
                found[by_name[run.work]][name].append(run)
            if sum(run.seconds for run in runs) > LONG:
                racing.remove(name)
    return {work: dict(runs) for work, runs in found.items()}


def _write(
    rows: Sequence[tuple[Work, int, dict[str, list[Measurement]]]], options: argparse.Namespace
) -> None:
    left_out = ", ".join(f"{name} beyond {most} million" for name, most in MOST.items())
    method = METHOD.format(repeat=options.repeat, limit=options.limit, left_out=left_out, long=LONG)
    parts = [table(rows), method, logs.ABOUT, _differences(rows), machine()]
    large = "--large " if options.large else ""
    command = f'make bench BENCH="{large}--repeat {options.repeat}"'
    text = "\n\n".join(["# Benchmarks", f"Written by `{command}`.", *parts])
    if options.output is None:
        print(text)
    else:
        options.output.write_text(f"{text}\n{_by_hand(options.output)}", encoding="utf-8")


def _by_hand(file: Path) -> str:
    """Return what stands in the file behind the table: larger logs, measured one by one."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    _, heading, rest = text.partition("\n## ")
    return heading + rest


def _differences(rows: Sequence[tuple[Work, int, dict[str, list[Measurement]]]]) -> str:
    """Say where a contestant found something else than procmine: it didn't do the same work."""
    found = [
        f"{NAMES.get(name, name)} found {fact} = {own[0].facts[fact]:,.6g} in {events:,} events, "
        f"procmine {reference:,.6g}"
        for _, events, runs in rows
        for fact, reference in runs["procmine"][0].facts.items()
        for name, own in runs.items()
        if not math.isclose(own[0].facts[fact], reference, rel_tol=1e-6)
    ]
    return "Not the same: " + "; ".join(found) + "." if found else "All found the same."


if __name__ == "__main__":
    main()
