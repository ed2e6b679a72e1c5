"""What each resource did, and which of it was done in batches."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from procmine.waiting.axis import Axis
from procmine.waiting.ranges import IntArray
from procmine.waiting.timeline import Timeline


@dataclass(frozen=True)
class Jobs:
    """What each resource did, one entry a job.

    Attributes:
        resource: Who did it, as a code from 0.
        enabled: When it could have begun.
        start: When it began, not before that.
        end: When it was done, not before that.
        batch: The batch it was done in, numbered from 0; -1 for none.
    """

    resource: IntArray
    enabled: IntArray
    start: IntArray
    end: IntArray
    batch: IntArray

    @cached_property
    def ready(self) -> IntArray:
        """When the last job of its batch was enabled; its own where it was done alone."""
        return self._of_batch(np.maximum, self.enabled, int(np.iinfo(np.int64).min))

    @cached_property
    def first(self) -> IntArray:
        """When the first job of its batch began; its own where it was done alone."""
        return self._of_batch(np.minimum, self.start, int(np.iinfo(np.int64).max))

    @cached_property
    def last(self) -> IntArray:
        """When the last job of its batch began; its own where it was done alone."""
        return self._of_batch(np.maximum, self.start, int(np.iinfo(np.int64).min))

    def _of_batch(self, extreme: np.ufunc, values: IntArray, otherwise: int) -> IntArray:
        ends = np.full(int(self.batch.max(initial=0)) + 1, otherwise, np.int64)
        inside = self.batch >= 0
        extreme.at(ends, self.batch[inside], values[inside])
        return np.where(inside, ends[self.batch], values)

    @cached_property
    def axis(self) -> Axis:
        """Orders all their instants, resource by resource."""
        return Axis(self.enabled, self.start, self.end)

    @cached_property
    def timeline(self) -> Timeline:
        """What each resource was busy with; a stretch counts by its job that was enabled first."""
        return Timeline(self.resource, self.start, self.end, self.enabled, self.axis)
