"""What each resource was busy with, as stretches between the instants at which that changed."""

from collections.abc import Callable
from typing import Final

import numpy as np

from procmine.waiting.axis import Axis
from procmine.waiting.ranges import IntArray, before, distinct, spread_minimum, sums_at_most

IDLE: Final = int(np.iinfo(np.int64).max)
"""The value of a stretch in which nothing is done."""

Clock = Callable[[IntArray, IntArray], IntArray]
"""Says how much of something has gone by, for whom, until when: (groups, instants)."""


class Timeline:
    """The stretches in which each group is busy or idle.

    Args:
        group: Whose job it is, as a code from 0.
        start: When it begins.
        end: When it ends.
        value: What it counts by: when it was enabled.
        axis: Orders all instants that will be asked about.

    Attributes:
        groups: Whose stretch it is.
        instants: When it begins: where a job begins or ends. The last one of a group is empty.
        lengths: How long it lasts.
        earliest: The smallest value of the jobs in it, `IDLE` where there is none.
    """

    def __init__(
        self, group: IntArray, start: IntArray, end: IntArray, value: IntArray, axis: Axis
    ) -> None:
        self._axis = axis
        begins, ends = axis.key(group, start), axis.key(group, end)
        self._points = distinct(np.concatenate([begins, ends]))
        self.groups, self.instants = axis.group(self._points), axis.instant(self._points)
        self.lengths = self._between(self.instants)
        low, high = (np.searchsorted(self._points, keys) for keys in (begins, ends))
        self.earliest = spread_minimum(self._points.size, low, high, value, IDLE)

    def _between(self, amounts: IntArray) -> IntArray:
        """Return how much goes by in each stretch."""
        goes_on = np.append(self.groups[1:] == self.groups[:-1], False)[: self.groups.size]
        return np.where(goes_on, np.roll(amounts, -1) - amounts, 0)

    def at(self, group: IntArray, instant: IntArray) -> IntArray:
        """Return the stretch that begins at each instant, at which a job of the group does."""
        return np.searchsorted(self._points, self._axis.key(group, instant))

    def after(self, group: IntArray, instant: IntArray) -> IntArray:
        """Return the first stretch that begins after each instant."""
        return np.searchsorted(self._points, self._axis.key(group, instant), side="right")

    def busy_at_most(
        self, group: IntArray, since: IntArray, until: IntArray, limit: IntArray
    ) -> IntArray:
        """Return how long somebody is busy with a job whose value is at most a limit.

        Args:
            group: Whose time it is.
            since: From when.
            until: To when, a later instant at which a job of the group begins.
            limit: The limit.
        """
        first, last = self.after(group, since), self.at(group, until)
        whole = sums_at_most(self.earliest, self.lengths, first, last, limit)
        # The stretch that is under way at `since`; before a group's first one nothing is done.
        return whole + np.where(self.earliest[first - 1] <= limit, self.instants[first] - since, 0)

    def busy(self, group: IntArray, since: IntArray, until: IntArray, clock: Clock) -> IntArray:
        """Return how much goes by, by a clock, while somebody is busy with any job.

        Args:
            group: Whose time it is.
            since: From when.
            until: To when, a later instant at which a job of the group begins.
            clock: What is measured.
        """
        first, last = self.after(group, since), self.at(group, until)
        passed = clock(self.groups, self.instants)
        busy = self.earliest != IDLE
        done = before(np.where(busy, self._between(passed), 0))
        under_way = np.where(busy[first - 1], passed[first] - clock(group, since), 0)
        return done[last] - done[first] + under_way
