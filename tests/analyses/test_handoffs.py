"""Handoffs: steps between two departments that are known and differ."""

from dataclasses import replace
from itertools import groupby
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import procmine as pm
from procmine.eventlog import prepared
from procmine.metadata import Metadata
from tests import brute
from tests.strategies import FEW, events, log_of, random_events


def check(log, rows):
    result = pm.handoffs(log)
    summary = {"": brute.handoff_summary(rows)}
    brute.assert_same({"": result.summary.row(0, named=True)}, summary)
    table = brute.keyed(result.handoffs.to_dicts(), "department", "next_department")
    brute.assert_same(table, brute.handoffs(rows))
    for pair, row in table.items():
        change = brute.change(rows, pair)
        assert row["change_seconds"] == (change if change is None else pytest.approx(change))


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


@FEW
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


@given(rows=events(optional=("department", "start_timestamp")))
def test_shares_add_up_and_ranks_lie_in_their_intervals(rows):
    result = pm.handoffs(log_of(rows))
    summary, table = result.summary.row(0, named=True), result.handoffs
    assert table["rank"].to_list() == list(range(1, table.height + 1))
    assert (table["low_rank"] <= table["rank"]).fill_null(True).all()
    assert (table["high_rank"] >= table["rank"]).fill_null(True).all()
    assert (table["ping_pong_share"] <= table["bounce_share"]).all()
    assert (table["recoverable_seconds"] <= table["total_seconds"] + 1e-6).all()
    if table.height and summary["end_to_end_share"] is not None:
        assert table["end_to_end_share"].sum() == pytest.approx(summary["end_to_end_share"])
        assert summary["end_to_end_share"] <= 1 + 1e-9


@given(silos=st.lists(st.text("ABC", min_size=1, max_size=12), min_size=1, max_size=4))
def test_bounces_are_those_of_the_sequence_without_repetitions(silos):
    rows = [r | {"case_id": str(c), "order": 100 * c + r["order"]}
            for c, own in enumerate(silos) for r in steps(*own)]  # fmt: skip
    sequences = ["".join(silo for silo, _ in groupby(own)) for own in silos]
    for row in pm.handoffs(log_of(rows)).handoffs.to_dicts():
        a, b = row["department"], row["next_department"]
        times, back, again = (
            sum(s[i:].startswith(way) for s in sequences for i in range(len(s)))
            for way in (a + b, a + b + a, a + b + a + b)
        )
        assert row["bounce_share"] == pytest.approx(back / times)
        assert row["ping_pong_share"] == pytest.approx(again / times)


def planted(engine=lambda log: log, **pairs):
    """Return a log of customers who are each handed over once, with waits in seconds by pair."""
    rows = []
    for pair, waits in pairs.items():
        for number, wait in enumerate(waits):
            start = 1_000_000 * number / len(waits)
            case = {"case_id": f"{pair}{number}", "customer_id": f"c{number}"}
            for silo, at in zip(pair, (start, start + wait), strict=True):
                rows.append(
                    case | {"activity": "a", "timestamp": brute.at(at), "order": len(rows),
                            "department": silo}
                )  # fmt: skip
    columns = ["case_id", "activity", "timestamp", "order", "department", "customer_id"]
    table = pl.DataFrame(rows).select(columns)
    return engine(prepared(table.lazy(), table.height, Metadata()))


def test_ranks_that_the_data_can_t_tell_apart_say_so(engine):
    draw = Random(1)
    waits = [draw.expovariate(1) for _ in range(60)]
    log = planted(
        engine, AB=[900 + w for w in waits], BC=[10 * w for w in waits],
        CA=[10.0 * w for w in waits[::-1]],
    )  # fmt: skip
    result = pm.handoffs(log)
    ends = result.handoffs.select("rank", "low_rank", "high_rank").rows()
    assert ends == [(1, 1, 1), (2, 2, 3), (3, 2, 3)]
    assert any("2 of 3 ranks can't be told" in caveat for caveat in result.caveats)


def test_where_the_first_rank_is_unsure_the_candidates_are_named():
    draw = Random(2)
    waits = [draw.expovariate(1) for _ in range(60)]
    result = pm.handoffs(planted(AB=waits, BA=waits[::-1]))
    named = ("A → B or B → A (95 %", "B → A or A → B (95 %")
    assert any(n in caveat for caveat in result.caveats for n in named)


def test_a_wait_that_grew_is_seen_with_its_interval(engine):
    draw = Random(3)
    waits = [(600 if n >= 40 else 60) + draw.expovariate(1 / 30) for n in range(80)]
    (row,) = pm.handoffs(planted(engine, AB=waits)).handoffs.to_dicts()
    assert row["low_change_seconds"] < 540 < row["high_change_seconds"]
    assert row["change_seconds"] == pytest.approx(540, abs=20)


def test_business_time_is_that_of_the_department_that_is_waited_for(tmp_path):
    calendars = tmp_path / "calendars.toml"
    week = '"Monday to Friday" = ["09:00-17:00"]'
    calendars.write_text(f'timezone = "UTC"\n[departments.B]\n{week}\n')
    # A to B from Monday 9:00 to Tuesday 9:00: eight hours of B; back to A, which has no hours
    rows = [r | {"timestamp": brute.at(86_400 * n)} for n, r in enumerate(steps("A", "B", "A"))]
    result = pm.handoffs(log_of(rows), calendar=calendars)
    hours = dict(result.handoffs.select("department", "business_total_seconds").rows())
    assert hours == {"A": 8 * 3600.0, "B": 24 * 3600.0}
    assert any("no hours for A" in caveat for caveat in result.caveats)


def test_an_engine_is_asked_for_the_same_customers_as_polars(engine):
    rows = random_events(8, number=400)
    log = log_of(rows)
    assert_frame_equal(pm.handoffs(engine(log)).handoffs, pm.handoffs(log).handoffs)


def test_a_log_that_was_prepared_before_has_no_bounces_and_says_so():
    log = log_of(steps("A", "B", "A"))
    old = replace(log, events=log.events.drop("handoff_returns"))
    result = pm.handoffs(old)
    assert result.handoffs["bounce_share"].to_list() == [None, None]
    assert any("prepare it anew" in caveat for caveat in result.caveats)


@pytest.mark.usefixtures("sketches")
def test_what_bins_say_is_recoverable_is_within_two_per_cent(engine, example):
    found = pm.handoffs(engine(log_of(example))).handoffs.to_dicts()
    expected = brute.handoffs(example)
    for row in found:
        own = expected[row["department"], row["next_department"]]
        error = 0.02 * own["total_seconds"] + 1e-6
        assert row["recoverable_seconds"] == pytest.approx(own["recoverable_seconds"], abs=error)


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
