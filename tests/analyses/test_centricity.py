"""The level of customer centricity: gates with evidence, and an unbroken row of them."""

import tomllib
from pathlib import Path
from random import Random

import polars as pl
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

import procmine as pm
from procmine.centric.gate import LEVELS, MET, NOT_MET, UNKNOWN, Gate, reached
from procmine.errors import ConfigurationError, OptionError
from tests import brute

KEPT = Path(__file__).parents[2] / "sample_logs" / "logs" / "broadband"
POLICY = (KEPT / "policy.toml").read_text()
GATES = [
    "Work tied to customer events",
    "Journeys owned outside silos",
    "Promises to segments kept",
    "Alike within each segment",
    "Failure demand falling",
    "Segments treated by worth",
    "Alike within each segment",
    "Customers decide",
]


def asked(log, tmp_path, policy, permutations=199):
    (tmp_path / "calendars.toml").write_text((KEPT / "calendars.toml").read_text())
    path = tmp_path / "policy.toml"
    path.write_text(policy)
    return pm.centricity(log, policy=path, permutations=permutations)


def statuses(result):
    return result.gates["status"].to_list()


@given(st.lists(st.tuples(st.sampled_from(LEVELS), st.sampled_from((MET, NOT_MET, UNKNOWN)))))
def test_a_level_is_its_last_gate_in_an_unbroken_row(drawn):
    drawn = sorted(drawn, key=lambda g: LEVELS.index(g[0]))
    level, row = reached([Gate(at, "g", status, "e", "t") for at, status in drawn])
    assert all(status == MET for _, status in drawn[:row])
    assert row == len(drawn) or drawn[row][1] != MET
    for at in LEVELS:
        upto = [status for own, status in drawn if LEVELS.index(own) <= LEVELS.index(at)]
        full = all(any(own == x for own, _ in drawn) for x in LEVELS[: LEVELS.index(at) + 1])
        is_reached = level != "product" and LEVELS.index(level) >= LEVELS.index(at)
        assert is_reached == (full and set(upto) == {MET})


def test_the_gates_say_what_is_planted(broadband):
    """Sites treat faults differently, businesses are served first, one owner heads a silo."""
    result = pm.centricity(broadband, policy=KEPT / "policy.toml", permutations=199)
    assert result.gates["gate"].to_list() == GATES
    found = dict(result.gates.select("step", "status").rows())
    assert (found[1], found[2], found[4], found[6], found[7], found[8]) == (
        MET, NOT_MET, NOT_MET, MET, NOT_MET, NOT_MET,
    )  # fmt: skip
    evidence = dict(result.gates.select("step", "evidence").rows())
    assert "Head of customer care, of a silo" in evidence[2]
    assert "site Northgate" in evidence[4]
    assert "more valued segments first" in evidence[6]
    assert result.summary["level"].item() == "product"
    assert result.summary["stops_at"].item() == "Journeys owned outside silos"
    assert result.summary["customers"].item() == 667


def test_owners_outside_the_silos_and_kept_promises_lead_further(broadband, tmp_path):
    better = POLICY.replace("Head of customer care", "Chief customer officer").replace(
        "goal = 0.7", "goal = 0.5"
    )
    result = asked(broadband, tmp_path, better.replace("goal = 0.8", "goal = 0.5"))
    assert statuses(result)[:4] == [MET, MET, MET, NOT_MET]
    row = result.summary.row(0, named=True)
    assert (row["last_gate"], row["stops_at"]) == (GATES[2], GATES[3])
    assert row["level"] == "product"  # a gate of the experience is missing


def test_too_few_shuffles_to_see_a_difference_dont_make_treatment_alike(broadband):
    gate = pm.centricity(broadband, permutations=19).gates.row(3, named=True)
    assert gate["status"] == UNKNOWN
    assert "shuffles" in gate["evidence"]


def test_a_broken_promise_stops_the_row(broadband, tmp_path):
    worse = POLICY.replace("Head of customer care", "Board").replace("12 days", "6 days")
    result = asked(broadband, tmp_path, worse, permutations=19)
    assert statuses(result)[:3] == [MET, MET, NOT_MET]
    assert "1 broken" in result.gates["evidence"][2]


def test_events_in_journeys_and_decisions_are_counted_by_hand(broadband):
    gates = pm.centricity(broadband, permutations=19).gates
    events = broadband.events.collect().sort("case_id", "timestamp", "order").to_dicts()
    tied = [e["customer_id"] is not None and e["journey_state"] != "outside" for e in events]
    assert gates["figure"][0] == pytest.approx(sum(tied) / len(events))
    follow = {}
    for event in events:
        if event["journey_state"] != "outside" and event["next_activity"] is not None:
            own = follow.setdefault(event["activity"], [])
            own.append((event["next_activity"], bool(event["gap_by_customer"])))
    made = own_ones = 0
    for steps in follow.values():
        names = [n for n, _ in steps]
        ways = sum(names.count(n) >= 0.05 * len(names) for n in set(names))
        if ways > 1:
            made += len(steps)
            own_ones += sum(by for _, by in steps)
    assert gates["figure"][7] == pytest.approx(own_ones / made)


def test_what_a_log_cant_show_is_not_assessable_and_says_what_to_add():
    table = pl.DataFrame({"case": ["1"], "activity": ["a"], "time": ["2026-01-05T09:00Z"]})
    result = pm.centricity(pm.read(table))
    assert set(statuses(result)) == {UNKNOWN}
    for said in ("customers", "policy", "reasons", "segment", "mapping"):
        assert any(said in c for c in result.caveats), said


def test_a_company_that_meets_every_gate_but_one_isnt_given_the_level_above(tmp_path):
    random, rows = Random(1), []
    for case in range(240):
        segment, at = "AB"[case % 2], 3600 * case * 24
        ways = ("buy", "leave") if segment == "A" else ("leave", "leave")
        for place, activity in enumerate(("ask", "show", random.choice(ways))):
            rows.append(
                {"case": f"j{case}", "activity": activity, "time": brute.at(at + 60 * place),
                 "customer": f"c{case}", "segment": segment, "channel": random.choice("xy"),
                 "by_customer": activity != "show"}
            )  # fmt: skip
    policy = '[[promises]]\nname = "p"\nwithin = "1 hour"\nowner = "Board"\n'
    result = asked(pm.read(pl.DataFrame(rows)), tmp_path, policy)
    assert statuses(result) == [MET, MET, MET, MET, UNKNOWN, MET, MET, MET]
    assert result.summary.row(0, named=True)["level"] == "product"
    assert result.headline.endswith("the unbroken row stops at 'Failure demand falling'.")


def test_failure_demand_is_counted_by_period_and_rises_after_the_closure(broadband):
    gate = pm.centricity(broadband, reasons=KEPT / "reasons.toml", permutations=19).gates.row(
        4, named=True
    )
    reasons = tomllib.loads((KEPT / "reasons.toml").read_text())
    failing = {*reasons["failure_demand"], *reasons["chasing"]}
    events = broadband.inside().events.collect()
    first, last = events["case_start"].min(), events["case_start"].max()
    shares = []
    for period in range(7):
        begin, end = (first + (last - first) / 8 * n for n in (period, period + 1))
        own = events.filter(pl.col("case_start") >= begin, pl.col("case_start") < end)
        shares.append(own["activity"].cast(pl.String).is_in(failing).mean())
    assert gate["figure"] == pytest.approx(kendalltau(range(7), shares).statistic)
    assert gate["status"] == NOT_MET
    assert gate["figure"] > 0


def test_failure_demand_that_falls_meets_its_gate(tmp_path):
    rows = [
        {"case": f"j{n}", "activity": a, "time": brute.at(86_400 * n + 60 * p), "customer": f"c{n}"}
        for n in range(160)
        for p, a in enumerate(("ask", *["chase"] * (n % 20 < 16 - n // 10), "answer"))
    ]
    reasons = tmp_path / "reasons.toml"
    reasons.write_text('chasing = ["chase"]\n')
    gate = pm.centricity(pm.read(pl.DataFrame(rows)), reasons=reasons, permutations=19).gates.row(4)
    assert MET in gate


def test_wrong_options_end_in_a_sentence(broadband, tmp_path):
    with pytest.raises(OptionError, match="3 shuffles tell nothing"):
        pm.centricity(broadband, permutations=3)
    with pytest.raises(ConfigurationError, match="There is no file"):
        pm.centricity(broadband, policy=tmp_path / "nothing.toml")


def test_every_engine_gives_the_same_answer(engine):
    rows = [
        {"case": f"j{n}", "activity": a, "time": brute.at(3600 * n + 60 * p), "customer": f"c{n}"}
        for n in range(8)
        for p, a in enumerate(("ask", "answer"))
    ]
    log = pm.read(pl.DataFrame(rows))
    here, there = (
        pm.centricity(on, promise="1 hour", permutations=19) for on in (log, engine(log))
    )
    assert there.headline == here.headline
    assert there.gates.equals(here.gates)


def test_the_staircase_draws_with_its_sentence(broadband):
    chart = pm.centricity(broadband, permutations=19).chart()
    svg = vl_convert.vegalite_to_svg(chart.to_json())
    assert all(gate in svg for gate in GATES)
