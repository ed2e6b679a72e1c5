import pytest

import procmine as pm


@pytest.mark.parametrize("name", ["broadband", "airline", "rental"])
def test_the_page_says_what_the_analysis_says(open_app, said, plain, sample, name):
    expected = pm.handoffs(pm.read(sample(name)))

    app = open_app(sample(name), page="handoffs")

    assert not app.exception
    text = said(app)
    assert plain(expected.headline) in text
    assert plain(expected.graph().caption) in text
    assert all(plain(caveat) in text for caveat in expected.caveats)


def test_a_handoff_leads_to_its_journeys(open_app, said, sample):
    log = pm.read(sample("broadband"))
    journeys = log.filter_cases(hands_over=("Sales", "Warehouse")).size[1]

    app = open_app(sample("broadband"), page="handoffs", pair="Sales → Warehouse")
    next(b for b in app.button if "only journeys with this handoff" in b.label).click().run()

    assert not app.exception
    assert f": {journeys:,} of " in said(app)


def test_the_chosen_handoff_shows_the_figures_of_its_row(open_app, said, sample):
    handoffs = pm.handoffs(pm.read(sample("broadband"))).handoffs
    row = handoffs.filter(
        handoffs["department"] == "Sales", handoffs["next_department"] == "Warehouse"
    ).row(0, named=True)

    text = said(open_app(sample("broadband"), page="handoffs", pair="Sales → Warehouse"))

    assert f"How often {row['count']:,} in {row['cases']:,} journeys" in text


def test_working_hours_stand_beside_the_waits_where_calendars_are_known(open_app, said, sample):
    log = sample("broadband")
    expected = pm.handoffs(pm.read(log), calendar=log.with_name("calendars.toml")).handoffs

    app = open_app(log, page="handoffs", clock="Working hours")

    assert not app.exception
    assert "median, in working hours" in said(app)
    shown = app.dataframe[-1].value["median in working hours"]
    assert shown.tolist() == pytest.approx(expected["business_median_seconds"].to_list())


def test_a_handoff_of_the_link_that_isn_t_there_is_left_out_with_a_sentence(open_app, small_log):
    app = open_app(small_log, page="handoffs", pair="Sales → Moon")

    assert not app.exception
    assert "is left out" in app.warning[0].value


def test_a_protected_log_offers_no_handoff_of_few(open_app, sample, tmp_path):
    log = pm.read(sample("broadband"))
    handoffs = pm.handoffs(log).handoffs
    path = log.protect(customers=100).write(tmp_path / "protected.parquet")
    shown = pm.handoffs(pm.read(path)).handoffs.drop_nulls("next_department")

    app = open_app(path, page="handoffs")

    assert not app.exception
    assert shown.height < handoffs.height
    assert len(app.selectbox("pair").options) == shown.height
