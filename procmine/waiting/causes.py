"""The parts of each wait, by cause: exact, without overlap, and adding up to the wait."""

from typing import Final

import numpy as np

from procmine.waiting.jobs import Jobs
from procmine.waiting.ranges import IntArray
from procmine.waiting.timeline import Clock
from procmine.waiting.within_batch import contended

BATCHING: Final = "batching"
CONTENTION: Final = "contention"
PRIORITISATION: Final = "prioritisation"
UNAVAILABILITY: Final = "unavailability"
EXTRANEOUS: Final = "extraneous"
QUEUE: Final = "queue"

CAUSES: Final = (BATCHING, CONTENTION, PRIORITISATION, UNAVAILABILITY, EXTRANEOUS)
"""In the order in which a moment is given to one of them."""


def divide(jobs: Jobs, worked: Clock) -> dict[str, IntArray]:
    """Divide the wait of each job, from `enabled` to `start`, by its causes.

    *Batching* lasts until the last job of the batch is enabled. In what is left, another job of
    the same resource is *contention* if it was enabled no later, *prioritisation* if later. What is
    left of that is *unavailability* outside the resource's hours, and *extraneous* within. To jobs
    outside it a batch is one job, enabled when its last one was.

    Args:
        jobs: All jobs of all resources.
        worked: How long a resource could have been at work until an instant.

    Returns:
        Cause to microseconds, for each job; they add up to its wait.

    Example:
        >>> ann = np.array([0, 0])
        >>> jobs = Jobs(ann, np.array([0, 1]), np.array([0, 9]), np.array([5, 10]), ann - 1)
        >>> parts = divide(jobs, lambda resource, instant: instant // 2)  # at work half the time
        >>> {cause: int(lengths[1]) for cause, lengths in parts.items()}
        {'batching': 0, 'contention': 4, 'prioritisation': 0, 'unavailability': 2, 'extraneous': 2}
    """
    parts = {cause: np.zeros(jobs.start.size, np.int64) for cause in CAUSES}
    parts[BATCHING] = jobs.ready - jobs.enabled
    _before_it_began(parts, jobs, worked)
    _while_it_ran(parts, jobs)
    return parts


def _before_it_began(parts: dict[str, IntArray], jobs: Jobs, worked: Clock) -> None:
    """Divide what passed between when a job, or its batch, was ready and when it was begun."""
    at = np.flatnonzero(jobs.first > jobs.ready)
    who, ready, first = jobs.resource[at], jobs.ready[at], jobs.first[at]
    held = jobs.timeline.busy_at_most(who, ready, first, ready)
    busy = jobs.timeline.busy(who, ready, first, _time)
    while_busy = jobs.timeline.busy(who, ready, first, worked)
    idle_at_work = worked(who, first) - worked(who, ready) - while_busy
    parts[CONTENTION][at] = held
    parts[PRIORITISATION][at] = busy - held
    parts[UNAVAILABILITY][at] = first - ready - busy - idle_at_work
    parts[EXTRANEOUS][at] = idle_at_work


def _time(_: IntArray, instant: IntArray) -> IntArray:
    return instant


def _while_it_ran(parts: dict[str, IntArray], jobs: Jobs) -> None:
    """Divide what passed between the beginning of a job's batch and its own: all of it busy."""
    at = np.flatnonzero(jobs.start > jobs.first)
    held = contended(jobs, at)
    parts[CONTENTION][at] += held
    parts[PRIORITISATION][at] += jobs.start[at] - jobs.first[at] - held
