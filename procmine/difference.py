"""Two sequences of activities side by side, and what one does otherwise than the other, in words.

Aligned so that as few activities as possible stand alone: the longest common subsequence (Wagner &
Fischer, 1974, with insertions and deletions only).
"""

from collections.abc import Sequence
from typing import Final

from procmine.wording import duration

Place = tuple[str | None, str | None]
"""An activity of both sequences, or of one and none of the other."""

_OFTEN: Final = {1: "", 2: " twice"}
_MORE: Final = {1: "once", 2: "twice"}


def aligned(one: Sequence[str], other: Sequence[str]) -> list[Place]:
    """Put two sequences side by side; what both do in the same order stands together.

    Args:
        one: The activities of the first.
        other: Those of the second.

    Example:
        >>> aligned(["ask", "answer"], ["ask", "check", "answer"])
        [('ask', 'ask'), (None, 'check'), ('answer', 'answer')]
    """
    from rapidfuzz.distance import Indel

    places: list[Place] = []
    for step in Indel.opcodes(one, other):
        mine, theirs = one[step.src_start : step.src_end], other[step.dest_start : step.dest_end]
        if step.tag == "equal":
            places += zip(mine, theirs, strict=True)
        else:
            places += [*((name, None) for name in mine), *((None, name) for name in theirs)]
    return places


def said(one: Sequence[str], other: Sequence[str]) -> str:
    """Say what the second of two sequences does otherwise than the first.

    Args:
        one: The activities of the first.
        other: Those of the second.

    Example:
        >>> said(["ask", "check", "answer"], ["ask", "call", "call", "ask", "answer"])
        'The second adds call twice, does ask once more, and leaves out check.'
    """
    places = aligned(one, other)
    if one and other and not any(None not in pair for pair in places):
        return "The two have no step in common."
    names = dict.fromkeys(name for pair in places for name in pair if name is not None)
    clauses = [
        _clause("adds", [_added(n, other) for n in names if n not in one]),
        *[_again(n, one, other) for n in names if n in one and n in other],
        _clause("leaves out", [n for n in names if n not in other]),
        *[_moved(n, places) for n in names],
    ]
    said = [clause for clause in clauses if clause]
    return f"The second {_listed(said)}." if said else "Both take the same steps."


def longer(one: float, other: float) -> str:
    """Say by how much the second takes longer, or shorter.

    Args:
        one: What half of the journeys of the first take, in seconds.
        other: What half of those of the second take.

    Example:
        >>> longer(86_400, 172_800)
        'It takes 1 day longer at the median: 2 days, not 1 day.'
    """
    said_one, said_other = duration(one), duration(other)
    if said_one == said_other:
        return f"Both take {said_one} at the median."
    change = f"{duration(abs(other - one))} {'longer' if other > one else 'less'}"
    return f"It takes {change} at the median: {said_other}, not {said_one}."


def _clause(verb: str, names: Sequence[str]) -> str:
    *first, last = names or ("",)
    every = f"{', '.join(first)} and {last}" if first else last
    return f"{verb} {every}" if every else ""


def _added(name: str, other: Sequence[str]) -> str:
    times = other.count(name)
    return f"{name}{_OFTEN.get(times, f' {times} times')}"


def _again(name: str, one: Sequence[str], other: Sequence[str]) -> str:
    """Say how much more or less often an activity is done that both do."""
    more = other.count(name) - one.count(name)
    times = _MORE.get(abs(more), f"{abs(more)} times")
    return f"does {name} {times} {'more' if more > 0 else 'less'}" if more else ""


def _moved(name: str, places: Sequence[Place]) -> str:
    """Say where an activity is done that both do, but not at the same place."""
    gone = [place for place, pair in enumerate(places) if pair == (name, None)]
    come = [place for place, pair in enumerate(places) if pair == (None, name)]
    moves = {new > old for old, new in zip(gone, come, strict=False)}
    where = "elsewhere" if len(moves) > 1 else "later" if True in moves else "earlier"
    return f"does {name} {where}" if moves else ""


def _listed(clauses: Sequence[str]) -> str:
    """Join clauses, with semicolons where they have commas of their own."""
    *first, last = clauses
    mark = ";" if any("," in clause for clause in clauses) else ","
    joint = f"{mark} " if len(clauses) > 2 or mark == ";" else " "
    return f"{f'{mark} '.join(first)}{joint}and {last}" if first else last
