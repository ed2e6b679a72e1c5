"""The figures as a Markdown table, with the machine and the versions that made them."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.measure import CONTESTANTS, Measurement

TITLES = {
    "answer": "Directly-follows graph with mean waits, variants, case durations and handoffs",
    "read": "Reading CSV and preparing or formatting it",
}
HEAD = "| events | | seconds | procmine is faster by | peak MB | procmine's share of the memory |"

Runs = dict[str, list[Measurement]]


def table(task: str, sizes: dict[int, Runs]) -> str:
    """Return the table of one task.

    Args:
        task: `answer` or `read`.
        sizes: For each number of events, each contestant's runs; the medians are shown.
    """
    lines = [f"### {TITLES[task]}", "", HEAD, "|---:|---|---:|---:|---:|---:|"]
    for events, runs in sizes.items():
        seconds = {name: median(run.seconds for run in runs[name]) for name in runs}
        peaks = {name: median(run.peak_mb for run in runs[name]) for name in runs}
        for name in runs:
            faster = seconds[name] / seconds["procmine"]
            share = peaks["procmine"] / peaks[name]
            ratio = ("", "") if name == "procmine" else (f"{faster:,.1f} x", f"{share:.0%}")
            lines.append(
                f"| {events:,} | {name} | {seconds[name]:,.3f} | {ratio[0]} "
                f"| {peaks[name]:,.0f} | {ratio[1]} |"
            )
    return "\n".join(lines)


def machine() -> str:
    """Return one line on the machine and one on the versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    names = (*CONTESTANTS, "polars", "pandas")
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
