"""A policy's promises and rules are checks of a report; the cases that break one are written."""

import polars as pl
import pytest

import procmine as pm
from procmine.errors import ConfigurationError
from procmine.report.changes import BROKE, UNTESTED
from procmine.report.make import FailOn, make_report
from tests.report.conftest import CONFIGURATION, FEBRUARY, JANUARY

POLICY = """
[[promises]]
name = "Within two days"
within = "2 days"
goal = 0.1

[[rules]]
name = "Sales answers itself"
kind = "allowed departments"
activity = "answer"
departments = ["Sales"]
tolerated_share = 0.2
severity = "high"

[[rules]]
name = "Fast"
kind = "time limit"
first = "ask"
then = "answer"
within = "10 hours"
owner = "Head of answers"

[[rules]]
name = "Business only"
kind = "existence"
activity = "answer"
segment = "Business"
from = 2027-01-01
"""
TEXT = CONFIGURATION.replace("\nlog =", "\npolicy = 'policy.toml'\nlog =")
FILES = "violations = ['broken.csv', 'broken.parquet', 'broken.xes']"


@pytest.fixture
def policed(configured, tmp_path):
    def write(policy=POLICY, more=FILES):
        (tmp_path / "policy.toml").write_text(policy)
        return configured(more, text=TEXT)

    return write


def test_rules_and_promises_are_counted_by_hand(policed):
    january, february = (make_report(policed(), d).changes for d in (JANUARY, FEBRUARY))
    shares = {c.name: c.value for c in february.run.checks if c.kind != "threshold"}
    assert shares == {
        "Within two days": 1, "Sales answers itself": 0.5, "Fast": 0.5, "Business only": None
    }  # fmt: skip
    states = {c.check.name: c.state for c in february.checks}
    assert states["Fast"] == BROKE
    assert states["Business only"] == UNTESTED
    owners = {c.name: c.owner for c in january.run.checks}
    assert owners["Fast"] == "Head of answers"
    assert owners["Sales answers itself"] == "Head of care"


def test_what_is_untested_fails_only_where_all_must_be_kept(policed):
    calm = POLICY.replace("tolerated_share = 0.2", "tolerated_share = 1")
    report = make_report(policed(calm), JANUARY)
    assert [report.fails(on) for on in FailOn] == [False, False, True]


def test_the_cases_that_break_a_rule_are_written_where_asked(policed, tmp_path):
    make_report(policed(), FEBRUARY)
    table = pl.read_parquet(tmp_path / "out" / "broken.parquet")
    assert sorted(table.select("rule", "case_id").rows()) == [
        ("Fast", "3"), ("Sales answers itself", "3")
    ]  # fmt: skip
    assert pl.read_csv(tmp_path / "out" / "broken.csv").height == 2
    assert pm.read(tmp_path / "out" / "broken.xes").size == (2, 1)
    assert '"case_id"' not in (tmp_path / "out" / "report.json").read_text()

    for file in (tmp_path / "out").glob("broken.*"):
        file.unlink()
    make_report(policed(more=""), FEBRUARY)
    assert not list((tmp_path / "out").glob("broken.*"))


def test_a_name_is_refused_if_the_whole_log_lacks_it_and_taken_if_the_window_does(policed):
    wrong = POLICY.replace('then = "answer"', 'then = "anser"')
    with pytest.raises(ConfigurationError, match=r"'anser' never occurs .* Did you mean 'answer'"):
        make_report(policed(wrong), JANUARY)
    rare = POLICY.replace('segment = "Business"\nfrom = 2027-01-01', 'segment = "Business"')
    path = policed(rare)
    path.write_text(path.read_text() + "\n[journeys]\nwhere = { segment = 'Consumer' }\n")
    checks = {c.name: c.kept for c in make_report(path, JANUARY).changes.run.checks}
    assert checks["Business only"] is None
