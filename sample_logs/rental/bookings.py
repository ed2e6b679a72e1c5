"""Bookings and what becomes of them, from the reservation to the invoice that is paid."""

from dataclasses import dataclass
from datetime import time

import numpy as np
from numpy.typing import NDArray

from ..calendars import Calendar, Seconds, instant
from ..draws import Draws
from ..record import Record, Rows
from . import activities as a
from .planted import ZONE, Planted

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_DAILY_PRICE = 45.0
_CHARGE = 38.0
_SERVICED_SHARE = 0.08
_CARS = 30
_QUEUE_MINUTES = 4


@dataclass(frozen=True)
class Bookings:
    """Bookings, one value per booking in each array.

    Attributes:
        customer: The customers' positions.
        booked: When each was made.
    """

    customer: NDArray[np.int64]
    booked: Seconds


@dataclass(frozen=True)
class Rented:
    """What became of bookings.

    Attributes:
        bookings: The bookings.
        car: The cars' positions; -1 where the booking was cancelled.
        cents: What each invoice says; 0 where there is none.
        after: Whether the car was picked up at the new price.
        charged: Whether the invoice holds a charge that nobody told the customer of.
        waited: Whether the car wasn't ready.
        complained: Whether the customer complained about the price.
        kept: Whether the car was rented at all.
        returned: When the car was brought back.
        paid: When the invoice was paid.
    """

    bookings: Bookings
    car: NDArray[np.int64]
    cents: NDArray[np.int64]
    after: NDArray[np.bool_]
    charged: NDArray[np.bool_]
    waited: NDArray[np.bool_]
    complained: NDArray[np.bool_]
    kept: NDArray[np.bool_]
    returned: Seconds
    paid: Seconds


@dataclass(frozen=True)
class Company:
    """What does not change from booking to booking.

    Attributes:
        planted: What is planted.
        office: The office's hours.
        station: The stations' hours.
        cars: How many cars there are.
    """

    planted: Planted
    office: Calendar
    station: Calendar
    cars: int


def fleet_of(bookings: int) -> int:
    """Return how many cars serve so many bookings a year."""
    return 2 + bookings // _CARS


def rent(record: Record, bookings: Bookings, company: Company) -> Rented:
    """Run bookings to their ends.

    Args:
        record: Where their events are recorded; it has a number for each booking.
        bookings: Who booked when.
        company: The company.
    """
    rows, draws, planted = record.all, record.draws, company.planted
    booked = record.lasting(a.BOOKED, rows, bookings.booked, np.zeros_like(bookings.booked))
    record.at(a.PRICED, rows, booked + 20)
    assigned = record.at(a.ASSIGNED, rows, _later(company.office, booked, 5, record))
    kept = ~draws.chance(planted.answers.cancelled_share, len(rows))
    lead = (_DAY * (2 + 12 * draws.uniform(len(rows)))).astype(np.int64)
    gone = rows[~kept]
    end = company.station.next_open(assigned + lead)
    record.lasting(a.CANCELLED, gone, assigned[~kept] + lead[~kept] // 2, np.zeros_like(gone))
    car = np.where(kept, draws.below(len(rows), company.cars), -1)
    waited = kept & draws.chance(planted.car_not_ready.share, len(rows))
    handed = _hand_over(record, rows[kept], end[kept], waited[kept], planted)
    end[kept] = handed
    rise = planted.price_rise
    after = kept & (end >= instant(rise.date, time(), ZONE))
    charged = kept & draws.chance(planted.surprise_charges.share, len(rows))
    days = 1 + draws.below(len(rows), 9)
    price = days * _DAILY_PRICE * np.where(after, rise.factor, 1.0) + _CHARGE * charged
    complained = kept & draws.chance(_complaints(after, charged, planted), len(rows))
    returned = end.copy()
    returned[kept] = _bring_back(record, rows[kept], handed, days[kept], company)
    paid = returned.copy()
    surprised = charged[kept], complained[kept]
    paid[kept] = _settle(record, rows[kept], returned[kept], *surprised, company=company)
    cents = np.rint(100 * price).astype(np.int64) * kept
    return Rented(bookings, car, cents, after, charged, waited, complained, kept, returned, paid)


def _later(calendar: Calendar, since: Seconds, hours: float, record: Record) -> Seconds:
    waits = record.draws.skewed(hours * _HOUR, 0.6, len(since)).astype(np.int64)
    return calendar.after(since, waits)


def _hand_over(
    record: Record, rows: Rows, due: Seconds, waited: NDArray[np.bool_], planted: Planted
) -> Seconds:
    """Clean the cars and hand them over to the customers, who come when they are due.

    Where a car isn't ready its customer waits at the counter until it is, else a moment in the
    queue. Returns when the cars are handed over.
    """
    record.lasting(a.ARRIVED, rows, due, np.zeros_like(rows))
    late = record.minutes(max(planted.car_not_ready.wait_minutes, 1), rows)
    served = due + np.where(waited, late, record.minutes(_QUEUE_MINUTES, rows))
    length = record.minutes(a.CLEANED.minutes, rows)
    ready = np.where(waited, served - _MINUTE, due - _HOUR - record.minutes(45, rows))
    record.lasting(a.CLEANED, rows, ready - length, length)
    return record.at(a.PICKED_UP, rows, served)


def _bring_back(
    record: Record, rows: Rows, handed: Seconds, days: NDArray[np.int64], company: Company
) -> Seconds:
    driven = days * _DAY - record.draws.below(len(rows), 4 * _HOUR)
    returned = record.at(a.RETURNED, rows, company.station.next_open(handed + driven))
    inspected = record.at(a.INSPECTED, rows, _later(company.station, returned, 2, record))
    serviced = record.draws.chance(_SERVICED_SHARE, len(rows))
    record.at(a.SERVICED, rows[serviced], inspected[serviced] + _HOUR)
    return returned


def _settle(
    record: Record,
    rows: Rows,
    returned: Seconds,
    charged: NDArray[np.bool_],
    complained: NDArray[np.bool_],
    *,
    company: Company,
) -> Seconds:
    """Send the invoices and return when they are paid, later where the customer complains."""
    ready = _later(company.office, returned, 9, record)
    ready[charged] = record.at(a.CHARGED, rows[charged], ready[charged])
    sent = record.at(a.INVOICED, rows, ready)
    days = record.draws.skewed(6.0, 0.5, len(rows))
    paid = sent + (days * _DAY).astype(np.int64)
    said = _later(company.station, sent[complained] + _DAY, 4, record)
    told = record.at(a.COMPLAINED, rows[complained], said)
    paid[complained] = np.maximum(paid[complained], told + 2 * _DAY)
    return record.lasting(a.PAID, rows, paid, np.zeros_like(paid))


def _complaints(
    after: NDArray[np.bool_], charged: NDArray[np.bool_], planted: Planted
) -> NDArray[np.float64]:
    rise = planted.price_rise
    shares = (rise.complaint_share_before, rise.complaint_share_after)
    usual: NDArray[np.float64] = np.where(after, shares[1], shares[0])
    return usual + planted.surprise_charges.added_complaint_share * charged


def book_again(rented: Rented, draws: Draws, planted: Planted) -> Bookings:
    """Return the next bookings of those customers who come back."""
    rise = planted.price_rise
    share = np.where(rented.after, rise.return_share_after, rise.return_share_before)
    back = rented.kept & draws.chance(share, len(share))
    pause = (_DAY * (15 + 45 * draws.uniform(len(share)))).astype(np.int64)
    booked = rented.paid + pause
    return Bookings(rented.bookings.customer[back], booked[back])
