"""What a job waits for while its batch is under way: jobs of the batch, and others beside it."""

from dataclasses import dataclass

import numpy as np

from procmine.waiting.jobs import Jobs
from procmine.waiting.ranges import BoolArray, IntArray, before, spread_minimum, sums_at_most
from procmine.waiting.timeline import IDLE

_ALWAYS = -IDLE


@dataclass(frozen=True)
class _Runs:
    """The resources' stretches while their batches run, one batch after the other.

    Attributes:
        batch: The batch of each.
        stretch: The stretch of the resource's timeline.
        shift: By batch: what makes a place on the resource's timeline one here.
        last: By batch: where it ends here.
    """

    batch: IntArray
    stretch: IntArray
    shift: IntArray
    last: IntArray


def contended(jobs: Jobs, at: IntArray) -> IntArray:
    """Return how long jobs wait, once their batch has begun, for work that was enabled no later.

    A job of the batch counts if it was enabled no later than the one that waits; a job outside it,
    which the resource does at the same time, if it was enabled no later than the whole batch.

    Args:
        jobs: All jobs.
        at: Which of them wait: each in a batch that began before it.
    """
    members = np.flatnonzero(jobs.batch >= 0)
    runs = _runs(jobs, members)
    low, high = (_place(jobs, members, ends, runs) for ends in (jobs.start, jobs.end))
    size = runs.batch.size
    earliest = spread_minimum(size, low, high, jobs.enabled[members], IDLE)
    beside = _beside(jobs, members, runs, _covering(size, low, high))
    values = np.where(beside, _ALWAYS, earliest)
    lengths = jobs.timeline.lengths[runs.stretch]
    first, start = (_place(jobs, at, ends, runs) for ends in (jobs.first, jobs.start))
    return sums_at_most(values, lengths, first, start, jobs.enabled[at])


def _runs(jobs: Jobs, members: IntArray) -> _Runs:
    """Lay out the stretches from the beginning of each batch to that of its last job."""
    batch, one = np.unique(jobs.batch[members], return_index=True)
    some = members[one]
    low, high = (jobs.timeline.at(jobs.resource[some], e[some]) for e in (jobs.first, jobs.last))
    ends = before(high - low)
    of = np.repeat(np.arange(batch.size), high - low)
    shift = ends[:-1] - low
    return _Runs(of, np.arange(int(ends[-1])) - shift[of], shift, ends[1:])


def _place(jobs: Jobs, at: IntArray, instants: IntArray, runs: _Runs) -> IntArray:
    """Return where the instants of some jobs stand in their batches' runs, at most at their end."""
    batch = jobs.batch[at]
    place = jobs.timeline.at(jobs.resource[at], instants[at]) + runs.shift[batch]
    return np.minimum(place, runs.last[batch])


def _covering(places: int, low: IntArray, high: IntArray) -> IntArray:
    """Return how many ranges cover each place."""
    opened = np.bincount(low, minlength=places + 1)
    return np.cumsum(opened - np.bincount(high, minlength=places + 1))[:places]


def _beside(jobs: Jobs, members: IntArray, runs: _Runs, own: IntArray) -> BoolArray:
    """Whether a job outside the batch, enabled no later than it, runs in each stretch."""
    some = np.zeros(runs.last.size, np.int64)
    some[jobs.batch[members]] = members
    one = some[runs.batch]
    who, instant = jobs.resource[one], jobs.timeline.instants[runs.stretch]
    crowded = np.flatnonzero(_running(jobs, who, instant, None) > own)
    ready = jobs.ready[one[crowded]]
    found = np.zeros(own.size, np.bool_)
    found[crowded] = _running(jobs, who[crowded], instant[crowded], ready) > own[crowded]
    return found


def _running(jobs: Jobs, who: IntArray, instant: IntArray, enabled: IntArray | None) -> IntArray:
    """Count a resource's jobs that run right after an instant, those enabled by a limit alone."""
    asked = jobs.axis.key(who, instant)
    counts: list[IntArray] = []
    for ends in (jobs.start, jobs.end):
        keys = jobs.axis.key(jobs.resource, ends)
        order = np.argsort(keys, kind="stable")
        low = np.searchsorted(keys[order], jobs.axis.key(who, np.full_like(instant, -IDLE)))
        high = np.searchsorted(keys[order], asked, side="right")
        ones = np.ones(order.size, np.int64)
        if enabled is None:
            counts.append(high - low)
        else:
            counts.append(sums_at_most(jobs.enabled[order], ones, low, high, enabled))
    return counts[0] - counts[1]
