"""Results: named tables, plain JSON, HTML that escapes."""

import json
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import procmine as pm
from procmine.errors import UnavailableError
from procmine.result import SHOWN_ROWS, Result, shown
from tests import brute
from tests.strategies import EXAMPLES, events, log_of

HOSTILE = "<script>alert('x')</script>&\"\N{RIGHT-TO-LEFT OVERRIDE}"
ANALYSES = ("overview", "process_map", "cycle_time", "handoffs", "variants", "rework", "ledger")


@pytest.fixture
def result():
    table = pl.DataFrame(
        {"when": [datetime(2026, 1, 5, tzinfo=UTC)], "mean_seconds": [float("nan")]}
    )
    return Result("handoffs", "3 handoffs.", ("Mind.",), {"summary": table, "handoffs": table})


@given(rows=events())
def test_every_answer_is_json(rows):
    log = log_of(rows)
    for name in ANALYSES:
        answer = getattr(pm, name)(log).to_dict()
        assert json.loads(json.dumps(answer, allow_nan=False)) == answer


@pytest.mark.parametrize("name", ANALYSES)
def test_an_answer_has_the_shape_of_the_design(name):
    log = log_of(EXAMPLES["everything known"])
    answer = getattr(pm, name)(log).to_dict()
    assert list(answer) == ["analysis", "headline", "caveats", "options", "log", "tables"]
    assert answer["analysis"] == name
    assert (answer["log"]["events"], answer["log"]["cases"]) == log.size
    assert all(isinstance(row, dict) for table in answer["tables"].values() for row in table)


def test_options_are_written_on_the_answer():
    log = log_of(EXAMPLES["everything known"])
    asked = pm.process_map(log, split_departments=True).to_dict()["options"]
    assert asked == {"split_departments": True, "calendar": None}
    assert pm.process_map(log).to_dict()["options"] == asked | {"split_departments": False}


def test_a_path_among_the_options_is_written_as_given(result):
    asked = replace(result, options={"calendar": Path("hours.toml")})
    assert asked.to_dict()["options"] == {"calendar": "hours.toml"}


def test_times_are_iso_8601_with_zone_and_figures_that_are_none_are_null(result):
    row = result.to_dict()["tables"]["summary"][0]
    assert row == {"when": "2026-01-05T00:00:00+00:00", "mean_seconds": None}


def test_tables_are_attributes(result):
    assert result.handoffs is result.tables["handoffs"]
    assert "handoffs" in dir(result)


def test_a_wrong_table_name_says_the_nearest(result):
    with pytest.raises(AttributeError, match="Did you mean 'handoffs'"):
        assert result.handoff


def test_a_result_is_frozen(result):
    with pytest.raises(FrozenInstanceError):
        result.headline = "other"


def test_a_result_without_pictures_says_so(result):
    with pytest.raises(UnavailableError, match="no chart"):
        result.chart()
    with pytest.raises(UnavailableError, match="no graph"):
        result.graph()


@pytest.mark.parametrize("name", ANALYSES)
def test_hostile_names_are_escaped_in_html(name):
    rows = [
        {"case_id": HOSTILE, "activity": f"{HOSTILE}{n % 3}", "timestamp": brute.at(n), "order": n,
         "department": f"{HOSTILE}{n % 2}", "resource": HOSTILE}
        for n in range(6)
    ]  # fmt: skip
    html = getattr(pm, name)(log_of(rows))._repr_html_()
    assert "<script" not in html
    assert name == "cycle_time" or "&lt;script" in html or name == "overview"


def test_html_escapes_headline_caveats_and_columns():
    table = pl.DataFrame({HOSTILE: [HOSTILE]})
    html = Result(HOSTILE, HOSTILE, (HOSTILE,), {HOSTILE: table}).to_html()
    assert "<script" not in html


def test_long_tables_are_cut_for_people_and_say_so():
    table = pl.DataFrame({"n": range(SHOWN_ROWS + 5)})
    html = Result("r", "h", tables={"t": table}).to_html()
    assert html.count("<tr>") == SHOWN_ROWS + 1
    assert "5 more rows" in html


def test_a_printed_result_says_headline_and_caveats(result):
    assert str(result) == "3 handoffs.\n  (Mind.)"


CELLS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())


@given(column=st.sampled_from(["cases", "share", "variant", "name"]), value=CELLS)
def test_any_cell_can_be_shown(column, value):
    if column == "share" and not isinstance(value, float | None):
        return
    assert isinstance(shown(column, value), str)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("mean_seconds", 0.0, "0 s"),
        ("handoff_share", 0.0, "0 %"),
        ("goal", 0.7, "70 %"),
        ("variant", 12345, "12345"),
        ("cases", 12345, "12,345"),
        ("is_open", True, "yes"),
        ("first_event", datetime(2026, 1, 5, 9, tzinfo=UTC), "2026-01-05 09:00"),
        ("mean_seconds", float("nan"), ""),
        ("share", float("nan"), ""),
    ],
)
def test_cells_are_shown_in_a_persons_words(column, value, said):
    assert shown(column, value) == said
