"""What still holds where nobody knows when work began: each cause took at most so long.

A job began somewhere between when it was enabled and when it was done, and so did every other one:
that much is certain if no job begins before the one that enables it is done. What nothing enabled,
the first job of a case above all, can have begun at any time.
"""

import numpy as np

from procmine.waiting.axis import Axis
from procmine.waiting.causes import (
    BATCHING,
    CONTENTION,
    EXTRANEOUS,
    PRIORITISATION,
    UNAVAILABILITY,
)
from procmine.waiting.jobs import Jobs
from procmine.waiting.ranges import BoolArray, IntArray, before, distinct
from procmine.waiting.timeline import IDLE, Clock


def at_most(jobs: Jobs, opening: BoolArray, worked: Clock) -> dict[str, IntArray]:
    """Return how long each cause can have held up each job; they don't add up.

    Args:
        jobs: All jobs of all resources; `start` isn't looked at, and `batch` numbers those that can
            have been done together at all.
        opening: Which of them nothing enabled.
        worked: How long a resource could have been at work until an instant.

    Returns:
        Cause to microseconds, for each job.

    Example:
        >>> ann, done = np.zeros(2, np.int64), np.array([5, 10])
        >>> jobs = Jobs(ann, np.array([0, 1]), done, done, np.arange(2))
        >>> nothing = np.zeros(2, np.bool_)
        >>> parts = at_most(jobs, nothing, lambda resource, instant: instant)
        >>> {cause: int(lengths[1]) for cause, lengths in parts.items()}
        {'batching': 0, 'contention': 4, 'prioritisation': 4, 'unavailability': 0, 'extraneous': 9}
    """
    at_work = worked(jobs.resource, jobs.end) - worked(jobs.resource, jobs.enabled)
    crowded = _crowded(jobs, opening)
    return {
        BATCHING: _last_enabled(jobs, opening) - jobs.enabled,
        CONTENTION: crowded,
        PRIORITISATION: crowded,
        UNAVAILABILITY: jobs.end - jobs.enabled - at_work,
        EXTRANEOUS: at_work,
    }


def _last_enabled(jobs: Jobs, opening: BoolArray) -> IntArray:
    """Return when the last of those it can have been done with was enabled, before it was done."""
    axis = Axis(jobs.enabled, jobs.end)
    enabled = np.sort(axis.key(jobs.batch, jobs.enabled))
    last = np.searchsorted(enabled, axis.key(jobs.batch, jobs.end), side="right") - 1
    # What nothing enabled can have been enabled at any time until it was done.
    until = np.full(int(jobs.batch.max()) + 1, -IDLE)
    np.maximum.at(until, jobs.batch[opening], jobs.end[opening])
    return np.maximum(axis.instant(enabled[last]), np.minimum(until[jobs.batch], jobs.end))


def _crowded(jobs: Jobs, opening: BoolArray) -> IntArray:
    """Return how long, until each job was done, another of its resource may have been under way."""
    since = np.where(opening, jobs.enabled.min(), jobs.enabled)
    axis = Axis(jobs.enabled, jobs.end)
    keys = [axis.key(jobs.resource, ends) for ends in (since, jobs.end)]
    points = distinct(np.concatenate([*keys, axis.key(jobs.resource, jobs.enabled)]))
    begun, closed = (np.searchsorted(points, key) for key in keys)
    counts = [np.bincount(places, minlength=points.size) for places in (begun, closed)]
    several = np.cumsum(counts[0] - counts[1])[:-1] > 1
    done = before(np.where(several, np.diff(axis.instant(points)), 0))
    enabled = np.searchsorted(points, axis.key(jobs.resource, jobs.enabled))
    return done[closed] - done[enabled]
