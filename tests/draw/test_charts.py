import json
import re

import polars as pl
import pytest
import vl_convert

from procmine.draw import charts
from procmine.errors import OptionError
from procmine.wording import duration, share

DAY = 86_400.0


def texts(chart):
    drawn = vl_convert.vegalite_to_svg(chart.to_json())
    return [re.sub(r"\s+", " ", t) for t in re.findall(r"<t(?:ext|span)[^>]*>([^<]+)<", drawn)]


@pytest.fixture
def histogram():
    borders = [0.0, 3600.0, DAY, 7 * DAY, None]
    return pl.DataFrame(
        {"from_seconds": borders[:-1], "to_seconds": borders[1:], "cases": [5, 0, 40, 5]},
        schema_overrides={"to_seconds": pl.Float64},
    )


@pytest.fixture
def summary():
    return pl.DataFrame(
        {
            "cases": [50],
            "median_seconds": [276_480.0],
            "p90_seconds": [6 * DAY],
            "max_seconds": [9 * DAY],
        }
    )


def test_the_histogram_speaks_in_a_persons_units(histogram, summary):
    said = texts(charts.cycle_time_histogram(histogram, summary))
    assert "half within 3.2 d" in said
    assert "9 in 10 within 6 d" in said
    assert {"0 s", "1 h", "1 d", "7 d", "9 d"} <= set(said)
    assert not any("276" in t for t in said)


def test_the_median_stands_in_the_bar_that_holds_it(histogram, summary):
    layers = charts.cycle_time_histogram(histogram, summary).to_dict()["layer"]
    marks = [v for layer in layers for v in layer["data"].get("values", []) if "words" in v]
    places = {mark["words"]: mark["at"] for mark in marks}
    assert places["half within 3.2 d"] == pytest.approx(2 + (3.2 - 1) / 6)


def test_an_open_last_bar_without_a_longest_journey_is_drawn(histogram, summary):
    said = texts(charts.cycle_time_histogram(histogram, summary.drop("max_seconds")))
    assert "longer" in said


def test_handoffs_are_ranked_by_waiting_and_say_their_share(tables, orders):
    handoffs = tables.handoffs(orders)
    said = texts(charts.handoff_bars(handoffs, top=2))
    top = handoffs.sort("total_seconds", descending=True).row(0, named=True)
    part = top["total_seconds"] / handoffs["total_seconds"].sum()
    assert f"{top['department']} → {top['next_department']}" in said
    assert f"{duration(top['total_seconds'], short=True)} · {share(part)}" in said
    assert any(t.startswith(f"The first 2 of {handoffs.height} handoffs") for t in said)


def test_variants_say_their_share_and_the_share_so_far():
    variants = pl.DataFrame(
        {
            "variant": [1, 2, 3],
            "activities": [["a", "b"], ["a", "c"], ["a"]],
            "cases": [6, 3, 1],
            "share": [0.6, 0.3, 0.1],
            "cumulative_share": [0.6, 0.9, 1.0],
            "median_seconds": [1.0, 2.0, 0.0],
        }
    )
    said = texts(charts.variant_bars(variants, top=2))
    assert "The 2 commonest of 3 variants cover 90 % of the journeys." in said
    assert "a → b" in said
    assert "30 % (90 %)" in said


def test_rework_of_one_activity_in_two_departments_is_added_up():
    activities = pl.DataFrame(
        {
            "activity": ["check", "check", "ship"],
            "department": ["A", "B", "A"],
            "events": [10, 10, 20],
            "repeats": [3, 2, 0],
        }
    )
    said = texts(charts.rework_bars(activities))
    assert "5 · 25 %" in said
    assert "ship" not in said


def test_activities_wear_their_departments_colours(tables, orders):
    nodes = tables.nodes(orders)
    colours = {"Sales": "#111111", "Credit": "#222222", "Store": "#333333"}
    drawn = json.loads(charts.activity_bars(nodes, colours=colours).to_json())
    scale = drawn["layer"][1]["encoding"]["color"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True)) == colours


@pytest.mark.parametrize(
    ("chart", "columns"),
    [
        (charts.handoff_bars, ["department", "next_department", "total_seconds"]),
        (charts.variant_bars, ["activities", "cases", "share"]),
        (charts.rework_bars, ["activity", "events", "repeats"]),
        (charts.activity_bars, ["activity", "events", "cases"]),
    ],
)
def test_an_empty_table_says_what_to_do_next(chart, columns):
    empty = pl.DataFrame(schema=dict.fromkeys(columns, pl.Float64))
    assert len(texts(chart(empty))) >= 2


def test_names_cut_alike_stay_bars_of_their_own_and_hostile_ones_stay_text():
    long = "x" * 200
    names = [
        f"{long} one",
        f"{long} two",
        "</text><script>alert(1)</script>",
        '"] + alert(1) + ["',
        "a\\b\n",
    ]
    nodes = pl.DataFrame({"activity": names, "events": [5, 4, 3, 2, 1], "cases": [1] * 5})
    drawn = vl_convert.vegalite_to_svg(charts.activity_bars(nodes).to_json())
    assert "<script" not in drawn
    assert drawn.count('aria-roledescription="bar"') == 5
    assert '"] + alert(1) + ["' in drawn.replace("&quot;", '"')


def test_a_chart_leaves_the_notebooks_own_theme_alone(histogram, summary):
    import altair as alt

    before = alt.theme.active
    charts.cycle_time_histogram(histogram, summary)
    assert alt.theme.active == before


@pytest.fixture
def pairs():
    return pl.DataFrame(
        {
            "department": ["Sales", "Care", 'Don\'t "X"'],
            "next_department": ["Care", "Sales", "Sales"],
            "count": [4, 2, 1],
            "cases": [3, 2, 1],
            "median_seconds": [DAY, 3600.0, 60.0],
            "p90_seconds": [2 * DAY, 3600.0, 60.0],
            "total_seconds": [5 * DAY, 7200.0, 60.0],
            "bounce_share": [0.25, 0.0, 0.0],
        }
    )


def test_the_matrix_names_the_pair_with_the_most_waiting_and_draws_every_figure(pairs):
    said = texts(charts.handoff_matrix(pairs))
    assert "Sales → Care: customers wait 5 days in total here." in said
    assert {"5 d", "2 h", "1 min", "Sales", "Care"} <= set(said)


def test_the_matrix_says_how_many_departments_it_leaves_out(pairs):
    said = " ".join(texts(charts.handoff_matrix(pairs, top=2, measure="bounce_share")))
    assert "The 2 of 3 departments with the most waiting" in said
    assert "25 % of these handoffs come straight back" in said


def test_a_matrix_of_nothing_says_what_to_do(pairs):
    assert "column of the department" in " ".join(texts(charts.handoff_matrix(pairs.clear())))


def test_a_measure_that_there_isn_t_is_refused(pairs):
    with pytest.raises(OptionError, match="Did you mean 'median_seconds'"):
        charts.handoff_matrix(pairs, measure="median_second")


@pytest.fixture
def survival():
    shares = [0.2, 0.5, 0.9]
    return pl.DataFrame(
        {
            "after_seconds": [DAY, 3 * DAY, 9 * DAY],
            "at_risk": [10.0, 8.0, 3.0],
            "closed_share": shares,
            "low_closed_share": [s - 0.1 for s in shares],
            "high_closed_share": [s + 0.1 for s in shares],
        }
    )


def test_the_curve_says_by_when_half_of_the_journeys_close(survival):
    assert "Half of the journeys close within 3 days." in texts(charts.closing_curve(survival))


def test_the_curve_has_a_line_at_the_promise(survival):
    promises = pl.DataFrame(
        {
            "segment": [None], "promise": ["6 days"], "promise_seconds": [6 * DAY],
            "cases": [10], "inside_share": [0.5],
        },
        schema_overrides={"segment": pl.String},
    )  # fmt: skip
    said = texts(charts.closing_curve(survival, promises))
    assert "promise: 6 days" in said
    assert "50 % of the journeys close inside the promise (6 days)." in said


def test_a_curve_of_each_group_is_named(survival):
    both = pl.concat(
        [survival.select(pl.lit(n).alias("segment"), pl.all()) for n in ("Business", "Consumer")]
    )
    assert {"Business", "Consumer"} <= set(texts(charts.closing_curve(both)))


def test_a_curve_of_open_journeys_alone_says_that_none_is_closed(survival):
    none = survival.with_columns(closed_share=pl.lit(0.0))
    assert "No journey is closed yet" in " ".join(texts(charts.closing_curve(none)))


def test_the_curve_says_the_exact_half_where_it_is_known(survival):
    said = texts(charts.closing_curve(survival, half=2.5 * DAY))
    assert "Half of the journeys close within 2.5 days." in said


def test_two_selections_are_curves_on_the_same_axes(survival):
    later = survival.with_columns(pl.col("after_seconds") * 2)
    chart = charts.closing_curves({"shown": survival, "held": later})
    rows = chart.to_dict()["data"]["values"]
    drawn = {(row["group"], row["at"], row["share"]) for row in rows}
    assert {("shown", 3.0, 0.5), ("held", 6.0, 0.5)} <= drawn
    assert {"shown", "held"} <= set(texts(chart))
