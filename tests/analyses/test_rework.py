"""Rework: what a journey does again."""

import pytest
from hypothesis import given

import procmine as pm
from tests import brute
from tests.strategies import events, log_of


def check(log, rows):
    result = pm.rework(log)
    expected = brute.rework(rows, resources="resource" in rows[0])
    brute.assert_same(brute.keyed(result.activities.to_dicts(), "activity"), expected)
    repeating = {r["case_id"] for r in brute.prepared(rows).values() if not r["new_activity"]}
    repeats = sum(a["repeats"] for a in expected.values())
    summary = {
        "events": len(rows),
        "repeats": repeats,
        "repeat_share": repeats / len(rows),
        "self_loops": sum(a["self_loops"] for a in expected.values()),
        "cases": len({r["case_id"] for r in rows}),
        "cases_with_repeat": len(repeating),
    }
    brute.assert_same({"": result.summary.row(0, named=True)}, {"": summary})


def test_rework_equals_brute_force(engine, example):
    check(engine(log_of(example)), example)


@given(rows=events())
def test_any_log_equals_brute_force(rows):
    check(log_of(rows), rows)


@given(rows=events(optional=("resource",)))
def test_a_self_loop_is_a_repeat_and_a_loop_on_the_map(rows):
    log = log_of(rows)
    activities = pm.rework(log).activities
    assert (activities["self_loops"] <= activities["repeats"]).all()
    assert (activities["self_loops_same_resource"] <= activities["self_loops"]).all()
    edges = pm.process_map(log).edges
    loops = edges.filter(edges["activity"] == edges["next_activity"])["count"].sum()
    assert activities["self_loops"].sum() == loops


@given(rows=events())
def test_repeats_are_events_beyond_the_first_of_their_kind(rows):
    repeats = pm.rework(log_of(rows)).summary["repeats"].item()
    assert repeats == len(rows) - len({(r["case_id"], r["activity"]) for r in rows})


def test_unknown_resources_are_never_the_same_one():
    rows = [
        {"case_id": "1", "activity": "a", "timestamp": brute.at(n), "order": n, "resource": None}
        for n in range(3)
    ]
    assert pm.rework(log_of(rows)).activities["self_loops_same_resource"].to_list() == [0]


def test_a_log_without_repeats_says_so():
    rows = [{"case_id": "1", "activity": "a", "timestamp": brute.at(0), "order": 0}]
    result = pm.rework(log_of(rows))
    assert result.headline == "0 of 1 event repeat what the same journey had before."
    assert result.summary["repeat_share"].item() == pytest.approx(0)
