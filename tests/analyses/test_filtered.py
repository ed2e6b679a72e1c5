"""Journeys are chosen alike on every engine; oracle: the raw events, walked through."""

import itertools

import narwhals as nw

from procmine.collecting import collect
from tests import brute
from tests.strategies import EXAMPLES, log_of

ROWS = EXAMPLES["everything known"]
JOURNEYS = brute.journeys(ROWS)


def names(own):
    return [e["activity"] for e in own]


def steps(own):
    return set(itertools.pairwise(names(own)))


def handoffs(own):
    return set(itertools.pairwise(e["department"] for e in own))


def seconds(own):
    first = min(e["start_timestamp"] or e["timestamp"] for e in own)
    first = min(first, *(e["timestamp"] for e in own))
    return (own[-1]["timestamp"] - first).total_seconds()


def test_steps_handoffs_lengths_and_states_choose_the_same_journeys(engine):
    one, other = sorted(steps(max(JOURNEYS.values(), key=len)))[:2]
    handed = next(k for k in sorted(brute.handoffs(ROWS)) if None not in k)
    middle = sorted(map(seconds, JOURNEYS.values()))[len(JOURNEYS) // 2]
    closing = names(next(iter(JOURNEYS.values())))[-1]
    log = engine(log_of(ROWS, outcomes=(closing,)))
    asked = (
        ({"follows": one}, lambda own: one in steps(own)),
        ({"follows": [one, other]}, lambda own: {one, other} <= steps(own)),
        ({"never_follows": [one, other]}, lambda own: not {one, other} & steps(own)),
        ({"hands_over": [handed]}, lambda own: handed in handoffs(own)),
        ({"duration": (middle, None)}, lambda own: seconds(own) >= middle),
        ({"duration": (None, middle)}, lambda own: seconds(own) <= middle),
        ({"is_open": True}, lambda own: names(own)[-1] != closing),
        ({"is_open": False}, lambda own: names(own)[-1] == closing),
    )
    for conditions, holds in asked:
        kept = collect(nw.from_native(log.filter_cases(**conditions).events).select("case_id"))
        wanted = {case for case, own in JOURNEYS.items() if holds(own)}
        assert 0 < len(wanted) < len(JOURNEYS), conditions
        assert set(kept["case_id"]) == wanted, conditions
