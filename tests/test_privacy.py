"""Of a protected log no answer speaks of too few customers, and nothing is lost from the totals."""

import os
import subprocess
import sys
from collections import defaultdict
from itertools import pairwise
from random import Random

import polars as pl
import pytest

import procmine as pm
from procmine.errors import OptionError
from procmine.eventlog import prepared
from procmine.metadata import Metadata
from procmine.mining.pm4py import discover
from procmine.privacy import protected
from procmine.registry import registered
from procmine.sample import write_sample
from tests import brute
from tests.engines import NEEDING
from tests.strategies import SCHEMA

FEWEST = 3
LOGS = 200 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 12
"""Random logs: hypothesis would spend minutes to shrink what asks every analysis."""
ASKED = sorted(registered().keys() - NEEDING)
SAMPLES = ("airline", "broadband", "rental")


def peopled(seed):
    """Raw events of journeys of a few customers, of whom some have many."""
    random, rows = Random(seed), []
    for case in range(random.randint(1, 24)):
        customer = f"c{random.randrange(12) // 2}"
        segment = random.choice(("Business", "Consumer"))
        for _ in range(random.randint(1, 4)):
            rows.append(
                {
                    "case_id": f"j{case}",
                    "activity": random.choice(("ask", "check", "answer")),
                    "timestamp": brute.at(60 * random.randrange(500)),
                    "order": len(rows),
                    "department": random.choice((None, "Sales", "Care")),
                    "resource": random.choice(("ann", "bob")),
                    "by_customer": random.random() < 0.5,
                    "customer_id": customer,
                    "segment": segment,
                }
            )
    return rows


def log_of(rows):
    table = pl.DataFrame(
        rows, schema=SCHEMA | {"customer_id": pl.String, "segment": pl.String}, strict=False
    ).drop("start_timestamp")
    return prepared(table.lazy(), table.height, Metadata(outcomes=("answer",)))


def behind(rows):
    """The customers behind each row of some tables, by plain loops: {analysis, table: {key: …}}."""
    found = defaultdict(lambda: defaultdict(set))
    for own in brute.journeys(rows).values():
        way, last = tuple(e["activity"] for e in own), own[-1]
        who = last["customer_id"]
        state = "closed" if last["activity"] == "answer" else "open"
        found["variants", "variants"][way].add(who)
        found["journeys", "journeys"][state].add(who)
        for event in own:
            for table in (
                ("overview", "activities"),
                ("process_map", "nodes"),
                ("rework", "activities"),
            ):
                found[table][event["activity"]].add(who)
        for one, other in pairwise(own):
            found["process_map", "edges"][one["activity"], other["activity"]].add(who)
            pair = one["department"], other["department"]
            if None not in pair and pair[0] != pair[1]:
                found["handoffs", "handoffs"][pair].add(who)
    return found


KEYS = {
    ("variants", "variants"): ["activities"],
    ("journeys", "journeys"): ["journey_state"],
    ("overview", "activities"): ["activity"],
    ("process_map", "nodes"): ["activity"],
    ("rework", "activities"): ["activity"],
    ("process_map", "edges"): ["activity", "next_activity"],
    ("handoffs", "handoffs"): ["department", "next_department"],
}
NAME = f"fewer than {FEWEST} customers"


@pytest.mark.parametrize("seed", range(LOGS))
def test_each_row_has_its_customers_and_what_became_one_has_enough(seed):
    rows = peopled(seed)
    log = log_of(rows).protect(customers=FEWEST)
    for (name, table), groups in behind(rows).items():
        left = dict(groups)
        answer = registered()[name].run(log).tables[table]
        keys = KEYS[name, table]
        for row in answer.iter_rows(named=True):
            key = tuple(tuple(v) if isinstance(v := row[k], list) else v for k in keys)
            if NAME in str(row):
                continue
            assert row["customers"] == len(left.pop(key if len(key) > 1 else key[0])) >= FEWEST
        if answer.height:
            merged = set().union(*left.values())
            assert len(merged) >= FEWEST or not merged
        assert (answer["customers"] >= FEWEST).all()


def counts(table):
    """The columns of a table that count something."""
    return [c for c, kind in table.schema.items() if kind.is_integer() and c.endswith("s")]


@pytest.mark.parametrize("seed", range(LOGS // 2))
def test_no_row_of_any_answer_speaks_of_too_few_and_totals_stay(seed):
    rows = peopled(seed)
    log = log_of(rows)
    guarded = log.protect(customers=FEWEST)
    for name in ASKED:
        whole, shown = registered()[name].run(log), registered()[name].run(guarded)
        assert shown.tables.keys() == whole.tables.keys()
        for table, found in shown.tables.items():
            known = found["customers"] if "customers" in found.columns else pl.Series([0] * 0)
            assert (
                found.is_empty() or (known.is_not_null() & ((known == 0) | (known >= FEWEST))).all()
            )
            expected = whole.tables[table]
            if table != "survival" and found.height:
                for column in counts(expected):
                    assert found[column].sum() == expected[column].sum(), (name, table, column)


@pytest.fixture(scope="module", params=SAMPLES)
def sample(request, tmp_path_factory):
    """A sample log, prepared."""
    folder = tmp_path_factory.mktemp(request.param)
    write_sample(request.param, events=2_000, output=folder)
    return pm.read_sources(folder / "mapping.toml")


@pytest.mark.slow
@pytest.mark.parametrize("name", ASKED)
def test_every_analysis_counts_its_customers_and_draws_what_is_left(sample, name):
    """A new analysis that forgets `customers` would say nothing of a protected log."""
    result = registered()[name].run(sample.protect(customers=5))

    uncounted = [c for c in result.caveats if "doesn't count the customers" in c]
    assert not uncounted
    for table, found in result.tables.items():
        if {"case_id", "customer_id"} & set(found.columns):
            assert found.is_empty()
        elif found.height:
            assert ((found["customers"] == 0) | (found["customers"] >= 5)).all(), table
    for draw in (result.chart_of and result.chart, result.graph_of and result.graph):
        if draw:
            drawn = draw()
            assert "fewer than 5" not in str(
                drawn.to_dict() if hasattr(drawn, "to_dict") else drawn.dot
            )
    assert "fewer than 5" in str(result) or not any("5 customers" in c for c in result.caveats)


def small(rows):
    return protected(
        pm.Result("few", "Leeds has 2.", ("York sends back 9.",), {"sites": pl.DataFrame(rows)}), 5
    )


def test_what_is_merged_is_added_up_where_it_can_be_and_left_out_where_not():
    rows = {
        "site": ["Hull", "York", "Leeds", "Bath"],
        "rank": [1, 2, 3, 4],
        "cases": [20, 9, 3, 1],
        "customers": [18, 7, 2, 1],
        "mean_seconds": [1.0, 2.0, 3.0, 4.0],
        "total_seconds": [20.0, 18.0, 9.0, 4.0],
        "is_late": [True, False, True, True],
    }
    result = small(rows)

    assert result.sites.rows() == [
        ("Hull", 1, 20, 18, 1.0, 20.0, True),
        ("fewer than 5 customers", None, 13, 10, None, 31.0, None),
    ]
    assert result.headline == "What stands out is about fewer than 5 customers, so it isn't said."
    assert len(result.caveats) == 1  # York joined the others, so what was said of it is gone
    assert "sites: 3 rows, 13 journeys (39 %) of at most 10 customers" in result.caveats[0]


def test_two_small_rows_may_be_the_same_few_so_a_third_joins_or_nothing_is_shown():
    assert small({"site": ["A", "B"], "cases": [9, 9], "customers": [4, 4]}).sites.is_empty()
    assert small({"site": ["A"], "cases": [9], "customers": [5]}).sites.height == 1
    none = small({"site": ["A", "B"], "cases": [0, 9], "customers": [0, 9]}).sites
    assert none["customers"].to_list() == [0, 9], "a row of nobody speaks of nobody"


def test_a_row_that_compares_two_groups_is_of_the_smaller():
    rows = {"site": ["A", "B"], "cases": [9, 9], "customers": [9, 9], "other_customers": [9, 3],
            "difference": [1.0, 2.0]}  # fmt: skip

    assert small(rows).sites["site"].to_list() == ["fewer than 5 customers"]
    assert small({k: v[:1] for k, v in rows.items()}).sites["site"].to_list() == ["A"]
    none = {**rows, "other_customers": [9, 0]}
    assert small(none).sites.height == 2, "a row that is compared with nobody says nothing of them"


def test_what_is_a_single_journeys_own_is_left_out():
    table = {"site": ["A"], "customers": [9], "max_seconds": [5.0], "last_event": [brute.at(99)]}

    row = small(table).sites.row(0, named=True)

    assert row["max_seconds"] is None
    assert row["last_event"].second == row["last_event"].hour == 0


def test_tables_of_single_journeys_and_those_that_count_nobody_are_withheld():
    result = small({"case_id": ["J-2041"], "customers": [9]})
    other = small({"site": ["A"], "cases": [3]})

    assert result.sites.is_empty()
    assert "sites lists single journeys" in result.caveats[0]
    assert other.sites.is_empty()
    assert "doesn't count the customers" in other.caveats[0]


ROWS = [
    {"case": f"{n}", "activity": a, "time": brute.at(60 * n), "customer": f"c{n}", "channel": c}
    for n, c in enumerate(["web"] * 7 + ["shop"] * 2)
    for a in ("ask", "answer")
]


@pytest.fixture
def log():
    return pm.read(pl.DataFrame(ROWS))


def test_a_part_a_file_and_a_sample_stay_protected_and_never_less(log, tmp_path):
    guarded = log.protect(customers=5)
    kept = pm.read(guarded.write(tmp_path / "log.parquet"))

    assert kept.meta.protected == 5
    assert guarded.filter_cases(where={"channel": "web"}).meta.protected == 5
    assert guarded.filter_events(activity="ask").meta.protected == 5
    assert guarded.sample(customers=6).meta.protected == 5
    assert kept.protect(customers=3).meta.protected == 5
    assert pm.overview(kept.filter_cases(where={"channel": "shop"})).summary.is_empty()
    assert "nothing is said" in pm.overview(kept.filter_cases(where={"channel": "shop"})).headline
    with pytest.raises(OptionError, match="protect nobody"):
        log.protect(customers=1)


def test_a_protected_log_is_not_exported_journey_by_journey(log, tmp_path):
    for name in ("log.xes", "log.jsonocel", "log.sqlite"):
        with pytest.raises(OptionError, match="the log is protected"):
            log.protect(customers=5).write(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_an_analysis_inside_another_is_whole_and_a_model_has_no_activity_of_the_few():
    more = [
        r | {"case": f"x{r['case']}", "activity": "call"} for r in ROWS if r["channel"] == "web"
    ]
    rare = [*ROWS, *more, {**ROWS[0], "case": "x", "activity": "rare"}]
    guarded = pm.read(pl.DataFrame(rare)).protect(customers=5)

    assert discover(pm.variants(guarded).variants).activities == ("answer", "ask")


def procmine(*arguments):
    command = [sys.executable, "-m", "procmine", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_command_line_protects_when_it_prepares_and_when_it_asks(tmp_path):
    pl.DataFrame(ROWS).write_csv(tmp_path / "log.csv")
    path = tmp_path / "log.parquet"

    prepared_ = procmine("prepare", tmp_path / "log.csv", "--output", path, "--protect", 5)
    asked = procmine("cycle-time", tmp_path / "log.csv", "--by", "channel", "--protect", 5)

    assert prepared_.returncode == asked.returncode == 0
    assert pm.read(path).meta.protected == 5
    assert "fewer than 5 customers" in asked.stdout
    assert procmine("export", path, "--output", tmp_path / "x.xes").returncode == 2
    assert procmine("overview", path, "--protect", 1).returncode == 2


@pytest.mark.parametrize("name", sorted(set(registered()) - {*NEEDING}))
def test_a_protected_log_of_nothing_but_cases_activities_and_times_is_answered(name):
    rows = [
        {"case": f"{n}", "activity": activity, "time": f"2026-01-0{day}T09:00Z"}
        for n in range(9)
        for day, activity in enumerate(("ask", "answer"), 5)
    ]

    answer = registered()[name].run(pm.read(pl.DataFrame(rows)).protect(customers=5))

    assert answer.headline
