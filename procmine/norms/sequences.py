"""Variants as arrays: activities by number, and where in each variant each of them stands."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

NOWHERE: Final = np.iinfo(np.int64).max
"""Where an activity stands first, or next, that doesn't come."""

_CELLS: Final = 1_000_000
"""So many pairs of activities of variants are looked at at once: tables of 8 MB."""


@dataclass(frozen=True)
class Sequences:
    """Some variants, of any length.

    Attributes:
        names: The activities, by number.
        codes: A row a variant: the numbers of its activities in order, then -1.
        cases: How many journeys follow each.
    """

    names: tuple[str, ...]
    codes: Ints
    cases: Ints

    @classmethod
    def of(cls, variants: pl.DataFrame, names: Sequence[str]) -> "Sequences":
        """Make arrays of variants.

        Args:
            variants: `activities` (lists of names) and `cases`.
            names: The activities; all of the variants' are among them.

        Example:
            >>> table = pl.DataFrame({"activities": [["a", "b"], ["b"]], "cases": [3, 1]})
            >>> Sequences.of(table, ["a", "b"]).codes.tolist()
            [[0, 1], [1, -1]]
        """
        number = {name: code for code, name in enumerate(names)}
        rows = [[number[a] for a in activities] for activities in variants["activities"]]
        codes = np.full((len(rows), max(map(len, rows), default=0)), -1, dtype=np.int64)
        for row, numbers in enumerate(rows):
            codes[row, : len(numbers)] = numbers
        return cls(tuple(names), codes, variants["cases"].to_numpy().astype(np.int64))

    def blocks(self) -> Iterator["Sequences"]:
        """Split the variants so that a table of a block's pairs of activities stays small."""
        rows = max(1, _CELLS // max(1, len(self.names) ** 2))
        for start in range(0, len(self.codes), rows):
            block = slice(start, start + rows)
            yield Sequences(self.names, self.codes[block], self.cases[block])

    def summed(self, of_block: Callable[["Sequences"], Ints]) -> Ints:
        """Add up over the blocks what each of them gives."""
        size = len(self.names)
        return sum((of_block(b) for b in self.blocks()), np.zeros((size, size), dtype=np.int64))

    def weighed(self, of_variants: Ints | Truths) -> Ints:
        """Add up over variants, each counting as its journeys."""
        return np.tensordot(self.cases, of_variants.astype(np.int64), axes=1)

    @cached_property
    def counts(self) -> Ints:
        """How often each activity occurs in each variant."""
        found = np.zeros((len(self.codes), len(self.names)), dtype=np.int64)
        rows, places = np.nonzero(self.codes >= 0)
        np.add.at(found, (rows, self.codes[rows, places]), 1)
        return found

    @cached_property
    def first(self) -> Ints:
        """Where each activity stands first in each variant; `NOWHERE` if it doesn't occur."""
        found = np.full((len(self.codes), len(self.names)), NOWHERE, dtype=np.int64)
        for place in reversed(range(self.codes.shape[1])):
            rows, here = self.at(place)
            found[rows, here] = place
        return found

    @cached_property
    def last(self) -> Ints:
        """Where each activity stands last in each variant; -1 if it doesn't occur."""
        found = np.full((len(self.codes), len(self.names)), -1, dtype=np.int64)
        for place in range(self.codes.shape[1]):
            rows, here = self.at(place)
            found[rows, here] = place
        return found

    @cached_property
    def pairs(self) -> Ints:
        """How often each activity is directly followed by each other one, in each variant."""
        size = len(self.names)
        found = np.zeros((len(self.codes), size, size), dtype=np.int64)
        for place in range(self.codes.shape[1] - 1):
            rows, after = self.at(place + 1)
            np.add.at(found, (rows, self.codes[rows, place], after), 1)
        return found

    def at(self, place: int) -> tuple[Ints, Ints]:
        """Return the variants that go so far, by row, and the activity that each has there."""
        rows = np.nonzero(self.codes[:, place] >= 0)[0]
        return rows, self.codes[rows, place]
