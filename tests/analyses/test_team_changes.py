"""What the teams' figures have become since a day: against plain loops and what was planted."""

import json
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import mean

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import procmine as pm
from procmine.errors import OptionError
from tests import brute

KEPT = Path(__file__).parents[2] / "sample_logs" / "logs" / "airline"
MISSING, BELT, HANDLING = "Missing bag reported", "Bag on the belt", "Baggage handling"
FEW = settings(max_examples=max(5, settings.default.max_examples // 10))  # each takes a moment


@pytest.fixture(scope="module")
def drive():
    return json.loads((KEPT / "truth.json").read_text(encoding="utf-8"))["baggage_drive"]


def change_of(log, drive):
    found = pm.team_groups(
        log, peers=KEPT / "peer_survey.csv", complaints=[MISSING], since=drive["date"]
    ).change
    rows = found.filter(department=HANDLING)
    return {row["measure"]: row for row in rows.iter_rows(named=True)}


def test_the_minutes_that_loading_a_bag_takes_fall_by_the_planted_factor(airline, drive):
    others = set(airline.events.collect()["activity"].cast(pl.String)) - {BELT}
    loading = airline.filter_events(activity=sorted(others))  # the belt isn't part of the drive

    row = change_of(loading, drive)["service time per event"]

    planted = drive["minutes_after"] / drive["minutes_before"]
    assert row["low_ratio"] <= planted <= row["high_ratio"] < 1
    assert row["adjusted_p_value"] <= 0.05


def test_what_colleagues_and_passengers_lose_meanwhile_is_found_with_its_size(airline, drive):
    rows = change_of(airline, drive)

    peers, missing = rows["colleagues' score"], rows[f"journeys with '{MISSING}'"]
    lost = drive["lost_peer_score"]
    assert peers["low_difference"] <= -lost <= peers["high_difference"] < 0
    assert peers["adjusted_p_value"] <= 0.05
    more = drive["missing_share_after"] - drive["missing_share_before"]
    assert 0 < missing["low_difference"] <= more <= missing["high_difference"]
    assert missing["adjusted_p_value"] <= 0.05
    assert rows["service time per event"]["high_difference"] < 0


def test_no_other_departments_colleagues_are_said_to_have_changed_their_minds(airline, drive):
    found = pm.team_groups(airline, peers=KEPT / "peer_survey.csv", since=drive["date"]).change

    sure = found.filter(measure="colleagues' score").filter(pl.col("adjusted_p_value") <= 0.05)

    assert sure["department"].to_list() == [HANDLING]


def work(seed):
    """Journeys on which two teams work for a while, some of them twice."""
    random, rows = Random(seed), []
    for case in range(60):
        begun = brute.at(86_400 * case)
        for activity, team in (("sort", "Hall"), ("load", "Ramp")) * random.choice((1, 2)):
            if random.random() < 0.3:
                continue
            end = begun + timedelta(seconds=random.randint(60, 900))
            rows.append({
                "case": f"j{case}", "customer": f"c{case // 2}", "activity": activity,
                "start": begun, "end": end, "department": team, "cost": random.random(),
            })  # fmt: skip
            begun = end + timedelta(seconds=1)
    return rows


@FEW
@given(seed=st.integers(0, 999), day=st.integers(4, 56))
def test_before_and_since_are_the_means_over_journeys_counted_by_hand(seed, day):
    rows = work(seed)
    since = brute.at(86_400 * day).date()

    found = pm.team_groups(pm.read(pl.DataFrame(rows)), since=since.isoformat()).change

    begun, spent = {}, defaultdict(list)
    for row in rows:
        begun.setdefault(row["case"], row["start"])
        spent[row["case"], row["department"]].append((row["end"] - row["start"]).total_seconds())
    sides, who = defaultdict(list), defaultdict(set)
    for (case, team), seconds in spent.items():
        side = team, begun[case].date() >= since
        sides[side].append(mean(seconds))
        who[side].add(f"c{int(case[1:]) // 2}")
    expected = {
        team: (mean(sides[team, True]), mean(sides[team, False]), len(sides[team, True]))
        for team in ("Hall", "Ramp")
        if min(len(who[team, True]), len(who[team, False])) >= 5
    }
    told = found.filter(measure="service time per event")
    assert set(told["department"]) == set(expected)
    for team, *figures in told.select("department", "after", "before", "cases").iter_rows():
        assert figures == pytest.approx(expected[team])


def test_what_four_colleagues_say_of_a_side_is_never_shown(airline, tmp_path):
    survey = "month,department,score\n" + "2025-03,Gate,9\n2025-03,Gate,8\n" * 3
    (tmp_path / "peers.csv").write_text(survey + "2025-10,Gate,7\n2025-10,Gate,6\n" * 2)

    found = pm.team_groups(airline, peers=tmp_path / "peers.csv", since="2025-06-01").change

    assert found.filter(measure="colleagues' score").is_empty()


def test_without_a_day_there_is_no_change_and_a_day_that_is_none_is_refused(airline):
    assert pm.team_groups(airline).change.is_empty()
    with pytest.raises(OptionError, match="isn't a date"):
        pm.team_groups(airline, since="mid June")
