"""Watermelon: every department on target, and the customer let down all the same."""

from collections import defaultdict
from datetime import timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import procmine as pm
from procmine.errors import OptionError
from tests import brute
from tests.strategies import events, log_of, random_events

DAY = 86_400
OUTCOMES = ("answer", "check")


def company(seed, *, handoff_days, work_hours=2.0, journeys=300):
    """Journeys through two teams that work fast, with a wait between them that nobody owns."""
    random, rows = Random(seed), []
    for case in range(journeys):
        begun = brute.at(DAY * (case % 85))
        customer = f"c{case // 2}"
        for place, (team, activity) in enumerate((("Sales", "ask"), ("Care", "answer"))):
            if place:
                begun += timedelta(days=random.uniform(0.5, 1.5) * handoff_days)
            end = begun + timedelta(hours=random.uniform(0.5, 1.5) * work_hours)
            row = {"case": f"j{case}", "customer": customer, "activity": activity, "start": begun}
            rows.append(row | {"end": end, "department": team})
            begun = end
    return pm.read(pl.DataFrame(rows))


def policy(tmp_path, within="5 days", team="4 hours"):
    file = tmp_path / "policy.toml"
    levels = [f'[[promises]]\nname = "all"\nwithin = "{within}"\ngoal = 0.9']
    levels += [
        f'[[promises]]\nname = "{name}"\nwithin = "{team}"\ngoal = 0.9\ndepartment = "{name}"'
        for name in ("Sales", "Care")
    ]
    file.write_text("\n".join(levels))
    return file


def test_fast_teams_and_a_wait_that_nobody_owns_are_a_melon(tmp_path):
    result = pm.watermelon(company(1, handoff_days=8), policy=policy(tmp_path), period="year")
    row = result.cells.row(0, named=True)
    assert row["verdict"] == "yes"
    assert (row["green_departments"], row["departments"], row["customer_side"]) == (2, 2, "red")
    assert row["in_spite_share"] > 0.95
    assert row["unowned_share"] > 0.9
    assert "all departments are green and the customer is red" in result.headline


@pytest.mark.parametrize(
    ("options", "verdict"),
    [
        ({"handoff_days": 1}, "no"),  # the promise is kept
        ({"handoff_days": 8, "work_hours": 20.0}, "no"),  # the teams are slow themselves
        ({"handoff_days": 8, "journeys": 6}, "undecided"),  # six journeys show nothing
    ],
)
def test_no_melon_where_customers_are_served_or_teams_are_slow(tmp_path, options, verdict):
    result = pm.watermelon(company(2, **options), policy=policy(tmp_path), period="year")
    assert result.cells["verdict"].to_list() == [verdict]


def own_times(rows):
    """What each department took of each journey, by plain loops: `{case: {department: time}}`."""
    found = {}
    for case, own in brute.journeys(rows).items():
        gaps, spent = brute.gaps(own), defaultdict(timedelta)
        for event in own:
            gap, after, work = gaps[event["order"]]
            here = event.get("department")
            if here is not None:
                spent[here] += work
            if after is None or after.get("by_customer"):
                continue
            there = after.get("department")
            if there is not None and here in {None, there}:
                spent[there] += gap
        found[case] = dict(spent)
    return found


@given(rows=events(optional=("start_timestamp", "department")), minutes=st.integers(1, 20))
def test_shares_are_what_counting_gives_where_every_journey_is_over(
    tmp_path_factory, rows, minutes
):
    file = tmp_path_factory.mktemp("policy") / "policy.toml"
    teams = {r["department"] for r in rows if r["department"] is not None}
    levels = [f'[[promises]]\nname = "all"\nwithin = "{minutes} minutes"']
    levels += [
        f'[[promises]]\nname = "{t}"\nwithin = "{minutes} minutes"\ndepartment = "{t}"'
        for t in sorted(teams)
    ]
    file.write_text("\n".join(levels))
    result = pm.watermelon(log_of(rows), policy=file, period="year")
    limit, times = timedelta(minutes=minutes), own_times(rows)
    for row in result.departments.iter_rows(named=True):
        took = [t[row["department"]] for t in times.values() if row["department"] in t]
        assert row["cases"] == len(took)
        assert row["on_target_share"] == pytest.approx(sum(t <= limit for t in took) / len(took))
        assert row["mean_seconds"] == pytest.approx(
            sum(t.total_seconds() for t in took) / len(took)
        )
    cases, _, _ = brute.ledger(rows)
    late = [c for c, j in cases.items() if j["duration_seconds"] > limit.total_seconds()]
    cell = result.cells.row(0, named=True)
    assert cell["inside_share"] == pytest.approx(1 - len(late) / len(cases))
    spite = [all(t <= limit for t in times[c].values()) for c in late if times[c]]
    assert cell["in_spite_share"] == (pytest.approx(sum(spite) / len(spite)) if spite else None)
    whole = sum(j["duration_seconds"] for j in cases.values())
    handed = sum(j["handoff_seconds"] for j in cases.values())
    assert cell["unowned_share"] == (pytest.approx(handed / whole) if whole else None)


@given(rows=events(), days=st.integers(1, 3))
def test_whatever_the_log_counts_add_up_and_shares_lie_in_their_intervals(rows, days):
    result = pm.watermelon(log_of(rows, outcomes=OUTCOMES), promise=f"{days} hours")
    summary, cells = result.summary.row(0, named=True), result.cells
    verdicts = [summary[f"{v}_cells"] for v in ("yes", "no", "undecided")]
    assert sum(verdicts) == summary["cells"] == cells.height
    assert cells["cases"].sum() == summary["cases"]
    for name in ("inside_share", "in_spite_share"):
        inside = cells.filter(pl.col(name).is_not_null())
        low, share, high = (inside[end + name] for end in ("low_", "", "high_"))
        assert ((low <= share + 1e-9) & (share <= high + 1e-9)).all()
    assert cells.filter(pl.col("verdict") == "yes", pl.col("customer_side") != "red").is_empty()


def test_every_engine_gives_the_same_cells(engine):
    log = log_of(random_events(8, number=300), outcomes=OUTCOMES)
    here, there = (pm.watermelon(each, promise="1 hour") for each in (log, engine(log)))
    assert here.to_dict() == there.to_dict()


def test_without_a_promise_it_says_what_is_missing_and_what_nobody_owns():
    result = pm.watermelon(company(3, handoff_days=2))
    assert result.headline.startswith("Nobody knows what customers are promised.")
    assert any("--promise" in caveat for caveat in result.caveats)
    assert result.summary["unowned_share"].item() > 0.5
    assert set(result.cells["verdict"]) == {"undecided"}
    assert set(result.departments["basis"]) == {"its usual: 95 % in 2026-Q1"}


def test_a_team_is_held_to_its_usual_where_it_promises_nothing():
    result = pm.watermelon(company(4, handoff_days=2), promise="30 days", period="year")
    for row in result.departments.iter_rows(named=True):
        assert row["on_target_share"] == pytest.approx(0.95, abs=0.01)
    assert any("usual" in caveat for caveat in result.caveats)


@pytest.mark.parametrize(
    "options",
    [
        {"usual": 1.0},
        {"period": "decade"},
        {"promise": "soon"},
        {"promise": "8 business hours"},
        {"promise": "Firms=8 days"},
        {"goal": 2, "promise": "8 days"},
    ],
)
def test_options_that_make_no_sense_are_refused(options):
    with pytest.raises(OptionError):
        pm.watermelon(company(5, handoff_days=2, journeys=10), **options)


def test_the_chart_has_a_tile_for_each_cell(tmp_path):
    result = pm.watermelon(company(1, handoff_days=8), policy=policy(tmp_path), period="year")
    chart = result.chart().to_dict()
    assert "all departments are green and the customer is red" in " ".join(chart["title"]["text"])
    (tiles,) = chart["datasets"].values() if "datasets" in chart else [chart["data"]["values"]]
    assert [t["figure"] for t in tiles] == [f"{result.cells['inside_share'][0] * 100:.0f} %"]
    assert pm.watermelon(company(3, handoff_days=2)).chart().to_dict()
