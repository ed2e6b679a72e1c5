"""Learned DECLARE rules beside pm4py's: what is measured, and which journeys break it."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import procmine as pm
from procmine.norms.declare import candidates, learned
from procmine.policy.kinds import Kind
from procmine.policy.sequences import verdicts
from procmine.spelling import counted
from tests.policy.brute import judge

THEIRS = {
    "existence": Kind.EXISTENCE,
    "absence": Kind.ABSENCE,
    "exactly_one": Kind.EXACTLY,
    "init": Kind.INIT,
    "responded_existence": Kind.RESPONDED_EXISTENCE,
    "coexistence": Kind.COEXISTENCE,
    "noncoexistence": Kind.NOT_COEXISTENCE,
    "response": Kind.RESPONSE,
    "precedence": Kind.PRECEDENCE,
    "succession": Kind.SUCCESSION,
    "altresponse": Kind.ALTERNATE_RESPONSE,
    "altprecedence": Kind.ALTERNATE_PRECEDENCE,
    "altsuccession": Kind.ALTERNATE_SUCCESSION,
    "chainresponse": Kind.CHAIN_RESPONSE,
    "chainprecedence": Kind.CHAIN_PRECEDENCE,
    "chainsuccession": Kind.CHAIN_SUCCESSION,
}
"""pm4py's templates; it has two more, the contraries of succession, which DECLARE defines else."""

WAYS = st.lists(st.text("abcd", min_size=1, max_size=7), min_size=1, max_size=8)


def table_of(journeys):
    found = pl.DataFrame({"activities": [list(j) for j in journeys]})
    ways = found.group_by("activities", maintain_order=True).agg(pl.len().alias("cases"))
    return ways.with_row_index("variant").cast({"variant": pl.Int64})


def pm4pys(log):
    from pm4py.algo.discovery.declare.variants import classic

    found = classic.apply(log, {"min_support_ratio": 0.0, "min_confidence_ratio": 0.0})
    return {
        (THEIRS[template], *(key if isinstance(key, tuple) else (key, None))): (
            figures["support"],
            figures["confidence"],
        )
        for template, rules in found.items()
        if template in THEIRS
        for key, figures in rules.items()
    }


def ours(variants, names=None):
    names = names or sorted(set(variants["activities"].explode()))
    return {
        (c.kind, c.first, c.then): (c.support, c.confidence) for c in candidates(variants, names)
    }


@given(WAYS)
@settings(max_examples=60)
def test_support_and_confidence_of_each_template_equal_pm4pys(as_pm4py, journeys):
    log = as_pm4py([[(a, n) for n, a in enumerate(j)] for j in journeys])
    assert ours(table_of(journeys)) == pm4pys(log)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sepsis.xes.gz", "receipt.xes.gz"])
def test_support_and_confidence_on_real_logs_equal_pm4pys(real_logs, as_pm4py, name):
    variants = counted(pm.read(real_logs / name))
    journeys = [
        [(a, n) for n, a in enumerate(activities)]
        for activities, cases in variants.select("activities", "cases").iter_rows()
        for _ in range(cases)
    ]
    assert ours(variants) == pm4pys(as_pm4py(journeys))


@given(WAYS, st.integers(1, 20))
@settings(max_examples=20)
def test_what_is_measured_in_blocks_is_measured_alike(journeys, cells):
    from procmine.norms import sequences

    whole, kept = ours(table_of(journeys)), sequences._CELLS
    sequences._CELLS = cells
    try:
        assert ours(table_of(journeys)) == whole
    finally:
        sequences._CELLS = kept


@given(WAYS, WAYS, st.sampled_from((0.0, 0.3)), st.sampled_from((0.0, 0.2, 0.6)))
@settings(max_examples=40)
def test_journeys_break_learned_rules_where_pm4py_says_so(reference, current, noise, support):
    from pm4py.algo.conformance.declare.variants import classic

    names = sorted(set("".join([*reference, *current])))
    rules = learned(table_of(reference), names, noise=noise, support=support)
    theirs = {kind: template for template, kind in THEIRS.items()}
    model = {}
    for rule in rules:
        key = rule.first + rule.then or rule.activities or rule.activity
        model.setdefault(theirs[rule.kind], {})[key if len(key) > 1 else key[0]] = {}
    found = classic.apply_list([list(j) for j in current], model)
    variants = table_of(current)
    broken = verdicts(variants, rules)[1]
    for number, rule in enumerate(rules):
        key = rule.first + rule.then or rule.activities or rule.activity
        wanted = [theirs[rule.kind], key if len(key) > 1 else key[0]]
        expected = {j for j, how in zip(current, found, strict=True) if wanted in how["deviations"]}
        own = broken.filter(pl.col("rule") == number).join(variants, on="variant")
        assert {"".join(a) for a in own["activities"]} == expected


@given(WAYS, st.sampled_from((0.0, 0.2)))
@settings(max_examples=60)
def test_what_is_left_out_is_implied_by_what_is_kept(journeys, noise):
    """A journey that keeps all the rules that are left keeps also those that were left out."""
    variants = table_of(journeys)
    names = sorted(set(variants["activities"].explode()))
    rules = learned(variants, names, noise=noise, support=0.0)
    normal = [
        c
        for c in candidates(variants, names)
        if c.support and c.confidence >= (1 - noise) * c.support
    ]
    for activities in variants["activities"]:
        events = [{"activity": a} for a in activities]
        if all(judge(r, events, is_open=False, end=0) in ("kept", None) for r in rules):
            alone = pl.DataFrame({"activities": [activities], "cases": [1]})
            own = ours(alone, names)
            for c in normal:
                asked, kept = own.get((c.kind, c.first, c.then), (0, 0))
                assert asked == kept, (c, [r.sentence for r in rules])


def test_a_straight_process_is_told_in_a_few_sentences():
    rules = learned(table_of(["abcd"] * 9 + ["abd"]), list("abcde"), noise=0.15, support=0.1)
    assert {r.sentence for r in rules} == {
        "Each journey has a exactly once.",
        "Each journey has b exactly once.",
        "Each journey has c exactly once.",
        "Each journey has d exactly once.",
        "Each journey begins with a.",
        "No journey has e.",
        "Directly after a comes b, and directly before b comes a.",
        "Directly after b comes c, and directly before c comes b.",
        "Directly after c comes d, and directly before d comes c.",
    }
