"""The flights of some days and their turnarounds, which passengers never meet."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..calendars import Seconds
from ..days import Days
from ..record import Record
from . import activities as a
from .planted import ZONE, Planted

_MINUTE = 60
_TRIPS_A_FLIGHT = 20
_FIRST, _LAST = 6.5, 20.5
"""The local hours between which flights are to depart."""
LATE = 30 * _MINUTE


@dataclass(frozen=True)
class Flights:
    """Flights, one value per flight in each array.

    Attributes:
        number: Their numbers in the year, from 0; a day's flights are numbered in order.
        day: The position of each one's day in the batch.
        within: Its number on its day, from 0.
        due: When each is to depart.
        boarding: When boarding opened.
        closed: When the doors closed.
        took_off: When it took off.
        landed: When it landed.
    """

    number: NDArray[np.int64]
    day: NDArray[np.int64]
    within: NDArray[np.int64]
    due: Seconds
    boarding: Seconds
    closed: Seconds
    took_off: Seconds
    landed: Seconds

    @property
    def late(self) -> NDArray[np.bool_]:
        """Which departed half an hour late or more."""
        return self.took_off - self.due >= LATE


def flights_of(trips: int) -> int:
    """Return how many flights carry so many of a day's trips."""
    return -(-trips // _TRIPS_A_FLIGHT)


def turn_round(days: Days, record: Record, planted: Planted) -> Flights:
    """Get the flights of some days ready and send them off.

    Args:
        days: The days, and the trips on each.
        record: Where their events are recorded; it has a number for each flight.
        planted: How often fuel comes late.
    """
    counts = np.array([flights_of(count) for count in days.counts])
    day = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    hour = _FIRST + (_LAST - _FIRST) * (within + 0.5) / counts[day]
    midnights = days.each_midnight(ZONE)
    due = midnights[day] + (hour * 12).astype(np.int64) * 5 * _MINUTE
    boarding = _ready(record, due, planted)
    closed = record.at(
        a.DOORS_CLOSED, record.all, boarding + 22 * _MINUTE + record.minutes(2, record.all)
    )
    took_off = closed + record.minutes(5, record.all)
    took_off = record.lasting(a.TOOK_OFF, record.all, took_off, np.zeros_like(took_off))
    flown = (60 + 90 * record.draws.uniform(len(due))) * _MINUTE
    landed = took_off + flown.astype(np.int64)
    return Flights(record.number, day, within, due, boarding, closed, took_off, landed)


def _ready(record: Record, due: Seconds, planted: Planted) -> Seconds:
    """Get the aircraft ready, and return when boarding is open."""
    rows, effect = record.all, planted.operations
    record.at(a.FLIGHT_PLANNED, rows, due - 120 * _MINUTE)
    stand = record.at(a.ON_STAND, rows, due - 75 * _MINUTE)
    late = record.draws.chance(effect.late_fuel_share, len(rows))
    delay = np.where(late, record.minutes(effect.late_fuel_minutes, rows), 0)
    fuelled = record.at(a.FUELLED, rows, stand + record.minutes(2, rows) + delay)
    loaded = record.at(a.HOLD_LOADED, rows, fuelled + record.minutes(1, rows))
    opened = np.maximum(due - 32 * _MINUTE, loaded + record.minutes(1, rows))
    return record.at(a.BOARDING_OPENED, rows, opened)
