"""The process map: every directly-follows step, counted and timed."""

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import procmine as pm
from procmine.eventlog import prepared
from procmine.metadata import Metadata
from tests import brute
from tests.strategies import EXAMPLES, FEW, events, frame, log_of

SPLIT = ("activity", "department", "next_activity", "next_department")


def check_edges(log, rows):
    edges = pm.process_map(log).edges
    brute.assert_same(brute.keyed(edges.to_dicts(), "activity", "next_activity"), brute.edges(rows))


def check_nodes(log, rows):
    nodes = pm.process_map(log).nodes
    expected = {key[0]: counts for key, counts in brute.nodes(rows).items()}
    brute.assert_same(brute.keyed(nodes.to_dicts(), "activity"), expected)


def check_split(log, rows):
    result = pm.process_map(log, split_departments=True)
    known = "department" in rows[0]
    nodes = brute.keyed(result.nodes.to_dicts(), "activity", "department")
    brute.assert_same(nodes, brute.nodes(rows, "activity", "department"))
    keys = SPLIT if known else ("activity", "next_activity")
    brute.assert_same(brute.keyed(result.edges.to_dicts(), *keys), brute.edges(rows, *keys))


def test_edges_equal_brute_force(engine, example):
    check_edges(engine(log_of(example)), example)


def test_nodes_equal_brute_force(engine, example):
    check_nodes(engine(log_of(example)), example)


def test_split_by_department_equals_brute_force(engine, example):
    check_split(engine(log_of(example)), example)


@given(rows=events())
def test_any_log_equals_brute_force(rows):
    log = log_of(rows)
    check_edges(log, rows)
    check_nodes(log, rows)
    check_split(log, rows)


@given(rows=events(), split=st.booleans())
def test_edge_counts_add_up_to_events_minus_cases(rows, split):
    result = pm.process_map(log_of(rows), split_departments=split)
    cases = len({r["case_id"] for r in rows})
    assert result.edges["count"].sum() == len(rows) - cases
    assert result.nodes["events"].sum() == len(rows)
    assert result.nodes["starts"].sum() == cases
    assert result.nodes["ends"].sum() == cases


@FEW
@given(rows=events(), seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows, seed):
    shuffled = seed.sample(rows, len(rows))
    one, other = pm.process_map(log_of(rows)), pm.process_map(log_of(shuffled))
    assert one.nodes.equals(other.nodes)
    assert one.edges.equals(other.edges)


@given(rows=events(optional=("department",)))
def test_a_node_belongs_to_the_department_that_does_most_of_it(rows):
    nodes = brute.keyed(pm.process_map(log_of(rows)).nodes.to_dicts(), "activity")
    by_department = brute.nodes(rows, "activity", "department")
    for activity, node in nodes.items():
        done = {d: n["events"] for (a, d), n in by_department.items() if a == activity}
        known = {d: n for d, n in done.items() if d is not None}
        if not known:
            assert node["department"] is None
            continue
        assert known[node["department"]] == max(known.values())
        share = known[node["department"]] / sum(done.values())
        assert node["department_share"] == pytest.approx(share)


@pytest.mark.usefixtures("sketches")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=events())
def test_binned_quantiles_are_within_one_per_cent(rows):
    edges = brute.keyed(pm.process_map(log_of(rows)).edges.to_dicts(), "activity", "next_activity")
    expected = brute.edges(rows)
    for key, cells in expected.items():
        assert edges[key]["median_seconds"] == pytest.approx(cells["median_seconds"], rel=0.01)
        assert edges[key]["p90_seconds"] == pytest.approx(cells["p90_seconds"], rel=0.01)
        assert edges[key]["total_seconds"] == pytest.approx(cells["total_seconds"])


@pytest.mark.usefixtures("sketches")
def test_binned_quantiles_are_the_same_on_every_engine(engine, example):
    log = log_of(example)
    assert pm.process_map(engine(log)).edges.equals(pm.process_map(log).edges)


def test_the_longest_total_wait_comes_first():
    rows = frame(log_rows(("a", 0), ("b", 10), ("c", 500), ("d", 520)))
    edges = pm.process_map(log_of(rows.to_dicts())).edges
    assert edges["activity"].to_list() == ["b", "c", "a"]


def test_the_headline_names_the_longest_wait():
    headline = pm.process_map(log_of(log_rows(("a", 0), ("b", 3600), ("c", 3600)))).headline
    assert (
        headline
        == "Customers wait longest between a and b: 1 hour on average, 100 % of all waiting."
    )


def test_a_log_whose_departments_are_never_known_has_no_handoff_share():
    rows = [e | {"department": None} for e in log_rows(("a", 0), ("b", 10))]
    edges = pm.process_map(log_of(rows)).edges
    assert edges["handoff_share"].to_list() == [None]
    assert edges.schema["handoff_share"] == pl.Float64


def log_rows(*steps):
    return [
        {"case_id": "1", "activity": a, "timestamp": brute.at(s), "order": n}
        for n, (a, s) in enumerate(steps)
    ]


def test_waits_stand_beside_their_business_time(tmp_path):
    hours = tmp_path / "hours.toml"
    hours.write_text('timezone = "UTC"\n[departments.Care]\n"Monday to Sunday" = ["09:05-09:08"]\n')
    result = pm.process_map(log_of(handed("Sales", "Care", "Sales")), calendar=hours)
    (row,) = result.edges.select("mean_seconds", "business_mean_seconds", "count").to_dicts()
    assert row == {"mean_seconds": 600.0, "business_mean_seconds": (180 + 600) / 2, "count": 2}
    assert any("no hours for Sales" in caveat for caveat in result.caveats)


def handed(*departments):
    return [
        {
            "case_id": "1",
            "activity": "work",
            "timestamp": brute.at(600 * number),
            "order": number,
            "department": department,
        }
        for number, department in enumerate(departments)
    ]


def test_each_activity_says_what_was_spent_on_it(engine):
    rows = EXAMPLES["everything known"]
    costs = [None if place % 5 == 0 else place / 4 for place in range(len(rows))]
    spent = {}
    for row, cost in zip(rows, costs, strict=True):
        spent[row["activity"]] = spent.get(row["activity"], 0) + (cost or 0)
    table = frame(rows).with_columns(cost=pl.Series(costs)).lazy()

    nodes = pm.process_map(engine(prepared(table, len(rows), Metadata()))).nodes

    assert dict(nodes.select("activity", "total_cost").iter_rows()) == pytest.approx(spent)
    assert "total_cost" not in pm.process_map(log_of(EXAMPLES["one event"])).nodes.columns
