"""The course of single journeys, against a walk over the raw events in plain Python."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import procmine as pm
from procmine.course import ORDERS, course, journeys_by
from tests import brute
from tests.strategies import events, log_of


def start_of(row):
    return row.get("start_timestamp") or row["timestamp"]


def waits(rows):
    """Return the seconds before each event in which nothing was being worked on."""
    found, latest = [None], rows[0]["timestamp"]
    for row in rows[1:]:
        found.append(max(0.0, (start_of(row) - latest) / timedelta(seconds=1)))
        latest = max(latest, row["timestamp"])
    return found


@given(events())
def test_each_event_stands_in_its_order_with_the_wait_before_it(rows):
    log = log_of(rows)
    for case, expected in brute.journeys(rows).items():
        found = course(log, case)

        assert found["event"].to_list() == list(range(1, len(expected) + 1))
        for column, raw in (("activity", "activity"), ("department", "department"),
                            ("end", "timestamp"), ("start", "start_timestamp")):  # fmt: skip
            assert found[column].to_list() == [row.get(raw) for row in expected]
        assert found["by_customer"].to_list() == [bool(r.get("by_customer")) for r in expected]
        assert found["wait_seconds"].to_list() == pytest.approx(waits(expected), abs=1e-6)


BY = {
    "longest": lambda journey: -journey["duration_seconds"],
    "open": lambda journey: journey["start"],
    "latest": lambda journey: -journey["start"].timestamp(),
}


@given(events(), st.sampled_from(ORDERS), st.integers(1, 4))
def test_journeys_stand_in_the_order_that_is_asked_for(rows, order, first):
    closing = "answer"
    expected = [
        {"case_id": case, **journey, "is_open": journey["outcome"] != closing}
        for case, journey in brute.cases(rows).items()
    ]
    if order == "open":
        expected = [journey for journey in expected if journey["is_open"]]
    expected.sort(key=lambda journey: (BY[order](journey), journey["case_id"].encode()))

    found = journeys_by(log_of(rows, outcomes=(closing,)), order, first=first)

    took = found["duration_seconds"].to_list()
    assert took == pytest.approx([journey["duration_seconds"] for journey in expected[:first]])
    kept = [column for column in found.columns if column != "duration_seconds"]
    assert found.select(kept).rows(named=True) == [
        {column: journey[column] for column in kept} for journey in expected[:first]
    ]


def test_a_journey_that_isn_t_there_ends_in_a_sentence_that_names_nobody(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("case,activity,time\n1,a,2026-01-05T09:00Z\n1,b,2026-01-05T10:00Z\n")

    with pytest.raises(pm.InputError, match="no such journey") as error:
        course(pm.read(path), "4711")

    assert "4711" not in str(error.value)


def test_an_order_that_isn_t_there_names_the_nearest(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("case,activity,time\n1,a,2026-01-05T09:00Z\n")

    with pytest.raises(pm.OptionError, match="longest"):
        journeys_by(pm.read(path), "longst")


def test_times_are_those_of_the_zone_that_people_are_shown(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("case,activity,time\n1,a,2026-07-05T09:00\n1,b,2026-07-05T10:00\n")

    found = course(pm.read(path, timezone="Europe/Berlin"), "1")

    assert f"{found['end'][0]:%H:%M}" == "09:00"
