"""When work can have begun at the earliest, where only its completion is known."""

import numpy as np

from procmine.waiting.axis import Axis
from procmine.waiting.concurrency import concurrent_pairs
from procmine.waiting.enabling import enablers
from procmine.waiting.ranges import IntArray


def enabled_since(case: IntArray, activity: IntArray, end: IntArray, opened: IntArray) -> IntArray:
    """Return when each event was enabled: the latest earlier end in its case, concurrency aside.

    Args:
        case: The case of each event, numbered from 0 upwards; sorted by it, then by `end`.
        activity: Its activity, as a code from 0.
        end: When it was completed.
        opened: When its case began, which enables what nothing in it enables.

    Example:
        >>> one_case, end = np.zeros(3, np.int64), np.array([10, 20, 20])
        >>> enabled_since(one_case, np.arange(3), end, np.full(3, 5)).tolist()
        [5, 10, 10]
    """
    enabler = enablers(case, activity, end, end - 1, concurrent_pairs(activity, case))
    return np.where(enabler >= 0, end[enabler], opened)


def available_since(resource: IntArray, end: IntArray, otherwise: IntArray) -> IntArray:
    """Return the latest earlier end of each event's resource.

    Args:
        resource: Who did it, as a code from 0; -1 where nobody knows.
        end: When it was completed.
        otherwise: What counts where its resource has completed nothing before.

    Example:
        >>> ann, end = np.array([0, 0, -1]), np.array([10, 20, 30])
        >>> available_since(ann, end, np.array([1, 2, 3])).tolist()
        [1, 10, 3]
    """
    axis = Axis(end)
    keys = axis.key(resource, end)
    ends = np.sort(keys)
    last = np.searchsorted(ends, keys) - 1
    same = (last >= 0) & (axis.group(ends[last]) == resource) & (resource >= 0)
    return np.where(same, axis.instant(ends[last]), otherwise)
