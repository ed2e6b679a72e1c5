"""One journey in its lanes: found, shown, and refused where it mustn't be seen."""

import polars as pl
import pytest

import procmine as pm


def links(app):
    """Return the links to single journeys: others lead on to other pages."""
    found = [link.proto for link in app.main.get("page_link")]
    return [link for link in found if link.query_string.startswith("journey=")]


def test_the_longest_journeys_are_listed_and_each_leads_to_its_own_link(open_app, small_log):
    expected = pm.read(small_log).cases.sort("duration_seconds", descending=True).collect()

    app = open_app(small_log, page="journeys")

    assert not app.exception
    queries = [link.query_string for link in links(app)]
    assert queries == [f"journey={case}" for case in expected["case_id"]]
    assert "**3**: 1\\.4 d" in links(app)[0].label or "1.4 d" in links(app)[0].label


def test_a_journey_shows_its_sentence_its_lanes_and_its_events(open_app, said, small_log):
    app = open_app(small_log, page="journeys", journey="1")

    assert not app.exception
    assert "Journey 1 took 1.1 days through 2 departments; its longest wait was 1 day," in said(app)
    events = app.dataframe[0].value
    assert events["activity"].tolist() == ["ask", "check", "answer"]
    assert events["waited before it"].tolist()[1:] == [7200.0, 86_400.0]
    assert any(b.proto.label == "SVG" for b in app.get("download_button"))


def test_a_number_can_be_typed_in(open_app, said, small_log):
    app = open_app(small_log, page="journeys")
    app.text_input("_journey").set_value(" 2 ").run()

    assert "Journey 2 took 1 hour" in said(app)


@pytest.mark.parametrize("chosen", ["4711", "' or 1=1", "<b>"])
def test_a_journey_that_isn_t_there_is_said_to_be_missing(open_app, small_log, chosen):
    app = open_app(small_log, page="journeys", journey=chosen)

    assert not app.exception
    assert "no such journey" in app.info[0].value


def test_a_filter_holds_for_single_journeys_too(open_app, small_log):
    app = open_app(small_log, page="journeys", journey="2", segment="Business")

    assert "no such journey among those shown" in app.info[0].value


def test_of_a_protected_log_no_journey_is_shown(open_app, said, tmp_path):
    rows = {"case": [f"secret-{n}" for n in range(9)], "activity": ["ask"] * 9}
    log = pm.read(pl.DataFrame(rows | {"time": ["2026-01-05T09:00Z"] * 9}))
    path = log.protect(customers=5).write(tmp_path / "log.parquet")

    for asked in ({}, {"journey": "secret-3"}):
        app = open_app(path, page="journeys", **asked)
        assert "protected" in app.info[0].value
        assert not app.dataframe
        assert "secret" not in said(app)


def test_who_may_see_figures_alone_is_refused(open_app, said, small_log, look_as):
    look_as("viewer")
    for asked in ({}, {"journey": "1"}):
        app = open_app(small_log, page="journeys", **asked)
        assert "not at single ones" in app.info[0].value
        assert "Journey 1" not in said(app)
        assert not app.dataframe


def test_journeys_out_of_somebody_s_rows_aren_t_there(open_app, small_log, look_as):
    look_as("analyst", (("segment", ("Business",)),))
    listed = open_app(small_log, page="journeys")
    other = open_app(small_log, page="journeys", journey="2")

    assert {link.query_string for link in links(listed)} == {"journey=1", "journey=4"}
    assert "no such journey" in other.info[0].value


def test_a_list_of_open_journeys_needs_to_know_what_closes_them(open_app, small_log):
    app = open_app(small_log, page="journeys", which="Open longest")

    assert "No journey is known to be open." in app.info[0].value


@pytest.mark.slow
@pytest.mark.parametrize("name", ["broadband", "airline", "rental"])
def test_the_longest_and_the_latest_journeys_of_the_samples_are_drawn(open_app, sample, name):
    path = sample(name)
    for which in ("Longest", "Open longest", "Begun last"):
        for link in links(open_app(path, page="journeys", which=which))[:2]:
            case = link.query_string.removeprefix("journey=")
            app = open_app(path, page="journeys", journey=case)
            assert not app.exception
            assert app.dataframe
