"""Handoffs: steps between two departments that are known and differ."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import procmine as pm
from tests import brute
from tests.strategies import events, log_of, random_events


def check(log, rows):
    result = pm.handoffs(log)
    summary = {"": brute.handoff_summary(rows)}
    brute.assert_same({"": result.summary.row(0, named=True)}, summary)
    table = brute.keyed(result.handoffs.to_dicts(), "department", "next_department")
    brute.assert_same(table, brute.handoffs(rows))


def test_handoffs_equal_brute_force(engine, example):
    check(engine(log_of(example)), example)


@given(rows=events())
def test_any_log_equals_brute_force(rows):
    check(log_of(rows), rows)


@given(rows=events(optional=("department", "start_timestamp")))
def test_waits_in_handoffs_are_at_most_all_waits(rows):
    log = log_of(rows)
    handed = pm.handoffs(log).summary["total_seconds"].item()
    assert handed <= pm.process_map(log).edges["total_seconds"].sum() + 1e-6


@given(rows=events(optional=("department",)))
def test_pairs_add_up_to_the_summary(rows):
    result = pm.handoffs(log_of(rows))
    assert result.handoffs["count"].sum() == result.summary["handoffs"].item()
    assert result.handoffs["total_seconds"].sum() == pytest.approx(
        result.summary["total_seconds"].item()
    )
    assert result.summary["handoffs"].item() <= result.summary["pairs_known"].item()


@given(rows=events(optional=("department",)), seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows, seed):
    one, other = (pm.handoffs(log_of(r)) for r in (rows, seed.sample(rows, len(rows))))
    assert one.handoffs.equals(other.handoffs)
    assert one.summary.equals(other.summary)


def test_asking_again_gives_the_same_answer_to_the_last_digit():
    log = log_of(random_events(5))
    answers = [pm.handoffs(log).to_dict() for _ in range(20)]
    assert all(answer == answers[0] for answer in answers)


def test_an_unknown_department_in_between_hides_the_handoff():
    rows = steps("Sales", None, "Care")
    assert pm.handoffs(log_of(rows)).summary["handoffs"].item() == 0


def test_a_log_without_departments_says_how_to_name_them():
    rows = [{k: v for k, v in r.items() if k != "department"} for r in steps("A", "B")]
    result = pm.handoffs(log_of(rows))
    assert result.headline == "0 handoffs between departments are seen in 1 journey."
    assert any("--department" in caveat for caveat in result.caveats)


def test_the_tables_of_a_log_without_departments_have_the_usual_columns():
    with_them = pm.handoffs(log_of(steps("A", "B")))
    rows = [{k: v for k, v in r.items() if k != "department"} for r in steps("A", "B")]
    without = pm.handoffs(log_of(rows))
    assert without.handoffs.schema == with_them.handoffs.schema
    assert without.summary.schema == with_them.summary.schema


def test_the_headline_names_the_worst_pair():
    result = pm.handoffs(log_of(steps("Sales", "Care", "Care", "Sales")))
    assert result.headline == (
        "Customers are handed over 2 times and wait 1 minute each time on average; "
        "50 % of that waiting lies between Care and Sales."
    )


def test_departments_come_back_as_plain_text():
    assert pm.handoffs(log_of(steps("A", "B"))).handoffs.schema["department"] == pl.String


def steps(*departments):
    return [
        {
            "case_id": "1",
            "activity": "a",
            "timestamp": brute.at(60 * n),
            "order": n,
            "department": d,
        }
        for n, d in enumerate(departments)
    ]
