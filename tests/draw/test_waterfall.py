"""The ledger's waterfall: parts that add up, in a person's units."""

import re
from itertools import pairwise

import polars as pl
import pytest
import vl_convert

from procmine.draw.waterfall import ledger_waterfall

DAY = 86_400.0
MEANS = (2 * 3600.0, 3 * DAY, 1.5 * DAY, 3600.0)


@pytest.fixture
def tables():
    whole = sum(MEANS)
    parts = {"part": ["service", "inside", "handoff", "customer"], "mean_seconds": MEANS}
    return {
        "summary": pl.DataFrame({"cases": [10], "mean_seconds": [whole]}),
        "parts": pl.DataFrame(parts).with_columns(share=pl.col("mean_seconds") / whole),
        "departments": pl.DataFrame(
            {
                "department": [None, "Care <b>", "Sales"],
                "service_seconds": [0.0, 7200.0, 64_800.0],
                "inside_seconds": [40 * DAY, 20 * DAY, 10 * DAY],
            }
        ),
        "handoffs": pl.DataFrame(
            {"department": ["Sales"], "next_department": ["Care <b>"], "total_seconds": [15 * DAY]}
        ),
    }


def texts(chart):
    drawn = vl_convert.vegalite_to_svg(chart.to_json())
    return [re.sub(r"\s+", " ", t) for t in re.findall(r"<t(?:ext|span)[^>]*>([^<]+)<", drawn)]


def test_each_bar_begins_where_the_one_before_ends(tables):
    rows = ledger_waterfall(tables).to_dict()["data"]["values"]
    bounds = [(row["since"], row["until"]) for row in rows]
    assert all(one[1] == other[0] for one, other in pairwise(bounds[:4]))
    assert bounds[-1] == (0, pytest.approx(bounds[3][1]))


def test_it_says_the_longest_part_and_where_most_lies_in_a_persons_units(tables):
    said = texts(ledger_waterfall(tables))
    assert (
        "Waiting inside departments is 65 % of the 4.6 days that a journey takes on average."
        in said
    )
    assert {"2 h · 1.8 %", "3 d · 65 %", "4.6 d"} <= set(said)
    assert "most in Care &lt;b&gt;: 2 d" in said
    assert "most in Sales → Care &lt;b&gt;: 1.5 d" in said


def test_business_time_stands_beside_in_hours(tables):
    for name in ("summary", "parts"):
        counted = (pl.col("mean_seconds") / 4).alias("business_mean_seconds")
        tables[name] = tables[name].with_columns(counted)
    assert "3 d · 65 % (18 h of business time)" in texts(ledger_waterfall(tables))


def test_a_log_without_completed_journeys_says_what_to_do(tables):
    tables["summary"] = pl.DataFrame({"cases": [0], "mean_seconds": [None]})
    assert "Widen the filter." in texts(ledger_waterfall(tables))
