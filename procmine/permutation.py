"""Shuffle who is in which group, customer by customer, as if the group made no difference.

A customer's journeys resemble each other, so they change groups together: the labels of one
customer's journeys go, in their order, to another customer of the same stratum with as many
journeys. What a figure is under many such shuffles says what chance alone makes of it.

Source: Good, Permutation, Parametric and Bootstrap Tests of Hypotheses, 3rd ed. 2005, chapter 3
(exchangeable units within blocks).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Figures = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Shuffle:
    """The customers of some journeys, and who may change places with whom.

    Attributes:
        rows: The journeys' places, a customer's together.
        first: Where in `rows` each customer's journeys begin.
        block: For each customer the customers it may change places with, as a number.
        seed: Another number shuffles otherwise.
    """

    rows: Numbers
    first: Numbers
    block: Numbers
    seed: int

    @classmethod
    def of(cls, customers: pl.Series, strata: pl.Series, *, seed: int) -> "Shuffle":
        """Prepare shuffles of some journeys.

        Args:
            customers: For each journey its customer; a journey without one is its own.
            strata: For each journey what its customer's first journey must have in common with
                another's for the two to change places.
            seed: Another number shuffles otherwise.
        """
        own = pl.int_range(pl.len()).cast(pl.String)
        named = pl.concat_str(pl.lit("c"), pl.col("customer").cast(pl.String))
        table = pl.DataFrame({"customer": customers, "stratum": strata}).with_row_index("row")
        table = table.with_columns(pl.coalesce(named, own).alias("customer")).sort(
            "customer", "row"
        )
        units = table.group_by("customer", maintain_order=True).agg(
            pl.len().alias("journeys"), pl.col("stratum").first()
        )
        block = units.select(pl.struct("journeys", "stratum").rank("dense").cast(pl.Int64))
        ends = units["journeys"].cast(pl.Int64).cum_sum().to_numpy()
        first = np.concatenate([[0], ends[:-1]]).astype(np.int64)
        return cls(
            table["row"].cast(pl.Int64).to_numpy(), first, block.to_series().to_numpy(), seed
        )

    def draws(self, labels: Numbers, times: int) -> Iterator[Numbers]:
        """Shuffle labels so many times.

        Args:
            labels: For each journey the number of its group.
            times: How often.

        Example:
            >>> four = pl.Series(["a", "b", "c", "d"])
            >>> shuffle = Shuffle.of(four, pl.Series([1, 1, 2, 2]), seed=1)
            >>> drawn = next(shuffle.draws(np.array([7, 7, 8, 8]), 1))
            >>> drawn.tolist()
            [7, 7, 8, 8]
        """
        random = np.random.default_rng(self.seed)
        order = np.argsort(self.block, kind="stable")
        blocks = self.block[order]
        sizes = np.diff(np.append(self.first, len(self.rows)))
        within = np.arange(len(self.rows)) - np.repeat(self.first, sizes)
        held = labels[self.rows]
        for _ in range(times):
            giver = np.empty_like(order)
            giver[order] = order[np.lexsort((random.random(len(order)), blocks))]
            drawn = np.empty_like(labels)
            drawn[self.rows] = held[np.repeat(self.first[giver], sizes) + within]
            yield drawn
