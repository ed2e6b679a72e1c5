"""Between what costs a variant must lie that wasn't aligned in time, and what fitness follows.

One event more or less changes the cost of the cheapest alignment by at most one. So a variant that
is d insertions and deletions away from an aligned one costs at most d more, and at least d less.
"""

from collections.abc import Mapping, Sequence
from math import inf
from time import monotonic
from typing import Any, Final

import numpy as np

from procmine.mining.alignment import Aligned

_NEIGHBOURS: Final = 2_000
"""So many aligned variants, the commonest, are looked at as neighbours."""
_PAIRS: Final = 1_000_000
"""So many pairs of variants are compared at most: about a second's work."""

Interval = tuple[int, int]


def cost_bounds(
    variants: Sequence[Sequence[str]],
    aligned: Aligned,
    known: frozenset[str],
    *,
    end: float = inf,
) -> list[Interval]:
    """Return the least and the highest cost of each variant; they are equal where it is aligned.

    Args:
        variants: Their activities, the commonest first.
        aligned: What was solved of them.
        known: The activities that the model has: each event of another one costs 1.
        end: When to stop looking at neighbours, on the clock of `time.monotonic`.

    Example:
        >>> from procmine.mining.alignment import Alignment
        >>> aligned = Aligned(1, {0: Alignment(0, (), ())}, 0.1)
        >>> cost_bounds([["a"], ["a", "b"], ["a", "x"]], aligned, frozenset("ab"))
        [(0, 0), (0, 1), (1, 1)]
    """
    shortest = aligned.shortest
    bounds: list[Interval] = []
    for place, activities in enumerate(variants):
        if place in aligned.found:
            cost = aligned.found[place].cost
            bounds.append((cost, cost))
            continue
        strange = sum(a not in known for a in activities)
        # the empty case is a neighbour too: it costs the shortest run
        low = max(strange, (shortest or 0) - len(activities))
        bounds.append((low, len(activities) + (shortest or 0)))
    _narrow(bounds, variants, aligned.found, end)
    return bounds


def _narrow(
    bounds: list[Interval],
    variants: Sequence[Sequence[str]],
    found: Mapping[int, Any],
    end: float,
) -> None:
    """Draw the ends of the open intervals together, by what their aligned neighbours cost."""
    from rapidfuzz.distance import Indel
    from rapidfuzz.process import cdist

    left = [p for p in range(len(variants)) if p not in found]
    solved = sorted(found)[:_NEIGHBOURS]
    if not left or not solved:
        return
    letters = {a: chr(0xE000 + n) for n, a in enumerate(sorted({a for v in variants for a in v}))}
    words = ["".join(letters[a] for a in v) for v in variants]
    costs = np.array([found[p].cost for p in solved])
    neighbours = [words[p] for p in solved]
    for place in left[: max(1, _PAIRS // len(solved))]:
        if monotonic() > end:
            return
        apart = cdist([words[place]], neighbours, scorer=Indel.distance, workers=1)[0]
        low, high = bounds[place]
        low = max(low, int((costs - apart).max()))
        bounds[place] = (low, max(low, min(high, int((costs + apart).min()))))


def fitness_bounds(length: int, cost: Interval, shortest: int | None) -> tuple[float, float]:
    """Return the least and the highest fitness: 1 - cost / (events + shortest run of the model).

    Args:
        length: How many events the variant has.
        cost: Between what its cost lies.
        shortest: How many activities the shortest run has; where nobody knows, fitness may be
            anything from what a run without activities gives up to 1.

    Example:
        >>> fitness_bounds(3, (1, 2), 1)
        (0.5, 0.75)
    """
    low, high = cost
    if shortest is None:
        return (max(0.0, 1 - high / length) if length else 0.0), 1.0
    whole = length + shortest
    return (1 - high / whole, 1 - low / whole) if whole else (1.0, 1.0)
