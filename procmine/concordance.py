"""Does one order go with another: Kendall's tau within strata, from counts.

Only pairs of one stratum are compared. Of so many pairs that differ in both, `C` go the same way
and `D` the opposite way: tau-b is (C - D) over the geometric mean of the pairs that differ in the
one and of those that differ in the other, and Somers' D is (C - D) over those that differ in the
group, so that (1 - D) / 2 is the chance that the higher group's value is the smaller of two.

Source: Kendall, "The treatment of ties in ranking problems", Biometrika 33 (1945); Somers, "A new
asymmetric measure of association for ordinal variables", American Sociological Review 27 (1962);
intervals over clusters: Newson, "Confidence intervals for rank statistics: Somers' D and
extensions", Stata Journal 6 (2006).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Figures = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Pairs:
    """Pairs of one stratum, or of several together.

    Attributes:
        turned: Those that go the same way less those that go opposite ways.
        grouped: Those of two groups.
        valued: Those of two values.
    """

    turned: Figures
    grouped: Figures
    valued: Figures

    def over(self, parts: Numbers, number: int) -> "Pairs":
        """Add up strata by the part that each belongs to.

        Args:
            parts: For each stratum the number of its part, from 0.
            number: How many parts there are.
        """
        turned, grouped, valued = (
            np.bincount(parts, sums, number).astype(np.float64)
            for sums in (self.turned, self.grouped, self.valued)
        )
        return Pairs(turned, grouped, valued)

    @property
    def tau(self) -> Figures:
        """Kendall's tau-b; not a number where nothing differs."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.turned / np.sqrt(self.grouped * self.valued)

    @property
    def somers(self) -> Figures:
        """Somers' D, of the value given the group."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.turned / self.grouped


@dataclass(frozen=True)
class Ranking:
    """Values in their order, stratum by stratum.

    Attributes:
        order: The places of the rows, by stratum and value.
        tie: For each of these rows the number of its stratum and value together.
        stratum: For each such tie the number of its stratum.
        first: Where each stratum's ties begin.

    Example:
        >>> ranking = Ranking.of(pl.Series([0, 0, 0, 0]), pl.Series([1, 2, 3, 4]))
        >>> pairs = ranking.pairs(np.array([0, 0, 1, 1]), groups=2)
        >>> pairs.tau.round(3).tolist(), pairs.somers.tolist()
        ([0.816], [1.0])
    """

    order: Numbers
    tie: Numbers
    stratum: Numbers
    first: Numbers

    @classmethod
    def of(cls, strata: pl.Series, values: pl.Series) -> "Ranking":
        """Put values in order.

        Args:
            strata: For each value, one at least, the number of its stratum, from 0, all used.
            values: The values, none null.
        """
        table = pl.DataFrame({"stratum": strata, "value": values}).with_row_index("row")
        table = table.sort("stratum", "value", "row")
        tie = pl.struct("stratum", "value").rle_id().alias("tie")
        table = table.with_columns(tie)
        ties = table.group_by("tie", maintain_order=True).agg(pl.col("stratum").first())
        stratum = ties["stratum"].cast(pl.Int64).to_numpy()
        first = np.searchsorted(stratum, np.arange(int(stratum.max(initial=-1)) + 1))
        order, number = (table[c].cast(pl.Int64).to_numpy() for c in ("row", "tie"))
        return cls(order, number, stratum, first)

    @cached_property
    def valued(self) -> Figures:
        """Of each stratum, how many pairs of two values there are."""
        ties = np.bincount(self.tie, minlength=len(self.stratum)).astype(np.float64)
        strata = len(self.first)
        tied = np.bincount(self.stratum, _two(ties), strata)
        sizes = np.bincount(self.stratum, ties, strata).astype(np.float64)
        return _two(sizes) - tied

    def pairs(self, groups_of: Numbers, groups: int) -> Pairs:
        """Count pairs of each stratum.

        Args:
            groups_of: For each row the number of its group, from 0, in their order.
            groups: How many groups there are.
        """
        here, before, whole = self._counts(groups_of, groups)
        turned, grouped = np.zeros(len(self.stratum)), np.zeros(len(self.first))
        lower, lower_before, smaller = (np.zeros_like(t[0]) for t in (here, before, whole))
        for own, own_before, own_whole in zip(here, before, whole, strict=True):
            turned += own * lower_before - lower * own_before
            grouped += own_whole * smaller
            lower, lower_before = lower + own, lower_before + own_before
            smaller = smaller + own_whole
        return Pairs(np.add.reduceat(turned, self.first), grouped, self.valued)

    def influence(self, groups_of: Numbers, groups: int) -> tuple[Figures, Figures]:
        """Say for each row how the pairs that it makes turn, and how many of two groups they are.

        Args:
            groups_of: As in `pairs`.
            groups: As in `pairs`.

        Returns:
            Both in the order of the rows.
        """
        here, before, whole = self._counts(groups_of, groups)
        net = 2 * before + here - whole[:, self.stratum]
        lower = np.cumsum(net, axis=0) - net
        higher = net.sum(axis=0) - lower - net
        own = groups_of[self.order]
        turned, compared = np.empty(len(own)), np.empty(len(own))
        turned[self.order] = (lower - higher)[own, self.tie]
        stratum = self.stratum[self.tie]
        compared[self.order] = whole.sum(axis=0)[stratum] - whole[own, stratum]
        return turned, compared

    def _counts(self, groups_of: Numbers, groups: int) -> tuple[Figures, Figures, Figures]:
        """Count rows by group, and by tie or stratum: in it, before it there, in the stratum."""
        ties = len(self.stratum)
        cells = groups_of[self.order] * ties + self.tie
        here = np.bincount(cells, minlength=ties * groups).reshape(groups, ties).astype(np.float64)
        before = np.cumsum(here, axis=1) - here
        before -= before[:, self.first][:, self.stratum]
        return here, before, np.add.reduceat(here, self.first, axis=1)


def _two(number: Figures) -> Figures:
    """How many pairs so many make."""
    return number * (number - 1) / 2
