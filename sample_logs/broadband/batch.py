"""A batch of requests on its way: what has happened to each so far."""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..calendars import Calendar, Seconds
from ..draws import Draws
from .activities import CENTRAL, Activity
from .planted import Planted
from .requests import Requests

Rows: TypeAlias = NDArray[np.int64]
"""Positions of requests in their batch."""

Site: TypeAlias = int | NDArray[np.int64]
"""Positions in `site_names`, or -1 for nowhere in particular."""

_HOUR = 3600
_PEOPLE = {"Warehouse": 5, "Technician": 9, "Credit manager": 2}
_ORDERS_A_PERSON = 300
_ORDERS_A_DOCK = 2000
_PICK_UP_SECONDS = 600


@dataclass(frozen=True)
class Step:
    """One kind of event, for some of the requests.

    Attributes:
        activity: What happened.
        rows: To which requests.
        enabled: From when on work on it could begin.
        start: When work on it began.
        end: When it was completed.
        site: Positions in `site_names`, or -1.
        person: Who of the team or site did it, from 0.
        cents: What it cost, in hundredths of a EUR, so that sums are exact.
    """

    activity: Activity
    rows: Rows
    enabled: Seconds
    start: Seconds
    end: Seconds
    site: NDArray[np.int64]
    person: NDArray[np.int64]
    cents: NDArray[np.int64]

    def until(self, last: Seconds) -> "Step":
        """Return the step without the events completed after their journey's last instant."""
        kept = self.end <= last[self.rows]
        return Step(
            self.activity,
            self.rows[kept],
            self.enabled[kept],
            self.start[kept],
            self.end[kept],
            self.site[kept],
            self.person[kept],
            self.cents[kept],
        )


@dataclass
class Batch:
    """Requests, the steps recorded so far, and where time and chance come from.

    Attributes:
        requests: Orders, faults or questions.
        total: Orders in the whole year: larger companies have larger teams.
        planted: What is planted.
        draws: Where the random numbers come from.
        calendars: Opening hours by name.
        steps: What has been recorded, in the order of recording.
        ended: When each request came to its outcome; the largest number where it hasn't yet.
    """

    requests: Requests
    total: int
    planted: Planted
    draws: Draws
    calendars: dict[str, Calendar]
    steps: list[Step] = field(default_factory=list)
    ended: Seconds = field(init=False)

    def __post_init__(self) -> None:
        self.ended = np.full(len(self.requests), np.iinfo(np.int64).max)

    @property
    def all(self) -> Rows:
        """All requests."""
        return np.arange(len(self.requests))

    @property
    def differ(self) -> NDArray[np.bool_]:
        """The requests of businesses, as far as businesses behave in their own way."""
        return self.requests.business & self.planted.segments.behave_differently

    def some(self, share: float | NDArray[np.float64], rows: Rows) -> NDArray[np.bool_]:
        """Return which of the rows it happens to."""
        return self.draws.chance(share, len(rows))

    def mark(self, activity: Activity, rows: Rows, at: Seconds) -> Seconds:
        """Record an instant, such as a customer's own event, and return it."""
        return self.record(activity, rows, at, at, np.zeros_like(at))

    def do(
        self, activity: Activity, rows: Rows, enabled: Seconds, hours: float, site: Site = -1
    ) -> Seconds:
        """Record a step that waits in its team's queue first, and return when it is completed.

        Args:
            activity: What is done.
            rows: For which requests.
            enabled: From when on it can be done.
            hours: Median time in the queue, in the team's working hours.
            site: Where it is done: a position in `site_names`, or one for each row.
        """
        start, length = self.plan(activity, rows, enabled, hours)
        return self.record(activity, rows, enabled, start, length, site=site)

    def plan(
        self, activity: Activity, rows: Rows, enabled: Seconds, hours: float
    ) -> tuple[Seconds, Seconds]:
        """Return when a step would start and how long it would take, and record nothing.

        Args:
            activity: What is done.
            rows: For which requests.
            enabled: From when on it can be done.
            hours: Median time in the queue, in the team's working hours.
        """
        open_hours = self.calendars[activity.calendar]
        factor = self.planted.segments.business_queue_factor
        median = hours * np.where(self.requests.business[rows], factor, 1.0)
        queue = self.draws.skewed(median * _HOUR, 0.7, len(rows)).astype(np.int64)
        length = self.draws.skewed(activity.minutes * 60, 0.35, len(rows)).astype(np.int64)
        return open_hours.slot(open_hours.after(enabled, queue), length), length

    def record(
        self,
        activity: Activity,
        rows: Rows,
        enabled: Seconds,
        start: Seconds,
        length: Seconds,
        *,
        site: Site = -1,
        person: Rows | None = None,
    ) -> Seconds:
        """Record a step whose start and length are known, and return when it is completed."""
        cost = activity.fixed_cost + activity.hourly_cost * length / _HOUR
        cents = np.rint(100 * cost).astype(np.int64)
        people = _PEOPLE.get(activity.team or "", 4) + self.total // _ORDERS_A_PERSON
        who = self.draws.below(len(rows), people) if person is None else person
        sites = np.broadcast_to(np.asarray(site, dtype=np.int64), len(rows))
        end = start + length
        self.steps.append(Step(activity, rows, enabled, start, end, sites, who, cents))
        return end.copy()  # the caller goes on from it; what is recorded stays

    def record_batch(
        self, activity: Activity, rows: Rows, enabled: Seconds, calendar: str, site: int
    ) -> Seconds:
        """Record what leaves in batches: all of a dock at one instant, taking equally long."""
        start = self.calendars[calendar].next_open(enabled)
        length = np.full_like(start, _PICK_UP_SECONDS)
        docks = 1 + self.total // _ORDERS_A_DOCK
        dock = self.draws.below(len(rows), docks)
        return self.record(activity, rows, enabled, start, length, site=site, person=dock)


def site_names(planted: Planted) -> tuple[str, ...]:
    """Return every site, in the order of their codes."""
    factories = planted.warehouse_closure.factory_weekdays
    sites = planted.site_difference
    return (CENTRAL, *factories, sites.reset_site, sites.replace_site)
