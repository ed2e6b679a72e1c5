"""Variants: the different sequences of activities."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import procmine as pm
from procmine import spelling
from tests import brute
from tests.strategies import FEW, events, log_of


def check(log, rows):
    result = pm.variants(log)
    found = [row | {"activities": tuple(row["activities"])} for row in result.variants.to_dicts()]
    expected = brute.variants(rows)
    whole = sum(v["cases"] for v in expected.values())
    for variant in expected.values():
        variant.pop("total_seconds")
        variant["share"] = variant["cases"] / whole
    brute.assert_same(brute.keyed(found, "activities"), expected)
    check_summary(result.summary.row(0, named=True), [v["cases"] for v in expected.values()])


def check_summary(row, counts):
    assert (row["variants"], row["cases"]) == (len(counts), sum(counts))
    assert row["single_cases"] == counts.count(1)
    covered, needed = 0, 0
    for cases in sorted(counts, reverse=True):
        if covered * 10 >= sum(counts) * 8:
            break
        covered, needed = covered + cases, needed + 1
    assert row["variants_for_80_percent"] == needed


def test_variants_equal_brute_force(engine, example):
    check(engine(log_of(example)), example)


@given(rows=events())
def test_any_log_equals_brute_force(rows):
    check(log_of(rows), rows)


@given(rows=events())
def test_cases_add_up_and_shares_grow_to_one(rows):
    table = pm.variants(log_of(rows)).variants
    assert table["cases"].sum() == len({r["case_id"] for r in rows})
    assert table["share"].sum() == pytest.approx(1)
    assert table["cumulative_share"].is_sorted()
    assert table["cumulative_share"][-1] == pytest.approx(1)
    assert table["cases"].is_sorted(descending=True)


@FEW
@given(rows=events(), seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows, seed):
    one, other = (pm.variants(log_of(r)) for r in (rows, seed.sample(rows, len(rows))))
    assert one.variants.equals(other.variants)


@given(rows=events(), head=st.integers(0, 30))
def test_spelling_from_the_first_events_is_spelling_from_all(rows, head):
    log = log_of(rows)
    everything = pm.variants(log).variants
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spelling, "_HEAD", head)
        assert_frame_equal(pm.variants(log).variants, everything)


def test_sequences_are_spelled_alike_on_every_engine(engine, example):
    log = log_of(example)
    assert pm.variants(engine(log)).variants.equals(pm.variants(log).variants)


def test_names_that_only_differ_in_where_they_are_cut_are_different_variants():
    rows = [row("1", "ab", 0), row("1", "c", 1), row("2", "a", 0), row("2", "bc", 1)]
    assert pm.variants(log_of(rows)).variants.height == 2


def test_exactly_eighty_per_cent_needs_no_further_variant():
    rows = [row(str(n), "common" if n < 8 else f"rare {n}", 0) for n in range(10)]
    result = pm.variants(log_of(rows))
    assert result.summary["variants_for_80_percent"].item() == 1
    assert (
        result.headline
        == "10 journeys take 3 different ways; 1 of them covers 80 % of the journeys."
    )


def row(case, activity, seconds):
    return {"case_id": case, "activity": activity, "timestamp": brute.at(seconds), "order": seconds}


def test_durations_stand_beside_their_business_time(tmp_path):
    hours = tmp_path / "hours.toml"
    hours.write_text('timezone = "UTC"\n[departments."*"]\nMonday = ["09:05-09:08"]\n')
    rows = [
        {"case_id": "1", "activity": "ask", "timestamp": brute.at(600 * n), "order": n}
        for n in range(2)
    ]
    (row,) = pm.variants(log_of(rows), calendar=hours).variants.to_dicts()
    assert (row["mean_seconds"], row["business_mean_seconds"]) == (600.0, 180.0)
    assert row["business_median_seconds"] == row["business_p90_seconds"] == 180.0
