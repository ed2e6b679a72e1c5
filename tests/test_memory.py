"""Memory is bounded by what is asked and by what was allowed, not by the size of the log."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

import procmine as pm
from procmine.storage import write_manifest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not Path("/proc/self/status").exists(), reason="peak memory is read from Linux' /proc"
    ),
]

MILLION = 1_000_000
ACTIVITIES = [f"activity {number}" for number in range(25)]
DEPARTMENTS = [f"department {number}" for number in range(8)]

MEASURED = """
import json, sys
import procmine as pm
{question}
with open("/proc/self/status") as status:
    kilobytes = next(line.split()[1] for line in status if line.startswith("VmHWM"))
print(json.dumps([answer, int(kilobytes) * 1024]))
"""


def measured(question, *arguments):
    """Run Python in a process of its own; return its `answer` and its peak memory in bytes."""
    # Not getrusage: a process that was forked begins with its parent's peak.
    command = [sys.executable, "-c", MEASURED.format(question=question), *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    answer, peak = json.loads(run.stdout)
    sys.stdout.write(f"{peak / 1e9:.2f} GB {arguments}\n")
    return answer, peak


def raw(events, *, seed=1):
    """Return raw events, about twelve a case, cases overlapping in time."""
    rows = pl.int_range(events, eager=True)
    mixed = rows.hash(seed=seed)
    since = datetime(2026, 1, 5, tzinfo=UTC)
    case = pl.Series(mixed % max(1, events // 12))
    return pl.select(
        case_id=pl.concat_str(pl.lit("case "), case),
        activity=_named(ACTIVITIES, rows.hash(seed=seed + 1)),
        timestamp=pl.lit(since).dt.cast_time_unit("us") + pl.duration(seconds=rows * 7),
        department=_named(DEPARTMENTS, rows.hash(seed=seed + 2)),
        resource=_named([f"person {n}" for n in range(300)], rows.hash(seed=seed + 3)),
    )


def _named(names, numbers):
    # The smaller of two draws: some names are frequent and others rare.
    drawn = pl.min_horizontal(numbers % len(names), (numbers // 2**32) % len(names))
    return pl.lit(pl.Series(names)).gather(drawn)


@pytest.fixture(scope="module")
def twenty_million(tmp_path_factory):
    """A prepared log of twenty parts: one part over and over, with other cases."""
    folder = tmp_path_factory.mktemp("large")
    log = pm.read(raw(MILLION))
    events, cases = log.size
    part = log.events.collect()
    for number in range(20):
        own = part.with_columns(pl.col("case_id") + f" of {number}")
        own.write_parquet(folder / f"part-{number:05}.parquet", compression="lz4")
    names = sorted(f.name for f in folder.iterdir())
    write_manifest(folder, names, replace(log.meta, events=20 * events, cases=20 * cases))
    return folder


ASKED = """
log = pm.read(sys.argv[1])
results = [getattr(pm, name)(log) for name in sys.argv[2].split(",")]
answer = [[r.headline, *(t.height for t in r.tables.values())] for r in results]
"""
CORE = ["overview", "process_map", "cycle_time", "handoffs", "variants", "rework"]


@pytest.mark.parametrize("analyses", [*CORE, ",".join(CORE)])
def test_a_question_to_twenty_million_events_takes_under_a_gigabyte_and_a_half(
    twenty_million, analyses
):
    answer, peak = measured(ASKED, twenty_million, analyses)
    assert len(answer) == len(analyses.split(","))
    assert peak < 1.5e9


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_preparing_keeps_to_its_memory(tmp_path, ending):
    source = tmp_path / f"raw.{ending}"
    getattr(raw(5 * MILLION), f"write_{ending}")(source)
    question = """
log = pm.read(sys.argv[1], into=sys.argv[2], memory="1GB")
answer = log.size[0]
"""
    answer, peak = measured(question, source, tmp_path / "log.parquet")
    assert answer == 5 * MILLION
    assert (tmp_path / "log.parquet").is_dir()
    assert peak < 1e9
