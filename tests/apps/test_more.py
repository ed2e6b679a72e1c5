"""Every analysis has a place in the app, a new one without a line of the app's code."""

import sys

import polars as pl
import pytest

import procmine as pm
from procmine import registry
from procmine.app import app_script
from procmine.result import Result

sys.path.insert(0, str(app_script().parent))
from beside import FILES


@pytest.fixture
def new_analysis():
    """Register an analysis that nobody has written a page for; take it away again."""

    @registry.analysis
    def lateness(_log, *, after: int = 3, by: str | None = None) -> Result:
        """Say how late it is.

        Args:
            after: How many hours are too many.
            by: The column to group by.
        """
        rows = pl.DataFrame({"case_id": ["secret 7"], "late_seconds": [7200.0]})
        tables = {"summary": pl.DataFrame({"hours": [after]}), "late": rows}
        return Result("lateness", f"It is {after} hours late, by {by}.", tables=tables)

    yield "lateness"
    del registry._ANALYSES["lateness"]


def test_a_new_analysis_appears_with_its_question_and_its_options(
    open_app, said, small_log, new_analysis
):
    listed = open_app(small_log, page="more")
    app = open_app(small_log, page="more", ask=new_analysis)
    app.number_input("lateness.after").set_value(5).run()
    app.selectbox("lateness.by").set_value("segment").run()

    labels = [link.proto.label for link in listed.main.get("page_link")]
    assert "Say how late it is." in labels
    assert not app.exception
    assert "It is 5 hours late, by segment." in said(app)
    assert app.dataframe[0].value["case id"].tolist() == ["secret 7"]


def answer_of(analysis, path, **asked):
    try:
        return analysis.run(pm.read(path), **asked).headline
    except pm.ProcmineError as error:
        return str(error)


@pytest.mark.parametrize(
    "log", ["small_log", pytest.param("no_departments", marks=pytest.mark.slow)]
)
def test_every_analysis_answers_or_says_why_not(open_app, said, plain, request, log):
    path = request.getfixturevalue(log)
    for name, analysis in registry.registered().items():
        app = open_app(path, page="more", ask=name)
        assert not app.exception, name
        told = [said(app), *(plain(info.value) for info in app.info)]
        assert any(plain(answer_of(analysis, path)) in text for text in told), name


@pytest.mark.slow
@pytest.mark.parametrize("name", ["broadband", "airline", "rental"])
def test_every_analysis_answers_on_the_samples_with_their_files(
    open_app, said, plain, sample, name
):
    path = sample(name)
    for analysis in registry.registered().values():
        app = open_app(path, page="more", ask=analysis.name)
        assert not app.exception, analysis.name
        asked = {
            option: path.with_name(FILES[option])
            for option in analysis.options
            if option in FILES and path.with_name(FILES[option]).exists()
        }
        told = [said(app), *(plain(info.value) for info in app.info)]
        expected = plain(answer_of(analysis, path, **asked))
        assert any(expected in text for text in told), analysis.name


def test_a_question_that_isn_t_there_is_left_out_of_the_link_and_that_is_said(open_app, small_log):
    app = open_app(small_log, page="more", ask="fortune")

    assert not app.exception
    assert "fortune" in app.warning[0].value
    assert app.main.get("page_link")


def test_an_option_s_file_is_named_and_never_asked_for(open_app, said, small_log):
    app = open_app(small_log, page="more", ask="ledger")

    assert "calendars.toml" in said(app)
    assert not [field for field in app.text_input if field.key.startswith("ledger")]


def test_who_may_see_figures_alone_sees_no_single_journey(
    open_app, said, small_log, new_analysis, look_as
):
    look_as("viewer")
    app = open_app(small_log, page="more", ask=new_analysis)

    assert "It is 3 hours late" in said(app)
    assert "no single journeys" in said(app).lower()
    tables = [*app.dataframe[0].value.columns]
    offered = app.selectbox("_export table lateness").options
    assert "case id" not in tables
    assert [name.split(" (")[0] for name in offered] == ["summary"]
