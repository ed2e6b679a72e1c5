"""What enabled an event: the one whose end it waited for."""

import numpy as np

from procmine.waiting.axis import Axis
from procmine.waiting.concurrency import among
from procmine.waiting.ranges import IntArray


def enablers(
    case: IntArray, activity: IntArray, end: IntArray, latest: IntArray, concurrent: IntArray
) -> IntArray:
    """Find each event's enabler: the latest one before it in its case that it could wait for.

    Args:
        case: The case of each event, numbered from 0 upwards; sorted by it, then by `end`.
        activity: Its activity, as a code from 0.
        end: When it was completed.
        latest: When its enabler must have been completed.
        concurrent: The pairs of activities of which neither waits for the other.

    Returns:
        The position of each event's enabler, -1 where it has none.

    Example:
        >>> case, activity, end = np.array([0, 0, 0]), np.array([0, 1, 2]), np.array([10, 20, 30])
        >>> pairs = np.array([1 * 3 + 2, 2 * 3 + 1])  # 1 and 2 are concurrent
        >>> enablers(case, activity, end, end - 1, pairs).tolist()
        [-1, 0, 0]
    """
    axis = Axis(end, latest)
    found = np.searchsorted(axis.key(case, end), axis.key(case, latest), side="right") - 1
    first = np.searchsorted(case, case)
    n = int(activity.max(initial=-1)) + 1
    asking = np.flatnonzero(found >= first)
    while asking.size:
        passed_over = among(concurrent, activity[asking] * n + activity[found[asking]])
        asking = asking[passed_over]
        found[asking] -= 1
        asking = asking[found[asking] >= first[asking]]
    return np.where(found >= first, found, -1)
