"""Cycle time: how long journeys take, end to end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import procmine as pm
from procmine.analyses.cycle_time import _STEPS
from tests import brute
from tests.strategies import ACTIVITIES, events, log_of


def expected_summary(took, whole, *, outcomes):
    row = {"cases": len(took), "open_cases": whole - len(took) if outcomes else None}
    if not took:
        return row | dict.fromkeys(("mean_seconds", "median_seconds", "p90_seconds", "max_seconds"))
    measures = brute.measures(took)
    measures.pop("total_seconds")
    return row | measures | {"max_seconds": max(took) / 1e6}


def check(log, rows, outcomes=()):
    last = {case: own[-1]["activity"] for case, own in brute.journeys(rows).items()}
    took = [
        us for case, us in brute.durations(rows).items() if not outcomes or last[case] in outcomes
    ]
    result = pm.cycle_time(log)
    expected = expected_summary(took, len(last), outcomes=outcomes)
    brute.assert_same({"": result.summary.row(0, named=True)}, {"": expected})
    assert result.histogram["cases"].sum() == len(took)
    for bar in result.histogram.to_dicts():
        end = float("inf") if bar["to_seconds"] is None else bar["to_seconds"]
        assert bar["cases"] == sum(bar["from_seconds"] <= us / 1e6 < end for us in took)


def test_cycle_time_equals_brute_force(engine, example):
    check(engine(log_of(example)), example)


def test_open_journeys_are_counted_beside_the_closed(engine, example):
    outcomes = (ACTIVITIES[0], ACTIVITIES[2])
    check(engine(log_of(example, outcomes=outcomes)), example, outcomes)


@given(rows=events(), outcomes=st.sets(st.sampled_from(ACTIVITIES)))
def test_any_log_equals_brute_force(rows, outcomes):
    check(log_of(rows, outcomes=tuple(outcomes)), rows, outcomes)


def test_durations_on_the_edge_of_a_bar_belong_to_the_next():
    rows = [event("1", 0), event("1", _STEPS[0]), event("2", 0), event("2", _STEPS[0] - 1)]
    histogram = pm.cycle_time(log_of(rows)).histogram
    assert histogram["cases"].to_list() == [1, 1]
    assert histogram["from_seconds"].to_list() == [0.0, float(_STEPS[0])]


def test_a_log_of_open_journeys_says_so():
    result = pm.cycle_time(log_of([event("1", 0)], outcomes=("closed",)))
    assert result.headline == "No journey is closed yet."
    assert any("1 journey is still open" in c for c in result.caveats)


def test_where_nobody_said_what_closes_a_journey_the_caveats_say_how_to():
    assert any("--outcome" in c for c in pm.cycle_time(log_of([event("1", 0)])).caveats)


@pytest.mark.usefixtures("sketches")
def test_binned_quantiles_are_within_one_per_cent(engine, example):
    row = pm.cycle_time(engine(log_of(example))).summary.row(0, named=True)
    expected = brute.measures(list(brute.durations(example).values()))
    for column in ("median_seconds", "p90_seconds"):
        assert row[column] == pytest.approx(expected[column], rel=0.01)
    assert row["mean_seconds"] == pytest.approx(expected["mean_seconds"])


NUMBER = iter(range(10**9))


def event(case, seconds):
    return {"case_id": case, "activity": "a", "timestamp": brute.at(seconds), "order": next(NUMBER)}
