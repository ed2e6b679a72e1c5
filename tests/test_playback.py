"""Moves to be played; oracle: the raw events, walked through."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine import playback
from procmine.errors import OptionError
from procmine.playback import moves
from tests import brute
from tests.strategies import events, log_of


def walked(own):
    """Return the moves of one journey."""
    return [
        (
            a["activity"],
            b["activity"],
            a["timestamp"],
            round((b["timestamp"] - a["timestamp"]).total_seconds(), 6),
        )
        for a, b in itertools.pairwise(own)
    ]


def played(table):
    """Return each journey's moves."""
    found = {}
    for number, *move, lasts in table.rows():
        found.setdefault(number, []).append((*move, round(lasts, 6)))
    return list(found.values())


@given(rows=events())
def test_every_move_of_every_journey_is_played_where_all_are_asked_for(rows):
    found = played(moves(log_of(rows).events, journeys=99))
    expected = [walked(own) for own in brute.journeys(rows).values() if len(own) > 1]
    assert sorted(found) == sorted(expected)


@given(rows=events(min_size=12), number=st.integers(1, 3), seed=st.integers(0, 9))
def test_some_whole_journeys_are_played_and_the_same_seed_draws_the_same(rows, number, seed):
    log = log_of(rows)
    whole = played(moves(log.events, journeys=99))
    some = played(moves(log.events, journeys=number, seed=seed))
    assert len(some) == min(number, len(whole))
    assert all(journey in whole for journey in some)
    assert some == played(moves(log.events, journeys=number, seed=seed))


def test_of_long_journeys_fewer_are_played(monkeypatch):
    rows = [
        {
            "case_id": case,
            "activity": "a",
            "timestamp": brute.at(step),
            "order": 9 * int(case) + step,
        }
        for case in "12345"
        for step in range(9)
    ]
    monkeypatch.setattr(playback, "MOST_MOVES", 17)
    assert len(played(moves(log_of(rows).events, journeys=5))) == 2
    monkeypatch.setattr(playback, "MOST_MOVES", 3)
    assert len(played(moves(log_of(rows).events, journeys=5))) == 1


@pytest.mark.parametrize("asked", [{"journeys": 0}, {"journeys": 1, "seed": -1}])
def test_what_can_t_be_drawn_is_a_sentence(asked):
    rows = [{"case_id": "1", "activity": "a", "timestamp": brute.at(0), "order": 0}]
    with pytest.raises(OptionError):
        moves(log_of(rows).events, **asked)
