from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.draw.flow import CAP, END, READABLE, START, Arrow, select
from procmine.errors import OptionError

NAMES = st.sampled_from("abcdefghij")
CASES = st.lists(st.lists(NAMES, min_size=1, max_size=8), min_size=1, max_size=30)
COVERAGES = st.one_of(st.none(), st.floats(0.01, 1.0))


def arrows_of(cases):
    counts = {}
    for case in cases:
        keys = [START, *((name,) for name in case), END]
        for pair in pairwise(keys):
            counts[pair] = counts.get(pair, 0) + 1
    return [Arrow(*pair, count) for pair, count in counts.items()]


def reached(arrows, root, *, forward):
    found = {root}
    while True:
        ends = {(a.source, a.target) if forward else (a.target, a.source) for a in arrows}
        more = {other for one, other in ends if one in found} - found
        if not more:
            return found
        found |= more


@given(CASES, COVERAGES)
def test_whatever_is_shown_can_be_reached_and_left(cases, coverage):
    shown = select(arrows_of(cases), coverage).arrows
    nodes = {key for a in shown for key in (a.source, a.target)}
    assert nodes <= reached(shown, START, forward=True)
    assert nodes <= reached(shown, END, forward=False)


@given(CASES, COVERAGES)
def test_what_is_hidden_is_what_is_not_shown(cases, coverage):
    arrows = arrows_of(cases)
    shown = select(arrows, coverage)
    left = [a for a in arrows if a not in shown.arrows]
    assert shown.hidden_share == pytest.approx(
        sum(a.count for a in left) / sum(a.count for a in arrows)
    )
    assert shown.hidden_arrows == len(left)


@given(CASES, st.floats(0.01, 1.0))
def test_the_coverage_asked_for_is_reached(cases, coverage):
    arrows = arrows_of(cases)
    shown = select(arrows, coverage)
    assert len(arrows) > CAP or 1 - shown.hidden_share >= coverage - 1e-9


@given(CASES)
def test_full_coverage_hides_nothing(cases):
    shown = select(arrows_of(cases), 1.0)
    assert (shown.hidden_arrows, shown.hidden_nodes) == (0, 0)
    assert shown.sentence(("activity", "activities")) == "All flow is shown."


@given(CASES)
def test_the_first_look_is_readable(cases):
    assert len(select(arrows_of(cases), None).arrows) <= READABLE


@given(st.permutations(arrows_of([list("abcd"), list("abd"), list("acd"), list("ad")])))
def test_the_order_of_the_table_does_not_matter(arrows):
    assert select(arrows, 0.7) == select(sorted(arrows, key=str), 0.7)


def test_no_picture_has_more_arrows_than_the_cap():
    cases = [[f"a{i}", f"b{j}"] for i in range(20) for j in range(20)]
    shown = select(arrows_of(cases), 1.0)
    assert len(shown.arrows) <= CAP
    assert shown.hidden_arrows == 20 * 20 + 40 - len(shown.arrows)


@pytest.mark.parametrize("coverage", [0, -1, 1.1, 90])
def test_a_coverage_that_is_no_share_is_refused(coverage):
    with pytest.raises(OptionError, match="makes no sense"):
        select([], coverage)
