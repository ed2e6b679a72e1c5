"""The order desk between the orders as they come and the orders as they are registered."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..calendars import Calendar, Seconds
from ..draws import Draws
from .desk import Desk, Served
from .planted import Planted
from .requests import Requests

_ORDERS_A_CLERK = 700
_USUAL_SECONDS = 3600
_MOST_SECONDS = 3 * 3600
_SPREAD = 0.35
_LATEST = np.iinfo(np.int64).max

Job: TypeAlias = tuple[int, int, int, int, int, bool]
"""What `Desk.serve` takes."""


@dataclass(frozen=True)
class Registered:
    """Orders that the desk has registered.

    Attributes:
        orders: The orders.
        served: How each was, in the same order.
        unavailability: Seconds of each wait in which the desk was closed.
    """

    orders: Requests
    served: Served
    unavailability: Seconds


class Registration:
    """Registers orders batch by batch; those that still wait are kept until the next batch.

    Args:
        orders: Orders in the year: a larger company has more clerks.
        planted: How busy they are, and what keeps them.
        calendar: The desk's hours.
    """

    def __init__(self, orders: int, planted: Planted, calendar: Calendar) -> None:
        self._planted = planted.waiting_causes
        self._clerks = -(-orders // _ORDERS_A_CLERK)
        opens, closes = calendar.intervals()
        year = int((closes - opens).sum()) / 2  # the calendar holds two
        mean = self._planted.desk_load * year * self._clerks / orders
        self._length = min(_USUAL_SECONDS, mean / np.exp(_SPREAD**2 / 2)) or _USUAL_SECONDS
        self._calendar = calendar
        self._desk = Desk(calendar, self._clerks)
        self._later: list[Job] = []
        self._waiting: Requests | None = None

    def register(self, orders: Requests, draws: Draws, until: int, *, last: bool) -> Registered:
        """Return the orders whose registration begins before an instant.

        Args:
            orders: Orders that came since the last call.
            draws: Where their clerks and the time they take come from.
            until: No order of a later call comes before it.
            last: Whether there is no later call.
        """
        length = draws.skewed(self._length, _SPREAD, len(orders)).astype(np.int64)
        length = np.minimum(length, _MOST_SECONDS)
        clerk = draws.below(len(orders), self._clerks)
        if not self._planted.desk_load:
            return _at_once(orders, length, clerk)
        pause = draws.chance(self._planted.pause_share, len(orders))
        pauses = pause * self._planted.pause_minutes * 60
        urgent = orders.business & self._planted.business_first
        columns = (orders.number, clerk, orders.placed, length, pauses, urgent)
        jobs = self._later + list(zip(*(column.tolist() for column in columns), strict=True))
        until = _LATEST if last else until
        self._later = [job for job in jobs if job[2] >= until]
        come = sorted((job for job in jobs if job[2] < until), key=lambda job: (job[2], job[0]))
        return self._among(orders, self._desk.serve(come, until))

    def waiting_since(self, otherwise: int) -> int:
        """Return when the first of the orders was placed that wait."""
        if self._waiting is None or not len(self._waiting):
            return otherwise
        return int(self._waiting.placed.min())

    def _among(self, orders: Requests, served: Served) -> Registered:
        """Part the orders that are registered from those that wait."""
        known = orders if self._waiting is None else self._waiting.followed_by(orders)
        done = np.isin(known.number, served.job)
        self._waiting = known.take(np.flatnonzero(~done))
        registered = known.take(np.flatnonzero(done))
        open_before = self._calendar.open_before
        open_seconds = open_before(served.start) - open_before(registered.placed)
        return Registered(registered, served, served.start - registered.placed - open_seconds)


def _at_once(orders: Requests, length: NDArray[np.int64], clerk: NDArray[np.int64]) -> Registered:
    nothing = np.zeros_like(length)
    start = orders.placed
    served = Served(orders.number, start, start + length, clerk, nothing, nothing)
    return Registered(orders, served, nothing)
