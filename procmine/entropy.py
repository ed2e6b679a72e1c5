"""How various journeys are: the bits it takes to say one, or a part of one.

Source: Back, Debois & Slaats, "Towards an entropy-based analysis of log variability", BPM 2017
workshops, and "Entropy as a measure of log variability", J. on Data Semantics 2019.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from math import log2
from typing import Final

import polars as pl

BLOCKS: Final = (2, 3)
_MOST: Final = 5_000_000
"""More blocks of any length than this take too long to count."""

Ways = Sequence[tuple[Sequence[str], int]]
"""Sequences of activities, each with how many journeys take it."""


def entropies(ways: Ways) -> pl.DataFrame:
    """Measure how various sequences are: as wholes, by their beginnings, and by runs inside them.

    Args:
        ways: The different sequences, each with its journeys.

    Returns:
        `measure, bits`: `trace` of the whole sequences, `prefix` of their beginnings, `2-block` and
        `3-block` of runs of so many activities, `block` of runs of any length; null where there are
        none, or too many to count.

    Example:
        >>> entropies([(["ask", "answer"], 1), (["ask"], 1)])["bits"].round(3).to_list()
        [1.0, 0.918, 0.0, None, 1.5]
    """
    counted: dict[str, Counter[Hashable] | None] = {
        "trace": Counter({tuple(way): n for way, n in ways}),
        "prefix": _runs(ways, (0,)),
        **{f"{k}-block": _blocks(ways, k) for k in BLOCKS},
    }
    every = sum(len(way) * (len(way) + 1) // 2 for way, _ in ways)
    counted["block"] = _runs(ways) if every <= _MOST else None
    return pl.DataFrame(
        {"measure": list(counted), "bits": [_bits(found) for found in counted.values()]},
        schema={"measure": pl.String, "bits": pl.Float64},
    )


def _blocks(ways: Ways, length: int) -> Counter[Hashable]:
    """Count the runs of so many activities."""
    found = Counter[Hashable]()
    for way, journeys in ways:
        for at in range(len(way) - length + 1):
            found[tuple(way[at : at + length])] += journeys
    return found


def _runs(ways: Ways, starts: Sequence[int] | None = None) -> Counter[Hashable]:
    """Count the runs of any length from some places, or from all.

    A run is numbered by the one that is shorter by an activity and by that activity, so that a long
    one isn't compared as a whole.
    """
    numbers: dict[tuple[int, str], int] = {}
    found = Counter[Hashable]()
    for way, journeys in ways:
        for start in range(len(way)) if starts is None else starts:
            run = 0
            for activity in way[start:]:
                run = numbers.setdefault((run, activity), len(numbers) + 1)
                found[run] += journeys
    return found


def _bits(counted: Counter[Hashable] | None) -> float | None:
    whole = sum(counted.values()) if counted else 0
    if not counted or not whole:
        return None
    return -sum(n / whole * log2(n / whole) for n in counted.values()) + 0.0
