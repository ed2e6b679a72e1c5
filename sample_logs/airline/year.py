"""A year's flights, trips and refunds, in batches of whole days."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..calendars import Calendar, week
from ..days import FIRST_DAY, LAST_DAY, Days, year_in_batches
from ..draws import Draws
from ..record import Record, Rows
from .flights import Flights, flights_of, turn_round
from .planted import ZONE, Planted
from .refunds import refund
from .trips import Trips, travel

TRIP, REFUND, TURNAROUND = "trip", "refund", "turnaround"

_CUSTOMERS_A_TRIP = 1.5
_TRIPS_A_PERSON = 400


@dataclass(frozen=True)
class Flown:
    """What happened on some days, and all that came of it.

    Attributes:
        flights: The flights.
        trips: The trips.
        refunds: The position of the trip that each refund is about.
        records: The events of trips, refunds and turnarounds.
        over: All events completed before this instant are among these or came earlier.
    """

    flights: Flights
    trips: Trips
    refunds: Rows
    records: tuple[Record, Record, Record]
    over: int

    def rows(self) -> pl.DataFrame:
        """Return one row an event, with what the systems know of it."""
        trips, flights = self.trips, self.flights
        legs = (flights.number, flights.within, flights.due)
        of_trip = _who(trips.number, trips.customer, *(leg[trips.flight] for leg in legs))
        nobody = np.full(len(flights.number), -1)
        of_flight = _who(nobody, nobody, *legs)
        of_refund = of_trip[self.refunds]
        frames = []
        for record, who in zip(self.records, (of_trip, of_refund, of_flight), strict=True):
            events = pl.concat(record.frames).with_row_index("position")
            named = who.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
            frames.append(events.join(named, on="row", how="left", maintain_order="left"))
        return pl.concat(frames)


def _who(*columns: NDArray[np.int64]) -> pl.DataFrame:
    names = ("trip", "customer", "flight", "within", "due")
    return pl.DataFrame(dict(zip(names, columns, strict=True)))


def customers_of(trips: int) -> int:
    """Return how many customers an airline with so many trips a year has."""
    return max(1, int(trips * _CUSTOMERS_A_TRIP))


def fly(trips: int, seed: int, planted: Planted) -> Iterator[Flown]:
    """Yield the year in batches of whole days, each journey run to its end.

    Args:
        trips: Trips in the year.
        seed: Names the random streams.
        planted: What is planted.
    """
    last = LAST_DAY.replace(year=LAST_DAY.year + 1)
    calls = Calendar(week("0123456", "09:00", "21:00"), ZONE, FIRST_DAY, last)
    office = Calendar(week("01234", "08:00", "17:00"), ZONE, FIRST_DAY, last)
    flights, refunds = 0, 0
    for number, (days,) in enumerate(year_in_batches([trips], seed)):
        draws = Draws(seed, 1, number)
        flown = _fly_days(days, (flights, refunds), trips, draws, planted)
        ended = flown.trips.ended[flown.refunds]
        refund(flown.records[1], ended, calls, office, planted)
        flights += len(flown.flights.number)
        refunds += len(flown.refunds)
        yield flown


def _fly_days(
    days: Days, first: tuple[int, int], total: int, draws: Draws, planted: Planted
) -> Flown:
    people = 4 + total // _TRIPS_A_PERSON
    legs = sum(flights_of(count) for count in days.counts)
    turnarounds = Record(TURNAROUND, first[0] + np.arange(legs), people, draws)
    flights = turn_round(days, turnarounds, planted)
    count = sum(days.counts)
    record = Record(TRIP, days.first + np.arange(count), people, draws)
    customer = draws.below(count, customers_of(total))
    trips = travel(record, customer, _seats(days, draws), flights, planted)
    asked = np.flatnonzero(draws.chance(planted.requests.refund_share, count))
    claims = Record(REFUND, first[1] + np.arange(len(asked)), people, draws)
    return Flown(flights, trips, asked, (record, claims, turnarounds), days.over(ZONE))


def _seats(days: Days, draws: Draws) -> Rows:
    """Return the flight of each trip, one of its day's."""
    counts = np.array([flights_of(count) for count in days.counts])
    day = np.repeat(np.arange(len(counts)), days.counts)
    before = np.cumsum(counts) - counts
    within = (draws.uniform(len(day)) * counts[day]).astype(np.int64)
    return before[day] + within
