"""Time and memory of one contestant at some works, in a process of its own.

`python -m benchmarks.measure CONTESTANT FOLDER WORK…` prints one line of JSON a work.
"""

import importlib
import json
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from benchmarks.work import ALL, Work

CONTESTANTS = ("polars", "procmine", "duckdb", "pl4pm", "pm4py")


@dataclass(frozen=True)
class Measurement:
    """One run of one work.

    Attributes:
        work: What was done.
        seconds: Wall-clock time of the work alone: libraries and, where a contestant works on a
            log in memory, that log are loaded before.
        peak_mb: The most memory the process held meanwhile, in MB of 10^6 bytes.
        facts: What was found.
    """

    work: str
    seconds: float
    peak_mb: float
    facts: dict[str, float]


def can(contestant: str, works: Sequence[Work]) -> list[Work]:
    """Return the works that a contestant does."""
    module = importlib.import_module(f"benchmarks.contestants.{contestant}")
    return [work for work in works if work.name in module.WORK]


def measured(
    contestant: str, folder: Path, works: Sequence[Work], limit: float
) -> list[Measurement]:
    """Run one contestant in a fresh process; what it had done when the time was over counts."""
    names = [work.name for work in works]
    command = [sys.executable, "-m", "benchmarks.measure", contestant, str(folder), *names]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        said, _ = run.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        run.kill()
        said, _ = run.communicate()
    return [Measurement(**json.loads(line)) for line in said.splitlines()]


def _run(contestant: str, folder: Path, name: str) -> Measurement:
    work, module = ALL[name], importlib.import_module(f"benchmarks.contestants.{contestant}")

    def subject(where: Path) -> object:
        if not work.loaded:
            return where
        return module.load(where) if work.replicated else module.load_single(where)

    do = module.WORK[name]
    do(subject(folder / "small"))  # imports and caches of first use, for everyone alike
    given = subject(folder)
    _forget_peak()
    start = time.perf_counter()
    facts = do(given)
    seconds = time.perf_counter() - start
    return Measurement(name, seconds, _peak_mb(), {k: float(v) for k, v in facts.items()})


def _forget_peak() -> None:
    """Let the peak count from now on, where the system can (Linux)."""
    if Path("/proc/self/clear_refs").exists():
        Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> float:
    """Return the peak of resident memory; getrusage would count the parent's on Linux."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for asked in sys.argv[3:]:
        with redirect_stdout(sys.stderr):  # banners and progress
            outcome = _run(sys.argv[1], Path(sys.argv[2]), asked)
        print(json.dumps(outcome.__dict__), flush=True)
