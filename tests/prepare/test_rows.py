"""What a row says by itself, and what a log of an earlier version lacks."""

import pytest
from hypothesis import given
from polars.testing import assert_frame_equal

import procmine as pm
from procmine.prepare.rows import completed, with_row_marks
from procmine.schema import HANDOFF, WAIT_BIN
from procmine.storage import write_manifest
from tests.engines import assert_same_answers
from tests.strategies import events, log_of, random_events


@given(rows=events())
def test_a_log_without_the_marks_gets_the_same_ones(rows):
    made = log_of(rows).events
    assert_frame_equal(completed(made.drop(HANDOFF, WAIT_BIN)).collect(), made.collect())
    assert completed(made) is made


@pytest.mark.parametrize("parts_without", [{0}, {0, 1, 2}])
def test_a_log_of_an_earlier_version_gives_the_same_answers(tmp_path, parts_without):
    log = log_of(random_events(3, number=90))
    table = log.events.collect()
    for number in range(3):
        part = table.filter(table["case_id"].hash() % 3 == number)
        older = part.drop(HANDOFF, WAIT_BIN) if number in parts_without else part
        older.write_parquet(tmp_path / f"part-{number:05}.parquet")
    write_manifest(tmp_path, [f"part-{n:05}.parquet" for n in range(3)], log.meta)
    opened = pm.read(tmp_path)
    found = opened.events.collect().select(table.columns).sort("order")
    assert_frame_equal(found, table.sort("order"))
    assert_same_answers(log, opened)


def test_marking_again_changes_nothing():
    made = log_of(random_events(4)).events.collect()
    assert_frame_equal(with_row_marks(made), made)
