"""The order desk: a real queue, so that why each order waited in it is known to the second.

Every clerk has a queue of their own. They work in the desk's hours, take business orders first, and
sometimes wait for something outside before they start; no work is begun that can't be finished
before closing.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..calendars import Calendar, Seconds

_TURN = 1
"""Seconds from one order to the next: jobs without any pause between them would be a batch."""


@dataclass(frozen=True)
class Served:
    """Jobs that were done, one value per job in each array.

    Attributes:
        job: Their numbers, in the order of coming.
        start: When work on each began.
        end: When it was completed.
        clerk: Who did it, from 0.
        contention: Seconds of the wait in which the clerk did what had come no later.
        prioritisation: Seconds of the wait in which the clerk did what had come later.
    """

    job: NDArray[np.int64]
    start: Seconds
    end: Seconds
    clerk: NDArray[np.int64]
    contention: Seconds
    prioritisation: Seconds


@dataclass(slots=True)
class _Job:
    number: int
    came: int
    length: int
    pause: int
    urgent: bool
    begun_before: int
    urgent_before: int


class _Clerk:
    """One person's queue and clock.

    Attributes:
        urgent: Business orders that wait.
        usual: All others that wait.
        begun: Seconds of work on everything begun so far.
        urgent_begun: The same of business orders alone.
        urgent_come: Seconds of work on all business orders that have come.
        start: When the latest work was begun.
        end: When it is completed.
        free: From when on the next can be begun.
        day: The position of the day the clerk has got to.
    """

    __slots__ = (
        "begun", "day", "end", "free", "start", "urgent", "urgent_begun", "urgent_come", "usual",
    )  # fmt: skip

    def __init__(self) -> None:
        self.urgent: deque[_Job] = deque()
        self.usual: deque[_Job] = deque()
        self.begun = self.urgent_begun = self.urgent_come = 0
        self.start = self.end = self.free = self.day = 0

    def busy_until(self, at: int) -> int:
        """Return for how many seconds the clerk has worked by an instant."""
        return self.begun - max(0, self.end - max(at, self.start))

    def first(self) -> int:
        """Return when the longest waiting job came."""
        return min(queue[0].came for queue in (self.urgent, self.usual) if queue)

    def choose(self, at: int) -> _Job:
        """Take the next job from its queue."""
        queue = self.urgent if self.urgent and self.urgent[0].came <= at else self.usual
        return queue.popleft()


class Desk:
    """Clerks with a queue each, fed in the order of coming.

    Args:
        calendar: The desk's hours.
        clerks: How many there are.
    """

    def __init__(self, calendar: Calendar, clerks: int) -> None:
        opens, closes = calendar.intervals()
        self._opens, self._closes = opens.tolist(), closes.tolist()
        self._clerks = [_Clerk() for _ in range(clerks)]
        self._done: list[tuple[int, int, int, int, int, int]] = []

    def serve(self, jobs: Sequence[tuple[int, int, int, int, int, bool]], until: int) -> Served:
        """Take jobs on, and return those that are begun before an instant.

        Args:
            jobs: Of each its number, clerk, when it came, its length, the pause before it, and
                whether it is urgent; in the order of coming.
            until: No later job comes before this.
        """
        for number, who, came, length, pause, urgent in jobs:
            clerk = self._clerks[who]
            self._advance(who, clerk, came)
            before = (clerk.busy_until(came), clerk.urgent_come)
            (clerk.urgent if urgent else clerk.usual).append(
                _Job(number, came, length, pause, urgent, *before)
            )
            clerk.urgent_come += length * urgent
        for who, clerk in enumerate(self._clerks):
            self._advance(who, clerk, until)
        done, self._done = sorted(self._done), []
        return Served(*np.array(done, dtype=np.int64).reshape(-1, 6).T)

    def _advance(self, who: int, clerk: _Clerk, until: int) -> None:
        """Let a clerk begin what there is to begin before an instant."""
        while clerk.urgent or clerk.usual:
            at = self._next_open(clerk, max(clerk.free, clerk.first()))
            if at >= until:
                return
            head = clerk.choose(at)
            if at + head.pause + head.length > self._closes[clerk.day] and (
                at > self._opens[clerk.day]
            ):
                (clerk.urgent if head.urgent else clerk.usual).appendleft(head)
                clerk.free = self._closes[clerk.day]
                continue
            self._begin(who, clerk, head, at + head.pause)

    def _begin(self, who: int, clerk: _Clerk, job: _Job, start: int) -> None:
        overtaken = 0 if job.urgent else clerk.urgent_begun - job.urgent_before
        busy = clerk.begun - job.begun_before
        clerk.start, clerk.end = start, start + job.length
        clerk.free = clerk.end + _TURN
        clerk.begun += job.length
        clerk.urgent_begun += job.length * job.urgent
        self._done.append((job.number, start, clerk.end, who, busy - overtaken, overtaken))

    def _next_open(self, clerk: _Clerk, at: int) -> int:
        while self._closes[clerk.day] <= at:
            clerk.day += 1
        return max(at, self._opens[clerk.day])
