from datetime import date
from urllib.parse import parse_qsl

import polars as pl
import pytest

import procmine as pm
from procmine.wording import duration
from tests.brute import variant_of

COMMONEST = variant_of(["ask", "answer"])


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
        ({"without": "check"}, {"avoids": ["check"]}),
        ({"longer": "26 hours"}, {"duration": (26 * 3600, None)}),
        ({"longer": "2h", "shorter": "1 day"}, {"duration": (7200, 86_400)}),
        ({"step": "ask → check"}, {"follows": [("ask", "check")]}),
        ({"nostep": "ask → answer"}, {"never_follows": [("ask", "answer")]}),
        ({"handover": "Sales → Credit"}, {"hands_over": [("Sales", "Credit")]}),
        ({"variant": str(COMMONEST)}, {"variant": [COMMONEST]}),
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


def test_what_belongs_to_no_journey_is_none_of_those_that_are_counted(open_app, said, sample):
    path = sample("broadband")
    whole = pm.overview(pm.read(path)).summary["cases"].item()
    some = pm.read(path).filter_cases(starts_with="Order placed")

    app = open_app(path, starts="Order placed")

    shown = pm.overview(some).summary["cases"].item()
    assert f"{shown:,} of {whole:,} journeys" in said(app)


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


def test_what_the_map_and_the_variants_choose_is_removed_from_the_link_too(
    open_app, said, small_log
):
    chosen = {"step": "ask → check", "nostep": "ask → answer", "variant": str(COMMONEST)}
    app = open_app(small_log, **chosen)
    assert "No journey fits" in said(app)
    for label in ("directly ask", "takes way 1", "never directly"):
        next(b for b in app.button if b.label.startswith(label)).click().run()

    assert "of 4 journeys" not in said(app)
    assert not {*chosen} & {*app.query_params}


@pytest.mark.parametrize(("state", "cases"), [("open", 1), ("closed", 2)])
def test_journeys_are_chosen_by_whether_they_are_open(open_app, said, tmp_path, state, cases):
    table = pl.DataFrame(
        {
            "case": ["1", "1", "2", "3", "3"],
            "activity": ["ask", "answer", "ask", "ask", "answer"],
            "time": [f"2026-01-05T0{hour}:00Z" for hour in range(5)],
        }
    )
    path = pm.read(table, outcomes=["answer"]).write(tmp_path / "log.parquet")

    app = open_app(path, open=state)

    assert not app.warning
    assert f"{cases} of 3 journeys" in said(app)


def test_a_length_that_isn_t_one_is_left_out_with_a_sentence(open_app, said, small_log):
    app = open_app(small_log)
    app.text_input("longer").set_value("ages").run()
    assert ["isn't a length of time" in w.value for w in app.warning] == [True]
    assert "Journeys 4 " in said(app)

    app.text_input("longer").set_value("26 hours").run()
    assert not app.warning
    assert "Journeys that took at least 1.1 days: 2 of 4 journeys." in said(app)
    app.button("_remove longer 26 hours").click().run()
    assert "of 4 journeys." not in said(app)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("through", "teleport"),
        ("step", "ask → teleport"),
        ("variant", "7"),
        ("handover", "Sales"),
        ("open", "maybe"),
        ("longer", "ages"),
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
    assert [m.key for m in app.multiselect] == ["through", "without", "starts", "ends"]


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


@pytest.mark.parametrize(
    ("offer", "link"),
    [
        (
            "Segment: Business beside Consumer",
            {"segment": "Business", "against": "segment=Consumer"},
        ),
        (
            "Journeys from 7 January 2026 on, beside those before",
            {
                "from": "2026-01-07",
                "until": "2026-01-09",
                "against": "from=2026-01-05&until=2026-01-06",
            },
        ),
    ],
)
def test_a_comparison_that_is_offered_is_shown_at_one_click(open_app, said, small_log, offer, link):
    app = open_app(small_log, page="compare")
    next(b for b in app.button if b.label == offer).click().run()

    assert not app.exception
    assert {name: app.query_params[name] for name in link} == link
    assert "2 journeys" in said(app)


def test_the_first_sentence_of_a_comparison_says_both_halves(open_app, said, plain, sample):
    log = pm.read(sample("broadband"))
    times = [
        pm.cycle_time(log.filter_cases(where={"segment": name})).summary
        for name in ("Business", "Consumer")
    ]
    one, other = (duration(summary["closing_median_seconds"].item()) for summary in times)

    text = said(
        open_app(
            sample("broadband"), page="compare", segment="Business", against="segment=Consumer"
        )
    )

    assert plain(f"shown close within {one}; of those held, half within {other}.") in text


def test_every_condition_can_be_held_and_compared_with(open_app, said, small_log):
    chosen = {
        "from": "2026-01-05", "until": "2026-01-08", "longer": "1 hour", "shorter": "3 days",
        "through": "ask", "without": "complain", "starts": "ask", "ends": "answer",
        "step": "ask → check", "nostep": "ask → answer", "handover": "Sales → Credit",
        "segment": "Business",
    }  # fmt: skip
    app = open_app(small_log, page="compare", **chosen)
    assert not app.warning
    next(b for b in app.button if b.label.startswith("Hold")).click().run()
    assert dict(parse_qsl(app.query_params["against"])) == chosen

    link = open_app(small_log, page="compare", against=app.query_params["against"])
    assert not link.warning
    sentence = said(app).split("Journeys that ")[1].split(":")[0]
    assert f"Journeys that {sentence} 1 journey, 3 events" in said(link)


def test_what_means_nothing_in_the_held_selection_is_left_out_with_a_sentence(
    open_app, said, small_log
):
    app = open_app(small_log, page="compare", against="segment=Nobody&through=ask&colour=red")

    assert [w.value.split("“")[1].split("”")[0] for w in app.warning] == ["Nobody", "colour"]
    assert "Journeys that pass through ask" in said(app)
