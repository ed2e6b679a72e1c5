"""Instants of many groups on one line, so that a single binary search finds any of them."""

import numpy as np

from procmine.waiting.ranges import IntArray, distinct


class Axis:
    """Order pairs of a group and an instant by one integer each.

    An instant counts by its rank: a century of microseconds for each of a million groups would not
    fit into 64 bits.

    Args:
        *instants: All that will be asked about.

    Example:
        >>> axis = Axis(np.array([500, 700]))
        >>> keys = axis.key(np.array([0, 1]), np.array([700, 500]))
        >>> bool(keys[0] < keys[1]), axis.instant(keys).tolist(), axis.group(keys).tolist()
        (True, [700, 500], [0, 1])
    """

    def __init__(self, *instants: IntArray) -> None:
        self._distinct = distinct(np.concatenate(instants))

    def key(self, group: IntArray, instant: IntArray) -> IntArray:
        """Return the integer of each pair."""
        return group * self._distinct.size + np.searchsorted(self._distinct, instant)

    def group(self, key: IntArray) -> IntArray:
        """Return the group of each integer."""
        return key // max(self._distinct.size, 1)

    def instant(self, key: IntArray) -> IntArray:
        """Return the instant of each integer."""
        return self._distinct[key % max(self._distinct.size, 1)]
