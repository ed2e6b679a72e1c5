"""A year's rentals: new customers day by day, and those who come back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta

import numpy as np
import polars as pl

from ..calendars import Calendar, instant, week
from ..days import FIRST_DAY, LAST_DAY, Days, year_in_batches
from ..draws import Draws
from ..record import Record
from .bookings import Bookings, Company, Rented, book_again, fleet_of, rent
from .planted import ZONE, Planted

RENTAL = "rental"
END = instant(LAST_DAY + timedelta(days=1), time(), ZONE)
BOOKINGS_A_CUSTOMER = 1.42
_BOOKINGS_A_PERSON = 500


@dataclass(frozen=True)
class Round:
    """Some customers' rentals, one each.

    Attributes:
        record: The events.
        rented: What became of the bookings.
        new: Whether these are the customers' first.
        draws: Where chance comes from.
    """

    record: Record
    rented: Rented
    new: bool
    draws: Draws

    def rows(self) -> pl.DataFrame:
        """Return one row an event of the log's year, in the order of completion."""
        who = pl.DataFrame(
            {
                "row": self.record.all,
                "customer": self.rented.bookings.customer,
                "car": self.rented.car,
            }
        )
        events = pl.concat(self.record.frames).with_row_index("position")
        known = events.filter(pl.col("end") < END)
        joined = known.join(who, on="row", how="left", maintain_order="left")
        return joined.sort("end", "number", "position")


def drive(customers: int, seed: int, planted: Planted) -> Iterator[Round]:
    """Yield the year's rentals, each run to its end.

    Args:
        customers: New customers in the year.
        seed: Names the random streams.
        planted: What is planted.
    """
    last = LAST_DAY.replace(year=LAST_DAY.year + 2)
    bookings_in_all = round(customers * BOOKINGS_A_CUSTOMER)
    company = Company(
        planted,
        office=Calendar(week("01234", "08:00", "17:00"), ZONE, FIRST_DAY, last),
        station=Calendar(week("0123456", "07:00", "22:00"), ZONE, FIRST_DAY, last),
        cars=fleet_of(bookings_in_all),
    )
    people = 4 + bookings_in_all // _BOOKINGS_A_PERSON
    made = 0
    for number, (days,) in enumerate(year_in_batches([customers], seed)):
        draws = Draws(seed, 1, number)
        bookings, new = _first(days, draws), True
        while len(bookings.customer):
            count = len(bookings.customer)
            record = Record(RENTAL, made + np.arange(count), people, draws)
            rented = rent(record, bookings, company)
            yield Round(record, rented, new, draws)
            made, new = made + count, False
            again = book_again(rented, draws, planted)
            soon = again.booked < END
            bookings = Bookings(again.customer[soon], again.booked[soon])


def _first(days: Days, draws: Draws) -> Bookings:
    count = sum(days.counts)
    clock = ((7 + 15 * draws.uniform(count)) * 3600).astype(np.int64)
    return Bookings(days.first + np.arange(count), np.sort(days.midnights(ZONE) + clock))
