"""Who solves it at once, against plain Python and what was planted."""

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import procmine as pm
from procmine.errors import OptionError

LOGS = Path(__file__).parents[2] / "sample_logs" / "logs"

EVENTS = st.lists(
    st.tuples(
        st.sampled_from("12"), st.sampled_from("ab"), st.sampled_from(["X", "Y", "Z"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=14,
)  # fmt: skip


def log_of(events):
    rows = [
        {"case": c, "activity": a, "department": d, "customer_facing": f,
         "time": f"2026-01-05T09:{n:02}Z"}
        for n, (c, a, d, f) in enumerate(events)
    ]  # fmt: skip
    return pm.read(pl.DataFrame(rows))


def hops_by_hand(events):
    """Of each journey: handed over by the first team, back before another moment; and its wait."""
    found = []
    for case in {c for c, *_ in events}:
        own = [(n, a, d, f) for n, (c, a, d, f) in enumerate(events) if c == case]
        first = next((i for i, e in enumerate(own) if e[3]), None)
        if first is None:
            continue
        team = own[first][2]
        for i in range(first, len(own) - 1):
            if own[i][2] != team or own[i + 1][2] == team:
                continue
            for later in own[i + 1 :]:
                if later[2] == team:
                    found.append((case, 60 * (later[0] - own[i][0])))
                    break
                if later[3]:
                    break
    return found


@given(EVENTS)
def test_hops_there_and_back_are_those_found_by_hand(events):
    result = pm.authority(log_of(events))

    expected = hops_by_hand(events)
    assert result.hops["count"].sum() == len(expected)
    assert result.hops["total_seconds"].sum() == sum(w for _, w in expected)
    meets = {c for c, _, _, f in events if f}
    teams = {c: {d for k, _, d, f in events if k == c and f} for c in meets}
    solved = {c for c in meets if len(teams[c]) == 1} - {c for c, _ in expected}
    row = result.summary.row(0, named=True)
    assert (row["cases"], row["solved_cases"]) == (len(meets), len(solved))


def test_the_front_lines_authority_is_found_with_its_size(airline):
    planted = json.loads((LOGS / "airline" / "truth.json").read_text())
    effect, counted = planted["authority"], planted["counted"]

    result = pm.authority(airline, approvals=["Approval asked"], since=effect["date"])

    row = result.change.filter(journey_type="refund", measure="solved share").row(0, named=True)
    assert row["other_cases"] == counted["refunds_requested_before_date"]
    assert row["cases"] == counted["refunds_requested_from_date"]
    asked = counted["refunds_sent_for_approval_before_date"]
    assert row["before"] * row["other_cases"] == pytest.approx(row["other_cases"] - asked)
    gained = effect["decided_at_once_share_after"] - effect["decided_at_once_share_before"]
    assert row["low_difference"] <= gained <= row["high_difference"]
    hops = result.hops
    assert hops["count"].sum() == asked + counted["refunds_sent_for_approval_from_date"]
    assert hops["next_department"].to_list() == ["Revenue accounting"]
    assert hops["costed_events"].item() == hops["count"].item()
    assert "Approval asked" in result.headline


def test_an_approval_takes_the_office_hours_that_were_planted(airline):
    planted = json.loads((LOGS / "airline" / "truth.json").read_text())["authority"]
    hours = LOGS / "airline" / "calendars.toml"

    result = pm.authority(airline, approvals=["Approval asked"], calendar=hours)

    row, seconds = result.hops.row(0, named=True), planted["approval_median_hours"] * 3600
    assert row["business_low_median_seconds"] <= seconds <= row["business_high_median_seconds"]
    assert not row["low_median_seconds"] <= seconds <= row["high_median_seconds"]
    assert "of working time" in result.headline
    assert not any("no hours" in c for c in result.caveats)


def test_business_time_of_a_hop_is_counted_by_the_hours_of_who_is_asked(tmp_path):
    (tmp_path / "hours.toml").write_text(
        'timezone = "UTC"\n[departments.Office]\n"Monday to Friday" = ["09:00-17:00"]\n'
    )
    rows = [
        ("ask", "Desk", "2026-01-09T16:00Z"),  # a Friday
        ("look", "Desk", "2026-01-09T16:10Z"),
        ("approve", "Office", "2026-01-12T10:00Z"),
        ("answer", "Desk", "2026-01-12T11:00Z"),
    ]
    table = pl.DataFrame(
        [{"case": "1", "activity": a, "department": d, "time": t, "customer_facing": a == "ask"}
         for a, d, t in rows]
    )  # fmt: skip

    hops = pm.authority(pm.read(table), approvals=["ask"], calendar=tmp_path / "hours.toml").hops

    assert hops["total_seconds"].item() == 66 * 3600
    assert hops["business_total_seconds"].item() == 2 * 3600
    assert hops["business_low_median_seconds"].item() is None


def test_a_log_that_marks_no_moments_says_what_to_add():
    log = pm.read(pl.DataFrame({"case": ["1"], "activity": ["a"], "time": ["2026-01-05T09:00Z"]}))

    result = pm.authority(log)

    assert "no event is marked" in result.headline
    assert any("add customer_facing" in c for c in result.caveats)
    result.chart()


@pytest.mark.parametrize(
    ("options", "says"),
    [({"since": "soon"}, "Write it as 2012"), ({"approvals": ["Aproval asked"]}, "Approval asked")],
)
def test_options_that_make_no_sense_are_refused(airline, options, says):
    with pytest.raises(OptionError, match=says):
        pm.authority(airline, **options)


def test_every_engine_says_the_same(engine):
    log = log_of([("1", "a", "X", True), ("1", "b", "Y", False), ("1", "a", "X", True),
                  ("2", "a", "X", True)])  # fmt: skip

    for options in ({}, {"approvals": ["b"]}):
        one, other = pm.authority(log, **options), pm.authority(engine(log), **options)
        assert other.headline == one.headline
        for name, table in one.tables.items():
            assert other.tables[name].equals(table), name
