"""A log that is kept on disk, in one file or in parts, is the log that memory holds."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from types import SimpleNamespace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import procmine as pm
from procmine import keeping
from procmine.errors import InputError, OptionError, UnavailableError
from procmine.prepare import buckets as work
from procmine.schema import MADE_ALWAYS
from procmine.storage import find
from tests.strategies import FEW, events, frame, random_events


@contextmanager
def buckets(number):
    """Make every log that is kept fall into so many buckets."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "plan", lambda _, events, __: keeping.Plan(events, number, 0))
        yield


def raw(number=120, seed=5):
    return frame(random_events(seed, number=number)).drop("order")


ANALYSES = (pm.overview, pm.process_map, pm.cycle_time, pm.handoffs, pm.variants, pm.rework)


@given(rows=events(), number=st.integers(1, 5))
def test_a_log_in_parts_is_the_log_in_memory(rows, number, tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "log.parquet"
    in_memory = pm.read(frame(rows))
    with buckets(number):
        kept = pm.read(frame(rows), into=path)

    for log in (kept, pm.read(path)):
        table, expected = log.events.collect(), in_memory.events.collect()
        assert set(MADE_ALWAYS) <= set(table.columns) == set(expected.columns)
        order = ["case_id", "timestamp", "order"]
        assert_frame_equal(table.sort(order), expected.sort(order).select(table.columns))
        runs = table["case_id"].rle().struct.field("value")
        assert runs.n_unique() == len(runs)
        assert log.size == in_memory.size
        assert log.meta.quality == in_memory.meta.quality


@FEW
@given(rows=events(), number=st.integers(2, 5))
def test_every_analysis_of_parts_is_that_of_memory(rows, number, tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "log.parquet"
    in_memory = pm.read(frame(rows))
    with buckets(number):
        kept = pm.read(frame(rows), into=path)
    for analysis in ANALYSES:
        expected = analysis(in_memory)
        found = analysis(kept)
        assert found.headline == expected.headline
        assert found.caveats == expected.caveats
        for name, table in expected.tables.items():
            assert_frame_equal(found.tables[name], table, rel_tol=1e-12)


def test_nothing_is_left_beside_a_log(tmp_path):
    for number in (1, 5, 1, 5):
        with buckets(number):
            pm.read(raw(), into=tmp_path / "log.parquet")
        assert [f.name for f in tmp_path.iterdir()] == ["log.parquet"]
        assert (tmp_path / "log.parquet").is_dir() == (number > 1)


def test_a_run_that_fails_leaves_the_old_log_and_what_the_next_run_needs(tmp_path, monkeypatch):
    path, source = tmp_path / "log.parquet", tmp_path / "raw.csv"
    with buckets(4):
        pm.read(raw(60), into=path)
        raw().write_csv(source)
        stop_after(monkeypatch, parts=2)
        with pytest.raises(KeyboardInterrupt):
            pm.read(source, into=path)
        assert pm.read(path).size[0] == 60
        made = {f.name: f.stat().st_mtime_ns for f in tmp_path.rglob("*.partial/log/*.parquet")}
        assert len(made) == 2

        monkeypatch.undo()
        with buckets(4):
            log = pm.read(source, into=path)
    assert log.size[0] == 120
    assert made.items() <= {f.name: f.stat().st_mtime_ns for f in path.iterdir()}.items()
    assert {f.name for f in tmp_path.iterdir()} == {"log.parquet", "raw.csv"}


@pytest.mark.parametrize(
    "changed",
    [
        {"null_values": ["Sales"]},
        {"timezone": "Europe/Amsterdam"},
        {"outcomes": ["answer"]},
        {"department": "resource"},
    ],
)
def test_work_that_was_read_otherwise_is_not_gone_on_with(tmp_path, monkeypatch, changed):
    path, source = tmp_path / "log.parquet", tmp_path / "raw.csv"
    raw().write_csv(source)
    with buckets(4):
        stop_after(monkeypatch, parts=2)
        with pytest.raises(KeyboardInterrupt):
            pm.read(source, into=path)
        monkeypatch.undo()
    with buckets(4):
        log = pm.read(source, into=path, **changed)
    expected = pm.read(source, **changed)
    found = log.events.collect().sort("order")
    assert_frame_equal(found, expected.events.collect().sort("order").select(found.columns))


def stop_after(monkeypatch, *, parts):
    """Interrupt preparing once so many parts are there."""
    write, written = work.write_part, []

    def interrupted(*given):
        if len(written) == parts:
            raise KeyboardInterrupt
        written.append(write(*given))

    monkeypatch.setattr(work, "write_part", interrupted)


def test_events_that_get_lost_on_the_way_are_noticed(tmp_path, monkeypatch):
    def forgetful(events, part, metadata):
        return keep_all(events.head(events.height - 1), part, metadata)

    keep_all = work.write_part
    monkeypatch.setattr(work, "write_part", forgetful)
    with buckets(4), pytest.raises(InputError, match="116 events came out of 120"):
        pm.read(raw(), into=tmp_path / "log.parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_was_killed_while_it_cleared_up_hinders_no_other(tmp_path, monkeypatch):
    path, source = tmp_path / "log.parquet", tmp_path / "raw.csv"
    raw().write_csv(source)

    def killed(*_, **__):
        raise KeyboardInterrupt

    with buckets(4):
        with monkeypatch.context() as patch:
            patch.setattr(keeping, "find", killed)
            patch.setattr(keeping.shutil, "rmtree", lambda *_, **__: None)
            with pytest.raises(KeyboardInterrupt):
                pm.read(source, into=path)
        assert (tmp_path / "log.parquet.partial" / "plan.json").exists()
        path.rename(tmp_path / "moved.parquet")
        log = pm.read(source, into=path)
    assert log.size[0] == 120
    assert not (tmp_path / "log.parquet.partial").exists()


def test_a_log_that_had_just_been_moved_aside_comes_back(tmp_path, monkeypatch):
    path = tmp_path / "log.parquet"
    with buckets(4):
        pm.read(raw(60), into=path)
        shutil.copytree(path, tmp_path / "log.parquet.partial" / "old")
        shutil.rmtree(path)
        stop_after(monkeypatch, parts=1)
        with pytest.raises(KeyboardInterrupt):
            pm.read(raw(), into=path)
    assert pm.read(path).size[0] == 60


def test_nothing_but_a_log_is_overwritten(tmp_path):
    raw().write_parquet(tmp_path / "raw.parquet")
    (tmp_path / "photos.parquet").mkdir()
    (tmp_path / "photos.parquet" / "part-00000.parquet").write_bytes(b"mine")
    for name in ("raw.parquet", "photos.parquet"):
        with pytest.raises(InputError, match="isn't a prepared log, so it isn't overwritten"):
            pm.read(tmp_path / "raw.parquet", into=tmp_path / name)
    assert (tmp_path / "photos.parquet" / "part-00000.parquet").read_bytes() == b"mine"
    assert_frame_equal(pl.read_parquet(tmp_path / "raw.parquet"), raw())


def test_a_log_in_parts_is_not_written_over_by_a_file(tmp_path):
    path = tmp_path / "log.parquet"
    with buckets(4):
        log = pm.read(raw(), into=path)
    with pytest.raises(InputError, match=r"'log.parquet' is a folder"):
        log.write(path)
    assert pm.read(path).size[0] == 120
    assert log.write(tmp_path / "one.parquet").is_file()
    assert pm.read(tmp_path / "one.parquet").size == log.size


def test_a_name_that_cannot_be_is_refused_before_anything_is_read(tmp_path):
    with pytest.raises(OptionError, match=r"'log.csv'.*ending in .parquet"):
        pm.read(tmp_path / "absent.csv", into=tmp_path / "log.csv")
    with pytest.raises(InputError, match=r"The folder of 'log.parquet' isn't there"):
        pm.read(tmp_path / "absent.csv", into=tmp_path / "no" / "log.parquet")
    with pytest.raises(OptionError, match="isn't an amount of memory"):
        pm.read(tmp_path / "absent.csv", into=tmp_path / "log.parquet", memory="plenty")


def test_a_disk_that_is_too_small_is_noticed_before_any_work(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
    with pytest.raises(UnavailableError, match=r"needs about .* of disk, and .* free") as error:
        pm.read(raw(), into=tmp_path / "log.parquet")
    assert " 0 GB" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def procmine(*arguments):
    """Run the command line."""
    return subprocess.run(
        [sys.executable, "-m", "procmine", *map(os.fspath, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_a_second_run_says_that_another_is_at_it(tmp_path):
    path, source = tmp_path / "log.parquet", tmp_path / "raw.csv"
    raw().write_csv(source)
    with keeping.workshop(path) as folder:
        (folder / "mine").write_text("work of the first run")
        run = procmine("prepare", source, "--output", path)
        assert (folder / "mine").read_text() == "work of the first run"
        (folder / "mine").unlink()
    assert (run.returncode, run.stdout) == (3, "")
    assert "Another run is preparing 'log.parquet'." in run.stderr
    assert "Traceback" not in run.stderr
    assert procmine("prepare", source, "--output", path).returncode == 0
    assert {f.name for f in tmp_path.iterdir()} == {"log.parquet", "raw.csv"}


@pytest.mark.slow
@pytest.mark.parametrize("harm", ["part", "manifest", "unfinished"])
def test_a_damaged_folder_ends_in_a_sentence(tmp_path, harm):
    path = tmp_path / "log.parquet"
    with buckets(4):
        pm.read(raw(), into=path)
    manifest = path / "_procmine.json"
    says = {
        "part": "lacks 1 of its 4 parts, part-00002.parquet for one",
        "manifest": "The manifest of 'log.parquet' can't be read",
        "unfinished": "is a prepared log that was never finished",
    }
    if harm == "part":
        (path / json.loads(manifest.read_text())["parts"][2]).unlink()
    elif harm == "manifest":
        manifest.write_text(manifest.read_text()[:100])
    else:
        manifest.unlink()
    for command in (("overview", path), ("append", path, path)):
        run = procmine(*command)
        assert (run.returncode, run.stdout) == (2, "")
        assert says[harm] in run.stderr
        assert "Traceback" not in run.stderr
    assert find(tmp_path) is None
