"""Norms learned from a reference: how many journeys break them now and then, where, how surely."""

import json
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import procmine as pm
from procmine.cli import app
from procmine.errors import OptionError
from procmine.norms.declare import learned
from tests import brute
from tests.policy.brute import judge

KEPT = Path(__file__).parents[2] / "sample_logs" / "logs" / "broadband"
DAY = 86_400
CHANGE = brute.at(100 * DAY).date().isoformat()
METHODS = ("declare", "skeleton", "temporal")


def log_of(before, after, *, state="closed", hours=1):
    """Journeys of one customer each, begun before and after the change; x is done by the annex."""
    rows = [
        {
            "case": f"{when}{case}",
            "activity": activity,
            "time": brute.at(start * DAY + 3600 * hours * n + 60),
            "customer_id": f"{when}{case}",
            "department": "Annex" if activity == "x" else "Desk",
            "journey_state": state,
        }
        for when, start, journeys in (("old", 0, before), ("new", 200, after))
        for case, journey in enumerate(journeys)
        for n, activity in enumerate(journey)
    ]
    return pm.read(pl.DataFrame(rows))


def test_every_engine_says_what_is_broken_more_often_and_where(engine):
    said_of_a_change(engine(log_of(["abc"] * 40, ["abc"] * 20 + ["axbc"] * 20)), "declare")


def test_a_log_skeleton_says_it_too():
    said_of_a_change(log_of(["abc"] * 40, ["abc"] * 20 + ["axbc"] * 20), "skeleton")


def said_of_a_change(log, norms):
    result = pm.conformance(log, norms=norms, reference_until=CHANGE)
    row = result.summary.row(0, named=True)
    assert (row["cases"], row["deviating_cases"], row["share"]) == (40, 20, 0.5)
    assert (row["reference_cases"], row["reference_share"]) == (40, 0.0)
    worst = result.norms.row(0, named=True)
    assert (worst["violations"], worst["share"], worst["more"]) == (20, 0.5, True)
    assert worst["low_share"] < 0.5 < worst["high_share"]
    new = result.norms.filter(norm="No journey has x.").row(0, named=True)
    assert (new["cases"], new["violations"], new["customers"]) == (40, 20, 40)
    where = result.deviations.filter(norm="No journey has x.").row(0, named=True)
    assert (where["department"], where["cases"], where["customers"]) == ("Annex", 20, 20)
    assert where["activities"] == ["a", "x", "b", "c"]
    assert result.headline.startswith(
        f"Since {brute.at(100 * DAY):%-d %B %Y}, 50 % of 40 journeys break what was normal before "
        "it, where 0 % did then; "
    )
    assert not result.broken
    assert result.chart().to_dict()["title"]["text"]


def test_every_engine_says_which_times_are_out_of_the_ordinary(engine):
    before = log_of(["ab"] * 40, [])
    late = log_of([], ["ab"] * 30, hours=5)
    log = pm.read(pl.concat([each.events.collect() for each in (before, late)]).select(
        *("case_id", "activity", "timestamp", "customer_id", "department", "journey_state")
    ))  # fmt: skip
    result = pm.conformance(engine(log), norms="temporal", reference_until=CHANGE)
    row = result.norms.row(0, named=True)
    assert row["norm"] == "From a to a later b it is 1 hour."
    assert (row["mean_seconds"], row["std_seconds"], row["to_seconds"]) == (3600, 0, 3600)
    assert (row["cases"], row["violations"], row["more"]) == (30, 30, True)
    late = result.violations.select("took_seconds", "department", "event_number")
    assert late.unique().rows() == [(5 * 3600, "Desk", 2)]
    assert result.violations["case_id"].n_unique() == 30
    assert result.deviations.select("department", "cases", "customers").rows() == [("Desk", 30, 30)]


JOURNEYS = st.lists(st.text("abc", min_size=1, max_size=5), min_size=1, max_size=8)


@given(JOURNEYS, JOURNEYS)
@settings(max_examples=25)
def test_shares_equal_a_brute_force_over_journeys(before, after):
    result = pm.conformance(log_of(before, after), norms="declare", reference_until=CHANGE)
    ways = pl.DataFrame({"activities": [list(j) for j in before]})
    ways = ways.group_by("activities").agg(pl.len().alias("cases"))
    names = sorted(set("".join(before + after)))
    rules = learned(ways, names, noise=0.05, support=0.1)
    for rule in rules:
        row = result.norms.filter(norm=rule.sentence).row(0, named=True)
        for journeys, prefix in ((after, ""), (before, "reference_")):
            events = [[{"activity": a} for a in j] for j in journeys]
            how = [judge(rule, j, is_open=False, end=0) for j in events]
            asked, broken = sum(h is not None for h in how), how.count("broken")
            assert row[f"{prefix}cases"] == asked
            assert row[f"{prefix}share"] == (pytest.approx(broken / asked) if asked else None)
    deviating = sum(
        any(judge(r, [{"activity": a} for a in j], is_open=False, end=0) == "broken" for r in rules)
        for j in after
    )
    assert result.summary["deviating_cases"].item() == deviating
    assert result.deviations["cases"].sum() == result.norms["violations"].sum()


@pytest.mark.parametrize("norms", METHODS)
def test_where_nothing_changed_hardly_ever_is_something_said_to_have(norms):
    alarms = 0
    for seed in range(20):
        random = Random(seed)
        journeys = [
            "a" + random.choice(("b", "bb", "c")) + random.choice(("d", "de", "ed", "f"))
            for _ in range(160)
        ]
        log = log_of(journeys[:80], journeys[80:])
        found = pm.conformance(log, norms=norms, reference_until=CHANGE, noise=0.2)
        alarms += bool(found.norms["more"].any())
    assert alarms <= 2  # 5 % of 20 is one


@pytest.mark.parametrize("norms", METHODS)
def test_another_log_shows_what_is_normal(tmp_path, norms):
    path = log_of(["abc"] * 30, []).write(tmp_path / "last year.parquet")
    result = pm.conformance(log_of(["abc"], ["acb"]), norms=norms, reference=path)
    assert result.summary["cases"].item() == 2
    assert "in last year.parquet" in result.headline
    assert "0 % do there" in result.headline
    if norms != "temporal":  # of times nothing changed: pairs that are new aren't normal or not
        assert result.summary["deviating_cases"].item() == 1


def test_open_journeys_are_neither_learned_from_nor_checked():
    old, new = log_of(["ab"] * 5, ["ab"] * 5), log_of(["ba"] * 2, ["a"] * 3, state="open")
    columns = [c for c in old.events.collect_schema().names() if c in ("case_id", "activity",
               "timestamp", "customer_id", "department", "journey_state")]  # fmt: skip
    rows = [old.events.collect(), new.events.collect().with_columns(pl.col("case_id") + "-open")]
    log = pm.read(pl.concat(rows).select(columns))
    result = pm.conformance(log, norms="declare", reference_until=CHANGE)
    row = result.summary.row(0, named=True)
    assert (row["cases"], row["reference_cases"], row["deviating_cases"]) == (5, 5, 0)
    assert any(c.startswith("5 open journeys are neither") for c in result.caveats)


def test_journeys_across_the_date_belong_to_the_reference_and_that_is_said():
    log = log_of(["ab"] * 5, ["ab"] * 5, hours=24 * 150)
    result = pm.conformance(log, norms="declare", reference_until=CHANGE)
    assert any(c.startswith("5 journeys began before") for c in result.caveats)


@pytest.mark.parametrize("norms", METHODS)
def test_of_a_protected_log_nothing_is_said_of_few_customers(norms):
    log = log_of(["abc"] * 30, ["abc"] * 20 + ["axbc"]).protect(customers=5)
    result = pm.conformance(log, norms=norms, reference_until=CHANGE)
    assert not {"x", "axbc"} & set(result.deviations["norm"].str.split(" ").explode())
    assert "violations" not in result.tables or result.violations.is_empty()
    assert result.norms["customers"].drop_nulls().min() >= 5


def test_what_makes_no_sense_is_refused_with_a_help(tmp_path):
    log = log_of(["ab"], ["ab"])
    for options, says in (
        ({"norms": "declair", "reference_until": CHANGE}, "Did you mean 'declare'"),
        ({"norms": "declare"}, "--reference-until"),
        ({"norms": "declare", "reference_until": CHANGE, "reference": tmp_path}, "one thing"),
        ({"norms": "declare", "reference_until": "soon"}, "isn't a date"),
        ({"norms": "declare", "reference_until": "1999-01-01"}, "in the reference"),
        ({"norms": "declare", "reference_until": "2999-01-01"}, "in the checked part"),
        ({"norms": "declare", "reference_until": CHANGE, "noise": 0.5}, "contradicts itself"),
        ({"norms": "declare", "reference_until": CHANGE, "support": 2.0}, "no share"),
        ({"norms": "temporal", "reference_until": CHANGE, "zeta": 0.0}, "allow nothing"),
        ({"policy": tmp_path, "norms": "declare"}, "More than one thing"),
        ({"model": tmp_path, "reference_until": CHANGE}, "no norms are asked for"),
    ):
        with pytest.raises(OptionError, match=says):
            pm.conformance(log, **options)


@pytest.mark.parametrize("norms", METHODS)
def test_a_reference_that_shows_nothing_normal_says_so(norms):
    result = pm.conformance(
        log_of(["a", "b"], ["ab"]), norms=norms, reference_until=CHANGE, support=1.0, noise=0.0
    )
    if norms == "temporal":
        assert result.norms.is_empty()
        assert result.headline == "What was normal before it 2 journeys don't show."
    assert any("show little of what is normal" in c for c in result.caveats)
    assert result.chart().to_dict()


def test_the_command_line_shows_the_planted_closure_without_a_policy(tmp_path):
    closed = json.loads((KEPT / "truth.json").read_text())["warehouse_closure"]["date"]
    log = pm.read_sources(KEPT / "mapping.toml").write(tmp_path / "log.parquet")
    asked = ["conformance", str(log), "--norms", "declare", "--reference-until", closed]
    run = CliRunner().invoke(app, [*asked, "--format", "json"])
    assert run.exit_code == 0  # what was usual is no promise
    found = json.loads(run.stdout)
    assert "No journey has Parts ordered from factories" in found["headline"]
    where = next(
        row
        for row in found["tables"]["deviations"]
        if row["norm"] == "No journey has Parts ordered from factories."
    )
    assert where["department"] == "Warehouse"
