"""Two sequences side by side; oracle: the longest common subsequence by the textbook's table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.difference import aligned, longer, said

NAMES = st.lists(st.sampled_from("abcde"), max_size=9)


def common(one, other):
    """Return the length of the longest common subsequence."""
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            table[i + 1][j + 1] = (
                table[i][j] + 1 if a == b else max(table[i][j + 1], table[i + 1][j])
            )
    return table[-1][-1]


@given(NAMES, NAMES)
def test_an_alignment_holds_both_sequences_in_their_order(one, other):
    places = aligned(one, other)
    assert [a for a, _ in places if a is not None] == one
    assert [b for _, b in places if b is not None] == other
    assert all(a == b for a, b in places if None not in (a, b))
    assert (None, None) not in places


@given(NAMES, NAMES)
def test_as_much_as_possible_stands_together(one, other):
    together = sum(None not in pair for pair in aligned(one, other))
    assert together == common(one, other)


@given(NAMES, NAMES)
def test_every_activity_done_more_or_less_often_is_named_and_no_other_is_counted(one, other):
    sentence = said(list(map(str.upper, one)), list(map(str.upper, other)))
    unlike = common(one, other) or not one or not other
    for name in "abcde" if unlike else "":
        if other.count(name) != one.count(name):
            assert name.upper() in sentence.replace("The", "").replace("Both", "")
    assert (sentence == "Both take the same steps.") == (one == other)


@pytest.mark.parametrize(
    ("one", "other", "sentence"),
    [
        ("ask answer", "ask answer", "Both take the same steps."),
        ("ask answer", "ask check answer", "The second adds check."),
        ("ask answer", "ask call check call answer", "The second adds call twice and check."),
        ("ask answer", "ask ask ask answer", "The second does ask twice more."),
        ("ask check answer", "ask answer", "The second leaves out check."),
        ("ask check pay answer", "ask answer", "The second leaves out check and pay."),
        ("ask answer", "call pay", "The two have no step in common."),
        (
            "ask a b c",
            "ask x y z ask",
            "The second adds x, y and z; does ask once more; and leaves out a, b and c.",
        ),
        ("ask ask ask answer", "ask answer", "The second does ask twice less."),
        ("ask pay ship bill", "ask ship bill pay", "The second does pay later."),
        ("ask ship bill pay", "ask pay ship bill", "The second does pay earlier."),
        (
            "ask answer",
            "ask check check check ask answer",
            "The second adds check 3 times and does ask once more.",
        ),
    ],
)
def test_the_difference_is_said_in_words(one, other, sentence):
    assert said(one.split(), other.split()) == sentence


def test_how_much_longer_the_second_takes_is_said():
    day = 86_400
    assert longer(day, 4.2 * day) == "It takes 3.2 days longer at the median: 4.2 days, not 1 day."
    assert longer(2 * day, day) == "It takes 1 day less at the median: 1 day, not 2 days."
    assert longer(day, day + 1) == "Both take 1 day at the median."
