"""Overview: what the log holds."""

import narwhals as nw
from hypothesis import given

import procmine as pm
from tests import brute
from tests.strategies import events, log_of


def check(log, rows):
    result = pm.overview(log)
    took = list(brute.durations(rows).values())
    measures = brute.measures(took)
    summary = {
        "events": len(rows),
        "cases": len(took),
        "activities": len({r["activity"] for r in rows}),
        "variants": len(brute.variants(rows)),
        "departments": len({r.get("department") for r in rows} - {None}),
        "first_event": min(r["timestamp"] for r in rows),
        "last_event": max(r["timestamp"] for r in rows),
        "handoffs": brute.handoff_summary(rows)["handoffs"] if "department" in rows[0] else None,
        "mean_seconds": measures["mean_seconds"],
        "median_seconds": measures["median_seconds"],
    }
    brute.assert_same({"": result.summary.row(0, named=True)}, {"": summary})
    activities = {
        key[0]: {"events": n["events"], "cases": n["cases"], "share": n["events"] / len(rows)}
        for key, n in brute.nodes(rows).items()
    }
    brute.assert_same(brute.keyed(result.activities.to_dicts(), "activity"), activities)


def test_overview_equals_brute_force(engine, example):
    check(engine(log_of(example)), example)


@given(rows=events())
def test_any_log_equals_brute_force(rows):
    check(log_of(rows), rows)


def test_the_tables_are_the_same_on_every_engine(engine, example):
    log = log_of(example)
    one, other = pm.overview(log), pm.overview(engine(log))
    assert {n: t.schema for n, t in one.tables.items()} == {
        n: t.schema for n, t in other.tables.items()
    }
    assert one.summary.equals(other.summary)


def test_events_set_aside_are_said():
    rows = [{"case_id": "1", "activity": "a", "timestamp": brute.at(0), "order": 0}]
    log = log_of(rows, quality={"rows_read": 12, "set_aside": 11, "accepted": 1})
    assert "11 events of 12 read couldn't be used and are left out." in pm.overview(log).caveats


def test_the_cases_behind_it_are_the_same_on_every_engine(engine, example):
    cases = nw.from_native(engine(log_of(example)).cases).collect("polars").to_native()
    expected = brute.cases(example)
    if "department" not in example[0]:
        for row in expected.values():
            row["departments"] = row["handoffs"] = None
    brute.assert_same(brute.keyed(cases.to_dicts(), "case_id"), expected)
