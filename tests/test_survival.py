"""Survival curves: lifelines' figures, what must always hold, and the truth of simulations."""

import json
import random
from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.survival import SHARES, at, curves, reached
from tests.oracles.lifelines_figures import KEPT, SAMPLES, journeys

FIGURES = json.loads(KEPT.read_text())


def table(drawn, group="all"):
    """Return journeys (exit, entry, way) as `curves` takes them."""
    return pl.DataFrame(
        [
            {
                "group": group,
                "exit": left,
                "entry": entry or None,
                **{w: int(w == way) for w in ("closed", "abandoned", "open")},
            }
            for left, entry, way in drawn
        ],
        schema={"group": pl.String, "exit": pl.Float64, "entry": pl.Float64}
        | dict.fromkeys(("closed", "abandoned", "open"), pl.Int64),
    )


def read_at(curve, times, group="all"):
    asked = [pl.DataFrame({"group": [group], "time": [t]}, schema_overrides={"time": pl.Float64})
             for t in times]  # fmt: skip
    return pl.concat(at(curve, ["group"], a) for a in asked)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_curves_are_those_of_lifelines(name):
    expected = FIGURES[name]
    curve = curves(table(journeys(**SAMPLES[name])), ["group"])
    found = read_at(curve, expected["times"])
    for column in set(found.columns) & set(expected):
        for value, figure in zip(found[column], expected[column], strict=True):
            assert figure is None or value == pytest.approx(figure, rel=1e-9), column


@pytest.mark.parametrize("name", [n for n, how in SAMPLES.items() if "giving_up" not in how])
def test_the_median_and_its_interval_are_those_of_lifelines(name):
    curve = curves(table(journeys(**SAMPLES[name])), ["group"])
    row = reached(curve, ["group"], 0.5, "median").row(0, named=True)
    assert row["median"] == FIGURES[name]["median"]
    assert [row["low_median"], row["high_median"]] == FIGURES[name]["median_ends"]


def test_the_median_of_all_is_true_where_that_of_the_closed_ones_alone_is_not():
    # METHODS d: exponential with median 6.93; the log ends while many are still open.
    draw = random.Random(1)
    drawn = []
    for _ in range(20_000):
        time, end = draw.expovariate(1 / 10), draw.uniform(0, 30)
        drawn.append((min(time, end), 0, "closed" if time <= end else "open"))
    row = reached(curves(table(drawn), ["group"]), ["group"], 0.5, "median").row(0, named=True)
    closed = sorted(time for time, _, way in drawn if way == "closed")
    assert closed[len(closed) // 2] == pytest.approx(4.64, abs=0.35)
    assert row["median"] == pytest.approx(6.93, abs=0.2)
    assert row["low_median"] < 6.93 < row["high_median"]


def test_late_entry_removes_the_bias_to_long_journeys():
    # Watched from 0 on; those that had closed before are never seen, so long ones are too many.
    draw = random.Random(2)
    drawn = []
    for _ in range(40_000):
        start, time = draw.uniform(-30, 30), draw.expovariate(1 / 10)
        if start + time > 0:
            drawn.append((time, max(0.0, -start), "closed"))
    late, naive = (
        reached(curves(table(d), ["group"]), ["group"], 0.5, "median")["median"].item()
        for d in (drawn, [(t, 0, w) for t, _, w in drawn])
    )
    assert late == pytest.approx(6.93, abs=0.2)
    assert naive > 8


WAYS = ("closed", "abandoned", "open")
DRAWN = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from((0, 0, 0, 1, 3)), st.sampled_from(WAYS)),
    min_size=1,
    max_size=40,
)


@given(drawn=DRAWN)
def test_the_shares_add_up_to_one_and_lie_in_their_intervals(drawn):
    curve = curves(table(drawn), ["group"])
    whole = curve.select(pl.sum_horizontal(SHARES))
    assert whole.to_series().to_list() == pytest.approx([1.0] * curve.height)
    for name in SHARES:
        assert (curve[f"low_{name}"] <= curve[name] + 1e-9).all()
        assert (curve[f"high_{name}"] >= curve[name] - 1e-9).all()


@given(drawn=DRAWN)
def test_each_curve_equals_a_loop_over_its_times(drawn):
    seen = [(end, entry or -1, way) for end, entry, way in drawn if (entry or -1) < end]
    curve = curves(table(drawn), ["group"])
    survived, shares = 1.0, Counter()
    for row, time in zip(curve.to_dicts(), sorted({e for e, _, _ in seen}), strict=True):
        risk = sum(entry < time <= end for end, entry, _ in seen)
        left = Counter(way for end, _, way in seen if end == time)
        assert (row["time"], row["at_risk"]) == (time, risk)
        for way in ("closed", "abandoned"):
            shares[way] += survived * left[way] / risk
            assert row[f"{way}_share"] == pytest.approx(shares[way])
        survived *= 1 - (left["closed"] + left["abandoned"]) / risk
        assert row["open_share"] == pytest.approx(survived)


@given(times=st.lists(st.integers(0, 9), min_size=1, max_size=30), given_up=st.booleans())
def test_where_none_is_open_the_shares_are_those_counted(times, given_up):
    drawn = [(t, 0, "abandoned" if given_up and t % 3 == 0 else "closed") for t in times]
    found = read_at(curves(table(drawn), ["group"]), range(10))
    for name in ("closed", "abandoned"):
        counted = [sum(e <= t and w == name for e, _, w in drawn) / len(drawn) for t in range(10)]
        assert found[f"{name}_share"].to_list() == pytest.approx(counted)


@given(drawn=DRAWN, other=DRAWN)
def test_each_group_has_the_curve_that_it_has_alone(drawn, other):
    both = curves(pl.concat([table(drawn), table(other, "other")]), ["group"])
    alone = curves(table(drawn), ["group"])
    assert both.filter(group="all").equals(alone)


def test_after_the_last_journey_was_seen_whoever_is_open_may_have_closed():
    curve = curves(table([(1, 0, "closed"), (2, 0, "abandoned"), (3, 0, "open")]), ["group"])
    row = read_at(curve, [9]).row(0, named=True)
    assert row["closed_share"] == pytest.approx(1 / 3)
    assert row["most_closed_share"] == pytest.approx(2 / 3)


def test_a_share_that_is_never_reached_has_no_time():
    curve = curves(table([(1, 0, "closed"), (2, 0, "open"), (3, 0, "open")]), ["group"])
    assert reached(curve, ["group"], 0.5, "median")["median"].item() is None
