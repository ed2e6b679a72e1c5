"""What a late departure adds to complaints, found in passengers' journeys that say nothing of it.

Passengers' files know their flight, and airport operations know when a flight was due and when it
took off. So whoever asks joins the two first; the analysis is asked what follows boarding then.
"""

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

import procmine as pm

KEPT = Path(__file__).parents[2] / "sample_logs" / "logs" / "airline"
HALF_AN_HOUR = 30 * 60


@pytest.fixture(scope="module")
def truth():
    return json.loads((KEPT / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def trips(airline):
    """The trips, each event with the punctuality of its passenger's flight."""
    log = airline
    events = log.events.collect()
    due = pl.col("due").str.to_datetime("%d.%m.%Y %H:%M:%S", time_zone=log.meta.timezone)
    lateness = (pl.col("timestamp") - due.dt.convert_time_zone("UTC")).dt.total_seconds()
    flights = events.filter(pl.col("activity").cast(pl.String) == "Took off").select(
        pl.col("flight_leg").alias("flight"),
        punctuality=pl.when(lateness >= HALF_AN_HOUR)
        .then(pl.lit("late"))
        .otherwise(pl.lit("on time")),
    )
    known = (
        events.drop_nulls("flight")
        .unique("case_id")
        .select("case_id", "flight")
        .join(flights, on="flight")
    )
    joined = events.join(known.drop("flight"), on="case_id", how="left")
    whole = replace(log, events=joined.lazy(), storage=None)
    return whole.filter_cases(where={"journey_type": "trip"})


def test_what_a_late_departure_adds_to_complaints_is_found_with_its_size(trips, truth):
    found = pm.consistency(trips, by=["punctuality"], event="Boarded")

    rows = found.activities.filter(activity="Complained on arrival")
    late, on_time = (rows.filter(group=group).row(0, named=True) for group in ("late", "on time"))
    # against the interval of the late alone: those on time are many, and their share well known
    expected = on_time["share"] + truth["operations"]["added_complaint_share"]
    assert late["low_share"] <= expected <= late["high_share"]
    assert late["p_value"] <= 0.05


def test_the_late_and_their_complaints_are_those_counted_when_the_log_was_written(trips, truth):
    counted = truth["counted"]
    cases = trips.events.collect()
    late = set(cases.filter(punctuality="late")["case_id"])
    complained = set(
        cases.filter(pl.col("activity").cast(pl.String) == "Complained on arrival")["case_id"]
    )

    assert len(late) == counted["trips_with_late_departure"]
    assert len(late & complained) == counted["complaints_with_late_departure"]
    assert len(complained - late) == counted["complaints_without_late_departure"]
