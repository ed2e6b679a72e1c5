"""Which activities are concurrent: neither waits for the other."""

from typing import Final

import numpy as np

from procmine.waiting.ranges import BoolArray, IntArray

_WEAK: Final = 0.9
"""From here on the heuristics miner takes a dependency for a real one."""


def concurrent_pairs(activity: IntArray, case: IntArray) -> IntArray:
    """Find the pairs of activities that follow each other in both orders, neither as a rule.

    The heuristics miner's test: both orders are seen, |ab - ba| / (ab + ba + 1) < 0.9, and the two
    make no loop of length two (a b a), whose (aba + bab) / (aba + bab + 1) would be 0.9 or more.

    Source: Weijters & Ribeiro, "Flexible Heuristics Miner", CIDM 2011; as used by Chapela-Campa &
    Dumas, "Enhancing business process simulation models with extraneous activity delays",
    Information Systems 2024.

    Args:
        activity: The activity of each event, as a code from 0; the events of a case in their order.
        case: The case of each event, as a number.

    Returns:
        `a * n + b` for each concurrent pair, in both orders, sorted; n is one more than the
        highest code.

    Example:
        >>> activity, case = np.array([0, 1, 2, 0, 2, 1]), np.array([0, 0, 0, 1, 1, 1])
        >>> [divmod(int(pair), 3) for pair in concurrent_pairs(activity, case)]
        [(1, 2), (2, 1)]
    """
    n = int(activity.max(initial=-1)) + 1
    step = case[1:] == case[:-1]
    codes, counts = np.unique((activity[:-1] * n + activity[1:])[step], return_counts=True)
    a, b = np.divmod(codes, max(n, 1))
    back = _looked_up(codes, counts, b * n + a)
    weak = np.abs(counts - back) / (counts + back + 1) < _WEAK
    kept = (a != b) & (back > 0) & weak
    return codes[kept & ~_is_loop(activity, case, codes, counts)]


def _is_loop(activity: IntArray, case: IntArray, pairs: IntArray, counts: IntArray) -> BoolArray:
    """Whether two activities alternate, a b a, and neither mostly repeats itself."""
    n = int(activity.max(initial=-1)) + 1
    returns = (case[2:] == case[:-2]) & (activity[2:] == activity[:-2])
    codes, times = np.unique((activity[:-2] * n + activity[1:-1])[returns], return_counts=True)
    a, b = np.divmod(pairs, max(n, 1))
    loops = _looked_up(codes, times, pairs) + _looked_up(codes, times, b * n + a)
    itself = [_looked_up(pairs, counts, x * n + x) for x in (a, b)]
    repeats = np.maximum(*(own / (own + 1) for own in itself)) >= _WEAK
    return (loops / (loops + 1) >= _WEAK) & ~repeats


def _looked_up(codes: IntArray, counts: IntArray, asked: IntArray) -> IntArray:
    """Return the count of each code that is asked for; 0 where it was never seen."""
    if not codes.size:
        return np.zeros(asked.size, np.int64)
    place = np.minimum(np.searchsorted(codes, asked), codes.size - 1)
    return np.where(codes[place] == asked, counts[place], 0)


def among(pairs: IntArray, asked: IntArray) -> BoolArray:
    """Whether each pair that is asked for is one of these, sorted."""
    if not pairs.size:
        return np.zeros(asked.size, np.bool_)
    return pairs[np.minimum(np.searchsorted(pairs, asked), pairs.size - 1)] == asked
