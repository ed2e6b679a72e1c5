"""Passengers' trips, from check-in until they leave the airport they came to."""

from dataclasses import dataclass
from datetime import time

import numpy as np
from numpy.typing import NDArray

from ..calendars import Seconds, instant
from ..draws import Draws
from ..record import Record, Rows
from . import activities as a
from .flights import Flights
from .planted import ZONE, Planted

_MINUTE = 60
_WITH_BAG = 0.7
_MOST = 0.95


@dataclass(frozen=True)
class Trips:
    """Trips, one value per trip in each array.

    Attributes:
        number: Their numbers in the year, from 0.
        customer: The passengers' positions.
        flight: The positions of their flights in the batch.
        bag: Whether the passenger has a bag.
        bad_first: Whether the first moment was bad.
        late: Whether the flight was half an hour late or more.
        missing: Whether the bag didn't arrive.
        complained: Whether the trip ended in a complaint.
        ended: When the trip was over.
    """

    number: NDArray[np.int64]
    customer: NDArray[np.int64]
    flight: NDArray[np.int64]
    bag: NDArray[np.bool_]
    bad_first: NDArray[np.bool_]
    late: NDArray[np.bool_]
    missing: NDArray[np.bool_]
    complained: NDArray[np.bool_]
    ended: Seconds


def travel(
    record: Record, customer: Rows, flight: Rows, flights: Flights, planted: Planted
) -> Trips:
    """Let passengers travel.

    Args:
        record: Where their events are recorded; it has a number for each trip.
        customer: The passengers' positions.
        flight: The positions of their flights.
        flights: The flights.
        planted: What is planted.
    """
    rows, draws = record.all, record.draws
    bag = draws.chance(_WITH_BAG, len(rows))
    bad = draws.chance(planted.first_moment.bad_share, len(rows))
    checked = _check_in(record, flights.due[flight], bad)
    effect = planted.baggage_drive
    after = flights.due[flight] >= instant(effect.date, time(), ZONE)
    median = np.where(after, effect.minutes_after, effect.minutes_before)
    _drop_bags(record, rows[bag], checked[bag], flights.closed[flight][bag], median[bag])
    _fly(record, flight, flights)
    missing = bag & draws.chance(
        np.where(after, effect.missing_share_after, effect.missing_share_before), len(rows)
    )
    ready = _fetch_bags(record, flights.landed[flight], bag, missing)
    late = flights.late[flight]
    complained = _complains(draws, bad, late, missing, planted)
    ended = np.empty_like(ready)
    ended[complained] = record.at(a.COMPLAINED, rows[complained], ready[complained] + 5 * _MINUTE)
    calm = ~complained
    left = ready[calm] + record.minutes(6, rows[calm])
    ended[calm] = record.lasting(a.LEFT, rows[calm], left, np.zeros_like(left))
    return Trips(record.number, customer, flight, bag, bad, late, missing, complained, ended)


def _check_in(record: Record, due: Seconds, bad: NDArray[np.bool_]) -> Seconds:
    rows = record.all
    came = due - ((55 + 60 * record.draws.uniform(len(rows))) * _MINUTE).astype(np.int64)
    sent_on = record.at(a.SENT_ON, rows[bad], came[bad])
    came[bad] = np.minimum(
        sent_on + record.minutes(12, rows[bad]), np.maximum(sent_on, due[bad] - 45 * _MINUTE)
    )
    return record.at(a.CHECKED_IN, rows, came)


def _drop_bags(
    record: Record, rows: Rows, checked: Seconds, closed: Seconds, median: NDArray[np.float64]
) -> None:
    """Take the bags and load them, which takes Baggage handling so many minutes in the median."""
    dropped = record.at(a.BAG_DROPPED, rows, checked + record.minutes(1, rows))
    length = record.minutes(median, rows)
    begun = np.maximum(dropped, closed - 6 * _MINUTE - length - record.minutes(10, rows))
    record.lasting(a.BAG_LOADED, rows, begun, length)


def _fly(record: Record, flight: Rows, flights: Flights) -> None:
    rows = record.all
    within = (record.draws.uniform(len(rows)) * 20 * _MINUTE).astype(np.int64)
    boarded = record.at(a.BOARDED, rows, flights.boarding[flight] + within)
    record.at(a.WELCOMED, rows, boarded + record.minutes(1, rows))
    served = 15 + 30 * record.draws.uniform(len(rows))
    record.at(a.SERVED, rows, flights.took_off[flight] + (served * _MINUTE).astype(np.int64))


def _fetch_bags(
    record: Record, landed: Seconds, bag: NDArray[np.bool_], missing: NDArray[np.bool_]
) -> Seconds:
    """Return when each passenger is through with the baggage hall."""
    rows = record.all
    there, gone = bag & ~missing, bag & missing
    ready = landed + record.minutes(9, rows)
    unloaded = record.at(a.BAG_UNLOADED, rows[there], ready[there] + record.minutes(4, rows[there]))
    ready[there] = unloaded + record.minutes(4, rows[there])
    ready[gone] = record.at(a.BAG_MISSING, rows[gone], ready[gone] + record.minutes(25, rows[gone]))
    return ready


def _complains(
    draws: Draws,
    bad: NDArray[np.bool_],
    late: NDArray[np.bool_],
    missing: NDArray[np.bool_],
    planted: Planted,
) -> NDArray[np.bool_]:
    first = planted.first_moment
    lost = 0.35 if planted.baggage_drive.lost_score else 0.0
    share = (
        first.complaint_share_good
        + first.added_complaint_share * bad
        + planted.operations.added_complaint_share * late
        + lost * missing
    )
    return draws.chance(np.minimum(share, _MOST), len(bad))
