"""What happens between two moments, against plain Python and what was planted."""

import json
from collections import defaultdict
from pathlib import Path
from random import Random
from statistics import median

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import procmine as pm
from procmine import meanwhile
from procmine.clustered import medians

LOGS = Path(__file__).parents[1] / "sample_logs" / "logs"

EVENTS = st.lists(
    st.tuples(st.sampled_from("123"), st.sampled_from("abcd"), st.booleans(), st.booleans()),
    min_size=1, max_size=30,
)  # fmt: skip


def log_of(events):
    rows = [
        {"case": c, "activity": a, "customer_facing": f, "by_customer": own, "customer": c,
         "time": f"2026-01-05T09:{n:02}Z"}
        for n, (c, a, f, own) in enumerate(events)
    ]  # fmt: skip
    return pm.read(pl.DataFrame(rows))


def by_hand(events):
    """Of each pair of moments, the later not the customer's: the time between, and what happens."""
    found, last, between = defaultdict(list), {}, defaultdict(set)
    for n, (case, activity, facing, own) in enumerate(events):
        if not facing:
            between[case].add(activity)
            continue
        if case in last and not own:
            at, before = last[case]
            found[before, activity].append((60 * (n - at), frozenset(between[case])))
        last[case], between[case] = (n, activity), set()
    return found


@given(EVENTS)
def test_what_happens_between_moments_is_what_is_counted_by_hand(events):
    found = meanwhile.waits(meanwhile.pairs(log_of(events)), fewest=1)

    expected = {}
    for (before, activity), pairs in by_hand(events).items():
        for name in set().union(*(held for _, held in pairs)):
            own = [wait for wait, held in pairs if name in held]
            others = [wait for wait, held in pairs if name not in held]
            if others:
                share = len(own) / len(pairs)
                expected[before, activity, name] = (
                    len(own), len(others), share, median(own), median(others)
                )  # fmt: skip
    figures = ("cases", "other_cases", "share", "median_seconds", "other_median_seconds")
    assert {r[:3]: r[3:] for r in found.select(*found.columns[:3], *figures).rows()} == expected


def test_of_fewer_than_five_customers_on_a_side_nothing_is_said():
    def answered(waiting):
        return [
            (f"{n}", a, a != "look up", False)
            for n in range(12)
            for a in ("ask", "look up", "answer")
            if a != "look up" or n < waiting
        ]

    heights = [meanwhile.waits_in(log_of(answered(n))).height for n in (4, 5, 7, 8)]
    assert heights == [0, 1, 1, 0]


def test_how_many_wait_for_their_car_and_how_long_is_found_with_its_size(rental):
    planted = json.loads((LOGS / "rental" / "truth.json").read_text())["car_not_ready"]

    found = pm.moments_of_truth(rental).between

    row = found.filter(
        previous_activity="Arrive at counter", activity="Hand over car", between="Clean car"
    ).row(0, named=True)
    assert row["low_share"] <= planted["share"] <= row["high_share"]
    seconds = 60 * planted["wait_minutes"]
    assert row["low_median_seconds"] <= seconds <= row["high_median_seconds"]
    assert row["other_median_seconds"] < seconds / 5


def test_the_interval_of_a_median_is_that_of_its_order_statistics_where_customers_have_one_each():
    random = Random(3)
    values = sorted(random.expovariate(1) for _ in range(200))
    table = pl.DataFrame({"g": "x", "who": range(200), "v": values})

    row = medians(table, ["g"], "who", "v").row(0, named=True)

    first = int(stats.binom.ppf(0.025, 200, 0.5))
    assert abs(values.index(row["low_median"]) - first) <= 1
    assert abs(values.index(row["high_median"]) - (199 - first)) <= 1
    assert row["median"] == median(values)


def test_customers_with_many_alike_values_widen_the_interval_of_a_median():
    random = Random(5)
    values = [random.expovariate(1) for _ in range(40)]
    once = pl.DataFrame({"g": "x", "who": range(40), "v": values})
    often = pl.concat([once] * 9)

    one, many = (medians(t, ["g"], "who", "v").row(0, named=True) for t in (once, often))

    assert many["high_median"] - many["low_median"] >= 0.9 * (
        one["high_median"] - one["low_median"]
    )


def test_of_a_log_of_many_journeys_some_customers_are_drawn(rental, monkeypatch):
    monkeypatch.setattr(meanwhile, "MOST_JOURNEYS", 200)

    found = meanwhile.waits_in(rental)

    row = found.filter(activity="Hand over car").row(0, named=True)
    assert row["cases"] + row["other_cases"] < 400
