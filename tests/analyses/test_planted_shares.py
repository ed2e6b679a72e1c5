"""How often something happens, as the samples' truths state it, lies in the interval that is said.

`consistency` gives the share of each group's journeys in which an activity happens, with its
interval; a share that was planted for all holds for each segment.
"""

import json
from functools import cache
from pathlib import Path

import pytest

import procmine as pm

LOGS = Path(__file__).parents[2] / "sample_logs" / "logs"
BOTH, TRAVELLERS = ("Business", "Consumer"), ("Business", "Leisure")

PLANTED = [
    # the sample, the activity, whose journeys, where the truth states it, and of which journeys
    ("broadband", "Documents requested", BOTH, ("rework", "documents_share"), None),
    ("broadband", "Credit refused", BOTH, ("rework", "refused_share"), None),
    ("broadband", "Appointment missed", BOTH, ("rework", "missed_share"), "Appointment booked"),
    ("broadband", "Self-installation done", BOTH[1:], ("rework", "self_installed_share"), None),
    ("broadband", "Credit approved", BOTH[:1], ("segments", "business_approval_share"), None),
    ("airline", "Sent to another desk", TRAVELLERS, ("first_moment", "bad_share"), None),
    ("rental", "Add charge", TRAVELLERS, ("surprise_charges", "share"), "Take car back"),
]


@pytest.fixture(scope="module")
def shares(kept):
    """The shares of activities in each segment of a sample."""

    @cache
    def told(name):
        return pm.consistency(kept(name), by=["segment"], permutations=19).activities

    return told


@pytest.mark.parametrize("planted", PLANTED, ids=lambda p: f"{p[0]}-{p[1]}".replace(" ", "-"))
def test_a_planted_share_lies_in_the_interval_of_each_segment(planted, shares):
    name, activity, segments, (effect, key), among = planted
    truth = json.loads((LOGS / name / "truth.json").read_text())[effect][key]

    found = shares(name)

    for segment in segments:
        row = found.filter(activity=activity, group=segment).row(0, named=True)
        part = (
            found.filter(activity=among, group=segment)["share"].item() if among is not None else 1
        )
        assert row["low_share"] <= truth * part <= row["high_share"], segment
