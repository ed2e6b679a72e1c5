"""The orders themselves: who placed which, when, and through what channel."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

import numpy as np
from numpy.typing import NDArray

from ..calendars import Calendar, Seconds, instant
from ..draws import Draws
from .planted import FIRST_DAY, LAST_DAY, ZONE, Segments

CHANNELS = ("Web", "Phone", "Shop")
_WEEKDAYS = (1.2, 1.1, 1.05, 1.0, 1.0, 0.95, 0.7)
_MONTHS = (1.0, 0.95, 1.0, 1.0, 0.95, 0.95, 0.95, 0.95, 1.15, 1.1, 1.05, 0.85)
_CUSTOMERS_AN_ORDER = 3
_DAY = 86_400


@dataclass(frozen=True)
class Days:
    """Some days' orders, before anything happened to them.

    Attributes:
        first_day: The first day.
        first_order: The number of the first order, from 0.
        counts: Orders on each day.
    """

    first_day: date
    first_order: int
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Orders:
    """A batch of orders, one value per order in each array.

    Attributes:
        first_order: The number of the first one.
        placed: When they were placed.
        customer: The customers' numbers.
        business: Whether the customer is a business.
        channel: Positions in `CHANNELS`.
    """

    first_order: int
    placed: Seconds
    customer: NDArray[np.int64]
    business: NDArray[np.bool_]
    channel: NDArray[np.int64]


def days_in_batches(count: int, seed: int, most: int = 10_000) -> Iterator[Days]:
    """Spread the year's orders over its days, and the days over batches.

    Args:
        count: Orders in the year; the batches hold exactly so many.
        seed: Names the random stream.
        most: Orders in a batch, unless a single day has more.
    """
    ends = _last_orders(count, seed)
    starts = np.concatenate([[0], ends[:-1]])
    first = 0
    for day in range(len(ends)):
        if day + 1 < len(ends) and ends[day + 1] - starts[first] <= most:
            continue
        counts = tuple((ends[first : day + 1] - starts[first : day + 1]).tolist())
        yield Days(FIRST_DAY + timedelta(days=first), int(starts[first]), counts)
        first = day + 1


def _last_orders(count: int, seed: int) -> NDArray[np.int64]:
    days = [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    usual = np.array([_WEEKDAYS[day.weekday()] * _MONTHS[day.month - 1] for day in days])
    weights = usual * (0.5 + Draws(seed, 0).uniform(len(days)))
    return np.rint(count * np.cumsum(weights) / weights.sum()).astype(np.int64)


def draw_orders(days: Days, total: int, draws: Draws, shop: Calendar, segments: Segments) -> Orders:
    """Draw the orders of some days.

    Args:
        days: Which days, and how many orders on each.
        total: Orders in the whole year; about one customer in seven places more than one.
        draws: Where the random numbers come from.
        shop: The hours in which shops and telephones take orders.
        segments: The share of business customers.
    """
    count = sum(days.counts)
    customer = draws.below(count, max(1, total * _CUSTOMERS_AN_ORDER))
    business = _scrambled(customer) < segments.business_share
    web = draws.chance(np.where(business, 0.3, 0.62), count)
    channel = np.where(web, 0, 1 + draws.below(count, 2))
    clock = (7.5 + 7.5 * (draws.uniform(count) + draws.uniform(count))) * 3600
    placed = np.sort(_midnights(days) + clock.astype(np.int64))
    in_shop = shop.after(placed, draws.below(count, 3 * 3600))
    placed = np.where(web, placed, in_shop)
    return Orders(days.first_order, placed, customer, business, channel)


def _midnights(days: Days) -> Seconds:
    starts = [
        instant(days.first_day + timedelta(days=n), time(), ZONE) for n in range(len(days.counts))
    ]
    return np.repeat(np.array(starts, dtype=np.int64), days.counts)


def _scrambled(customer: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give each customer a fixed number in [0, 1), so that a customer has one segment for ever."""
    return (customer * 2_654_435_761 % 2**32) / 2**32
