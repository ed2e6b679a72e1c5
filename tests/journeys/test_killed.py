"""A run that makes journeys in parts and is killed leaves no log, and the next one goes on."""

import random
import subprocess
import sys
import time

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import procmine as pm

pytestmark = pytest.mark.slow

MAPPING = """
[[sources]]
name = "shop"
path = "shop.csv"
[sources.identifiers]
customer = "who"
[[journeys]]
type = "order"
triggers = ["a"]
outcomes = ["b"]
patience = "3 days"
"""
RUN = """
import sys
import procmine as pm
from procmine import keeping
keeping.plan = lambda _, events, __: keeping.Plan(events, 12, 0)
print("begun", flush=True)
pm.read_sources(sys.argv[1], into=sys.argv[2])
"""


@pytest.fixture
def mapping(tmp_path):
    draw = random.Random(2)
    minutes = [draw.randrange(500_000) for _ in range(60_000)]
    pl.DataFrame(
        {
            "who": [draw.randrange(3_000) for _ in minutes],
            "activity": [draw.choice("abc") for _ in minutes],
            "time": [1_767_225_600 + 60 * m for m in minutes],
        }
    ).write_csv(tmp_path / "shop.csv")
    (tmp_path / "m.toml").write_text(MAPPING)
    return tmp_path / "m.toml"


def started(mapping, log):
    command = [sys.executable, "-c", RUN, str(mapping), str(log)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "begun\n"
    return process


def parts(*folders):
    files = (f for folder in folders for f in folder.glob("part-*.parquet"))
    return {f.name: f.stat().st_mtime_ns for f in files}


def test_a_killed_run_leaves_no_log_and_the_next_goes_on(mapping, tmp_path):
    log, work = tmp_path / "log.parquet", tmp_path / "log.parquet.partial" / "log"
    whole = pm.read_sources(mapping)
    process = started(mapping, log)
    while process.poll() is None and len(parts(work)) < 3:
        time.sleep(0.002)
    process.kill()
    process.communicate()
    made = parts(work)
    assert made, "it wasn't killed while it prepared"
    assert not log.exists()

    started(mapping, log).communicate()

    assert made.items() <= parts(log).items(), "a finished part was prepared again"
    found = pm.read(log)
    assert found.size == whole.size
    text = [c for c, t in whole.events.collect_schema().items() if t == pl.Categorical]
    one, other = (
        x.events.collect().with_columns(pl.col(text).cast(pl.String)).sort("order")
        for x in (found, whole)
    )
    assert_frame_equal(one, other)
