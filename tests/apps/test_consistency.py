import pytest

import procmine as pm


def test_the_planted_difference_is_the_page_s_first_sentence(open_app, said, plain, sample):
    expected = pm.consistency(pm.read(sample("broadband")))

    app = open_app(sample("broadband"), page="consistency")

    assert not app.exception
    text = said(app)
    assert "site Northgate never have Line reset remotely" in text
    assert plain(expected.headline) in text
    assert plain(expected.findings["finding"][2]) in text
    assert all(plain(caveat) in text for caveat in expected.caveats)


def test_the_excess_stands_in_the_table_as_the_analysis_has_it(open_app, sample):
    expected = pm.consistency(pm.read(sample("broadband"))).summary

    table = open_app(sample("broadband"), page="consistency").dataframe[-1].value

    assert table["beyond chance, bits"].tolist() == pytest.approx(expected["excess_bits"].to_list())


@pytest.mark.parametrize("name", ["airline", "rental"])
def test_other_samples_say_what_their_analysis_says(open_app, said, plain, sample, name):
    app = open_app(sample(name), page="consistency")

    assert not app.exception
    assert plain(pm.consistency(pm.read(sample(name))).headline) in said(app)


def test_the_link_chooses_whom_to_compare_and_what_is_promised(open_app, said, plain, sample):
    log = pm.read(sample("broadband"))
    by_segment = pm.consistency(log, by=["segment"])
    within = pm.consistency(log, by=["site"], promised=["segment"])

    shown = open_app(sample("broadband"), page="consistency", whom="Segment")
    held = open_app(sample("broadband"), page="consistency", whom="Site", promised="Segment")

    assert plain(by_segment.headline) in said(shown)
    assert plain(within.headline) in said(held)


def test_a_button_keeps_only_the_group_that_differs(open_app, said, sample):
    app = open_app(sample("broadband"), page="consistency")
    next(b for b in app.button if "site Northgate" in b.label).click().run()

    assert not app.exception
    assert "Journeys that have site Northgate" in said(app)


def test_a_log_without_groups_says_which_columns_to_add(open_app, no_departments):
    app = open_app(no_departments, page="consistency")

    assert not app.exception
    assert "segment, channel, department and site" in app.info[0].value
    assert not app.dataframe


def test_of_a_protected_log_no_small_group_is_shown(open_app, sample, tmp_path):
    whole = pm.read(sample("broadband"))
    path = whole.protect(customers=110).write(tmp_path / "protected.parquet")
    known = pm.consistency(whole).activities
    small = known.filter(known["customers"] < 110).select("group", "activity", "share")

    app = open_app(path, page="consistency")

    assert not app.exception
    assert small.height
    shown = [table.value for table in app.dataframe]
    assert all((table["journeys"].dropna() >= 110).all() for table in shown)


def test_what_follows_an_activity_is_compared_when_it_is_asked_for(open_app, said, plain, sample):
    expected = pm.consistency(pm.read(sample("broadband")), by=["segment"], event="Order placed")

    app = open_app(sample("broadband"), page="consistency", whom="Segment", after="Order placed")

    assert not app.exception
    assert not app.warning
    assert plain(expected.headline) in said(app)
