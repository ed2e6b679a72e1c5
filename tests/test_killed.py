"""Killing a run at any moment leaves the old log or the new one, and the next run goes on."""

import os
import random
import shutil
import subprocess
import sys
import time

import pytest
from polars.testing import assert_frame_equal

import procmine as pm
from procmine.errors import InputError
from procmine.storage import MANIFEST, find
from tests.strategies import frame, random_events

pytestmark = pytest.mark.slow

KILLS = 50 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 8
BUCKETS = 12

RUN = """
import sys
import procmine as pm
from procmine import keeping
keeping.plan = lambda _, events, __: keeping.Plan(events, {buckets}, 0)
print("begun", flush=True)
{work}
print("done", flush=True)
"""
PREPARE = "pm.read(sys.argv[1], into=sys.argv[2])"
APPEND = "pm.append(sys.argv[2], sys.argv[1])"


def started(work, source, path):
    """Start a run, and wait until it begins."""
    script = RUN.format(buckets=BUCKETS, work=work)
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(source), str(path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "begun\n"
    return process


def finished(process):
    """Wait for a run's end; return whether it got to it."""
    with process:
        return process.stdout.read() == "done\n"


def killed_after(process, seconds):
    """Kill a run after a while; return whether it had got to its end."""
    time.sleep(seconds)
    process.kill()
    return finished(process)


def figures(log):
    """Everything that a log says."""
    return log.events.collect().sort("order"), log.size, dict(log.meta.quality)


def assert_same(found, expected):
    assert_frame_equal(found[0], expected[0].select(found[0].columns))
    assert found[1:] == expected[1:]


def opened(path):
    """Return a log's figures; None where it can't be opened, which must be said in a sentence."""
    try:
        return figures(pm.read(path))
    except InputError:
        return None


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Two files of events of the same cases, and how long it takes to prepare the first."""
    folder = tmp_path_factory.mktemp("sources")
    table = frame(random_events(1, number=120_000)).drop("order")
    table[:100_000].write_csv(folder / "first.csv")
    table[100_000:].write_csv(folder / "second.csv")
    return folder / "first.csv", folder / "second.csv"


def duration(work, source, path):
    process, before = started(work, source, path), time.monotonic()
    assert finished(process)
    return time.monotonic() - before


def parts_in(*folders):
    return {
        f.name: (f.stat().st_mtime_ns, f.stat().st_size)
        for folder in folders
        for f in folder.glob("part-*.parquet")
    }


def test_a_killed_prepare_leaves_no_log_or_the_right_one_and_goes_on(sources, tmp_path):
    first, _ = sources
    path, work = tmp_path / "log.parquet", tmp_path / "log.parquet.partial" / "log"
    whole = figures(pm.read(first))
    lasts = duration(PREPARE, first, tmp_path / "calibration.parquet")
    moment, seen = random.Random(7), []
    for _ in range(KILLS):
        killed_after(started(PREPARE, first, path), moment.uniform(0, 1.1 * lasts))
        found = opened(path)
        made = parts_in(work, path)
        seen.append((found is not None, len(made)))
        if found is not None:
            assert_same(found, whole)

        assert finished(started(PREPARE, first, path))
        assert_same(opened(path), whole)
        if found is None:
            assert made.items() <= parts_in(path).items(), "a finished part was prepared again"
        remove(path)
        assert sorted(f.name for f in tmp_path.iterdir()) == ["calibration.parquet"]
    sys.stdout.write(f"{KILLS} kills: (opens, parts made) {sorted(seen)}\n")
    assert any(0 < parts < BUCKETS for _, parts in seen), "no kill came while parts were made"


def test_a_killed_prepare_over_an_old_log_leaves_one_of_the_two(sources, tmp_path):
    first, second = sources
    path = tmp_path / "log.parquet"
    whole, old = figures(pm.read(first)), figures(pm.read(second))
    lasts = duration(PREPARE, first, tmp_path / "calibration.parquet")
    moment = random.Random(9)
    for _ in range(KILLS):
        assert finished(started(PREPARE, second, path))
        killed_after(started(PREPARE, first, path), moment.uniform(0.5, 1.2) * lasts)
        found = opened(path)
        if found is not None:
            assert_same(found, old if found[1] == old[1] else whole)
        assert finished(started(PREPARE, first, path))
        assert_same(opened(path), whole)
        remove(path)


@pytest.mark.parametrize("in_parts", [True, False])
def test_a_killed_append_leaves_the_log_before_or_after(sources, tmp_path, in_parts):
    first, second = sources
    path = tmp_path / "log.parquet"
    if in_parts:
        assert finished(started(PREPARE, first, path))
    else:
        pm.read(first, into=path)
    kept = tmp_path / "kept"
    copy(path, kept)
    before, after = figures(pm.read(path)), figures(pm.read([first, second]))
    lasts = duration(APPEND, second, path)
    moment, states = random.Random(8), []
    for _ in range(KILLS):
        remove(path)
        copy(kept, path)
        killed_after(started(APPEND, second, path), moment.uniform(0, 1.1 * lasts))
        found = figures(pm.read(path))
        states.append("after" if found[1] == after[1] else "before")
        assert_same(found, after if states[-1] == "after" else before)

        again = finished(started(APPEND, second, path))
        assert again == (states[-1] == "before"), "the same file was added twice"
        assert_same(figures(pm.read(path)), after)
        assert sorted(f.name for f in tmp_path.iterdir()) == ["kept", "log.parquet"]
        if in_parts and again:
            names = {f.name for f in find(path).files} | {MANIFEST}
            assert {f.name for f in path.iterdir()} == names
    sys.stdout.write(f"{KILLS} kills: {states.count('after')} after, the others before\n")


def copy(source, target):
    (shutil.copytree if source.is_dir() else shutil.copy)(source, target)


def remove(path):
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
