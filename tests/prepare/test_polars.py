"""What `prepare` makes equals brute force, in memory and out of core."""

import os
import subprocess
import sys

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from procmine import holding
from procmine.prepare.buckets import Plan
from procmine.prepare.polars import prepare_frame, variant_number
from procmine.schema import MADE_ALWAYS
from tests import brute
from tests.strategies import events, frame, log_of, random_events, table_of


@given(rows=events())
def test_every_made_column_equals_brute_force(rows):
    found, expected = table_of(log_of(rows)), brute.prepared(rows)
    assert set(MADE_ALWAYS) <= set(found[0])
    for order, row in expected.items():
        assert {c: found[order][c] for c in row} == row


@given(rows=events())
def test_the_rows_of_a_case_stand_together_in_order(rows):
    table = log_of(rows).events.collect()
    runs = table["case_id"].rle().struct.field("value").to_list()
    assert len(runs) == len(set(runs))
    numbers = table.group_by("case_id", maintain_order=True).agg("event_number")["event_number"]
    assert all(list(n) == list(range(1, len(n) + 1)) for n in numbers)


@given(rows=events(), seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows, seed):
    shuffled = seed.sample(rows, len(rows))
    assert_frame_equal(prepare_frame(frame(rows)), prepare_frame(frame(shuffled)))


@given(rows=events())
def test_preparing_twice_is_preparing_once(rows):
    once = prepare_frame(frame(rows))
    assert_frame_equal(prepare_frame(once), once)
    assert_frame_equal(prepare_frame(once.sample(fraction=1, shuffle=True)), once)


@pytest.mark.parametrize("rows", [random_events(7), random_events(8, optional=())])
def test_out_of_core_equals_in_memory(rows, monkeypatch):
    in_memory = log_of(rows).events.collect()
    monkeypatch.setattr(holding, "IN_MEMORY", 9)
    monkeypatch.setattr(holding, "plan", lambda _, events, __: Plan(events, 6, 0))
    log = log_of(rows)
    parts = log.events.collect()
    assert_frame_equal(parts.sort("order"), in_memory.sort("order"))
    assert len(list(log.storage.path.rglob("part-*.parquet"))) > 3
    runs = parts["case_id"].rle().struct.field("value").to_list()
    assert len(runs) == len(set(runs))


def test_equal_timestamps_are_ordered_by_order():
    rows = [row("b", 0, order=2), row("c", 0, order=3), row("a", 0, order=1)]
    assert prepare_frame(frame(rows))["activity"].to_list() == ["a", "b", "c"]


def test_overlapping_work_has_no_negative_wait():
    rows = [row("a", 100, start=0, order=0), row("b", 120, start=50, order=1)]
    table = prepare_frame(frame(rows))
    assert table["wait_us"].to_list() == [0, None]
    assert table["service_us"].to_list() == [100_000_000, 70_000_000]


def test_elapsed_counts_from_the_first_start_even_of_a_later_event():
    rows = [row("quick", 100, start=90, order=0), row("slow", 120, start=0, order=1)]
    table = prepare_frame(frame(rows))
    assert table["elapsed_us"].to_list() == [100_000_000, 120_000_000]
    assert table["case_start"].to_list() == [brute.at(0)] * 2


def test_an_event_without_a_start_waits_until_its_completion():
    rows = [row("a", 0, start=0, order=0), row("b", 60, order=1)]
    assert prepare_frame(frame(rows))["wait_us"].to_list() == [60_000_000, None]


def test_a_single_event_is_a_whole_case():
    (only,) = prepare_frame(frame([row("a", 5, order=0)])).to_dicts()
    assert (only["event_number"], only["elapsed_us"]) == (1, 0)
    assert only["next_activity"] is only["wait_us"] is None
    assert not only["new_step"]


def test_an_empty_log_has_every_made_column():
    table = prepare_frame(frame([row("a", 5, order=0)]).clear())
    assert table.is_empty()
    assert set(MADE_ALWAYS) <= set(table.columns)


def test_other_columns_stay_as_they_came():
    raw = frame([row("a", 5, order=0)]).with_columns(product=pl.lit("DSL"), price=pl.lit(1.5))
    table = prepare_frame(raw)
    assert (table["product"].item(), table["price"].item()) == ("DSL", 1.5)


def test_a_thousand_journeys_of_one_variant_and_of_many():
    rows = [
        row(f"{n % 7}" if n % 2 else "same", n, order=n, case=str(n % 1000)) for n in range(3000)
    ]
    found = table_of(log_of(rows))
    assert {o: r["variant"] for o, r in found.items()} == {
        o: r["variant"] for o, r in brute.prepared(rows).items()
    }


NUMBER = """
import random, sys
import polars as pl
from procmine.prepare.polars import prepare_frame
names = ["order placed", "line works", "Übergabe", "paid"]
random.Random(int(sys.argv[1])).shuffle(names)
pl.Series(names, dtype=pl.Categorical)  # the codes now differ from process to process
rows = [{"case_id": f"{c}", "activity": a, "order": c * 10 + n}
        for c, steps in enumerate(
            (["order placed", "line works"], ["paid"], ["Übergabe", "paid", "paid"]))
        for n, a in enumerate(steps)]
table = pl.DataFrame(rows).with_columns(timestamp=pl.from_epoch("order").dt.cast_time_unit("us"))
print(prepare_frame(table.sample(fraction=1, shuffle=True)).group_by("case_id").first()
      .sort("case_id")["variant"].to_list())
"""


def test_variant_numbers_depend_on_the_names_alone():
    def numbers(seed):
        environment = os.environ | {"PYTHONHASHSEED": str(seed)}
        command = [sys.executable, "-c", NUMBER, str(seed)]
        return subprocess.run(
            command, capture_output=True, text=True, check=True, env=environment
        ).stdout

    sequences = (["order placed", "line works"], ["paid"], ["Übergabe", "paid", "paid"])
    expected = [brute.variant_of(s) for s in sequences]
    assert [numbers(seed).strip() for seed in (1, 2, 5)] == [str(expected)] * 3


@given(
    names=st.lists(
        st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x1f")), min_size=1
    )
)
def test_a_variant_number_is_whole_even_where_all_numbers_are_floats(names):
    number = variant_number("\x1f".join(names))
    assert number == brute.variant_of(names)
    assert 0 <= number < 2**53
    assert int(float(number)) == number


def row(activity, seconds, *, order, start=None, case="1"):
    begun = {} if start is None else {"start_timestamp": brute.at(start)}
    given = {"case_id": case, "activity": activity, "timestamp": brute.at(seconds), "order": order}
    return given | {"start_timestamp": None} | begun
