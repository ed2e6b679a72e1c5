"""Time and memory of one contestant at one task, in a process of its own.

`python -m benchmarks.measure CONTESTANT TASK FOLDER` prints one line of JSON.
"""

import importlib
import json
import resource
import subprocess
import sys
import time
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

CONTESTANTS = ("procmine", "pm4py", "pl4pm")
TASKS = ("answer", "read")


@dataclass(frozen=True)
class Measurement:
    """One run.

    Attributes:
        seconds: Wall-clock time of the task alone: libraries and, for `answer`, the log that the
            contestant works on are loaded before.
        peak_mb: The most memory the process held during the task, in MB of 10^6 bytes.
        facts: What was found.
    """

    seconds: float
    peak_mb: float
    facts: dict[str, float]


def measured(contestant: str, task: str, folder: Path) -> Measurement:
    """Run one contestant in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.measure", contestant, task, str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Measurement(**json.loads(done.stdout.splitlines()[-1]))


def _run(contestant: str, task: str, folder: Path) -> Measurement:
    module = importlib.import_module(f"benchmarks.contestants.{contestant}")

    def subject(where: Path) -> object:
        return module.load(where) if task == "answer" else where / "events.csv"

    work = getattr(module, task)
    work(subject(folder / "small"))  # imports and caches of first use, for everyone alike
    given = subject(folder)
    _forget_peak()
    start = time.perf_counter()
    facts = work(given)
    seconds = time.perf_counter() - start
    return Measurement(seconds, _peak_mb(), facts)


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
    with redirect_stdout(sys.stderr):  # banners and progress
        outcome = _run(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    print(json.dumps(outcome.__dict__))
