"""DECLARE: learn from variants which rules on the order of activities journeys keep.

Each template is asked of the journeys that activate it; its support is how many these are, and its
confidence how many of them keep it. A norm that another one implies is left out: who reads that b
comes directly after a needn't be told that it comes after a.

Source: Maggi, Mooij & van der Aalst, User-guided discovery of declarative process models, 2011.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from procmine.norms.implied import EITHER_WAY, needed
from procmine.norms.sequences import NOWHERE, Ints, Sequences, Truths
from procmine.policy.document import Rule
from procmine.policy.kinds import Kind


class Candidate(NamedTuple):
    """A template with its activities, and how journeys keep it.

    Attributes:
        kind: The template.
        first: The activity that it is about, or comes first.
        then: The other activity; None where it is about one alone.
        support: How many journeys it is asked of.
        confidence: How many of these keep it.
    """

    kind: Kind
    first: str
    then: str | None
    support: int
    confidence: int


class _Figures(NamedTuple):
    """A template's support and confidence, by activity or by pair of activities."""

    support: Ints
    confidence: Ints


def candidates(variants: pl.DataFrame, names: Sequence[str]) -> list[Candidate]:
    """Measure every template for every activity and pair of activities.

    Args:
        variants: `activities` and `cases`.
        names: The activities; one that no journey has counts as absent.

    Example:
        >>> table = pl.DataFrame({"activities": [["a", "b"], ["a"]], "cases": [3, 1]})
        >>> found = candidates(table, ["a", "b"])
        >>> [(c.support, c.confidence) for c in found if c.kind is Kind.RESPONSE]
        [(4, 3), (3, 0)]
    """
    sequences = Sequences.of(variants, names)
    found: list[Candidate] = []
    for kind, figures in _of_activities(sequences).items():
        found += [
            Candidate(kind, name, None, int(support), int(confidence))
            for name, support, confidence in zip(names, *figures, strict=True)
        ]
    for kind, figures in _of_pairs(sequences).items():
        found += [
            Candidate(kind, a, b, int(figures.support[i, j]), int(figures.confidence[i, j]))
            for i, a in enumerate(names)
            for j, b in enumerate(names)
            if i != j and figures.support[i, j]
        ]
    return found


def _of_activities(sequences: Sequences) -> dict[Kind, _Figures]:
    counts, size = sequences.counts, len(sequences.names)
    whole = np.full(size, sequences.cases.sum(), dtype=np.int64)
    begins = np.zeros_like(counts)
    if sequences.codes.shape[1]:
        rows, here = sequences.at(0)
        begins[rows, here] = 1
    return {
        kind: _Figures(whole, sequences.weighed(kept))
        for kind, kept in (
            (Kind.EXISTENCE, counts > 0),
            (Kind.ABSENCE, counts == 0),
            (Kind.EXACTLY, counts == 1),
            (Kind.INIT, begins),
        )
    }


def _of_pairs(sequences: Sequences) -> dict[Kind, _Figures]:
    """Measure the templates of pairs: [a, b] of what comes first, and then."""
    own = sequences.weighed(sequences.counts > 0)
    both = sequences.summed(lambda block: block.weighed(_both(block)))
    has_first, has_then = np.broadcast_arrays(own[:, None], own[None, :])
    some = has_first + has_then - both
    kept: dict[Kind, Ints] = {}
    for block in sequences.blocks():
        for kind, truths in _kept(block).items():
            kept[kind] = kept.get(kind, 0) + block.weighed(truths)
    asked = [(kind, has_first) for kind in _ASKED_BY_FIRST]
    asked += [(kind, has_then) for kind in _ASKED_BY_THEN]
    asked += [(kind, some) for kind in _ASKED_BY_EITHER]
    return {kind: _Figures(support, kept[kind]) for kind, support in asked} | {
        Kind.RESPONDED_EXISTENCE: _Figures(has_first, both),
        Kind.COEXISTENCE: _Figures(some, both),
        Kind.NOT_COEXISTENCE: _Figures(some, some - both),
    }


_ASKED_BY_FIRST: Final = (Kind.RESPONSE, Kind.ALTERNATE_RESPONSE, Kind.CHAIN_RESPONSE)
_ASKED_BY_THEN: Final = (Kind.PRECEDENCE, Kind.ALTERNATE_PRECEDENCE, Kind.CHAIN_PRECEDENCE)
_ASKED_BY_EITHER: Final = (Kind.SUCCESSION, Kind.ALTERNATE_SUCCESSION, Kind.CHAIN_SUCCESSION)


def _both(block: Sequences) -> Truths:
    there = block.counts > 0
    return there[:, :, None] & there[:, None, :]


def _kept(block: Sequences) -> dict[Kind, Truths]:
    """Say for each variant and pair which of the templates on the order it keeps."""
    both, counts, pairs = _both(block), block.counts, block.pairs
    first, last = block.first, block.last
    response = both & (last[:, :, None] < last[:, None, :])
    precedence = both & (first[:, :, None] < first[:, None, :])
    answered, prepared = both & _answered(block), both & _prepared(block)
    after = both & (pairs == counts[:, :, None])
    before = both & (pairs == counts[:, None, :])
    return {
        Kind.RESPONSE: response,
        Kind.PRECEDENCE: precedence,
        Kind.SUCCESSION: response & precedence,
        Kind.ALTERNATE_RESPONSE: answered,
        Kind.ALTERNATE_PRECEDENCE: prepared,
        Kind.ALTERNATE_SUCCESSION: answered & prepared,
        Kind.CHAIN_RESPONSE: after,
        Kind.CHAIN_PRECEDENCE: before,
        Kind.CHAIN_SUCCESSION: after & before,
    }


def _answered(block: Sequences) -> Truths:
    """Say whether b comes after each a, before the next a: from the end to the beginning."""
    size = len(block.names)
    following = np.full((len(block.codes), size), NOWHERE, dtype=np.int64)
    kept = np.ones((len(block.codes), size, size), dtype=bool)
    for place in reversed(range(block.codes.shape[1])):
        rows, here = block.at(place)
        ahead = following[rows]
        kept[rows, here] &= ahead < following[rows, here][:, None]
        following[rows, here] = place
    return kept


def _prepared(block: Sequences) -> Truths:
    """Say whether a comes before each b, after the b before: from the beginning to the end."""
    size = len(block.names)
    before = np.full((len(block.codes), size), -1, dtype=np.int64)
    kept = np.ones((len(block.codes), size, size), dtype=bool)
    for place in range(block.codes.shape[1]):
        rows, here = block.at(place)
        kept[rows, :, here] &= before[rows] > before[rows, here][:, None]
        before[rows, here] = place
    return kept


def learned(
    variants: pl.DataFrame, names: Sequence[str], *, noise: float, support: float
) -> list[Rule]:
    """Learn what was normal, as rules of a policy.

    Args:
        variants: `activities` and `cases` of the reference.
        names: The activities, those included that occur only elsewhere.
        noise: The share of journeys that may break a norm.
        support: The least share of journeys that a norm is asked of; of activities that never
            come together each must be in so many.

    Example:
        >>> table = pl.DataFrame({"activities": [["a", "b"]], "cases": [3]})
        >>> [rule.sentence for rule in learned(table, ["a", "b"], noise=0, support=0.1)]
        ['Each journey has a exactly once.', 'Each journey has b exactly once.', 'Each journey \
begins with a.', 'Directly after a comes b, and directly before b comes a.']
    """
    cases = int(variants["cases"].sum())
    measured = candidates(variants, names)
    common = {
        c.first for c in measured if c.kind is Kind.EXISTENCE and c.confidence >= support * cases
    }
    kept = [
        c
        for c in measured
        if c.support >= support * cases
        and c.confidence >= (1 - noise) * c.support
        and (c.kind is not Kind.NOT_COEXISTENCE or {c.first, c.then} <= common)
    ]
    told = needed([(c.kind, c.first, c.then) for c in kept])
    return [_rule(c) for c in kept if (c.kind, c.first, c.then) in told]


def _rule(of: Candidate) -> Rule:
    told: dict[str, object]
    if of.then is None:
        told = {"activity": of.first, "times": 1 if of.kind is Kind.EXACTLY else None}
    elif of.kind in EITHER_WAY:
        told = {"activities": (of.first, of.then)}
    else:
        told = {"first": of.first, "then": of.then}
    name = " ".join((of.kind.value, of.first, *([of.then] if of.then else [])))
    return Rule.model_validate({"name": name, "kind": of.kind, **told})
