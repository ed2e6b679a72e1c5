"""Variants and how many cases follow each: all that a miner needs to know."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import polars as pl

K = TypeVar("K", str, tuple[str, str])


@dataclass(frozen=True)
class Counts:
    """The number of cases of each variant.

    Attributes:
        variants: The activities of a case in their order, and how many cases have just these.

    Example:
        >>> counts = Counts({("a", "b", "b"): 2})
        >>> counts.events, counts.pairs, counts.starts
        ({'a': 2, 'b': 4}, {('a', 'b'): 2, ('b', 'b'): 2}, {'a': 2})
    """

    variants: dict[tuple[str, ...], int]

    @classmethod
    def of(cls, table: pl.DataFrame) -> "Counts":
        """Return the counts of a table with `activities` (list of text) and `cases`.

        Example:
            >>> Counts.of(pl.DataFrame({"activities": [["a"]], "cases": [3]})).variants
            {('a',): 3}
        """
        found = Counter[tuple[str, ...]]()
        for activities, cases in table.select("activities", "cases").iter_rows():
            found[tuple(map(str, activities))] += int(cases)
        return cls(dict(found))

    @property
    def events(self) -> dict[str, int]:
        """How often each activity occurs, sorted by activity."""
        return _sorted((a, n) for v, n in self.variants.items() for a in v)

    @property
    def pairs(self) -> dict[tuple[str, str], int]:
        """How often each activity is directly followed by each other, sorted."""
        return _sorted((p, n) for v, n in self.variants.items() for p in pairwise(v))

    @property
    def starts(self) -> dict[str, int]:
        """How many cases begin with each activity, sorted by activity."""
        return _sorted((v[0], n) for v, n in self.variants.items() if v)

    @property
    def ends(self) -> dict[str, int]:
        """How many cases end with each activity, sorted by activity."""
        return _sorted((v[-1], n) for v, n in self.variants.items() if v)


def _sorted(items: Iterable[tuple[K, int]]) -> dict[K, int]:
    total = Counter[K]()
    for key, number in items:
        total[key] += number
    return dict(sorted(total.items()))
