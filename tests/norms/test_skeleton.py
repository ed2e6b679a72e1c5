"""Learned log skeletons beside pm4py's: the relations, and which journeys break them."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import procmine as pm
from procmine.norms.skeleton import Kind, Relation, learned, norm, relations, stand
from procmine.spelling import counted
from tests.norms.test_declare import WAYS, table_of

THEIRS = {
    "equivalence": Kind.EQUIVALENCE,
    "always_after": Kind.ALWAYS_AFTER,
    "always_before": Kind.ALWAYS_BEFORE,
    "never_together": Kind.NEVER_TOGETHER,
    "directly_follows": Kind.DIRECTLY_FOLLOWS,
}
NOISE = st.sampled_from((0.0, 0.1, 0.25, 0.5))


def compared(found, theirs, journeys):
    """The relations are the same; of how often an activity may come equally common ones are in."""
    for key, kind in THEIRS.items():
        assert {(r.first, r.then) for r in found if r.kind is kind} == theirs[key], kind
    for relation in found:
        if relation.kind is not Kind.FREQUENCY:
            continue
        own, kept = set(relation.times), theirs["activ_freq"][relation.first]
        assert kept <= own
        cases = Counter(j.count(relation.first) for j in journeys)
        assert {cases[times] for times in own - kept} <= {min(cases[times] for times in kept)}


@given(WAYS, NOISE)
@settings(max_examples=80)
def test_relations_equal_pm4pys(as_pm4py, journeys, noise):
    from pm4py.algo.discovery.log_skeleton.variants import classic

    log = as_pm4py([[(a, n) for n, a in enumerate(j)] for j in journeys])
    theirs = classic.apply(log, {"noise_threshold": noise})
    names = sorted(set("".join(journeys)))
    compared(relations(table_of(journeys), names, noise), theirs, journeys)


@pytest.mark.slow
@pytest.mark.parametrize("noise", [0.0, 0.1])
@pytest.mark.parametrize("name", ["sepsis.xes.gz", "receipt.xes.gz"])
def test_relations_on_real_logs_equal_pm4pys(real_logs, as_pm4py, name, noise):
    from pm4py.algo.discovery.log_skeleton.variants import classic

    variants = counted(pm.read(real_logs / name))
    journeys = [
        list(activities)
        for activities, cases in variants.select("activities", "cases").iter_rows()
        for _ in range(cases)
    ]
    log = as_pm4py([[(a, n) for n, a in enumerate(j)] for j in journeys])
    theirs = classic.apply(log, {"noise_threshold": noise})
    names = sorted(set(variants["activities"].explode()))
    compared(relations(variants, names, noise), theirs, journeys)


@given(WAYS, WAYS, NOISE)
@settings(max_examples=80)
def test_journeys_break_relations_where_pm4py_says_so(reference, current, noise):
    from pm4py.algo.conformance.log_skeleton.variants import classic

    names = sorted(set("".join([*reference, *current])))
    found = relations(table_of(reference), names, noise)
    model = {
        key: {(r.first, r.then) for r in found if r.kind is kind} for key, kind in THEIRS.items()
    } | {"activ_freq": {r.first: set(r.times) for r in found if r.kind is Kind.FREQUENCY}}
    variants = table_of(current)
    standing = stand(variants, names, found)
    for row, activities in enumerate(variants["activities"]):
        theirs = classic.apply_actlist(list(activities), model)
        flat = {
            (THEIRS[key], *pair) for key, what in theirs["deviations"] if key in THEIRS
            for pair in what
        }  # fmt: skip
        flat |= {
            (Kind.FREQUENCY, what[0], None)
            for key, what in theirs["deviations"]
            if key == "activ_freq"
        }
        own = {
            (r.kind, r.first, r.then)
            for r, at in zip(found, standing.broken_at[row], strict=True)
            if at
        }
        assert own == flat
        places = standing.broken_at[row]
        assert np.all(places <= len(activities))
        assert np.all(standing.asked[row][places > 0])


def test_only_what_concerns_enough_journeys_is_told_and_nothing_twice():
    table = table_of(["abc"] * 8 + ["acb", "abd"])
    found = learned(table, list("abcde"), noise=0.0, support=0.2)
    assert {(r.kind, r.first, r.then) for r in found if r.kind is not Kind.FREQUENCY} == {
        (Kind.EQUIVALENCE, "a", "b"),
        (Kind.EQUIVALENCE, "c", "a"),
        (Kind.EQUIVALENCE, "c", "b"),
        (Kind.ALWAYS_AFTER, "a", "b"),
        (Kind.ALWAYS_BEFORE, "b", "a"),
        (Kind.ALWAYS_BEFORE, "c", "a"),
    }


@pytest.mark.parametrize(
    ("times", "says"),
    [
        ((0,), "No journey has x."),
        ((1,), "Each journey has x once."),
        ((0, 1), "A journey has x at most once."),
        ((1, 2), "Each journey has x once or twice."),
        ((2, 3, 4), "Each journey has x 2 to 4 times."),
        ((0, 2, 5), "A journey has x never, twice or 5 times."),
    ],
)
def test_how_often_an_activity_may_come_is_said_in_words(times, says):
    assert norm(Relation(Kind.FREQUENCY, "x", None, times)).sentence == says
