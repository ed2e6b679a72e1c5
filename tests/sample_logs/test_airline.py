"""The airline log against a brute force over its files, which shares no code with procmine."""

import csv
from collections import defaultdict
from datetime import date
from math import sqrt
from pathlib import Path
from statistics import mean, median

import pytest

from sample_logs.airline import write

KEPT = Path(__file__).parents[2] / "sample_logs" / "logs" / "airline"


def names_of(events):
    return [event["activity"] for event in events]


def flight_of(events):
    return next(e["flight"] for e in events if e.get("flight"))


@pytest.fixture(scope="module")
def kept(read_sample):
    return read_sample(KEPT)


@pytest.fixture(scope="module")
def large(read_sample, tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    write(folder, events=40_000, seed=8)
    return read_sample(folder)


@pytest.fixture(scope="module")
def null(read_sample, tmp_path_factory):
    folder = tmp_path_factory.mktemp("null")
    write(folder, events=30_000, seed=8, null=True)
    return read_sample(folder)


@pytest.fixture(scope="module")
def late_flights(large):
    """Flights that took off half an hour late or more, by number and day."""
    found = set()
    for events in large.journeys("turnaround").values():
        went = [e for e in events if e["activity"] == "Took off"]
        due = went and went[0]["due"]
        hours, minutes = due.split(" ")[1].split(":")[:2]
        scheduled = went[0]["end"].replace(hour=int(hours), minute=int(minutes), second=0)
        if (went[0]["end"] - scheduled).total_seconds() >= 1800:
            found.add(went[0]["flight_leg"])
    return found


def test_the_rules_of_the_mapping_recover_the_journeys(kept, large, null):
    for sample in (kept, large, null):
        assert sample.agreement() > 0.995


def test_the_travel_agency_joins_nobody(kept, null):
    assert [kind for kind, _ in kept.recovered()[1]] == ["email"]
    assert not null.recovered()[1]


@pytest.mark.parametrize("events", [1, 30, 5_000])
def test_a_log_has_about_as_many_events_as_asked_for(tmp_path, read_sample, events):
    write(tmp_path, events=events)
    assert abs(len(read_sample(tmp_path).events) - events) <= 25 + 0.08 * events


def test_seven_systems_share_no_case_id(kept):
    known = defaultdict(set)
    for event in kept.events:
        known[event["source"]] |= set(event["ids"])
    assert len(known) == 7
    assert not set.intersection(*known.values())


def test_every_row_has_an_event_id_of_its_own_and_a_journey(large):
    ids = [event["event_id"] for event in large.events]
    assert len(set(ids)) == len(ids) == large.truth["rows"]
    assert set(ids) == set(large.true)
    assert not set(large.true.values()) & {v for e in large.events for v in e.values()
                                           if isinstance(v, str)}  # fmt: skip


def test_no_step_ends_before_it_starts_and_a_journey_runs_from_trigger_to_outcome(large):
    for rule in large.mapping["journeys"]:
        for events in large.journeys(rule["type"]).values():
            assert all(event["start"] <= event["end"] for event in events)
            assert events[0]["activity"] in rule["triggers"]
            assert not set(rule["outcomes"]) & set(names_of(events[:-1]))


def test_a_passenger_meets_somebody_about_five_times(large):
    met = [sum(e["customer_facing"] for e in trip) for trip in large.journeys("trip").values()]
    assert mean(met) == pytest.approx(5, abs=0.3)


def test_a_bad_first_moment_worsens_the_end_by_the_planted_share(large):
    ends = defaultdict(list)
    for trip in large.journeys("trip").values():
        names = names_of(trip)
        if names[-1] in large.mapping["journeys"][0]["outcomes"]:
            ends[names[0] == "Sent to another desk"].append(names[-1] == "Complained on arrival")
    added = large.truth["first_moment"]["added_complaint_share"]
    spread = sqrt(sum(mean(e) * (1 - mean(e)) / len(e) for e in ends.values()))
    assert mean(ends[True]) - mean(ends[False]) == pytest.approx(added, abs=3 * spread)
    counted = large.truth["counted"]
    assert counted["complaints_with_bad_first_moment"] == pytest.approx(sum(ends[True]), abs=3)


def test_late_fuel_makes_flights_late_and_late_flights_make_complaints(large, late_flights):
    fuelled = defaultdict(list)
    for events in large.journeys("turnaround").values():
        names = names_of(events)
        gap = events[names.index("Fuelled")]["start"] - events[names.index("Fuelled") - 1]["end"]
        late = events[-1]["flight_leg"] in late_flights
        fuelled[gap.total_seconds() > 1800].append(late)
    assert mean(fuelled[True]) > 0.5
    assert mean(fuelled[False]) < 0.05
    ends = defaultdict(list)
    for trip in large.journeys("trip").values():
        ends[flight_of(trip) in late_flights].append(names_of(trip)[-1] == "Complained on arrival")
    assert mean(ends[True]) > mean(ends[False]) + 0.04


def test_from_its_date_on_the_front_line_decides(large):
    effect = large.truth["authority"]
    at_once, hours = defaultdict(list), defaultdict(list)
    for events in large.journeys("refund").values():
        after = events[0]["end"].date() >= date.fromisoformat(effect["date"])
        at_once[after].append("Approval asked" not in names_of(events))
        if events[-1]["activity"] == "Refund paid":
            hours[after].append((events[-1]["end"] - events[0]["end"]).total_seconds() / 3600)
    for after, word in ((False, "before"), (True, "after")):
        planted = effect[f"decided_at_once_share_{word}"]
        assert mean(at_once[after]) == pytest.approx(planted, abs=0.1)
    assert median(hours[False]) > 2 * median(hours[True])


def test_baggage_handling_becomes_faster_and_loses_more(large):
    effect = large.truth["baggage_drive"]
    minutes, missing = defaultdict(list), defaultdict(list)
    for trip in large.journeys("trip").values():
        names = names_of(trip)
        after = trip[0]["end"].date() >= date.fromisoformat(effect["date"])
        for event in trip:
            if event["activity"] == "Bag loaded":
                minutes[after].append((event["end"] - event["start"]).total_seconds() / 60)
                missing[after].append("Missing bag reported" in names)
    for after, word in ((False, "before"), (True, "after")):
        assert median(minutes[after]) == pytest.approx(effect[f"minutes_{word}"], rel=0.1)
        assert mean(missing[after]) == pytest.approx(effect[f"missing_share_{word}"], abs=0.02)


def answers(sample):
    with (sample.folder / "survey.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_survey_speaks_of_the_trips_and_of_what_was_planted(large):
    trips = {e["ids"]["ticket"]: trip for trip in large.journeys("trip").values()
             for e in trip if "ticket" in e["ids"]}  # fmt: skip
    scores = defaultdict(list)
    for answer in answers(large):
        names = names_of(trips[answer["ticket_no"]])
        if "Missing bag reported" not in names:
            scores[names[0] == "Sent to another desk"].append(int(answer["score"]))
    lost = large.truth["first_moment"]["lost_score"]
    assert mean(scores[False]) - mean(scores[True]) == pytest.approx(lost, abs=0.5)


def test_colleagues_think_less_of_baggage_handling_after_its_drive(large):
    effect = large.truth["baggage_drive"]
    scores = defaultdict(list)
    with (large.folder / "peer_survey.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["department"] == "Baggage handling":
                scores[f"{row['month']}-15" >= effect["date"]].append(int(row["score"]))
    fell = mean(scores[False]) - mean(scores[True])
    assert fell == pytest.approx(effect["lost_peer_score"], abs=0.7)


def test_nothing_is_planted_in_the_null_log(null):
    truth = null.truth
    shares = {}
    for cause in ("bad_first_moment", "late_departure"):
        for word in ("with", "without"):
            trips = truth["counted"][f"trips_{word}_{cause}"]
            shares[word] = truth["counted"][f"complaints_{word}_{cause}"] / max(trips, 1)
        assert cause == "late_departure" or shares["with"] == pytest.approx(
            shares["without"], abs=0.04
        )
    assert truth["counted"]["late_flights"] < 0.02 * truth["counted"]["flights"]
    effect = truth["authority"]
    assert effect["decided_at_once_share_before"] == effect["decided_at_once_share_after"]
    assert truth["first_moment"]["lost_score"] == truth["baggage_drive"]["lost_peer_score"] == 0
