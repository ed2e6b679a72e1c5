"""Scores by what their journeys went through, against plain Python and what was planted."""

import csv
import json
from collections import defaultdict
from pathlib import Path
from statistics import mean

import polars as pl
import pytest

import procmine as pm
from procmine.errors import OptionError

LOGS = Path(__file__).parents[2] / "sample_logs" / "logs"


WAITING = "Clean car between Arrive at counter and Hand over car"


def answers_of(name, key):
    with (LOGS / name / "survey.csv").open(newline="") as file:
        return [(row[key], int(row["score"]), row["comment"]) for row in csv.DictReader(file)]


def truth(name):
    return json.loads((LOGS / name / "truth.json").read_text())


def row_of(result, kind, group):
    return result.differences.filter(kind=kind, group=group).row(0, named=True)


def test_scores_by_activity_are_those_of_the_files(airline):
    result = pm.experience(airline)

    with (LOGS / "airline" / "checkin.csv").open(newline="") as file:
        moved = {r["ticket_no"] for r in csv.DictReader(file) if r["action"] == "MOVE"}
    scores = defaultdict(list)
    for ticket, score, _ in answers_of("airline", "ticket_no"):
        scores[ticket in moved].append(score)
    row = row_of(result, "activity", "Sent to another desk")
    assert (row["cases"], row["other_cases"]) == (len(scores[True]), len(scores[False]))
    assert row["mean_score"] == pytest.approx(mean(scores[True]))
    assert row["other_mean_score"] == pytest.approx(mean(scores[False]))
    assert result.summary["joined_answers"].item() == truth("airline")["survey_answers"]
    assert result.scores["cases"].sum() == result.answered.height


def within(row, lost):
    return row["low_difference"] <= -lost <= row["high_difference"]


def test_what_was_planted_in_the_airlines_scores_is_found_with_its_size(airline):
    result, planted = pm.experience(airline), truth("airline")

    moved = row_of(result, "activity", "Sent to another desk")
    assert within(moved, planted["first_moment"]["lost_score"])
    missing = row_of(result, "activity", "Missing bag reported")
    assert within(missing, planted["baggage_drive"]["lost_score"])
    late = row_of(result, "comment", "We left late and nobody said why.")
    assert within(late, planted["operations"]["lost_score"])
    assert moved["adjusted_p_value"] <= 0.05
    assert late["adjusted_p_value"] <= 0.05
    assert "Sent to another desk" in result.headline


@pytest.mark.parametrize(
    ("kind", "group", "effect"),
    [
        ("comment", "There was a charge nobody told me of.", "surprise_charges"),
        ("activity", "Add charge", "surprise_charges"),
        ("meanwhile", WAITING, "car_not_ready"),
    ],
)
def test_what_was_planted_in_the_rentals_scores_is_found_with_its_size(rental, kind, group, effect):
    result, planted = pm.experience(rental), truth("rental")

    row = row_of(result, kind, group)
    assert within(row, planted[effect]["lost_score"])
    assert row["adjusted_p_value"] <= 0.05


def test_who_waits_for_a_car_that_is_not_ready_are_those_the_log_says(rental):
    cleaned, waited, arrived = set(), set(), {}
    for row in rental.inside().events.collect().sort("case_id", "event_number").to_dicts():
        case = row["case_id"]
        arrived[case] = arrived.get(case) or row["activity"] == "Arrive at counter"
        if row["activity"] == "Clean car":
            cleaned.add(case)
            waited |= {case} if arrived[case] else set()
    answered = set(pm.experience(rental).answered["case_id"])

    row = row_of(pm.experience(rental), "meanwhile", WAITING)

    assert row["cases"] == len(waited & answered)
    assert row["other_cases"] == len(answered - waited)
    assert len(cleaned) > len(waited)


def test_journeys_told_apart_under_two_names_are_one_look():
    rows = [
        {"case": f"{n}", "customer": f"c{n}", "activity": a, "time": f"2026-01-0{day}T09:{n:02}Z",
         "department": "Care" if a == "complain" else "Desk",
         "score": 9.0 - 3 * (n % 2) + n % 3 if a == "survey" else None}
        for n in range(40)
        for day, a in enumerate(("ask", "complain", "answer", "survey"), 5)
        if a != "complain" or n % 2
    ]  # fmt: skip
    log = pm.read(pl.DataFrame(rows, schema_overrides={"score": pl.Float64}))

    result = pm.experience(log)

    complained = result.differences.filter(pl.col("cases") == 20, pl.col("kind") != "wait")
    assert complained.select("kind", "group").rows() == [("activity", "complain")]


def test_answers_that_count_are_not_said_to_be_left_out(airline):
    result = pm.experience(airline)

    assert not any("left out" in c for c in result.caveats)
    fact = f"{truth('airline')['survey_answers']} answers to surveys are no steps of journeys"
    assert any(c.startswith(fact) for c in result.caveats)


def test_an_earlier_window_joins_fewer_and_says_so(rental):
    result = pm.experience(rental, window="1 day")

    assert 0 < result.answered.height < truth("rental")["survey_answers"]
    assert any("could be joined to no journey" in c for c in result.caveats)


def test_a_log_without_scores_says_what_to_add():
    log = pm.read(pl.DataFrame({"case": ["1"], "activity": ["a"], "time": ["2026-01-05T09:00Z"]}))

    result = pm.experience(log)

    assert result.headline.startswith("This log has no answers")
    assert any("Add the survey to the mapping" in c for c in result.caveats)
    assert result.differences.is_empty()
    result.chart()


def test_too_few_to_be_compared_are_refused(rental):
    with pytest.raises(OptionError, match="Give 5 or more"):
        pm.experience(rental, fewest=1)


def test_every_engine_says_the_same(engine, rental):
    small = rental.sample(customers=60)

    assert pm.experience(engine(small)).tables["differences"].height > 0
