"""The rental log against a brute force over its tables, which shares no code with procmine."""

import csv
import json
import sqlite3
from collections import defaultdict
from contextlib import closing
from datetime import date
from math import sqrt
from pathlib import Path
from statistics import mean

import polars as pl
import pytest

from sample_logs.rental import write

KEPT = Path(__file__).parents[2] / "sample_logs" / "logs" / "rental"


class Rental:
    """The tables of a folder's log, by SQL alone."""

    def __init__(self, folder):
        self.folder = folder
        self.truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        self.true = dict(pl.read_parquet(folder / "truth_journeys.parquet").iter_rows())
        with (folder / "complaints.csv").open(encoding="utf-8", newline="") as file:
            self.complaints = list(csv.DictReader(file))

    def ask(self, query):
        with closing(sqlite3.connect(self.folder / "rental.sqlite")) as database:
            return database.execute(query).fetchall()

    def rentals(self):
        """Of each rental that was handed over its journey, day, amount and whether it was paid."""
        handed = dict(self.ask("SELECT ocel_id, ocel_time FROM event_HandOverCar"))
        days = {self.true[event]: at[:10] for event, at in handed.items()}
        amounts = dict(self.ask("SELECT ocel_id, amount FROM object_Invoice"))
        bills = dict(self.ask("SELECT ocel_event_id, ocel_object_id FROM event_object "
                              "WHERE ocel_qualifier = 'invoice'"))  # fmt: skip
        amount = {self.true[event]: amounts[invoice] for event, invoice in bills.items()}
        paid = {self.true[event] for (event,) in self.ask("SELECT ocel_id FROM event_PayInvoice")}
        return {name: (day, amount[name]) for name, day in days.items() if name in paid}


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    write(folder, events=40_000, seed=8)
    return Rental(folder)


@pytest.fixture(scope="module")
def null(tmp_path_factory):
    folder = tmp_path_factory.mktemp("null")
    write(folder, events=40_000, seed=8, null=True)
    return Rental(folder)


def shares_of_complaints(rental):
    """The shares of rentals with a price complaint, before the rise and from it on, and sizes."""
    complained = {rental.true[row["event_id"]] for row in rental.complaints}
    rise = date.fromisoformat(rental.truth["price_rise"]["date"]).isoformat()
    groups = defaultdict(list)
    for name, (day, _) in rental.rentals().items():
        groups[day >= rise].append(name in complained)
    return groups


@pytest.mark.parametrize("events", [1, 40, 5_000])
def test_a_log_has_about_as_many_events_as_asked_for(tmp_path, events):
    write(tmp_path, events=events)
    rows = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["rows"]
    assert abs(rows - events) <= 40 + 0.12 * events


def test_every_event_is_of_a_known_type_and_touches_objects_that_exist(large):
    objects = {it for (it,) in large.ask("SELECT ocel_id FROM object")}
    events = {it for (it,) in large.ask("SELECT ocel_id FROM event")}
    pairs = large.ask("SELECT ocel_event_id, ocel_object_id FROM event_object")
    assert {event for event, _ in pairs} == events
    assert {it for _, it in pairs} <= objects
    links = large.ask("SELECT ocel_source_id, ocel_target_id FROM object_object")
    assert {it for pair in links for it in pair} <= objects
    for kind in ("event", "object"):
        types = dict(large.ask(f"SELECT * FROM {kind}_map_type"))  # noqa: S608
        assert {t for (t,) in large.ask(f"SELECT ocel_type FROM {kind}")} <= set(types)  # noqa: S608
        tables = [f"{kind}_{table}" for table in types.values()]
        rows = sum(large.ask(f"SELECT count(*) FROM {table}")[0][0] for table in tables)  # noqa: S608
        assert rows == large.ask(f"SELECT count(*) FROM {kind}")[0][0]  # noqa: S608


def test_every_event_has_an_id_of_its_own_and_a_journey(large):
    ids = [it for (it,) in large.ask("SELECT ocel_id FROM event")]
    ids += [row["event_id"] for row in large.complaints]
    assert len(set(ids)) == len(ids) == large.truth["rows"]
    assert set(ids) == set(large.true)


def test_the_price_rises_and_so_do_complaints(large):
    effect = large.truth["price_rise"]
    groups = shares_of_complaints(large)
    added = effect["complaint_share_after"] - effect["complaint_share_before"]
    spread = sqrt(sum(mean(g) * (1 - mean(g)) / len(g) for g in groups.values()))
    assert mean(groups[True]) - mean(groups[False]) == pytest.approx(added, abs=3 * spread)
    amounts = defaultdict(list)
    for day, amount in large.rentals().values():
        amounts[day >= effect["date"]].append(amount)
    ratio = mean(amounts[True]) / mean(amounts[False])
    assert ratio == pytest.approx(effect["factor"], abs=0.08)


def test_who_pays_the_new_price_comes_back_less(large):
    effect = large.truth["price_rise"]
    booked = large.ask(
        "SELECT o.ocel_object_id, count(*) FROM event_object o JOIN event e "
        "ON e.ocel_id = o.ocel_event_id WHERE e.ocel_type = 'Book car' "
        "AND o.ocel_qualifier = 'customer' GROUP BY 1"
    )
    first = dict(large.ask(
        "SELECT o.ocel_object_id, min(t.ocel_time) FROM event_object o JOIN event_HandOverCar t "
        "ON t.ocel_id = o.ocel_event_id WHERE o.ocel_qualifier = 'customer' GROUP BY 1"
    ))  # fmt: skip
    back = defaultdict(list)
    for customer, count in booked:
        if first.get(customer, "9") < "2025-09-01":  # later ones hadn't the time to come back
            back[first[customer][:10] >= effect["date"]].append(count > 1)
    for after, word in ((False, "before"), (True, "after")):
        assert mean(back[after]) == pytest.approx(effect[f"return_share_{word}"], abs=0.07)


def test_the_survey_hears_of_the_price(large):
    effect = large.truth["price_rise"]
    scores = defaultdict(list)
    with (large.folder / "survey.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            scores[row["answered_at"][:10] >= effect["date"]].append(int(row["score"]))
    lost = mean(scores[False]) - mean(scores[True])
    assert lost == pytest.approx(effect["lost_score"], abs=0.4)


def test_nothing_is_planted_in_the_null_log(null):
    groups = shares_of_complaints(null)
    assert mean(groups[True]) == pytest.approx(mean(groups[False]), abs=0.02)
    assert null.truth["counted"]["rentals_charged"] == null.truth["counted"]["rentals_waited"] == 0
    effect = null.truth["price_rise"]
    assert effect["return_share_before"] == effect["return_share_after"]
    assert effect["factor"] == 1


def test_procmine_reads_the_kept_log_and_recovers_every_rental(rental):
    log = rental.inside().cases.collect()
    truth = json.loads((KEPT / "truth.json").read_text(encoding="utf-8"))
    assert len(log) == truth["counted"]["bookings"]
