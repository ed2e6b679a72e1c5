"""What a report says of two months: figures counted by hand, sentences, files."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from procmine.report.changes import BROKE, BROKEN, KEPT, MENDED, UNTESTED, WORSE, compare
from procmine.report.document import read_configuration
from procmine.report.make import FailOn
from procmine.report.run import carry_out, configuration_hash, log_hash
from procmine.report.sentences import first_sentences
from procmine.report.write import write_violating
from tests.report.conftest import CONFIGURATION, EVENTS, FEBRUARY, JANUARY


@pytest.fixture
def runs(configured):
    """What was found in the two months."""
    configuration = read_configuration(path := configured())
    return [carry_out(configuration, path.parent, date) for date in (JANUARY, FEBRUARY)]


def test_checks_hold_figures_counted_by_hand(runs):
    january, february = ({c.name: c for c in found.run.checks} for found in runs)
    assert january["Answers come fast"].value == 3 * 3600
    assert january["Care is quick"].value == 4 * 3600
    assert february["Answers come fast"].value == 20 * 3600
    assert february["Care is quick"].value == 34 * 3600
    assert [c.kept for c in january.values()] == [True, True]
    assert [c.kept for c in february.values()] == [False, False]
    assert february["Answers come fast"].owner == "Head of care"
    assert february["Care is quick"].owner == "Head of sales"


def test_the_places_of_a_journeys_time_add_up_to_it(runs):
    for found in runs:
        places = [f.value for f in found.run.facts if f.kind == "where"]
        assert sum(places) == pytest.approx(found.run.fact("whole", "a mean journey").value)


def test_the_first_three_sentences_say_what_broke_where_and_for_whom(runs):
    january, february = runs
    said = first_sentences(compare(february.run, [january.run]), "UTC")
    assert " ".join(said) == (
        "Since 1 February 2026, 2 of 2 checks broke, first “Answers come fast” is at 20 h (was 3 "
        "h), and at most 10 h is asked. "
        "A journey takes 20 hours on average, 17 hours longer than before, and most of what was "
        "added is the handoff from Sales to Care: 17 hours, was 2 hours. "
        "Business customers are hit hardest: half of their journeys close within 1.4 days, was "
        "4 hours, a difference that chance may make; Head of care answers for what is broken."
    )


def test_a_first_run_a_mended_one_and_one_that_stays_broken_say_so(runs):
    january, february = (found.run for found in runs)
    assert "broken in this first run" in first_sentences(compare(february, []), "UTC")[0]
    assert "All 2 checks are kept; this" in first_sentences(compare(january, []), "UTC")[0]
    assert "got mended" in first_sentences(compare(january, [february]), "UTC")[0]
    assert (
        "Nothing broke since 1 March 2026; 2 of 2 checks still broken"
        in (first_sentences(compare(february, [february]), "UTC")[0])
    )
    assert "All 2 checks are kept, as on" in first_sentences(compare(january, [january]), "UTC")[0]


def test_the_state_of_a_check_is_told_by_the_last_run(runs):
    january, february = (found.run for found in runs)
    worse = replace(february, checks=tuple(replace(c, value=c.value + 60) for c in february.checks))
    untested = replace(
        february, checks=tuple(replace(c, value=None, kept=None) for c in february.checks)
    )
    states = {
        (run, last): {c.state for c in compare(run, [last]).checks}
        for run in (january, february, worse, untested)
        for last in (january, february)
    }
    assert states[january, february] == {MENDED}
    assert states[january, january] == {KEPT}
    assert states[february, january] == states[worse, january] == {BROKE}
    assert states[february, february] == {BROKEN}
    assert states[worse, february] == {WORSE}
    assert states[untested, january] == {UNTESTED}


def test_what_fails_a_run_is_chosen(made):
    (kept, broken) = made(JANUARY, FEBRUARY)
    assert [kept.fails(on) for on in FailOn] == [False, False, False]
    assert [broken.fails(on) for on in FailOn] == [True, True, True]


def test_one_page_says_it_and_fetches_nothing(made, tmp_path):
    (report,) = made(FEBRUARY)
    page = (tmp_path / "out" / "report.html").read_text()
    for sentence in report.sentences:
        assert sentence in page
    for loading in ("<script", "<link ", "@import", 'src="', "url(http"):
        assert loading not in page
    assert page.count("<svg") >= 4
    assert "Head of sales" in page
    assert "case id" not in page


def test_json_holds_what_the_page_says_and_names_no_journey(made, tmp_path):
    (report,) = made(FEBRUARY)
    whole = json.loads((tmp_path / "out" / "report.json").read_text())
    assert (whole["state"], whole["sentences"]) == ("broken", report.sentences)
    assert [c["value"] for c in whole["checks"]] == [20 * 3600, 34 * 3600]
    assert whole["run"]["as_of"] == "2026-03-01T00:00:00+00:00"
    asked = {a["analysis"]: a["tables"] for a in whole["analyses"]}
    assert list(asked) == ["process_map", "cycle_time", "ledger", "handoffs"]
    assert "journeys" not in asked["ledger"]
    assert '"case_id"' not in json.dumps(whole)


def test_junit_counts_each_check_once(made, tmp_path):
    untested = """
[[thresholds]]
name = "Sales & <Sales>"
analysis = "ledger"
table = "handoffs"
column = "mean_seconds"
where = { next_department = "Sales" }
at_most = 1
"""
    made(FEBRUARY, more=untested)
    root = ET.parse(tmp_path / "out" / "report.xml").getroot()  # noqa: S314
    (suite,) = root
    counts = {k: suite.get(k) for k in ("tests", "failures", "skipped", "errors")}
    assert counts == {"tests": "3", "failures": "2", "skipped": "1", "errors": "0"}
    assert {k: root.get(k) for k in counts} == counts
    children = {case.get("name"): [c.tag for c in case] for case in suite}
    assert children == {
        "Answers come fast": ["failure"],
        "Care is quick": ["failure"],
        "Sales & <Sales>": ["skipped"],
    }


def test_hashes_tell_another_log_and_another_question_but_not_another_place(configured, runs):
    first = read_configuration(configured())
    named = read_configuration(configured("pdf = 'x.pdf'"))
    other = read_configuration(configured(text=CONFIGURATION.replace("10 hours", "11 hours")))
    assert configuration_hash(first) == configuration_hash(named)
    assert configuration_hash(first) != configuration_hash(other)
    assert runs[0].run.log_sha256 == runs[1].run.log_sha256
    more = configured(events=EVENTS + "5,ask,2026-02-07T09:00Z,Sales,Consumer\n")
    again = carry_out(read_configuration(more), more.parent, FEBRUARY)
    assert again.run.log_sha256 != runs[1].run.log_sha256
    assert len(log_hash(again.log)) == 64


def test_without_a_date_the_window_ends_with_the_logs_last_day(made, tmp_path):
    (report,) = made(None)
    assert f"{report.changes.run.as_of:%Y-%m-%d}" == "2026-02-07"
    assert re.search(
        "ended from 2026-01-07 and before 2026-02-07", (tmp_path / "out/report.html").read_text()
    )


def test_violating_cases_are_written_as_tables_and_as_their_events(runs, tmp_path):
    violations = pl.DataFrame({"rule": ["r"], "case_id": ["3"], "activities": [["ask"]]})
    for name in ("x.csv", "x.parquet", "x.xes.gz"):
        write_violating(violations, runs[1].log, tmp_path / name)
    import procmine as pm

    assert pl.read_csv(tmp_path / "x.csv").rows() == [("r", 3)]
    assert pl.read_parquet(tmp_path / "x.parquet").equals(violations)
    assert pm.read(tmp_path / "x.xes.gz").size == (2, 1)


def test_a_run_that_fails_leaves_the_last_report_as_it_was(made, configured, tmp_path):
    from procmine.errors import ProcmineError
    from procmine.report.make import make_report

    made(JANUARY)
    files = {f.name: f.read_bytes() for f in (tmp_path / "out").iterdir()}
    with pytest.raises(ProcmineError):
        make_report(configured(), "2020-01-01")
    assert {f.name: f.read_bytes() for f in (tmp_path / "out").iterdir()} == files


def test_two_runs_of_one_configuration_do_not_overlap(made, configured, tmp_path):
    from filelock import FileLock

    from procmine.errors import UnavailableError
    from procmine.report.make import make_report

    made(JANUARY)
    with (
        FileLock(tmp_path / "out" / ".questions.lock"),
        pytest.raises(UnavailableError, match=r"Another run of 'questions.toml' is under way"),
    ):
        make_report(configured(), FEBRUARY)


def test_where_nothing_changed_it_says_as_before(runs):
    january = runs[0].run
    _, where, whom = first_sentences(compare(january, [january]), "UTC")
    assert "A journey takes 3 hours on average, as before; most of it is the handoff" in where
    assert whom.endswith("half of their journeys close within 4 hours, as before.")
