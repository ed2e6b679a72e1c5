"""Random numbers whose values are the same on every version of NumPy."""

import numpy as np
from numpy.typing import NDArray


class Draws:
    """Draws made from uniform numbers alone.

    NumPy promises the same bits of a bit generator for ever, but not the same normal or
    exponential numbers; so those are made here.

    Args:
        seeds: Whole numbers that together name the stream.

    Example:
        >>> Draws(1, 2).below(3, 10).tolist() == Draws(1, 2).below(3, 10).tolist()
        True
    """

    def __init__(self, *seeds: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seeds)))

    def uniform(self, count: int) -> NDArray[np.float64]:
        """Return numbers in [0, 1)."""
        return self._generator.random(count)

    def chance(self, share: float | NDArray[np.float64], count: int) -> NDArray[np.bool_]:
        """Return which of so many come out, each with this probability."""
        return self.uniform(count) < share

    def below(self, count: int, limit: int) -> NDArray[np.int64]:
        """Return whole numbers from 0 to below the limit."""
        return (self.uniform(count) * limit).astype(np.int64)

    def skewed(
        self, median: float | NDArray[np.float64], spread: float, count: int
    ) -> NDArray[np.float64]:
        """Return log-normal numbers, as waits and handling times are.

        Args:
            median: Half of the numbers are below it.
            spread: The standard deviation of their logarithm.
            count: How many.

        Source:
            Box & Muller (1958), *A note on the generation of random normal deviates*.
        """
        radius = np.sqrt(-2 * np.log(1 - self.uniform(count)))
        normal = radius * np.cos(2 * np.pi * self.uniform(count))
        return median * np.exp(spread * normal)
