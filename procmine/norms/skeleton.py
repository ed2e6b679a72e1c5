"""The log skeleton: which activities come after, before, with, without and as often as others.

A relation is asked of the journeys that have its first activity. It says that the other comes after
it (before it, directly after it) at least once. Learning counts the events of the first activity
against the journeys of the relation, as pm4py does, so that what repeats within journeys is rarely
called normal; and of how often an activity comes the commonest numbers are kept until they make up
so many journeys as the share that isn't noise is of all events.

Source: Verbeek & Medeiros de Carvalho, Log skeletons: a classification approach to process
discovery, 2018.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from procmine.norms.norm import Norm, Stand
from procmine.norms.sequences import Ints, Sequences, Truths
from procmine.policy.kinds import either
from procmine.wording import count


class Kind(StrEnum):
    """The relations of a log skeleton."""

    EQUIVALENCE = "equivalence"
    ALWAYS_AFTER = "always after"
    ALWAYS_BEFORE = "always before"
    NEVER_TOGETHER = "never together"
    DIRECTLY_FOLLOWS = "directly follows"
    FREQUENCY = "activity frequency"


class Relation(NamedTuple):
    """A relation of a log skeleton.

    Attributes:
        kind: Which.
        first: The activity that it is about.
        then: The other activity; None for how often the first may come.
        times: How often that may be.
    """

    kind: Kind
    first: str
    then: str | None = None
    times: tuple[int, ...] = ()


def relations(variants: pl.DataFrame, names: Sequence[str], noise: float) -> list[Relation]:
    """Learn a log skeleton.

    Args:
        variants: `activities` and `cases`.
        names: The activities; one that no journey has may come no times.
        noise: The noise threshold: the share of an activity's events that may say otherwise.

    Example:
        >>> table = pl.DataFrame({"activities": [["a", "b"]], "cases": [3]})
        >>> [r.kind.value for r in relations(table, ["a", "b"], 0.0) if r.first == "a"]
        ['equivalence', 'always after', 'directly follows', 'activity frequency']
    """
    sequences = Sequences.of(variants, names)
    events = sequences.weighed(sequences.counts)
    found: list[Relation] = []
    for kind, of_block in _HELD.items():
        held = sequences.summed(lambda block, of=of_block: block.weighed(of(block)))
        if kind is Kind.NEVER_TOGETHER:
            held = np.where(np.eye(len(names), dtype=bool), 0, events[:, None] - held)
        normal = (held > 0) & (held >= events[:, None] * (1.0 - noise))
        found += [Relation(kind, names[int(i)], names[int(j)]) for i, j in np.argwhere(normal)]
    return found + _frequencies(sequences, noise)


def _equal(block: Sequences) -> Ints:
    """Say for each pair how many events of the first there are, where there are as many others."""
    counts = block.counts
    alike = (counts[:, :, None] == counts[:, None, :]) & ~np.eye(len(block.names), dtype=bool)
    return alike * counts[:, :, None]


def _after(block: Sequences) -> Truths:
    there = block.counts > 0
    return there[:, :, None] & (block.first[:, :, None] < block.last[:, None, :])


def _before(block: Sequences) -> Truths:
    return _after(block).swapaxes(1, 2)


def _together(block: Sequences) -> Truths:
    there = block.counts > 0
    return there[:, :, None] & there[:, None, :]


_HELD: Final[dict[Kind, Callable[[Sequences], Ints | Truths]]] = {
    Kind.EQUIVALENCE: _equal,
    Kind.ALWAYS_AFTER: _after,
    Kind.ALWAYS_BEFORE: _before,
    Kind.NEVER_TOGETHER: _together,
    Kind.DIRECTLY_FOLLOWS: lambda block: block.pairs,
}


def _frequencies(sequences: Sequences, noise: float) -> list[Relation]:
    """Say how often each activity may come: the commonest numbers, equally common ones alike."""
    enough = (1.0 - noise) * sequences.weighed(sequences.counts).sum()
    found: list[Relation] = []
    for number, name in enumerate(sequences.names):
        times, place = np.unique(sequences.counts[:, number], return_inverse=True)
        cases = np.bincount(place, weights=sequences.cases)
        commoner = np.array([cases[cases > own].sum() for own in cases])
        kept = tuple(int(t) for t in times[commoner < enough])
        found.append(Relation(Kind.FREQUENCY, name, None, kept))
    return found


def learned(
    variants: pl.DataFrame, names: Sequence[str], *, noise: float, support: float
) -> list[Relation]:
    """Learn what was normal, what says the same twice left out.

    Args:
        variants: `activities` and `cases` of the reference.
        names: The activities, those included that occur only elsewhere.
        noise: The noise threshold.
        support: The least share of journeys that a relation is asked of; both activities of two
            that never come together must be in so many.
    """
    counts = Sequences.of(variants, names)
    own = counts.weighed(counts.counts > 0)
    least = support * int(counts.cases.sum())
    common = {name for name, cases in zip(names, own, strict=True) if cases >= least}
    there = relations(variants, names, noise)
    known = set(there)
    return [
        r
        for r in there
        if (r.first in common or r.kind is Kind.FREQUENCY)
        and not (r.kind is Kind.NEVER_TOGETHER and r.then not in common)
        and not _said_before(r, known)
    ]


def _said_before(relation: Relation, known: set[Relation]) -> bool:
    kind, first, then, _ = relation
    if kind in {Kind.EQUIVALENCE, Kind.NEVER_TOGETHER} and then is not None and first > then:
        return Relation(kind, then, first) in known
    return kind is Kind.ALWAYS_AFTER and Relation(Kind.DIRECTLY_FOLLOWS, first, then) in known


def norm(relation: Relation) -> Norm:
    """Say a relation to a person.

    Example:
        >>> norm(Relation(Kind.FREQUENCY, "Call", None, (0, 1, 2))).sentence
        'A journey has Call at most twice.'
    """
    if relation.kind is Kind.FREQUENCY:
        said = _how_often(relation.first, relation.times)
    else:
        said = _SAID[relation.kind].format(a=relation.first, b=relation.then)
    return Norm(relation.kind.value, f"{said}.")


_SAID: Final = {
    Kind.EQUIVALENCE: "A journey has {a} as often as {b}",
    Kind.ALWAYS_AFTER: "In a journey with {a}, {b} comes after it at least once",
    Kind.ALWAYS_BEFORE: "In a journey with {a}, {b} comes before it at least once",
    Kind.NEVER_TOGETHER: "No journey has both {a} and {b}",
    Kind.DIRECTLY_FOLLOWS: "In a journey with {a}, {b} comes directly after it at least once",
}


def _how_often(name: str, times: tuple[int, ...]) -> str:
    fewest, most = min(times), max(times)
    words = [{0: "never", 1: "once", 2: "twice"}.get(t) or count(t, "time") for t in times]
    unbroken = len(times) == most - fewest + 1
    if most == 0:
        return f"No journey has {name}"
    if fewest == 0 and unbroken:
        return f"A journey has {name} at most {words[-1]}"
    if len(times) > 2 and unbroken:
        return f"Each journey has {name} {fewest} to {most} times"
    return f"{'Each' if fewest else 'A'} journey has {name} {either(words)}"


def stand(variants: pl.DataFrame, names: Sequence[str], of: Sequence[Relation]) -> Stand:
    """Say how variants stand to relations.

    Args:
        variants: `activities` and `cases`.
        names: The activities, those of the variants and of the relations.
        of: The relations.
    """
    sequences = Sequences.of(variants, names)
    parts = [_stand(block, of) for block in sequences.blocks()]
    empty = np.zeros((0, len(of)), dtype=np.int64)
    return Stand(
        np.concatenate([empty.astype(bool), *(asked for asked, _ in parts)]),
        np.concatenate([empty, *(at for _, at in parts)]),
    )


def _stand(block: Sequences, of: Sequence[Relation]) -> tuple[Truths, Ints]:
    """Say which relations are asked, and after how many events each is broken."""
    number = {name: code for code, name in enumerate(block.names)}
    counts, first, last = block.counts, block.first, block.last
    length = (block.codes >= 0).sum(axis=1)
    held = {kind: of_block(block) for kind, of_block in _HELD.items()}
    asked = np.zeros((len(block.codes), len(of)), dtype=bool)
    broken_at = np.zeros((len(block.codes), len(of)), dtype=np.int64)
    for column, (kind, name, then, times) in enumerate(of):
        a = number[name]
        there = counts[:, a] > 0
        if kind is Kind.FREQUENCY:
            asked[:, column] = True
            broken = ~np.isin(counts[:, a], times)
            at = np.where(there, last[:, a] + 1, length)
        else:
            b = number[str(then)]
            asked[:, column] = there
            holds = held[kind][:, a, b] > 0
            broken = there & (holds if kind is Kind.NEVER_TOGETHER else ~holds)
            meeting = np.maximum(first[:, a], np.where(holds, first[:, b], 0)) + 1
            at = meeting if kind is Kind.NEVER_TOGETHER else last[:, a] + 1
        broken_at[:, column] = np.where(broken, at, 0)
    return asked, broken_at
