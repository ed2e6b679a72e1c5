"""Journeys: how many of each kind in each state, and what the patience makes of them."""

from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl
import pytest

import procmine as pm
from procmine.errors import OptionError
from procmine.journeys import again
from tests.journeys.brute import brute_journeys

DAY = 86_400_000_000
START = datetime(2026, 1, 5, tzinfo=UTC)

MAPPING = """
[[sources]]
name = "shop"
path = "shop.csv"
[sources.identifiers]
customer = "who"
order = "number"
[[journeys]]
type = "order"
triggers = ["buy"]
outcomes = ["done"]
key = "order"
patience = "3 days"
reopens_within = "1 day"
[[journeys]]
type = "complaint"
triggers = ["complain"]
outcomes = ["solve"]
"""
RULES = [
    {"type": "order", "triggers": ["buy"], "outcomes": ["done"], "activities": (),
     "key": "key:order", "patience": 3 * DAY, "window": DAY},
    {"type": "complaint", "triggers": ["complain"], "outcomes": ["solve"], "activities": (),
     "key": None, "patience": float("inf"), "window": 0},
]  # fmt: skip


def drawn(number=160):
    random = Random(5)
    rows = []
    for order in range(1, number + 1):
        customer = random.randrange(8)
        rows.append(
            {
                "customer": customer,
                "activity": random.choice(("buy", "call", "done", "complain", "solve")),
                "time": random.randrange(60) * DAY // 2,
                "order": order,
                "key:order": random.choice((None, f"{customer}-a", f"{customer}-b")),
            }
        )
    return rows


@pytest.fixture(scope="module")
def rows():
    return drawn()


@pytest.fixture(scope="module")
def log(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    pl.DataFrame(
        {
            "who": [r["customer"] for r in rows],
            "number": [r["key:order"] for r in rows],
            "activity": [r["activity"] for r in rows],
            "time": [START + timedelta(microseconds=r["time"]) for r in rows],
            "event_id": [r["order"] for r in rows],
        }
    ).write_csv(folder / "shop.csv")
    (folder / "shop.toml").write_text(MAPPING)
    return pm.read_sources(folder / "shop.toml")


def counted(answer):
    """Return {(type, state): (journeys, events)} of the oracle's answer."""
    journeys, events = {}, {}
    for customer, number, kind, state in answer.values():
        journeys.setdefault((kind, state), set()).add((customer, number))
        events[kind, state] = events.get((kind, state), 0) + 1
    return {key: (len(journeys[key]), events[key]) for key in journeys}


def test_journeys_are_counted_by_kind_and_state(engine, log, rows):
    answer = brute_journeys(rows, RULES, max(r["time"] for r in rows))

    found = pm.journeys(engine(log)).journeys

    columns = ("journey_type", "journey_state", "journeys", "events")
    assert {(r[0], r[1]): r[2:] for r in found.select(columns).iter_rows()} == counted(answer)


def test_other_patiences_count_as_if_the_log_had_been_made_with_them(engine, log, rows):
    end = max(r["time"] for r in rows)

    found = pm.journeys(engine(log), patience=["1 day", "8 days"]).patience

    for kind in ("order", "complaint"):
        for days in (1, 3, 8):
            rules = [rule | {"patience": days * DAY} for rule in RULES]
            expected = counted(brute_journeys(rows, rules, end))
            row = found.filter(
                pl.col("journey_type") == kind, pl.col("patience_seconds") == days * 86_400
            ).row(0, named=True)
            for state in ("closed", "open", "abandoned"):
                assert row[state] == expected.get((kind, state), (0, 0))[0]


def test_the_patience_the_log_was_made_with_is_marked(log):
    result = pm.journeys(log)

    chosen = result.patience.filter("chosen")
    assert chosen["journey_type"].to_list() == ["order", "complaint"]
    assert chosen["patience_seconds"].to_list() == [3 * 86_400, None]
    inside = result.journeys.filter(pl.col("journey_type").is_not_null())
    for kind, journeys in chosen.select("journey_type", "journeys").iter_rows():
        assert inside.filter(journey_type=kind)["journeys"].sum() == journeys


def test_the_median_is_that_of_closed_journeys(log):
    cases = log.cases.collect().filter(pl.col("journey_state") == "closed")
    order = cases.filter(pl.col("journey_type") == "order")["duration_seconds"].median()

    found = pm.journeys(log).patience.filter(chosen=True, journey_type="order")

    assert found["median_seconds"].item() == order


def test_in_parts_other_patiences_count_the_same(log, monkeypatch):
    whole = pm.journeys(log).patience
    monkeypatch.setattr(again, "IN_MEMORY", 50)

    assert pm.journeys(log).patience.equals(whole)


def test_a_log_whose_source_says_the_cases_is_counted_by_its_outcomes():
    table = pl.DataFrame(
        {"case": ["1", "2"], "activity": ["ask", "answer"], "time": ["2026-01-05T09:00Z"] * 2}
    )

    known, unknown = (pm.journeys(pm.read(table, outcomes=o)) for o in (["answer"], []))

    assert known.headline == "2 journeys: 1 closed, 1 open."
    assert unknown.headline == "2 journeys."
    assert known.patience.is_empty()
    assert "patiences can't be tried" in known.caveats[0]


def test_a_patience_that_is_no_length_of_time_is_refused(log):
    with pytest.raises(OptionError, match="'soon' isn't a length of time"):
        pm.journeys(log, patience=["soon"])


def test_abandoned_journeys_are_said_to_be_so_by_every_analysis(log):
    assert any("taken as abandoned" in c and "order: 3 days" in c for c in pm.overview(log).caveats)


def test_the_chart_says_what_to_see(log):
    assert "of all journeys." in str(pm.journeys(log).chart().to_dict()["title"])
