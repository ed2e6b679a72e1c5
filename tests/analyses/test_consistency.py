"""Consistency: the same customer event treated differently."""

import json
from collections import Counter
from itertools import pairwise
from math import log, log2
from pathlib import Path
from random import Random

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2_contingency

import procmine as pm
from procmine.errors import ColumnError, OptionError
from procmine.permutation import Shuffle
from tests import brute


def journeys(seed, *, number=300, ways, channels=("web", "shop"), customers=150, segment=None):
    """Events of journeys: `ways(channel, segment, random)` gives a journey's activities."""
    random, rows = Random(seed), []
    people = [(f"c{n}", random.choice(("Business", "Consumer"))) for n in range(customers)]
    for case in range(number):
        customer, kind = random.choice(people)
        channel = random.choice(channels) if segment is None else segment(kind, random)
        for activity in ("ask", *ways(channel, kind, random)):
            rows.append(
                {
                    "case": f"j{case}",
                    "activity": activity,
                    "time": brute.at(3600 * len(rows)),
                    "customer": customer,
                    "channel": channel,
                    "segment": kind,
                }
            )
    return pm.read(pl.DataFrame(rows))


def alike(_channel, _segment, random):
    return random.choice((("answer",), ("check", "answer"), ("check", "check", "answer")))


def harsh(channel, _segment, random):
    return (
        ("check", "answer")
        if random.random() < (0.6 if channel == "shop" else 0.1)
        else ("answer",)
    )


def shares(log):
    """The group and the sequence of each journey, by plain Python."""
    events = log.events.collect().sort("case_id", "timestamp", "order")
    found = {}
    for row in events.iter_rows(named=True):
        found.setdefault((row["case_id"], row["channel"]), []).append(row["activity"])
    return [(channel, tuple(own)) for (_, channel), own in found.items()]


def test_the_bits_are_mutual_information_by_definition_and_by_the_likelihood_ratio():
    log_ = journeys(1, ways=harsh)
    pairs = shares(log_)
    together, n = Counter(pairs), len(pairs)
    group, way = Counter(g for g, _ in pairs), Counter(w for _, w in pairs)
    expected = sum(k / n * log2(k * n / (group[g] * way[w])) for (g, w), k in together.items())
    table = [[together[g, w] for w in way] for g in group]
    ratio = chi2_contingency(table, correction=False, lambda_="log-likelihood").statistic
    row = pm.consistency(log_, by=["channel"]).summary.row(0, named=True)
    assert row["bits"] == pytest.approx(expected)
    assert row["bits"] == pytest.approx(ratio / (2 * n * log(2)))
    assert row["excess_bits"] == pytest.approx(row["bits"] - row["expected_bits"])


def test_the_bits_within_what_is_promised_are_the_mean_over_the_promises():
    log_ = journeys(2, ways=harsh)
    events = log_.events.collect()
    parts = []
    for kind in ("Business", "Consumer"):
        part = pm.read(events.filter(pl.col("segment") == kind).drop(pm.schema.MADE, strict=False))
        row = pm.consistency(part, by=["channel"], permutations=19).summary.row(0, named=True)
        parts.append((row["cases"], row["bits"]))
    row = pm.consistency(log_, by=["channel"], promised=["segment"]).summary.row(0, named=True)
    # sequences that are rare in one segment alone are told apart there: the tables here have none
    mean = sum(n * bits for n, bits in parts) / sum(n for n, _ in parts)
    assert row["bits"] == pytest.approx(mean)


def test_a_planted_difference_is_found_and_said_with_its_size():
    result = pm.consistency(journeys(3, ways=harsh), by=["channel"])
    row = result.summary.row(0, named=True)
    assert row["adjusted_p_value"] <= 0.01
    shop = result.activities.filter(pl.col("group") == "shop", pl.col("activity") == "check")
    assert shop["share"].item() == pytest.approx(0.6, abs=0.12)
    assert shop["expected_share"].item() == pytest.approx(0.35, abs=0.08)
    assert shop["p_value"].item() <= 0.01
    assert result.headline.startswith("After 'ask' customers of channel shop have check 1.6 times")
    assert result.findings["finding"][0] == result.headline


@pytest.mark.slow
def test_where_nothing_differs_false_alarms_stay_at_the_level():
    alarms = 0
    for seed in range(100):
        table = pm.consistency(journeys(seed, number=80, ways=alike), permutations=99).summary
        alarms += (table["adjusted_p_value"] <= 0.05).any()
    assert alarms <= 11  # 5 are expected; 12 or more come in 1 of 200 runs


def test_of_customers_with_one_journey_each_the_interval_is_clopper_and_pearsons():
    result = pm.consistency(journeys(8, ways=harsh, customers=10**6), by=["channel"])
    sizes = Counter(channel for channel, _ in shares(journeys(8, ways=harsh, customers=10**6)))
    for row in result.activities.iter_rows(named=True):
        exact = binomtest(row["cases"], sizes[row["group"]]).proportion_ci()
        assert (row["low_share"], row["high_share"]) == pytest.approx(exact, abs=0.01)


def test_customers_that_ask_often_make_the_interval_wider():
    many = pm.consistency(journeys(8, ways=harsh, customers=12), by=["channel"]).activities
    one = pm.consistency(journeys(8, ways=harsh, customers=10**6), by=["channel"]).activities
    assert many["customers"].max() <= 12
    assert (many["low_share"] <= many["share"]).all()
    assert (many["share"] <= many["high_share"]).all()
    assert one["customers"].max() > 12


def test_what_a_segment_is_promised_is_no_inconsistency_of_the_channel():
    def by_segment(_channel, segment, _random):
        return ("answer",) if segment == "Business" else ("check", "answer")

    def mostly(segment, random):
        return "web" if random.random() < (0.8 if segment == "Business" else 0.2) else "shop"

    log_ = journeys(5, ways=by_segment, segment=mostly)
    loose = pm.consistency(log_, by=["channel"]).summary.row(0, named=True)
    within = pm.consistency(log_, by=["channel"], promised=["segment"]).summary
    assert loose["adjusted_p_value"] <= 0.01
    assert within["adjusted_p_value"].item() > 0.05
    assert within["bits"].item() == pytest.approx(0)


def test_customers_that_ask_often_are_not_taken_for_many():
    """Three customers with 60 alike journeys each say no more than three customers do."""
    rows = [
        {"case": f"{c}{n}", "activity": a, "customer": c, "channel": c[0], "time": brute.at(n * 60)}
        for c, ways in (("a1", ["x"]), ("a2", ["y"]), ("b1", ["y"]))
        for n in range(60)
        for a in ["ask", *ways]
    ]
    row = pm.consistency(pm.read(pl.DataFrame(rows)), by=["channel"]).summary.row(0, named=True)
    assert row["p_value"] > 0.2


def test_by_a_site_what_follows_each_act_of_the_customer_is_compared():
    log_ = pm.read(pl.DataFrame(_faults()))
    result = pm.consistency(log_, by=["site"])
    row = result.summary.row(0, named=True)
    assert (row["trigger"], row["by"], row["groups"]) == ("fault", "site", 2)
    sure = result.activities.filter(pl.col("p_value") <= 0.01)
    assert {(r["group"], r["activity"]) for r in sure.iter_rows(named=True)} >= {
        ("Leeds", "reset"),
        ("York", "replace"),
    }
    assert result.variants["activities"].to_list()[0] in [["reset", "works"], ["replace", "works"]]


def test_which_site_does_what_is_no_difference_in_treatment():
    result = pm.consistency(pm.read(pl.DataFrame(_faults(taken_by_a_site=False))), by=["site"])
    assert (result.summary["excess_bits"].abs() < 1e-9).all()
    assert result.headline.startswith("No difference by site is seen")


def _faults(*, taken_by_a_site=True):
    for case in range(80):
        site, what = (("Leeds", "reset"), ("York", "replace"))[case % 2]
        taken = site if taken_by_a_site else None
        for n, (activity, where) in enumerate((("fault", taken), (what, site), ("works", None))):
            yield {
                "case": f"{case}",
                "activity": activity,
                "time": brute.at(600 * (3 * case + n)),
                "site": where,
                "by_customer": activity == "fault",
            }


def test_every_engine_compares_alike(engine):
    log_ = pm.read(pl.DataFrame(list(_faults())))
    ask = {"by": ["site"], "permutations": 19}
    here, there = (pm.consistency(each, **ask) for each in (log_, engine(log_)))
    assert there.to_dict()["tables"] == here.to_dict()["tables"]


def test_what_makes_no_sense_is_said():
    log_ = journeys(6, number=30, ways=alike)
    with pytest.raises(ColumnError, match="Did you mean 'channel'"):
        pm.consistency(log_, by=["chanel"])
    with pytest.raises(OptionError, match="Did you mean 'check'"):
        pm.consistency(log_, by=["channel"], event="chek")
    with pytest.raises(OptionError, match="at least 19"):
        pm.consistency(log_, permutations=5)


def test_a_log_without_anything_to_compare_by_says_what_to_name():
    rows = [{"case": "1", "activity": "a", "time": brute.at(0)}]
    result = pm.consistency(pm.read(pl.DataFrame(rows)))
    assert result.headline == "The log knows no channel, segment, department or site to compare by."
    assert "by=[…]" in result.caveats[0]
    assert result.summary.is_empty()
    assert result.chart().to_dict()


def asked(ways, **columns):
    """Journeys that all begin with a question and go one of two ways; some values are on each."""
    return pm.read(pl.DataFrame([
        {"case": f"{n}", "activity": activity, "time": brute.at(600 * n + 60 * place)}
        | {name: value(n) for name, value in columns.items()}
        for n in range(40)
        for place, activity in enumerate(("ask", ways[n // 2 % 2]))
    ]))  # fmt: skip


def of_two(n):
    return "ab"[n % 2]


FEW = "there are no two groups with enough journeys that begin alike"
ALIKE = "where journeys of two groups begin alike, all of them go on alike"
UNMARKED = "nobody said in which activities the customer takes part"


@pytest.mark.parametrize(
    ("ways", "columns", "why"),
    [
        ("xy", {"channel": lambda _: "web"}, f"by channel: {FEW}"),
        ("xy", {"channel": str}, f"by channel: {FEW}"),
        ("xx", {"channel": of_two}, f"by channel: {ALIKE}"),
        ("xy", {"department": of_two, "site": of_two}, f"by department or site: {UNMARKED}"),
        (
            "xx",
            {"channel": of_two, "segment": lambda _: "all", "site": of_two},
            f"by channel: {ALIKE}; nor by segment: {FEW}; nor by site: {UNMARKED}",
        ),
    ],
    ids=["one group", "small groups", "one way", "no moments", "several reasons"],
)
def test_where_nothing_can_be_compared_no_difference_is_denied(ways, columns, why):
    result = pm.consistency(asked(ways, **columns))

    assert result.headline == f"Nothing could be compared {why}."
    assert result.summary.is_empty()
    assert result.activities.is_empty()


def test_no_difference_is_said_only_of_what_was_compared():
    made = asked("xy", channel=of_two, segment=lambda _: "all")

    result = pm.consistency(made, permutations=19)

    assert result.headline == "No difference by channel is seen beyond chance in 40 journeys."
    assert set(result.summary["by"]) == {"channel"}
    told = [c for c in result.caveats if c.startswith("Nothing could be compared by segment: ")]
    assert len(told) == 1


@given(
    customers=st.lists(st.none() | st.sampled_from("abcde"), min_size=1, max_size=30),
    seed=st.integers(0, 1000),
)
def test_a_shuffle_deals_each_customers_groups_out_together(customers, seed):
    random = Random(seed)
    strata = [random.choice((1, 2)) for _ in customers]
    labels = np.array([random.randrange(3) for _ in customers])
    shuffle = Shuffle.of(pl.Series(customers, dtype=pl.String), pl.Series(strata), seed=seed)
    drawn = next(shuffle.draws(labels, 1))

    def hands(of):
        found = {}
        for place, customer in enumerate(customers):
            key = customer if customer is not None else place
            found.setdefault(key, []).append((place, int(of[place])))
        return Counter(
            (strata[own[0][0]], tuple(label for _, label in own)) for own in found.values()
        )

    assert hands(drawn) == hands(labels)


def test_shuffles_differ_from_one_to_the_next():
    shuffle = Shuffle.of(pl.Series(range(50)), pl.Series([1] * 50), seed=1)
    drawn = list(shuffle.draws(np.arange(50), 5))
    assert all((a != b).any() for a, b in pairwise(drawn))


def test_the_site_that_treats_faults_differently_is_found_in_the_sample(broadband):
    folder = Path(__file__).parents[2] / "sample_logs" / "logs" / "broadband"
    planted = json.loads((folder / "truth.json").read_text())["site_difference"]
    result = pm.consistency(broadband, promised=["segment"])
    top = result.summary.row(0, named=True)
    assert (top["trigger"], top["by"]) == ("Fault reported", "site")
    assert top["adjusted_p_value"] <= 0.05
    reset = result.activities.filter(
        pl.col("by") == "site", pl.col("activity") == "Line reset remotely"
    )
    seen = {r["group"]: r["share"] for r in reset.iter_rows(named=True)}
    assert seen[planted["reset_site"]] == pytest.approx(planted["keep_to_it"], abs=0.05)
    assert seen[planted["replace_site"]] == pytest.approx(1 - planted["keep_to_it"], abs=0.05)
    ways = result.variants.filter(pl.col("group") == planted["reset_site"])
    at_once = pl.col("activities").list.join(", ") == "Line reset remotely, Fault solved"
    solved = ways.filter(at_once)
    for row, size in (
        (reset.filter(pl.col("group") == planted["reset_site"]), planted["keep_to_it"]),
        (reset.filter(pl.col("group") == planted["replace_site"]), 1 - planted["keep_to_it"]),
        (solved, planted["reset_success_share"]),
    ):
        assert row["low_share"].item() <= size <= row["high_share"].item()
        assert row["high_share"].item() - row["low_share"].item() < 0.17
    again = result.activities.filter(trigger="Fault reported", by="site", activity="Repair booked")
    for site in ("reset", "replace"):
        row = again.filter(group=planted[f"{site}_site"]).row(0, named=True)
        assert row["low_share"] <= 1 - planted[f"{site}_success_share"] <= row["high_share"]
    assert any(
        "site Harbour go Line reset remotely → Fault solved 1.7 times as often" in f
        for f in result.findings["finding"]
    )
    channels = result.summary.filter(pl.col("by") == "channel")
    assert (channels["adjusted_p_value"] > 0.05).all()
