"""Scattering, planning and counting: what makes a log of any size fit."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from procmine.errors import OptionError
from procmine.prepare.buckets import (
    Plan,
    counts_of,
    parse_memory,
    part_name,
    plan,
    prepare_parts,
    scatter,
    silent,
    totals,
    write_part,
)
from procmine.prepare.polars import prepare_frame
from procmine.quality import count_irregularities
from tests.strategies import events, frame, random_events


@given(rows=events(), number=st.integers(1, 6))
def test_scattering_keeps_every_event_and_every_case_whole(rows, number, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scattered") / "to"
    scatter(frame(rows).lazy(), Plan(len(rows), number, 0), folder)
    pieces = [pl.read_parquet(f / "*.parquet") for f in sorted(folder.iterdir())]
    assert {f.name for f in folder.iterdir()} <= {str(n) for n in range(number)}
    assert_frame_equal(pl.concat(pieces).sort("order"), frame(rows).sort("order"))
    cases = [case for piece in pieces for case in piece["case_id"].unique()]
    assert len(cases) == len(set(cases))


def prepare(rows, work, *, number=4, fingerprint="same", progress=silent):
    chosen = plan(frame(rows).lazy(), len(rows), 2 * 10**9)
    chosen = type(chosen)(chosen.events, number, chosen.disk_bytes)
    return prepare_parts(
        frame(rows).lazy(),
        chosen,
        work,
        fingerprint=fingerprint,
        metadata="{}",
        progress=progress,
    )


def test_the_counts_of_parts_add_up_to_those_of_the_whole(tmp_path):
    rows = random_events(3)
    tmp_path.joinpath("work").mkdir()
    counts = prepare(rows, tmp_path / "work")
    whole = prepare_frame(frame(rows))
    odd = count_irregularities(whole.lazy())
    assert counts == odd | {"events": whole.height, "cases": whole["case_id"].n_unique()}


def test_no_copy_of_the_raw_events_is_left(tmp_path):
    prepare(random_events(9), tmp_path)
    left = {f.name for f in tmp_path.rglob("*") if f.is_file()}
    assert left - {"plan.json", "scattered.done"} == {part_name(n) for n in range(4)}


def test_progress_is_told_step_by_step(tmp_path):
    told = []
    prepare(random_events(9), tmp_path, progress=lambda done, steps: told.append((done, steps)))
    assert told == [(n, 5) for n in range(1, 6)]


def test_other_work_starts_afresh(tmp_path):
    prepare(random_events(9), tmp_path)
    counts = prepare(random_events(10, number=60), tmp_path, fingerprint="other")
    assert counts["events"] == 60


def test_a_part_made_by_another_engine_is_counted(tmp_path):
    table = prepare_frame(frame(random_events(3)))
    write_part(table, tmp_path / "ours.parquet", "{}")
    table.write_parquet(tmp_path / "theirs.parquet")
    ours, theirs = (counts_of(tmp_path / f"{who}.parquet") for who in ("ours", "theirs"))
    assert dict(ours) == dict(theirs)
    double = totals([tmp_path / "ours.parquet", tmp_path / "theirs.parquet"])
    assert double == {name: 2 * n for name, n in ours.items()}


def test_more_memory_means_fewer_buckets_and_more_events_more():
    table = frame(random_events(3)).lazy()
    many = [plan(table, events, 10**9).buckets for events in (10**4, 10**7, 10**8, 10**9)]
    assert many[0] == 1
    assert many == sorted(many)
    assert plan(table, 10**8, 10**10).buckets < many[2]


def test_wide_events_make_more_buckets():
    table = frame(random_events(3))
    wide = table.with_columns(text=pl.lit("x" * 5_000) + pl.col("order").cast(pl.String))
    narrow, broad = (plan(t.lazy(), 10**7, 10**9).buckets for t in (table, wide))
    assert broad > 10 * narrow


def test_a_slice_of_a_large_table_is_not_taken_for_the_whole():
    table = pl.DataFrame({"case_id": [f"a rather long name of a case {n}" for n in range(500_000)]})
    assert plan(table.lazy(), 10**7, 10**9).disk_bytes < 10**9


@pytest.mark.parametrize("text", ["", "2", "much", "GB", "2 TB of it", "nan GB", "inf GB", "1,5GB"])
def test_what_is_no_amount_of_memory_says_so(text):
    with pytest.raises(OptionError, match="isn't an amount of memory"):
        parse_memory(text)


@pytest.mark.parametrize("text", ["600MB", "0GB", "-5GB"])
def test_too_little_memory_says_so(text):
    with pytest.raises(OptionError, match=f"{text} is too little"):
        parse_memory(text)
