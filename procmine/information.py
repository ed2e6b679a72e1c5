"""How much does a group say about how its members are treated, and where does it show?

The mutual information of group and treatment is Kullback's likelihood-ratio statistic divided by
2 N ln 2; it is biased upwards in small samples, so it is compared with its mean under shuffles.

Source: Cover & Thomas, Elements of Information Theory, 2nd ed. 2006, section 11.2; the largest of
many deviations: Westfall & Young, Resampling-Based Multiple Testing, 1993.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from procmine.permutation import Figures, Numbers

RARE: Final = 5
"""A treatment that fewer receive is counted with all the other rare ones."""

_HALF: Final = 0.5
"""The least spread of a count: a cell that no shuffle changes deviates by whole members."""


class Look(NamedTuple):
    """What one dealing out of groups looks like.

    Attributes:
        bits: The mutual information of group and treatment, given what was promised.
        parts: By group and part, how many members' treatment holds the part.
        ways: By group and treatment that isn't rare, how many members.
    """

    bits: float
    parts: Numbers
    ways: Numbers


@dataclass(frozen=True)
class Counter:
    """Counts members by promise, group and treatment.

    Attributes:
        treatment: For each member the number of its treatment, from 0.
        promise: For each the number of what it was promised, from 0.
        groups: How many groups there are.
        holds: By treatment and part, whether the treatment holds the part, as 0 and 1.

    Example:
        >>> alone = np.zeros(16, np.int64)
        >>> counter = Counter(np.repeat([0, 1], 8), alone, groups=2, holds=np.array([[1], [0]]))
        >>> look = counter.look(np.repeat([0, 1], 8))
        >>> look.bits, look.parts.tolist(), look.ways.tolist()
        (1.0, [[8], [0]], [[8, 0], [0, 8]])
    """

    treatment: Numbers
    promise: Numbers
    groups: int
    holds: Numbers

    @property
    def common(self) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        """For each treatment whether it isn't rare."""
        return np.bincount(self.treatment, minlength=len(self.holds)) >= RARE

    def look(self, labels: Numbers) -> Look:
        """Look at the members in these groups.

        Args:
            labels: For each member the number of its group, from 0.
        """
        shape = (int(self.promise.max()) + 1, self.groups, len(self.holds))
        cell = (self.promise * shape[1] + labels) * shape[2] + self.treatment
        counts = np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)
        common = self.common
        rare = counts[:, :, ~common].sum(axis=2, keepdims=True)
        bits = _bits(np.concatenate([counts[:, :, common], rare], axis=2))
        plain = counts.sum(axis=0)
        return Look(bits, plain @ self.holds, plain[:, common])


def _bits(counts: Numbers) -> float:
    """Return the information that the second axis and the third share, given the first."""
    inside = counts.sum(axis=(1, 2), keepdims=True)
    apart = counts.sum(axis=1, keepdims=True) * counts.sum(axis=2, keepdims=True)
    there = counts > 0
    ratio = (counts * inside)[there] / np.broadcast_to(apart, counts.shape)[there]
    return float((counts[there] * np.log2(ratio)).sum() / counts.sum())


def beyond_chance(bits: float, by_chance: Sequence[float]) -> dict[str, float]:
    """Compare the information with what shuffles give.

    Returns:
        `bits, expected_bits, excess_bits, p_value`.

    Example:
        >>> beyond_chance(0.5, [0.1, 0.3, 0.2])["p_value"]
        0.25
    """
    expected = sum(by_chance) / len(by_chance)
    as_large = sum(drawn >= bits - 1e-12 for drawn in by_chance)
    return {
        "bits": bits,
        "expected_bits": expected,
        "excess_bits": bits - expected,
        "p_value": (1 + as_large) / (1 + len(by_chance)),
    }


def deviations(seen: Numbers, drawn: Sequence[Numbers], sizes: Numbers) -> pl.DataFrame:
    """Say where a group deviates from what chance would have, the surest first.

    Args:
        seen: Counts by group and column.
        drawn: The same under shuffles.
        sizes: How many members each group has.

    Returns:
        `row, column, cases, share, expected_share, times, p_value`. The p-value is that of so
        large a deviation anywhere, so that it holds for all rows together.
    """
    chance = np.stack(drawn).astype(np.float64)
    mean: Figures = chance.mean(axis=0)
    spread: Figures = np.maximum(chance.std(axis=0), _HALF)
    extremes: Figures = np.abs((chance - mean) / spread).max(axis=(1, 2), initial=0)
    apart: Figures = np.abs((seen - mean) / spread)
    as_large = (extremes[:, None] >= apart.ravel() - 1e-9).sum(axis=0)
    rows, columns = np.divmod(np.arange(seen.size), max(1, seen.shape[1]))
    held = sizes[rows]
    return (
        pl.DataFrame(
            {
                "row": rows,
                "column": columns,
                "cases": seen.ravel(),
                "share": seen.ravel() / held,
                "expected_share": mean.ravel() / held,
                "p_value": (1 + as_large) / (1 + len(drawn)),
                "apart": apart.ravel(),
            }
        )
        .with_columns(
            pl.when(pl.col("expected_share") > 0)
            .then(pl.col("share") / pl.col("expected_share"))
            .alias("times")
        )
        .sort("p_value", "apart", "row", "column", descending=[False, True, False, False])
        .drop("apart")
    )
