"""Alignments: exact where they are solved, bounded where they aren't, and always over in time."""

import heapq
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procmine.mining.alignment import Aligned, Alignment, align
from procmine.mining.bounds import cost_bounds, fitness_bounds
from procmine.mining.net import Arc, Net, Transition

BUDGET = 60.0


def net_of(tree):
    """Build the net of a tree: an activity, ("seq"|"choice"|"both", …) or ("loop", do, redo)."""
    places, transitions, arcs, numbers = [], [], [], count()

    def place():
        places.append(f"p{next(numbers)}")
        return places[-1]

    def step(label, sources, targets):
        transitions.append(Transition(f"t{next(numbers)}", label))
        arcs.extend(Arc(s, transitions[-1].id) for s in sources)
        arcs.extend(Arc(transitions[-1].id, t) for t in targets)

    def build(node, source, target):
        if node is None or isinstance(node, str):
            step(node, [source], [target])
            return
        kind, *parts = node
        if kind == "seq":
            middle = [source, *(place() for _ in parts[1:]), target]
            for part, one, other in zip(parts, middle, middle[1:], strict=False):
                build(part, one, other)
        elif kind == "choice":
            for part in parts:
                build(part, source, target)
        elif kind == "both":
            ends = [(place(), place()) for _ in parts]
            step(None, [source], [one for one, _ in ends])
            for part, (one, other) in zip(parts, ends, strict=True):
                build(part, one, other)
            step(None, [other for _, other in ends], [target])
        else:
            begin, end = place(), place()
            step(None, [source], [begin])
            build(parts[0], begin, end)
            build(parts[1], end, begin)
            step(None, [end], [target])

    source, target = place(), place()
    build(tree, source, target)
    return Net(tuple(places), tuple(transitions), tuple(arcs), ((source, 1),), ((target, 1),))


def brute_cost(net, events):
    """The least number of moves that one side alone makes, by Dijkstra over markings."""
    takes = {t.id: [a.source for a in net.arcs if a.target == t.id] for t in net.transitions}
    gives = {t.id: [a.target for a in net.arcs if a.source == t.id] for t in net.transitions}
    final = tuple(sorted(p for p, n in net.final for _ in range(n)))
    queue = [(0, 0, tuple(sorted(p for p, _ in net.initial)), 0)]
    seen, ties = set(), count(1)
    while queue:
        cost, _, marking, at = heapq.heappop(queue)
        if (marking, at) in seen:
            continue
        seen.add((marking, at))
        if marking == final and at == len(events):
            return cost
        nexts = [(cost + 1, marking, at + 1)] if at < len(events) else []
        for t in net.transitions:
            left = list(marking)
            if any(left.count(p) < takes[t.id].count(p) for p in takes[t.id]):
                continue
            for p in takes[t.id]:
                left.remove(p)
            after = tuple(sorted(left + gives[t.id]))
            nexts.append((cost + (t.label is not None), after, at))
            if at < len(events) and t.label == events[at]:
                nexts.append((cost, after, at + 1))
        for further, after, place in nexts:
            heapq.heappush(queue, (further, next(ties), after, place))
    raise AssertionError("the net can't end")


TREES = (
    "a",
    ("seq", "a", "b", "c"),
    ("seq", "a", ("choice", "b", None), "c"),
    ("seq", "a", ("both", "b", ("seq", "c", "d")), "e"),
    ("loop", "a", "b"),
    ("seq", "a", ("loop", ("choice", "b", "c"), None), ("both", "d", "e")),
)


@pytest.mark.slow
@given(
    tree=st.sampled_from(TREES),
    variants=st.lists(st.lists(st.sampled_from("abcdex"), max_size=7), min_size=1, max_size=6),
)
@settings(max_examples=15)
def test_costs_equal_brute_force(tree, variants):
    net = net_of(tree)
    distinct = [list(v) for v in dict.fromkeys(map(tuple, variants))]
    aligned = align(net, distinct, budget=BUDGET)
    assert aligned.shortest == brute_cost(net, [])
    costs = {place: found.cost for place, found in aligned.found.items()}
    assert costs == {place: brute_cost(net, v) for place, v in enumerate(distinct)}


def test_moves_say_what_is_extra_and_what_is_missing():
    net = net_of(("seq", "a", "b", "c"))
    aligned = align(net, [["a", "x", "c"]], budget=BUDGET)
    assert aligned.found == {0: Alignment(2, ("x",), ("b",), ("a",))}


def test_a_model_that_cannot_end_solves_nothing_and_says_so():
    net = net_of(("seq", "a", "b"))
    stuck = Net(net.places, net.transitions, net.arcs[:-1], net.initial, net.final)
    aligned = align(stuck, [["a", "b"]], budget=BUDGET)
    assert (aligned.shortest, dict(aligned.found)) == (None, {})
    (bounds,) = cost_bounds([["a", "b"]], aligned, frozenset("ab"))
    assert fitness_bounds(2, bounds, None) == (0.0, 1.0)


def test_without_time_everything_is_bounded():
    net = net_of(("seq", "a", "b"))
    aligned = align(net, [["a", "b"], ["a", "x"]], budget=0.0)
    assert dict(aligned.found) == {}
    assert cost_bounds([["a", "b"], ["a", "x"]], aligned, frozenset("ab")) == [(0, 2), (1, 2)]


@given(
    variants=st.lists(
        st.lists(st.sampled_from("abcdx"), max_size=8), min_size=2, max_size=12, unique_by=tuple
    ),
    tree=st.sampled_from(TREES),
    data=st.data(),
)
def test_the_bounds_hold_the_true_cost(variants, tree, data):
    net = net_of(tree)
    truth = [brute_cost(net, v) for v in variants]
    known = data.draw(st.sets(st.sampled_from(range(len(variants))), max_size=len(variants) - 1))
    found = {place: Alignment(truth[place], (), ()) for place in known}
    aligned = Aligned(brute_cost(net, []), found, 1.0)
    bounds = cost_bounds(variants, aligned, frozenset(net.activities))
    assert all(low <= cost <= high for (low, high), cost in zip(bounds, truth, strict=True))
    assert all(bounds[place] == (truth[place], truth[place]) for place in known)
