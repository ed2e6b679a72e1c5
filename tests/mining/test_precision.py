"""Precision by escaping edges and simplicity, beside pm4py's."""

from collections import Counter
from time import monotonic

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procmine.mining import precision as measured
from procmine.mining.net import Arc, Net, Transition
from procmine.mining.pm4py import _untyped_net, discover
from procmine.mining.precision import LogStates, NetStates, precision, simplicity

FOREVER = float("inf")


def net_of(variants):
    table = pl.DataFrame({"activities": variants, "cases": [1] * len(variants)})
    return discover(table, noise=0.0, coverage=1.0).net


def brute_enabled(net, beginning):
    """The activities that the net allows after a beginning; None if it doesn't allow that."""
    takes = {t.id: Counter(a.source for a in net.arcs if a.target == t.id) for t in net.transitions}
    gives = {t.id: Counter(a.target for a in net.arcs if a.source == t.id) for t in net.transitions}

    def fired(markings, label):
        return {
            frozenset((Counter(dict(m)) - takes[t.id] + gives[t.id]).items())
            for m in markings
            for t in net.transitions
            if t.label == label and takes[t.id] <= Counter(dict(m))
        }

    def with_silent(markings):
        while (more := markings | fired(markings, None)) != markings:
            markings = more
        return markings

    markings = with_silent({frozenset(net.initial)})
    for activity in beginning:
        markings = with_silent(fired(markings, activity))
    return {a for a in net.activities if fired(markings, a)} if markings else None


@given(
    st.lists(st.text("abcd", min_size=1, max_size=5), min_size=1, max_size=5, unique=True),
    st.lists(st.text("abcde", min_size=1, max_size=5), min_size=1, max_size=5, unique=True),
    st.data(),
)
@settings(max_examples=20)
def test_precision_equals_the_brute_force(modelled, logged, data):
    number = len(logged)
    cases = data.draw(st.lists(st.integers(1, 3), min_size=number, max_size=number))
    net = net_of([list(way) for way in modelled])
    weights, nexts = Counter(), {}
    for way, times in zip(logged, cases, strict=True):
        for place, activity in enumerate(way):
            weights[way[:place]] += times
            nexts.setdefault(way[:place], set()).add(activity)
    allowed = escaping = 0
    for beginning, weight in weights.items():
        enabled = brute_enabled(net, beginning)
        if enabled is not None:
            allowed += weight * len(enabled)
            escaping += weight * len(enabled - nexts[beginning])
    found = precision(NetStates(net, FOREVER), [list(way) for way in logged], cases)
    assert found.measured_share == 1
    assert found.value == pytest.approx(1 - escaping / allowed if allowed else 1.0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "ways",
    [["abcd", "acbd", "aed"], ["ab", "abab", "ababab"], ["abc", "ac", "a"], ["ab", "cd"]],
)
def test_precision_and_simplicity_equal_pm4py_on_small_logs(ways):
    from pm4py.algo.evaluation.precision.variants import etconformance_token
    from pm4py.algo.evaluation.simplicity.variants import arc_degree
    from pm4py.objects.log.obj import Event, EventLog, Trace

    variants = [list(way) for way in ways]
    net = net_of(variants)
    untyped = _untyped_net(net)
    log = EventLog([Trace([Event({"concept:name": a}) for a in way]) for way in variants])
    theirs = etconformance_token.apply(log, *untyped, {"show_progress_bar": False})
    found = precision(NetStates(net, FOREVER), variants, [1] * len(variants))
    assert found.value == pytest.approx(theirs)
    assert simplicity(net) == pytest.approx(arc_degree.apply(untyped[0]))


def test_a_log_is_wholly_precise_of_itself_and_less_of_a_part():
    ways = [["a", "b"], ["a", "c"]]
    assert precision(LogStates(ways), ways, [1, 1]).value == 1
    assert precision(LogStates(ways), [["a", "b"]], [5]).value == pytest.approx(1 - 5 / 15)


def test_a_net_with_endless_states_is_measured_in_bounded_memory(monkeypatch):
    """A silent step that only gives tokens: its markings have no end."""
    monkeypatch.setattr(measured, "_MARKINGS", 1_000)
    net = Net(
        ("p", "q"),
        (Transition("t", None), Transition("a", "a")),
        (Arc("p", "t"), Arc("t", "p"), Arc("t", "q"), Arc("p", "a")),
        (("p", 1),),
        (("q", 1),),
    )
    begun = monotonic()
    found = precision(NetStates(net, FOREVER), [["a"]], [1])
    assert (found.value, found.measured_share) == (None, 0.0)
    assert monotonic() - begun < 20


def test_when_the_time_is_over_the_measured_share_says_so():
    net = discover(pl.DataFrame({"activities": [["a", "b"]], "cases": [1]})).net
    found = precision(NetStates(net, monotonic() - 1), [["a", "b"]], [1])
    assert found.measured_share <= 1
    assert found.value is None or 0 <= found.value <= 1
