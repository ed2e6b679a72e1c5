"""A batch of orders on its way: what has happened to each so far."""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..calendars import Calendar, Seconds
from ..draws import Draws
from .activities import CENTRAL, Activity
from .orders import Orders
from .planted import Planted

Rows: TypeAlias = NDArray[np.int64]
"""Positions of orders in their batch."""

Site: TypeAlias = int | NDArray[np.int64]
"""Positions in `site_names`, or -1 for nowhere in particular."""

_HOUR = 3600
_PEOPLE = {"Warehouse": 5, "Technician": 9, "Credit manager": 2}
_ORDERS_A_PERSON = 300


@dataclass(frozen=True)
class Step:
    """One kind of event, for some of the orders.

    Attributes:
        activity: What happened.
        rows: To which orders.
        start: When work on it began.
        end: When it was completed.
        site: Positions in `site_names`, or -1.
        person: Who of the team or site did it, from 0.
        cents: What it cost, in hundredths of a EUR, so that sums are exact.
    """

    activity: Activity
    rows: Rows
    start: Seconds
    end: Seconds
    site: NDArray[np.int64]
    person: NDArray[np.int64]
    cents: NDArray[np.int64]

    def until(self, last: Seconds) -> "Step":
        """Return the step without the events completed after their order's last instant."""
        kept = self.end <= last[self.rows]
        return Step(
            self.activity,
            self.rows[kept],
            self.start[kept],
            self.end[kept],
            self.site[kept],
            self.person[kept],
            self.cents[kept],
        )


@dataclass
class Batch:
    """Orders, the steps recorded so far, and where time and chance come from.

    Attributes:
        orders: The orders.
        total: Orders in the whole year: larger companies have larger teams.
        planted: What is planted.
        draws: Where the random numbers come from.
        calendars: Opening hours by name.
        steps: What has been recorded, in the order of recording.
        ended: When each order came to its outcome; the largest number where it hasn't yet.
    """

    orders: Orders
    total: int
    planted: Planted
    draws: Draws
    calendars: dict[str, Calendar]
    steps: list[Step] = field(default_factory=list)
    ended: Seconds = field(init=False)

    def __post_init__(self) -> None:
        self.ended = np.full(len(self.orders.placed), np.iinfo(np.int64).max)

    def some(self, share: float | NDArray[np.float64], rows: Rows) -> NDArray[np.bool_]:
        """Return which of the rows it happens to."""
        return self.draws.chance(share, len(rows))

    def mark(self, activity: Activity, rows: Rows, at: Seconds) -> Seconds:
        """Record an instant, such as a customer's own event, and return it."""
        return self.record(activity, rows, at, np.zeros_like(at))

    def do(
        self, activity: Activity, rows: Rows, enabled: Seconds, hours: float, site: Site = -1
    ) -> Seconds:
        """Record a step that waits in its team's queue first, and return when it is completed.

        Args:
            activity: What is done.
            rows: For which orders.
            enabled: From when on it can be done.
            hours: Median time in the queue, in the team's working hours.
            site: Where it is done: a position in `site_names`, or one for each row.
        """
        start, length = self.plan(activity, rows, enabled, hours)
        return self.record(activity, rows, start, length, site)

    def plan(
        self, activity: Activity, rows: Rows, enabled: Seconds, hours: float, calendar: str = ""
    ) -> tuple[Seconds, Seconds]:
        """Return when a step would start and how long it would take, and record nothing.

        Args:
            activity: What is done.
            rows: For which orders.
            enabled: From when on it can be done.
            hours: Median time in the queue, in the team's working hours.
            calendar: Whose hours it keeps, if not the team's usual ones.
        """
        open_hours = self.calendars[calendar or activity.calendar]
        factor = self.planted.segments.business_queue_factor
        median = hours * np.where(self.orders.business[rows], factor, 1.0)
        queue = self.draws.skewed(median * _HOUR, 0.7, len(rows)).astype(np.int64)
        length = self.draws.skewed(activity.minutes * 60, 0.35, len(rows)).astype(np.int64)
        return open_hours.slot(open_hours.after(enabled, queue), length), length

    def record(
        self, activity: Activity, rows: Rows, start: Seconds, length: Seconds, site: Site = -1
    ) -> Seconds:
        """Record a step whose start and length are known, and return when it is completed."""
        cost = activity.fixed_cost + activity.hourly_cost * length / _HOUR
        cents = np.rint(100 * cost).astype(np.int64)
        people = _PEOPLE.get(activity.team or "", 4) + self.total // _ORDERS_A_PERSON
        person = self.draws.below(len(rows), people)
        sites = np.broadcast_to(np.asarray(site, dtype=np.int64), len(rows))
        self.steps.append(Step(activity, rows, start, start + length, sites, person, cents))
        return start + length


def site_names(planted: Planted) -> tuple[str, ...]:
    """Return every site, in the order of their codes."""
    factories = planted.warehouse_closure.factory_weekdays
    sites = planted.site_difference
    return (CENTRAL, *factories, sites.reset_site, sites.replace_site)
