"""Moments of truth against plain Python and what was planted."""

import json
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path
from statistics import mean

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import procmine as pm
from procmine.errors import ColumnError, OptionError

LOGS = Path(__file__).parents[2] / "sample_logs" / "logs"
BAD = {"bad_first": ["Sent to another desk"], "bad_end": ["Complained on arrival"]}

EVENTS = st.lists(
    st.tuples(
        st.sampled_from("123"), st.sampled_from("abc"), st.sampled_from(["X", "Y"]), st.booleans()
    ),
    min_size=1,
    max_size=15,
)


def log_of(events):
    rows = [
        {"case": c, "activity": a, "department": d, "customer_facing": f, "customer": c,
         "time": f"2026-01-05T09:{n:02}Z"}
        for n, (c, a, d, f) in enumerate(events)
    ]  # fmt: skip
    return pm.read(pl.DataFrame(rows))


@given(EVENTS)
def test_moments_teams_waits_and_repetitions_are_those_counted_by_hand(events):
    result = pm.moments_of_truth(log_of(events))

    journeys, waits = defaultdict(list), defaultdict(list)
    before = {}
    for n, (case, activity, department, facing) in enumerate(events):
        if facing:
            journeys[case].append((activity, department))
            waits[activity, department] += [60 * (n - before[case])] if case in before else []
        before[case] = n
    row = result.summary.row(0, named=True)
    assert (row["cases"], row["moments"]) == (len(journeys), sum(map(len, journeys.values())))
    if journeys:
        assert row["mean_teams"] == pytest.approx(
            mean(len({d for _, d in met}) for met in journeys.values())
        )
    again, elsewhere = Counter(), Counter()
    for met in journeys.values():
        first = {}
        for activity, department in met:
            again[activity, department] += activity in first
            elsewhere[activity, department] += first.setdefault(activity, department) != department
    for m in result.moments.iter_rows(named=True):
        key = m["activity"], m["department"]
        assert (m["repetitions"], m["repetitions_elsewhere"]) == (again[key], elsewhere[key])
        assert m["mean_wait_seconds"] == (pytest.approx(mean(waits[key])) if waits[key] else None)


@pytest.mark.parametrize("options", [BAD, {}], ids=["named", "recognised"])
def test_what_a_bad_first_moment_does_is_found_with_its_size(airline, options):
    result = pm.moments_of_truth(airline, **options)

    planted = json.loads((LOGS / "airline" / "truth.json").read_text())
    trip = result.effects.filter(measure="bad end", journey_type="trip").row(0, named=True)
    counted = planted["counted"]
    assert trip["cases"] == counted["trips_with_bad_first_moment"]
    assert trip["other_cases"] == counted["trips_without_bad_first_moment"]
    complaints = counted["complaints_with_bad_first_moment"]
    assert trip["after_bad"] * trip["cases"] == pytest.approx(complaints)
    added = planted["first_moment"]["added_complaint_share"]
    assert trip["low_difference"] <= added <= trip["high_difference"]
    assert trip["adjusted_p_value"] <= 0.05
    score = result.effects.filter(measure="score", journey_type="trip").row(0, named=True)
    lost = planted["first_moment"]["lost_score"]
    assert score["low_difference"] <= -lost <= score["high_difference"]


RISE = {"bad_end": ["Complain about price"]}
DRIVE = {"bad_end": ["Missing bag reported"]}
OLD_PRICE = 1 - 8 / 184
"""Cars are picked up some 8 days after they are booked: so many of the half-year's bookings before
the rise pay the old price."""
CHANGED = [
    # the sample, what was planted, what is a bad end, the measure, and whose share of journeys can
    # have it: those before at the old price, who don't cancel; and those with a bag
    ("rental", "price_rise", RISE, "bad end", "complaint_share", 0.94 * OLD_PRICE),
    ("rental", "price_rise", RISE, "score", "lost_score", OLD_PRICE),
    ("airline", "baggage_drive", DRIVE, "bad end", "missing_share", 0.7),
]


@pytest.mark.parametrize("changed", CHANGED, ids=lambda c: f"{c[0]}-{c[4]}")
def test_what_changed_on_a_day_is_found_with_its_size(changed, kept):
    name, effect, options, measure, planted, part = changed
    truth = json.loads((LOGS / name / "truth.json").read_text())[effect]
    log = kept(name)

    result = pm.moments_of_truth(log, since=truth["date"], **options)

    size = (
        -truth[planted]
        if planted in truth
        else truth[f"{planted}_after"] - truth[f"{planted}_before"]
    ) * part
    kind = "trip" if name == "airline" else None
    rows = result.change.filter(measure=measure)
    row = rows.filter(pl.col("journey_type").eq_missing(pl.lit(kind))).row(0, named=True)
    assert row["low_difference"] <= size <= row["high_difference"]
    assert row["p_value"] <= 0.05


def test_the_price_rises_by_the_planted_factor(rental):
    rise = json.loads((LOGS / "rental" / "truth.json").read_text())["price_rise"]

    found = pm.moments_of_truth(rental, since=rise["date"]).change

    row = found.filter(measure="brought in").row(0, named=True)
    assert 1 < row["low_ratio"] <= rise["factor"] <= row["high_ratio"]
    assert row["p_value"] <= 0.05


def test_what_journeys_brought_in_before_and_after_is_the_mean_of_the_invoices(rental):
    found = pm.moments_of_truth(rental, since="2025-05-01").change

    with closing(sqlite3.connect(LOGS / "rental" / "rental.sqlite")) as database:
        invoiced = dict(database.execute("SELECT ocel_id, ocel_time FROM event_PayInvoice"))
        amounts = dict(database.execute("SELECT ocel_id, amount FROM object_Invoice"))
        booked = dict(database.execute("SELECT ocel_id, ocel_time FROM event_BookCar"))
        touched = database.execute("SELECT ocel_event_id, ocel_object_id FROM event_object")
        objects = [(event, name[0], name[1:]) for event, name in touched]
    begun = {
        name: booked[event] for event, kind, name in objects if kind == "B" and event in booked
    }
    paid = [name for event, kind, name in objects if kind == "I" and event in invoiced]
    sides = defaultdict(list)
    for name in paid:
        sides[begun[name] >= "2025-04-30T22:00:00Z"].append(amounts[f"I{name}"])
    row = found.filter(measure="brought in").row(0, named=True)
    assert (row["cases"], row["other_cases"]) == (len(sides[True]), len(sides[False]))
    assert (row["after"], row["before"]) == pytest.approx((mean(sides[True]), mean(sides[False])))


def test_only_a_column_of_numbers_says_what_journeys_bring_in(rental):
    with pytest.raises(ColumnError, match="Did you mean 'amount'"):
        pm.moments_of_truth(rental, since="2025-05-01", value="amounts")


def test_before_and_after_a_day_are_the_journeys_begun_then(airline):
    day = "2025-06-17"
    result = pm.moments_of_truth(airline, since=day, **BAD)

    cases = airline.inside().cases.collect().filter(pl.col("journey_type") == "trip")
    begun = pl.col("start").dt.convert_time_zone("Europe/Stockholm").dt.date()
    later = cases.filter(begun >= pl.date(2025, 6, 17))
    row = result.change.filter(measure="bad first moment", journey_type="trip").row(0, named=True)
    assert (row["cases"], row["other_cases"]) == (later.height, cases.height - later.height)


def test_a_passenger_meets_about_five_people(airline):
    trips = airline.filter_cases(where={"journey_type": "trip"})

    assert pm.moments_of_truth(trips).summary["mean_people"].item() == pytest.approx(5, abs=0.5)


def test_a_log_that_marks_no_moments_says_what_to_add():
    log = pm.read(pl.DataFrame({"case": ["1"], "activity": ["a"], "time": ["2026-01-05T09:00Z"]}))

    result = pm.moments_of_truth(log)

    assert "no event is marked" in result.headline
    assert any("add customer_facing" in c for c in result.caveats)
    result.chart()


def test_an_activity_that_never_occurs_is_refused_with_the_nearest(airline):
    with pytest.raises(OptionError, match="Complained on arrival"):
        pm.moments_of_truth(airline, bad_end=["Complained on arival"])


def test_every_engine_says_the_same(engine):
    events = [("1", "a", "X", True), ("1", "b", "Y", False), ("1", "a", "Y", True),
              ("2", "b", "Y", True), ("2", "a", "X", True)]  # fmt: skip
    log = log_of(events)

    one, other = pm.moments_of_truth(log), pm.moments_of_truth(engine(log))

    assert other.headline == one.headline
    for name, table in one.tables.items():
        assert other.tables[name].equals(table), name
