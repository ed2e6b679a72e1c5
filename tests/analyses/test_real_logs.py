"""The analyses on real public logs, against figures computed with pandas and by brute force."""

import json
import os
from functools import cache
from pathlib import Path

import polars as pl
import pytest

import procmine as pm

pytestmark = pytest.mark.slow

NAMES = (
    "helpdesk.xes.gz",
    "receipt.xes.gz",
    "bpic2013_incidents.xes.gz",
    "bpic2012.xes.gz",
    "sepsis.xes.gz",
    "road_fines.xes.gz",
    "running-example.xes",
)
DEPARTMENTS = (
    ("helpdesk.xes.gz", "workgroup"),
    ("helpdesk.xes.gz", "org:resource"),
    ("receipt.xes.gz", "org:group"),
    ("receipt.xes.gz", "org:resource"),
    ("bpic2013_incidents.xes.gz", "org:group"),
    ("bpic2013_incidents.xes.gz", "org:role"),
    ("bpic2013_incidents.xes.gz", "organization involved"),
    ("bpic2012.xes.gz", "org:resource"),
    ("sepsis.xes.gz", "org:group"),
    ("running-example.xes", "org:resource"),
)


@cache
def read(path, **roles):
    return pm.read(Path(path), **roles)


@pytest.fixture
def expected(real_logs):
    return json.loads((real_logs / "expected.json").read_text())


def test_every_log_with_expected_figures_is_tested_here(expected):
    logs = {name for name in expected if not name.startswith("_")}
    assert logs == set(NAMES)
    assert {(n, c) for n in logs for c in expected[n].get("handoffs", {})} == set(DEPARTMENTS)


@pytest.fixture(params=NAMES)
def known(request, real_logs, expected):
    """A log and the figures known of it."""
    return read(os.fspath(real_logs / request.param)), expected[request.param]


def test_overview(known):
    log, figures = known
    row = pm.overview(log).summary.row(0, named=True)
    for column in ("events", "cases", "activities", "variants"):
        assert row[column] == figures[column]
    assert row["mean_seconds"] == pytest.approx(figures["duration_seconds"]["mean"], abs=1e-2)


def test_process_map(known):
    log, figures = known
    result = pm.process_map(log)
    edges, nodes = result.edges, result.nodes
    assert edges.height == figures["directly_follows_edges"]
    assert edges["count"].sum() == figures["directly_follows_pairs"]
    assert edges["count"].max() == figures["most_frequent_edge"][2]
    assert nodes["events"].sum() == figures["events"]
    assert nodes.filter(pl.col("starts") > 0).height == figures["start_activities"]
    assert nodes.filter(pl.col("ends") > 0).height == figures["end_activities"]


def test_cycle_time(known):
    log, figures = known
    row = pm.cycle_time(log).summary.row(0, named=True)
    assert row["cases"] == figures["cases"]
    for measure, value in figures["duration_seconds"].items():
        assert row[f"{measure}_seconds"] == pytest.approx(value, rel=1e-6, abs=1e-2)


def test_the_ledger_leaves_nothing_over(known):
    log, figures = known
    journeys = pm.ledger(log).journeys
    whole, *parts = ((journeys[c] * 1e6).round().cast(pl.Int64) for c in journeys.columns[1:])
    assert journeys.height == figures["cases"]
    assert (whole - sum(parts)).abs().max() == 0


def test_variants(known):
    log, figures = known
    table = pm.variants(log).variants
    assert table.height == figures["variants"]
    assert table["cases"][0] == figures["most_frequent_variant_cases"]
    assert table["cases"].sum() == figures["cases"]
    assert table["activities"].list.join("\x1f").n_unique() == table.height


def test_rework(known):
    log, figures = known
    result = pm.rework(log)
    assert result.activities["self_loops"].sum() == figures["self_loop_pairs"]
    firsts = log.events.select("case_id", "activity").unique().select(pl.len()).collect().item()
    assert result.summary["repeats"].item() == figures["events"] - firsts


@pytest.mark.parametrize(("name", "column"), DEPARTMENTS)
def test_handoffs(real_logs, expected, name, column):
    figures = expected[name]["handoffs"][column]
    log = read(os.fspath(real_logs / name), department=column)
    result = pm.handoffs(log)
    row = result.summary.row(0, named=True)
    for key in ("pairs_known", "handoffs", "cases_with_handoff"):
        assert row[key] == figures[key]
    assert result.handoffs["count"].sum() == figures["handoffs"]
    assert pm.overview(log).summary["departments"].item() == figures["departments"]


@pytest.mark.parametrize("name", ["sepsis.xes.gz", "running-example.xes"])
def test_every_engine_agrees_on_a_real_log(real_logs, engine, name):
    log = read(os.fspath(real_logs / name))
    elsewhere = engine(log)
    for ask in (
        pm.overview,
        pm.process_map,
        pm.cycle_time,
        pm.handoffs,
        pm.variants,
        pm.rework,
        pm.ledger,
    ):
        for table, frame in ask(log).tables.items():
            assert ask(elsewhere).tables[table].equals(frame), (ask.__name__, table)


@pytest.mark.parametrize("name", ["receipt.xes.gz", "sepsis.xes.gz"])
def test_a_shuffled_real_log_gives_the_same_answers(real_logs, name):
    log = read(os.fspath(real_logs / name))
    raw = log.events.collect().drop(pl.selectors.by_name(*pm.schema.MADE, require_all=False))
    again = pm.eventlog.prepared(
        raw.sample(fraction=1, shuffle=True, seed=3).lazy(), raw.height, log.meta
    )
    for ask in (
        pm.overview,
        pm.process_map,
        pm.cycle_time,
        pm.handoffs,
        pm.variants,
        pm.rework,
        pm.ledger,
    ):
        assert ask(again).to_dict() == ask(log).to_dict()
