import pytest

import procmine as pm
from procmine.wording import duration

CHANGE = {"date": "2025-07-13", "changed": "Warehouse"}


def test_the_planted_change_is_said_as_the_analysis_says_it(open_app, said, plain, sample):
    path = sample("broadband")
    expected = pm.cost_shift(pm.read(path), **CHANGE, reasons=path.with_name("reasons.toml"))

    app = open_app(path, page="changes", **CHANGE)

    assert not app.exception
    assert not app.warning
    text = said(app)
    assert "local saving, others pay" in text
    assert plain(expected.headline) in text
    assert all(plain(caveat) in text for caveat in expected.caveats)


def test_before_and_after_are_those_of_two_selections(open_app, said, sample):
    log = pm.read(sample("broadband"))
    sides = [log.filter_cases(started=s) for s in ((None, "2025-07-13"), ("2025-07-13", None))]
    before, after = (side.inside().size[1] for side in sides)

    text = said(open_app(sample("broadband"), page="changes", **CHANGE))

    assert f"{before:,} journeys began before 13 July 2025, {after:,} from then on." in text
    assert f"journeys {after:,} {before:,}" in text


def test_without_a_department_times_stand_beside_each_other_alone(open_app, said, small_log):
    app = open_app(small_log, page="changes", date="2026-01-07")

    assert not app.exception
    assert "Choose who changed something" in app.info[0].value
    assert "2 journeys began before 7 January 2026, 2 from then on." in said(app)


def test_the_first_sentence_says_how_long_half_of_the_journeys_take_on_both_sides(
    open_app, said, plain, sample
):
    sides = [(None, "2025-07-14"), ("2025-07-14", None)]
    log = pm.read(sample("broadband"))
    before, after = (
        duration(
            pm.cycle_time(log.filter_cases(started=s)).summary["closing_median_seconds"].item()
        )
        for s in sides
    )

    text = said(open_app(sample("broadband"), page="changes", date="2025-07-14"))

    assert plain(f"on close within {after}; of those before, half within {before}.") in text


def test_nothing_chosen_says_what_to_choose(open_app, said, no_departments):
    app = open_app(no_departments, page="changes")

    assert not app.exception
    assert "Choose the day" in said(app)
    assert not app.dataframe


def test_a_day_that_is_offered_parts_the_log(open_app, said, small_log):
    app = open_app(small_log, page="changes")
    days = [b.label for b in app.button if b.label.endswith("2026")]
    assert days == ["6 January 2026", "7 January 2026", "8 January 2026"]
    next(b for b in app.button if b.label == days[1]).click().run()

    assert not app.exception
    assert app.query_params["date"] == "2026-01-07"
    assert "2 journeys began before 7 January 2026, 2 from then on." in said(app)


@pytest.mark.parametrize(
    ("parameter", "value"), [("date", "1999-01-01"), ("date", "soon"), ("changed", "Nobody")]
)
def test_what_the_link_can_t_mean_is_left_out_with_a_sentence(
    open_app, small_log, parameter, value
):
    app = open_app(small_log, page="changes", **{parameter: value})

    assert not app.exception
    assert "is left out" in app.warning[0].value


def test_a_day_that_all_journeys_lie_on_one_side_of_is_a_sentence(open_app, small_log):
    app = open_app(small_log, page="changes", date="2026-01-07", until="2026-01-06")

    assert not app.exception
    assert any("one side" in info.value for info in app.info)


def test_a_change_that_nobody_can_compare_is_the_analysis_own_sentence(open_app, said, sample):
    app = open_app(sample("airline"), page="changes", date="2025-01-01", changed="Cabin")

    assert not app.exception
    assert "No journey that began before" in said(app)


def test_a_log_without_costs_says_so_and_shows_what_is_done_more(open_app, small_log):
    app = open_app(small_log, page="changes", date="2026-01-07", changed="Sales")

    assert not app.exception
    assert any("knows no costs" in info.value for info in app.info)
    assert not any("cost" in column for table in app.dataframe for column in table.value.columns)


@pytest.mark.slow
def test_hundreds_of_departments_stay_readable(open_app, said, real_logs):
    incidents = real_logs / "bpic2013_incidents.xes.gz"

    app = open_app(incidents, page="changes", date="2012-05-01", changed="G97")

    assert not app.exception
    assert "The 20 places that differ most, of " in said(app)
