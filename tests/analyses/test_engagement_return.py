"""What customers bring in after journeys, against plain Python that shares no code."""

import json
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from random import Random

import polars as pl
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import procmine as pm
from procmine.errors import ColumnError, OptionError
from tests import brute

KEPT = Path(__file__).parents[2] / "sample_logs" / "logs" / "rental"
DAY = timedelta(days=1)

EVENT = st.tuples(
    st.integers(0, 5),  # the journey, of customer journey % 3
    st.integers(0, 200),  # the day
    st.booleans(),  # whether the customer takes part
    st.sampled_from((None, 0.0, 2.5, 10.0)),  # what it cost
    st.sampled_from((None, 0.0, 30.0, 7.25)),  # what it brought in
)


def rows_of(drawn):
    return [
        {
            "case": f"j{case}",
            "activity": "meet" if facing else "work",
            "time": brute.at(86_400 * day),
            "customer": f"c{case % 3}",
            "segment": "AB"[case % 2],
            "customer_facing": facing,
            "cost": cost,
            "margin": margin,
        }
        for case, day, facing, cost, margin in drawn
    ]


def log_of(rows):
    kinds = {"cost": pl.Float64, "margin": pl.Float64}
    return pm.read(pl.DataFrame(rows, schema_overrides=kinds))


def by_hand(rows, days, *, all_costs=False):
    """Each segment's journeys: how many come back, what they cost and what follows them."""
    last = max(r["time"] for r in rows)
    journeys = defaultdict(list)
    for row in rows:
        journeys[row["case"]].append(row)
    found = defaultdict(lambda: {"cases": 0, "returned_cases": 0, "cost": 0.0, "margin": 0.0})
    for own in journeys.values():
        end, customer = max(r["time"] for r in own), own[0]["customer"]
        if end + days * DAY > last:
            continue
        sums = found[own[0]["segment"]]
        others = [j for j in journeys.values() if j[0]["customer"] == customer]
        begins = [min(r["time"] for r in j) for j in others]
        sums["cases"] += 1
        sums["returned_cases"] += any(end < b <= end + days * DAY for b in begins)
        sums["cost"] += sum(r["cost"] or 0 for r in own if r["customer_facing"] or all_costs)
        sums["margin"] += sum(
            r["margin"] or 0
            for r in rows
            if r["customer"] == customer and end < r["time"] <= end + days * DAY
        )
    return found


@given(
    drawn=st.lists(EVENT, min_size=1, max_size=30),
    days=st.sampled_from((10, 60)),
    all_costs=st.booleans(),
)
def test_it_is_what_counting_by_hand_says(drawn, days, all_costs):
    rows = rows_of(drawn)
    result = pm.engagement_return(log_of(rows), after=f"{days} days", all_costs=all_costs)
    expected = by_hand(rows, days, all_costs=all_costs)
    found = {r["segment"]: r for r in result.groups.to_dicts()}
    assert set(found) == set(expected)
    for segment, sums in expected.items():
        row, cases = found[segment], sums["cases"]
        assert (row["cases"], row["returned_cases"]) == (cases, sums["returned_cases"])
        assert row["return_share"] == pytest.approx(sums["returned_cases"] / cases)
        assert row["mean_margin"] == pytest.approx(sums["margin"] / cases)
        assert row["mean_cost"] == pytest.approx(sums["cost"] / cases)
        gain = (sums["margin"] - sums["cost"]) / sums["cost"] if sums["cost"] else None
        assert row["roce"] == (None if gain is None else pytest.approx(gain))


def test_intervals_are_of_customers_and_hold_the_figure(rental):
    result = pm.engagement_return(rental)
    for row in [*result.summary.to_dicts(), *result.groups.to_dicts()]:
        for name in ("return_share", "roce"):
            assert row[f"low_{name}"] < row[name] < row[f"high_{name}"]
    # every customer twice: no more is known, and the intervals are as wide
    twice = pm.read(
        pl.concat(
            rental.events.collect().select(
                pl.col("case_id") + mark, "activity", "timestamp", "customer_id", "cost", "amount",
                "customer_facing", "journey_state",
            )
            for mark in ("", "x")
        )
    )  # fmt: skip
    once, more = (pm.engagement_return(log, value="amount").summary for log in (rental, twice))
    width = [(t["high_return_share"] - t["low_return_share"]).item() for t in (once, more)]
    assert width[1] > 0.8 * width[0]


def test_the_planted_price_rise_drives_customers_away(rental):
    """The truth's shares are of rentals; a cancelled booking brings nobody back."""
    truth = json.loads((KEPT / "truth.json").read_text())
    rise, kept = truth["price_rise"], 1 - truth["answers"]["cancelled_share"]
    result = pm.engagement_return(rental, since=rise["date"])
    row = result.change.filter(pl.col("segment").is_null(), measure="return_share").row(
        0, named=True
    )
    planted = kept * (rise["return_share_after"] - rise["return_share_before"])
    assert row["low_change"] <= planted <= row["high_change"]
    assert row["adjusted_p_value"] <= 0.05
    assert row["change"] < 0
    assert "may be chance" not in result.headline


def test_the_planted_prices_come_in_after_a_rental(rental):
    """Who comes back pays what the invoices say, so the mean after a return is a rental's mean."""
    truth = json.loads((KEPT / "truth.json").read_text())["counted"]
    paid = truth["cents_invoiced_before_price_rise"] + truth["cents_invoiced_from_price_rise"]
    mean = paid / 100 / truth["rentals_paid"]
    row = pm.engagement_return(rental, value="amount", after="90 days").summary.row(0, named=True)
    later = row["mean_margin"] / row["return_share"]
    assert later == pytest.approx(mean, rel=0.2)


def test_half_the_margin_is_half_the_return(rental):
    whole, half = (
        pm.engagement_return(rental, margin_share=part).summary["roce"].item() for part in (1, 0.5)
    )
    assert half + 1 == pytest.approx((whole + 1) / 2)


def test_journeys_that_could_not_be_followed_are_left_out_and_said():
    rows = rows_of([(0, 0, True, 1.0, 5.0), (3, 50, True, 1.0, 5.0), (1, 100, True, 1.0, 5.0)])
    result = pm.engagement_return(log_of(rows), after="60 days")
    assert result.summary["cases"].item() == 1
    assert any("2 ended less than 60 days before the log does" in c for c in result.caveats)


def test_a_log_without_money_still_says_who_comes_back():
    rows = rows_of([(c, d, True, 1.0, None) for c, d in ((0, 0), (3, 30), (1, 200))])
    plain = [{k: v for k, v in r.items() if k != "margin"} for r in rows]
    result = pm.engagement_return(pm.read(pl.DataFrame(plain)), since="2026-01-01")
    assert result.summary["return_share"].item() == 0.5
    assert result.summary["roce"].item() is None
    assert any("--value" in c for c in result.caveats)


def test_a_log_without_marks_says_how_to_make_them():
    rows = rows_of([(0, 0, True, 1.0, 5.0), (1, 200, True, 1.0, 5.0)])
    plain = [{k: v for k, v in r.items() if k != "customer_facing"} for r in rows]
    result = pm.engagement_return(pm.read(pl.DataFrame(plain)))
    assert any("customer_facing = [...]" in c for c in result.caveats)
    assert result.summary["roce"].item() is None


def test_a_log_without_customers_is_an_answer():
    table = pl.DataFrame({"case": ["1"], "activity": ["a"], "time": ["2026-01-05T09:00Z"]})
    result = pm.engagement_return(pm.read(table), since="2026-01-01")
    assert result.headline.startswith("The log names no customers")
    assert set(result.tables) == {"summary", "groups", "change"}
    assert result.chart().to_dict()


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"value": "amuont"}, ColumnError, "Did you mean 'amount'"),
        ({"value": "object:car"}, ColumnError, "holds no numbers"),
        ({"after": "soon"}, OptionError, "isn't a length of time"),
        ({"margin_share": 0.0}, OptionError, "isn't a share"),
        ({"since": "July"}, OptionError, "July"),
    ],
)
def test_what_cant_be_asked_ends_in_a_sentence(rental, options, error, said):
    with pytest.raises(error, match=said):
        pm.engagement_return(rental, **options)


def test_every_engine_gives_the_same_answer(engine):
    random = Random(1)
    drawn = [
        (random.randrange(60), random.randrange(300), random.random() < 0.5, 2.0, 5.0)
        for _ in range(200)
    ]
    log_ = log_of([r | {"customer": f"c{random.randrange(30)}"} for r in rows_of(drawn)])
    here, there = (
        pm.engagement_return(asked, since="2026-04-01") for asked in (log_, engine(log_))
    )
    assert there.headline == here.headline
    for name, table in here.tables.items():
        assert_frame_equal(there.tables[name], table)


@pytest.mark.parametrize("since", [None, "2025-07-04"])
def test_the_chart_draws_with_its_sentence(rental, since):
    chart = pm.engagement_return(rental, since=since).chart()
    assert "rental" in vl_convert.vegalite_to_svg(chart.to_json())
