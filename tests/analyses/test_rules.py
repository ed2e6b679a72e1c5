"""Conformance by a policy: what is kept, what is broken, and what ends the command line with 1."""

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

import procmine as pm
from procmine.cli import app
from procmine.errors import ConfigurationError, OptionError, UnavailableError
from tests import brute

KEPT = Path(__file__).parents[2] / "sample_logs" / "logs" / "broadband"
EVERY_KIND = """
name = "shop"
[[rules]]
name = "asked"
kind = "init"
activity = "ask"
[[rules]]
name = "answered"
kind = "response"
first = "ask"
then = "answer"
tolerated_share = 0.5
[[rules]]
name = "checked"
kind = "precedence"
first = "check"
then = "answer"
severity = "high"
owner = "Ann"
[[rules]]
name = "soon"
kind = "time limit"
first = "ask"
then = "answer"
within = "1 hour"
[[rules]]
name = "over soon"
kind = "time limit"
within = "2 hours"
[[rules]]
name = "four eyes"
kind = "four eyes"
activities = ["check", "answer"]
[[rules]]
name = "by Care"
kind = "allowed departments"
activity = "answer"
departments = "Care"
[[rules]]
name = "few handoffs"
kind = "most handoffs"
at_most = 1
[[rules]]
name = "refused politely"
kind = "chain response"
first = "refuse"
then = "answer"
[[rules]]
name = "no refund twice"
kind = "absence"
activity = "refund"
at_most = 1
"""


def event(case, activity, minutes, who, department, *, state="closed"):
    return {
        "case": case,
        "activity": activity,
        "time": brute.at(60 * minutes),
        "resource": who,
        "department": department,
        "customer_id": case[0],
        "journey_state": state,
    }


@pytest.fixture
def log():
    rows = [
        event("a1", "ask", 0, "ann", "Sales"),
        event("a1", "check", 30, "bob", "Care"),
        event("a1", "answer", 45, "bob", "Care"),
        event("a2", "ask", 0, "ann", "Sales"),
        event("a2", "answer", 180, "ann", "Sales"),
        event("b1", "ask", 0, "ann", "Sales", state="open"),
        event("b1", "refund", 10, "ann", "Care", state="open"),
        event("b1", "refund", 20, "ann", "Sales", state="open"),
        event("c1", "refuse", 0, "bob", "Care"),
    ]
    return pm.read(pl.DataFrame(rows))


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(EVERY_KIND)
    return path


def test_every_engine_finds_what_is_kept_broken_and_untested(engine, log, policy):
    result = pm.conformance(engine(log), policy=policy)
    found = {
        row["rule"]: (row["cases"], row["violations"], row["kept"])
        for row in result.rules.iter_rows(named=True)
    }
    assert found == {
        "asked": (4, 1, False),
        "answered": (2, 0, True),
        "checked": (2, 1, False),
        "soon": (3, 2, False),  # b1 is open, and was asked longer ago
        "over soon": (4, 2, False),
        "four eyes": (1, 1, False),
        "by Care": (2, 1, False),
        "few handoffs": (4, 1, False),
        "refused politely": (1, 1, False),
        "no refund twice": (4, 1, False),
    }
    assert result.broken == tuple(r for r in found if found[r][2] is False)
    evidence = dict(result.violations.select("rule", "evidence").rows())
    assert evidence["checked"] == "answer, and no check before it"
    assert evidence["by Care"] == "answer by Sales"
    assert evidence["four eyes"] == "bob did more than one of check and answer"
    assert evidence["few handoffs"] == "handoff 2, by Care"
    assert evidence["over soon"] in {"it took 3 hours", "it was still open after 3 hours"}
    assert result.rules.filter(rule="answered")["undecided_cases"].item() == 1
    assert result.headline.startswith(
        "9 of 10 rules of shop are broken; first to look at: checked, which 50 % of 2 journeys "
        "break (none may)."
    )
    here = result.deviations.filter(rule="by Care").row(0, named=True)
    assert (here["department"], here["cases"], here["customers"]) == ("Sales", 1, 1)
    assert here["activities"] == ["ask", "answer"]
    assert result.chart().to_dict()["title"]["text"]


def test_what_no_journey_triggers_is_untested_and_not_kept(log, tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(
        'activities = ["escalate"]\n[[rules]]\nname = "r"\nkind = "response"\n'
        'first = "escalate"\nthen = "answer"'
    )
    result = pm.conformance(log, policy=path)
    assert result.rules.select("cases", "share", "kept").row(0) == (0, None, None)
    assert not result.broken
    assert any("untested, not kept" in caveat for caveat in result.caveats)
    assert result.chart().to_dict()["title"]["text"]


def test_a_rule_of_business_time_needs_a_calendar(engine, log, tmp_path):
    path, hours = tmp_path / "policy.toml", tmp_path / "hours.toml"
    path.write_text(
        '[[rules]]\nname = "r"\nkind = "time limit"\nfirst = "ask"\nthen = "answer"\n'
        'within = "90 business minutes"'
    )
    with pytest.raises(ConfigurationError, match="no calendar says when"):
        pm.conformance(log, policy=path)
    hours.write_text('timezone = "UTC"\n[departments."*"]\n"Monday to Sunday" = ["00:00-01:00"]')
    if not isinstance(engine(log).events, pl.LazyFrame):
        with pytest.raises(UnavailableError, match="Write the prepared log"):
            pm.conformance(engine(log), policy=path, calendar=hours)
        return
    begins = brute.at(0).hour
    hours.write_text(
        'timezone = "UTC"\n[departments."*"]\n'
        f'"Monday to Sunday" = ["{begins:02}:00-{begins + 1:02}:00"]'
    )
    row = pm.conformance(log, policy=path, calendar=hours).rules.row(0, named=True)
    assert (row["cases"], row["violations"]) == (2, 0)  # only the first hour counts


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('kind = "absence"\nactivity = "anser"', r"rules\[0\]\.activity: 'anser'.*'answer'"),
        ('kind = "init"\nactivity = "ask"\nsegment = "Gold"', r"rules\[0\]\.segment: 'Gold'"),
        (
            'kind = "allowed departments"\ndepartments = ["Sale"]',
            r"rules\[0\]\.departments: 'Sale'.*'Sales'",
        ),
    ],
)
def test_a_name_that_nobody_knows_is_refused_with_the_nearest(log, tmp_path, text, says):
    path = tmp_path / "policy.toml"
    path.write_text(f'[[rules]]\nname = "r"\n{text}')
    with pytest.raises(ConfigurationError, match=says):
        pm.conformance(log, policy=path)


def test_the_command_line_ends_with_1_if_a_rule_is_broken_and_with_2_if_it_cannot_be_asked(
    log, policy, tmp_path
):
    path = log.write(tmp_path / "log.parquet")
    run = CliRunner().invoke

    def asked(*options):
        return run(app, ["conformance", str(path), "--format", "json", *options])

    assert asked("--policy", str(policy)).exit_code == 1
    kept = tmp_path / "kept.toml"
    kept.write_text('[[rules]]\nname = "r"\nkind = "existence"\nactivity = ["ask", "refuse"]')
    assert asked("--policy", str(kept)).exit_code == 0
    kept.write_text('[[rules]]\nname = "r"\nkind = "absence"\nactivity = "asc"')
    wrong = asked("--policy", str(kept))
    assert isinstance(wrong.exception, ConfigurationError)  # main() ends with 2 on it
    assert isinstance(asked().exception, OptionError)


def test_the_closure_breaks_rules_that_were_kept_before_it(broadband):
    date = "2025-07-13"  # truth.json: warehouse_closure
    before, after = (
        pm.conformance(broadband.filter_cases(started=period), policy=KEPT / "policy.toml")
        for period in ((None, date), (date, None))
    )
    hit = {"The parts come in one parcel", "The right parts", "Nobody has to ask for an order"}
    assert not hit & set(before.broken)
    assert hit <= set(after.broken)
    worst = after.deviations.filter(rule="The parts come in one parcel").row(0, named=True)
    assert worst["department"] == "Warehouse"


def test_promises_stand_beside_the_rules_as_their_own_analysis_says_them(broadband):
    path = KEPT / "policy.toml"
    result, alone = pm.conformance(broadband, policy=path), pm.promises(broadband, policy=path)
    assert result.promises.equals(alone.promises)
    assert set(alone.broken) <= set(result.broken)
    assert alone.headline in result.headline
