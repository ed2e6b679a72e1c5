"""A configuration that can't be used is refused by its key, with the nearest right one."""

import pytest

from procmine.errors import ConfigurationError, InputError, OptionError, ProcmineError
from procmine.report.document import read_configuration
from procmine.report.make import make_report
from tests.report.conftest import CONFIGURATION


def refused(path):
    with pytest.raises(ProcmineError) as said:
        make_report(path, "2026-02-01")
    return said


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("hmtl = 'x'", "there is no key 'outputs.hmtl'. Did you mean 'html'?"),
        ("[windw]\nlast = '2 days'", "there is no key 'windw'. Did you mean 'window'?"),
        ("[[analyses]]\nname = 'cycle_tme'", "analyses[0].name: there is no analysis 'cycle_tme'."),
        ("[[analyses]]\nname = 'cycle_time'\noptions = { promis = '2 days' }",
         "analyses[0].options: cycle_time has no option 'promis'. Did you mean 'promise'?"),
        ("[[analyses]]\nname = 'overview'\noptions = { by = 'segment' }", "overview takes none."),
        ("[[analyses]]\nname = 'conformance'\noptions = { budget = 3 }",
         "analyses[0].options.budget: it must be a valid string."),
        ("violations = ['x.csv']", "outputs.violations needs a policy"),
        ("[schedule]\ncron = '0 25 * * *'", "'25' isn't an hour that cron knows."),
        ("[schedule]\ncron = '0 5 * * *'\ntimezone = 'Europe/Berln'", "Europe/Berlin"),
        ("[[delivery]]\nname = 'us'\nurl = 'json://x'\nattach = ['pdf']",
         "'us' is sent pdf, which isn't written"),
        ("[[delivery]]\nname = 'us'\nurl = 'json://x'\n[[delivery]]\nname = 'us'\nurl = 'json://y'",
         "two entries are called 'us'"),
        ("pdf = '../report.pdf'", "isn't the name of a file"),
        ("pdf = 'report.html'", "two outputs are called 'report.html'"),
        ("[journeys]\nduration = ['2 dys', '']", "'2 dys' isn't a length of time."),
        ("[journeys]\npasses_through = 'anser'", "Did you mean 'answer'?"),
        ("[journeys]\nwhere = { segmnt = 'Business' }", "Did you mean 'segment'?"),
        ("[history]\nurl = 'sqlite:///x.db'\nurl = 2", "isn't TOML"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_refused_by_its_name(configured, more, sentence):
    said = refused(configured(more))
    assert sentence in str(said.value)


def threshold(**changed):
    keys = {"name": "x", "analysis": "ledger", "table": "handoffs", "column": "mean_seconds"}
    lines = [f"{k} = {v!r}" for k, v in {**keys, **changed}.items() if v is not None]
    return "[[thresholds]]\n" + "\n".join(lines)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"at_most": 1, "table": "handofs"}, "no table 'handofs'. Did you mean 'handoffs'?"),
        ({"at_most": 1, "column": "mean_secnds"}, "Did you mean 'mean_seconds'?"),
        ({"at_most": 1, "column": "department"}, "'department' isn't a figure."),
        ({"at_most": "soon"}, "'soon' isn't a length of time."),
        ({"at_most": "x %"}, "'x %' isn't a share; write it as 20 %"),
        ({}, "give one of at_most and at_least"),
        ({"at_most": 1, "at_least": 1}, "give one of at_most and at_least"),
        ({"at_most": 1, "name": "Care is quick"}, "two entries are called 'Care is quick'"),
    ],
)  # fmt: skip
def test_a_threshold_on_no_figure_is_refused(configured, changed, sentence):
    said = refused(configured(threshold(**changed)))
    assert sentence in str(said.value)


def test_a_value_that_never_occurs_is_refused_and_one_that_does_elsewhere_is_untested(configured):
    row = "\nwhere = { next_department = 'Sales' }"
    made = make_report(configured(threshold(at_most=1) + row), "2026-02-01")
    (untested,) = [c for c in made.changes.run.checks if c.name == "x"]
    assert (untested.kept, untested.note) == (None, "no journey tells it")

    said = refused(configured(threshold(at_most=1) + row.replace("Sales", "Saless")))
    assert "'Saless' never occurs in department. Did you mean 'Sales'?" in str(said.value)


def test_a_column_that_is_not_there_for_whom_is_refused(configured):
    text = CONFIGURATION.replace("\nlog =", "\nfor_whom = 'segmnt'\nlog =")
    said = refused(configured(text=text))
    assert "the log has no column 'segmnt'. Did you mean 'segment'?" in str(said.value)


def test_a_log_that_is_not_there_and_filters_that_leave_nothing_are_said(configured):
    with pytest.raises(InputError, match=r"evnts\.csv"):
        make_report(configured(text=CONFIGURATION.replace("events.csv", "evnts.csv")))
    with pytest.raises(OptionError, match="leave no journey"):
        make_report(configured(), "2020-01-01")
    with pytest.raises(OptionError, match="isn't a date"):
        make_report(configured(), "someday")


def test_paths_are_relative_to_the_configuration(configured, tmp_path):
    found = read_configuration(configured())
    assert found.log == str(tmp_path / "events.csv")
    assert found.outputs.folder == tmp_path / "out"
    database = CONFIGURATION.replace('"events.csv"', '"postgresql://db/orders"')
    assert read_configuration(configured(text=database)).log == "postgresql://db/orders"


def test_nothing_is_written_when_the_configuration_is_refused(configured, tmp_path):
    with pytest.raises(ConfigurationError):
        make_report(configured("hmtl = 'x'"))
    assert not (tmp_path / "out").exists()
