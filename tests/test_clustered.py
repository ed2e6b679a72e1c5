"""How sure a share is when customers are the units, against plain Python that shares no code."""

from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from procmine.clustered import ratio_variance, sureness, variance_at
from procmine.survival import curves
from tests.brute_shares import closed_share

JOURNEY = st.tuples(
    st.integers(0, 8),  # how long before it left it was first watched; 0: from its start
    st.integers(1, 12),
    st.sampled_from(("closed", "abandoned", "open")),
    st.sampled_from("abcd"),
)


def influences(journeys, limit, step=1e-6):
    """What each customer adds: the slope of the share in the weight of its journeys."""
    found = {}
    for customer in sorted({c for *_, c in journeys}):
        up, down = (
            closed_share(journeys, limit, [1 + d * (c == customer) for *_, c in journeys])
            for d in (step, -step)
        )
        found[customer] = (up - down) / (2 * step)
    return found


def table_of(journeys, limit):
    entries = [entry or None for entry, *_ in journeys]
    return pl.DataFrame(
        {
            "group": "all",
            "exit": [left for _, left, _, _ in journeys],
            "entry": pl.Series(entries, dtype=pl.Int64),
            **{
                w: [int(way == w) for _, _, way, _ in journeys]
                for w in ("closed", "abandoned", "open")
            },
            "limit": limit,
            "customer": [c for *_, c in journeys],
        }
    )


@given(st.lists(JOURNEY, min_size=2, max_size=14), st.integers(1, 12))
def test_the_variance_is_that_of_what_customers_add(drawn, limit):
    journeys = [(max(0, left - before), left, way, c) for before, left, way, c in drawn]
    journeys = [(e if 0 < e < left else 0, left, way, c) for e, left, way, c in journeys]
    there = table_of(journeys, limit)
    curve = curves(there, ["group"])
    emptied = curve.filter(pl.col("open_share") <= 0, pl.col("time") < pl.col("time").max())
    if emptied.height:  # all were gone for a while, and the share has no slope
        return
    slopes = influences(journeys, limit)
    number = len(slopes)
    expected = sum(s * s for s in slopes.values()) * number / max(number - 1, 1)
    row = variance_at(there, curve, ["group"], "customer").row(0, named=True)
    assert row["variance"] == pytest.approx(expected, abs=1e-6)
    told = {c for _, left, way, c in journeys if left > limit or way != "open"}
    assert row["units"] == len(told)


def test_customers_whose_journeys_are_alike_count_once():
    random = Random(1)
    kept = [random.random() < 0.7 for _ in range(200)]
    once = [(0, 1 if k else 9, "closed", f"c{n}") for n, k in enumerate(kept)]
    thrice = [j for j in once for _ in range(3)]
    one, three = (
        variance_at(t, curves(t, ["group"]), ["group"], "customer")["variance"].item()
        for t in (table_of(once, 5), table_of(thrice, 5))
    )
    assert three == pytest.approx(one)


def sure(share, variance, units, cases, *, goal, most=None):
    table = pl.DataFrame(
        {
            "share": [share], "variance": [variance], "units": [units], "cases": [cases],
            "goal": [goal], "most": [share if most is None else most],
        }
    )  # fmt: skip
    return sureness(table, "goal", "most").row(0, named=True)


@pytest.mark.parametrize("kept", [0, 1, 7, 19, 20])
def test_of_independent_customers_the_interval_is_clopper_and_pearsons(kept):
    share = kept / 20
    row = sure(share, share * (1 - share) / 20, 20, 20, goal=0.8)
    exact = binomtest(kept, 20, 0.8).proportion_ci(method="exact")
    assert (row["low_share"], row["high_share"]) == pytest.approx((exact.low, exact.high))
    assert row["p_under"] == pytest.approx(binomtest(kept, 20, 0.8, "less").pvalue)
    assert row["p_over"] == pytest.approx(binomtest(kept, 20, 0.8, "greater").pvalue)


def test_what_was_never_seen_may_still_be_kept():
    row = sure(0.2, 0.2 * 0.8 / 50, 50, 50, goal=0.9, most=1.0)
    assert row["high_share"] == 1.0
    assert row["p_under"] == 1.0


def test_nobody_known_tells_nothing():
    row = sure(0.0, 0.0, 0, 3, goal=0.9, most=1.0)
    assert (row["low_share"], row["high_share"]) == (0.0, 1.0)
    assert (row["p_under"], row["p_over"]) == (1.0, 1.0)


@pytest.mark.slow
def test_intervals_hold_the_truth_although_customers_repeat_themselves():
    """Each customer has its own chance; the share over customers is one half."""
    held, runs = 0, 300
    for seed in range(runs):
        random = Random(seed)
        sums = []
        for _ in range(60):
            own, number = random.choice((0.1, 0.9)), random.choice((1, 2, 6))
            sums.append((sum(random.random() < own for _ in range(number)), number))
        table = pl.DataFrame(sums, ["kept", "number"], orient="row").select(
            (pl.col("kept").sum() / pl.col("number").sum()).alias("share"),
            ratio_variance(pl.col("kept"), pl.col("number")).alias("variance"),
            pl.len().cast(pl.Int64).alias("units"),
            pl.col("number").sum().alias("cases"),
            pl.lit(0.5).alias("goal"),
        )
        row = sureness(table, "goal").row(0, named=True)
        held += row["low_share"] <= 0.5 <= row["high_share"]
    assert held / runs >= 0.92
