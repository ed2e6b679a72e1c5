from datetime import date

import pytest

import procmine as pm


def journeys(app, said):
    return said(app).split("Journeys ", 1)[1].split(" ", 1)[0]


@pytest.mark.parametrize(
    ("parameters", "filters"),
    [
        ({"through": "check"}, {"passes_through": ["check"]}),
        ({"through": ["ask", "check"]}, {"passes_through": ["ask", "check"]}),
        ({"starts": "complain"}, {"starts_with": ["complain"]}),
        ({"ends": "answer"}, {"ends_with": ["answer"]}),
        ({"segment": "Consumer"}, {"where": {"segment": ["Consumer"]}}),
        ({"department": ["Care", "Credit"]}, {"where": {"department": ["Care", "Credit"]}}),
        ({"from": "2026-01-06", "until": "2026-01-07"}, {"started": ("2026-01-06", "2026-01-08")}),
        ({"until": "2026-01-05"}, {"started": (None, "2026-01-06")}),
    ],
)
def test_a_link_selects_what_the_library_selects(open_app, said, small_log, parameters, filters):
    log = pm.read(small_log)
    expected = log.filter_cases(**filters).size[1]

    app = open_app(small_log, page="variants", **parameters)

    assert not app.exception
    assert not app.warning
    assert f": {expected} of {log.size[1]} journeys." in said(app)
    assert pm.variants(log.filter_cases(**filters)).headline.split(";")[0] in said(app)


def test_a_filter_in_the_side_bar_changes_the_figures(open_app, said, small_log):
    app = open_app(small_log)
    app.multiselect("segment").set_value(["Business"]).run()

    assert "2 of 4 journeys" in said(app)
    assert "Journeys that have segment Business: 2 of 4 journeys." in said(app)


def test_each_condition_can_be_removed_alone_and_all_at_once(open_app, said, small_log):
    app = open_app(small_log)
    app.multiselect("segment").set_value(["Business"])
    app.multiselect("through").set_value(["ask"])
    app.date_input("from").set_value(date(2026, 1, 5)).run()
    assert "1 of 4 journeys" in said(app)

    next(b for b in app.button if b.label.startswith("through ask")).click().run()
    assert "2 of 4 journeys" in said(app)

    app.button("_clear").click().run()
    assert "of 4 journeys" not in said(app)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("through", "teleport"),
        ("segment", "<script>"),
        ("from", "yesterday"),
        ("until", "1999-01-01"),
        ("colour", "ultraviolet"),
        ("first", "1000000"),
        ("nonsense", "1"),
    ],
)
def test_a_bad_query_parameter_is_ignored_with_a_sentence(
    open_app, said, small_log, parameter, value
):
    app = open_app(small_log, **{parameter: value})

    assert not app.exception
    assert len(app.warning) == 1
    assert "is left out" in app.warning[0].value
    assert "Journeys 4 " in said(app)


def test_a_selection_that_fits_no_journey_says_what_to_do(open_app, said, small_log):
    app = open_app(small_log, starts="complain", through="check")

    assert not app.exception
    assert "No journey fits" in said(app)
    assert "Remove" in app.info[0].value


def test_a_period_that_ends_before_it_begins_is_a_sentence(open_app, small_log):
    app = open_app(small_log, **{"from": "2026-01-08", "until": "2026-01-06"})

    assert not app.exception
    assert "empty" in app.error[0].value


def test_a_column_named_like_a_parameter_of_the_app_makes_no_filter(open_app, tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text(
        "case,activity,time,draw,until\n"
        "1,a,2026-01-05T09:00Z,x,p\n1,b,2026-01-05T10:00Z,y,q\n2,a,2026-01-06T09:00Z,x,p\n"
    )

    app = open_app(path, page="map")

    assert not app.exception
    assert [m.key for m in app.multiselect] == ["through", "starts", "ends"]


def test_a_held_selection_stands_beside_the_one_that_is_shown_and_in_the_link(
    open_app, said, small_log
):
    app = open_app(small_log, page="compare", segment="Business")
    next(b for b in app.button if b.label.startswith("Hold")).click().run()
    against = app.query_params["against"]
    assert against == "segment=Business"
    link = open_app(small_log, page="compare", segment="Consumer", against=against)

    assert not link.exception
    assert not link.warning
    text = said(link)
    assert "Journeys that have segment Consumer 2 journeys, 4 events" in text
    assert "Journeys that have segment Business 2 journeys, 5 events" in text
    assert "journeys 2 2 0" in text
    assert "events 4 5 −1" in text


def test_what_means_nothing_in_the_held_selection_is_left_out_with_a_sentence(
    open_app, said, small_log
):
    app = open_app(small_log, page="compare", against="segment=Nobody&through=ask&colour=red")

    assert [w.value.split("“")[1].split("”")[0] for w in app.warning] == ["Nobody", "colour"]
    assert "Journeys that pass through ask" in said(app)
