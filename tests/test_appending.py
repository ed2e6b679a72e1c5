"""Appending in any number of batches gives the log that preparing everything at once gives."""

from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import procmine as pm
from procmine import appending, keeping
from procmine.errors import InputError, OptionError, QualityError, UnavailableError
from procmine.storage import find
from tests.brute import at
from tests.strategies import FEW, OPTIONAL, events, frame, random_events


@contextmanager
def buckets(number):
    """Make every log that is kept fall into so many buckets."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "plan", lambda _, events, __: keeping.Plan(events, number, 0))
        yield


@st.composite
def batches(draw):
    """A log cut at random: late events, new cases, ties, columns that some batches lack, faults."""
    rows = draw(events(min_size=2, optional=OPTIONAL))
    table = frame(sorted(rows, key=lambda r: r["order"])).drop("order")
    extra = [draw(st.none() | st.sampled_from(("x", "y"))) for _ in rows]
    table = table.with_columns(note=pl.Series(extra, dtype=pl.String))
    cuts = sorted(draw(st.sets(st.integers(1, len(rows) - 1), max_size=4)))
    edges = [0, *cuts, len(rows)]
    pieces = [table[a:b] for a, b in pairwise(edges)]
    return [_spoilt(draw, piece) for piece in pieces]


def _spoilt(draw, piece):
    lacking = draw(st.sets(st.sampled_from(("note", "department", "start_timestamp", "resource"))))
    faults = draw(st.integers(0, 2))
    broken = piece.head(1).with_columns(
        pl.lit(None, pl.String).alias(draw(st.sampled_from(("case_id", "activity"))))
    )
    return pl.concat([*[broken] * faults, piece]).drop(lacking)


def assert_same_log(found, expected):
    """Assert that two logs hold the same events and say the same of them."""
    ours, theirs = found.events.collect(), expected.events.collect()
    assert set(ours.columns) == set(theirs.columns)
    assert_frame_equal(
        ours.sort("case_id", "timestamp", "order"),
        theirs.sort("case_id", "timestamp", "order").select(ours.columns),
    )
    assert found.size == expected.size == (theirs.height, theirs["case_id"].n_unique())
    assert found.meta.quality == expected.meta.quality
    assert found.meta.roles == expected.meta.roles


@contextmanager
def memory_for(events):
    """Make so many events all that may be prepared at once."""

    def plan(_, all_of_them, __):
        return keeping.Plan(all_of_them, -(-all_of_them // events), 0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(appending, "bucket_size", lambda *_: events)
        patch.setattr(appending, "plan", plan)
        yield


def appended(path, pieces, number):
    with buckets(number):
        pm.read(pieces[0], into=path, tolerance=1)
    for piece in pieces[1:]:
        log = pm.append(path, piece, tolerance=1)
    return log if len(pieces) > 1 else pm.read(path)


@given(pieces=batches(), number=st.integers(1, 3), most=st.integers(1, 12))
def test_a_log_that_outgrows_the_memory_is_split_and_is_still_the_same(
    pieces, number, most, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("split")
    with memory_for(most):
        found = appended(folder / "log.parquet", pieces, number)
    assert_same_log(found, pm.read(pl.concat(pieces, how="diagonal"), tolerance=1))
    assert [f.name for f in folder.iterdir()] == ["log.parquet"]


def test_a_part_is_split_where_it_outgrows_the_memory(tmp_path):
    table = frame(random_events(5, number=240)).drop("order")
    path = tmp_path / "log.parquet"
    pm.read(table[:120], into=path)
    with memory_for(60):
        pm.append(path, table[120:200])
        assert len(find(path).files) == 4
        pm.append(path, table[200:])
    sizes = [pl.read_parquet(f).height for f in find(path).files]
    assert sum(sizes) == 240
    assert len(sizes) > 4


def assert_appended_is_whole(pieces, number, path):
    """Append batch by batch, and assert that the log is the one that is prepared at once."""
    at_once = pm.read(pl.concat(pieces, how="diagonal"), tolerance=1)
    log = appended(path, pieces, number)
    assert_same_log(log, at_once)
    assert_same_log(pm.read(path), at_once)
    quality, rows = log.meta.quality, sum(p.height for p in pieces)
    assert quality["accepted"] + quality["set_aside"] == quality["rows_read"] == rows
    cases = log.events.collect()["case_id"].rle().struct.field("value")
    assert cases.n_unique() == len(cases)
    assert list(path.parent.iterdir()) == [path]
    return log, at_once


@given(pieces=batches())
def test_appending_to_parts_batch_by_batch_is_preparing_at_once(pieces, tmp_path_factory):
    assert_appended_is_whole(pieces, 4, tmp_path_factory.mktemp("log") / "log.parquet")


@given(pieces=batches())
def test_appending_to_a_file_is_preparing_at_once_and_keeps_the_order_of_rows(
    pieces, tmp_path_factory
):
    path = tmp_path_factory.mktemp("log") / "log.parquet"
    log, at_once = assert_appended_is_whole(pieces, 1, path)
    ours = log.events.collect()
    assert_frame_equal(ours, at_once.events.collect().select(ours.columns))


ANALYSES = (pm.overview, pm.process_map, pm.cycle_time, pm.handoffs, pm.variants, pm.rework)


@FEW
@given(pieces=batches())
def test_every_analysis_answers_as_if_prepared_at_once(pieces, tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "log.parquet"
    at_once = pm.read(pl.concat(pieces, how="diagonal"), tolerance=1)
    log = appended(path, pieces, 3)
    for analysis in ANALYSES:
        expected = analysis(at_once)
        found = analysis(log)
        assert found.headline == expected.headline
        for name, table in expected.tables.items():
            assert_frame_equal(found.tables[name], table, rel_tol=1e-12)


def raw(number=120, seed=5):
    return frame(random_events(seed, number=number)).drop("order")


def state(folder):
    return {f.name: (f.read_bytes(), f.stat().st_mtime_ns) for f in folder.glob("part-*.parquet")}


@pytest.fixture
def parts(tmp_path):
    """A log in five parts."""
    path = tmp_path / "log.parquet"
    with buckets(5):
        pm.read(raw(), into=path)
    assert len(find(path).files) == 5
    return path


def test_parts_that_no_event_falls_into_are_not_touched(parts):
    before = state(parts)
    case = pl.read_parquet(find(parts).files[2])["case_id"][0]
    log = pm.append(parts, raw(number=120)[:1].with_columns(case_id=pl.lit(case)))
    after = state(parts)
    assert sorted(before.keys() - after.keys()) == ["part-00002.parquet"]
    assert sorted(after.keys() - before.keys()) == ["part-00002-1.parquet"]
    assert all(after[name] == before[name] for name in before.keys() & after.keys())
    assert log.size[0] == 121


def test_a_column_that_only_a_middle_part_has_is_null_in_the_others(parts):
    case = pl.read_parquet(find(parts).files[2])["case_id"][0]
    new = raw()[:1].with_columns(case_id=pl.lit(case), colour=pl.lit("red"))
    table = pm.append(parts, new).events.collect()
    assert table["colour"].drop_nulls().to_list() == ["red"]
    assert table.height == 121


def test_a_column_of_numbers_that_meets_an_instant_becomes_text(tmp_path):
    for number in (1, 4):
        path = tmp_path / f"{number}.parquet"
        with buckets(number):
            pm.read(raw().with_columns(value=7), into=path)
        log = pm.append(path, raw()[:3].with_columns(value=at(0)))
        values = log.events.collect()["value"]
        assert values.dtype == pl.String
        assert sorted(set(values)) == ["2026-01-05 09:00:00.000000+00:00", "7"]


def test_new_events_are_read_as_the_log_was(tmp_path):
    path, when = tmp_path / "log.parquet", "%d.%m.%Y %H:%M"
    table = raw().with_columns(
        pl.col("timestamp").dt.strftime(when), pl.col("department").fill_null("n/k")
    )
    table = table.drop("start_timestamp").rename({"case_id": "who", "department": "silo"})
    options = {"timezone": "Europe/Amsterdam", "null_values": ["n/k"], "day_first": True}
    roles = {"case_id": "who", "department": "silo"}
    pm.read(table[:60], into=path, **roles, **options)
    log = pm.append(path, table[60:])
    assert_same_log(log, pm.read(table, **roles, **options))


def test_a_source_without_one_of_the_columns_keeps_the_other_roles(tmp_path):
    path = tmp_path / "log.parquet"
    table = raw().rename({"case_id": "who", "department": "silo"})
    pm.read(table, into=path, case_id="who", department="silo")
    log = pm.append(path, table.drop("silo"))
    assert log.size[0] == 240
    assert log.meta.roles["department"] == "silo"


def test_a_file_is_not_added_twice(tmp_path):
    raw()[:60].write_csv(tmp_path / "one.csv")
    raw()[60:].write_csv(tmp_path / "two.csv")
    path = tmp_path / "log.parquet"
    pm.read(tmp_path / "one.csv", into=path)
    pm.append(path, tmp_path / "two.csv")
    for again in ("one.csv", "two.csv"):
        with pytest.raises(InputError, match=f"'{again}' are in the log already"):
            pm.append(path, tmp_path / again)
    assert pm.read(path).size[0] == 120


def test_what_cannot_be_appended_to_says_so(tmp_path):
    plain, ordered = tmp_path / "plain.parquet", tmp_path / "ordered.parquet"
    pm.read(raw(), into=plain)
    pm.read(raw().with_row_index("order"), into=ordered)
    part = pm.read(plain).filter_cases(passes_through="ask").write(tmp_path / "part.parquet")
    raw().write_parquet(tmp_path / "raw.parquet")
    with pytest.raises(OptionError, match="ordered by a column of its own"):
        pm.append(ordered, raw())
    with pytest.raises(OptionError, match="ordered by a column of their own, 'order'"):
        pm.append(plain, raw().with_row_index("order"))
    with pytest.raises(OptionError, match="is a part of a log"):
        pm.append(part, raw())
    with pytest.raises(InputError, match=r"'plain.parquet' is a prepared log itself"):
        pm.append(plain, plain)
    for name in ("raw.parquet", "absent.parquet"):
        with pytest.raises(InputError, match=f"'{name}' isn't a prepared log"):
            pm.append(tmp_path / name, raw())
    assert pm.read(plain).size[0] == 120


def test_a_source_that_cannot_be_used_leaves_the_log_as_it_was(parts):
    before = state(parts)
    with pytest.raises(QualityError):
        pm.append(parts, raw().with_columns(activity=pl.lit(None, pl.String)))
    assert state(parts) == before
    assert list(parts.parent.iterdir()) == [parts]


@pytest.mark.parametrize("number", [1, 5])
def test_a_run_that_fails_midway_leaves_the_log_as_it_was(tmp_path, monkeypatch, number):
    path = tmp_path / "log.parquet"
    with buckets(number):
        before = pm.read(raw(), into=path).events.collect()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(appending, "write_manifest", full)
    monkeypatch.setattr(appending, "write_file", full)
    late = raw().with_columns(pl.col("timestamp") - timedelta(days=9))
    with pytest.raises(OSError, match="No space"):
        pm.append(path, late)
    assert_frame_equal(pm.read(path).events.collect(), before)

    monkeypatch.undo()
    assert pm.append(path, late).size[0] == 240
    if path.is_dir():
        listed = {f.name for f in find(path).files}
        assert {f.name for f in path.glob("*part*")} == listed


def test_two_runs_at_once_do_not_meet(parts):
    before = state(parts)
    with (
        keeping.workshop(parts),
        pytest.raises(UnavailableError, match="Another run"),
    ):
        pm.append(parts, raw())
    assert state(parts) == before
    assert pm.append(parts, raw()).size[0] == 240
