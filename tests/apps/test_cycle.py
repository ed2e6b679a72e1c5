import pytest

import procmine as pm
from procmine.wording import duration


@pytest.mark.parametrize("name", ["broadband", "airline", "rental"])
def test_the_page_says_the_ledger_and_the_times_of_the_analyses(
    open_app, said, plain, sample, name
):
    log = pm.read(sample(name))
    whole, ledger = pm.cycle_time(log), pm.ledger(log)

    app = open_app(sample(name), page="time")

    assert not app.exception
    text = said(app)
    assert plain(whole.headline) in text
    assert "that a journey takes on average." in text
    assert all(plain(caveat) in text for caveat in (*whole.caveats, *ledger.caveats))


def test_the_curve_says_the_same_half_as_the_headline(open_app, said, sample):
    app = open_app(sample("broadband"), page="time")

    half = pm.cycle_time(pm.read(sample("broadband"))).summary["closing_median_seconds"].item()
    assert f"Half of the journeys close within {duration(half)}." in said(app)
    assert f"Half of all journeys close within {duration(half)};" in said(app)


def test_open_journeys_are_counted_and_said(open_app, said, sample):
    row = pm.cycle_time(pm.read(sample("broadband"))).summary.row(0, named=True)

    assert f"Still open {row['open_cases']} " in said(open_app(sample("broadband"), page="time"))


def test_the_reader_s_promise_stands_in_the_link_and_gives_the_analysis_share(
    open_app, said, plain, sample
):
    expected = pm.cycle_time(pm.read(sample("broadband")), promise="12 days")

    app = open_app(sample("broadband"), page="time", days="12")

    assert not app.warning
    assert app.number_input("days").value == 12
    text = said(app)
    assert plain(expected.headline) in text
    assert "Inside your promise" in text


def test_a_promise_that_is_set_changes_the_share(open_app, said, plain, small_log):
    app = open_app(small_log, page="time")
    app.number_input("days").set_value(1.5).run()

    assert plain(pm.cycle_time(pm.read(small_log), promise="1.5 days").headline) in said(app)


@pytest.mark.parametrize("days", ["-1", "nan", "inf", "soon", "1e9"])
def test_a_promise_that_is_no_length_is_left_out_with_a_sentence(open_app, small_log, days):
    app = open_app(small_log, page="time", days=days)

    assert not app.exception
    assert "is left out" in app.warning[0].value
    assert app.number_input("days").value is None


def test_working_hours_are_offered_where_calendars_are_known(open_app, said, sample):
    log = sample("broadband")
    expected = pm.ledger(pm.read(log), calendar=log.with_name("calendars.toml"))

    app = open_app(log, page="time", clock="Working hours")

    assert not app.exception
    assert all(" ".join(c.split())[:40] in said(app) for c in expected.caveats)
    app.selectbox("_export same of").set_value(1).run()
    assert any("calendar=" in code.value for code in app.code)


def test_without_calendars_no_clock_is_offered(open_app, small_log):
    app = open_app(small_log, page="time")

    assert not app.exception
    assert [group.label for group in app.button_group] == ["Compare by"]


def test_a_protected_log_shows_what_may_be_seen(open_app, sample, tmp_path):
    path = pm.read(sample("rental")).protect(customers=50).write(tmp_path / "protected.parquet")

    app = open_app(path, page="time", days="3")

    assert not app.exception
