"""What customers come with: orders, faults and questions, each with who, when and how."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..calendars import Calendar, Seconds
from ..days import Days
from ..draws import Draws
from ..people import share_of
from .planted import ZONE, Planted

ORDER, FAULT, QUESTION = "order", "fault", "question"
KINDS = (ORDER, FAULT, QUESTION)
CHANNELS = ("Web", "Phone", "Shop")
_CUSTOMERS_AN_ORDER = 3


@dataclass(frozen=True)
class Requests:
    """Requests of one kind, one value per request in each array.

    Attributes:
        kind: One of `KINDS`.
        number: Their numbers, from 0 in the year.
        placed: When the customers came with them.
        customer: The customers' positions.
        business: Whether the customer is a business.
        channel: Positions in `CHANNELS`.
    """

    kind: str
    number: NDArray[np.int64]
    placed: Seconds
    customer: NDArray[np.int64]
    business: NDArray[np.bool_]
    channel: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.number)

    def take(self, rows: NDArray[np.int64]) -> "Requests":
        """Return some of them."""
        return Requests(
            self.kind,
            self.number[rows],
            self.placed[rows],
            self.customer[rows],
            self.business[rows],
            self.channel[rows],
        )

    def followed_by(self, others: "Requests") -> "Requests":
        """Return these and others of the same kind."""
        return Requests(
            self.kind,
            np.concatenate([self.number, others.number]),
            np.concatenate([self.placed, others.placed]),
            np.concatenate([self.customer, others.customer]),
            np.concatenate([self.business, others.business]),
            np.concatenate([self.channel, others.channel]),
        )


def customers_of(orders: int) -> int:
    """Return how many customers a company with so many orders a year has."""
    return max(1, orders * _CUSTOMERS_AN_ORDER)


def draw_orders(
    days: Days, customers: int, draws: Draws, shop: Calendar, planted: Planted
) -> Requests:
    """Draw the orders of some days.

    Args:
        days: Which days, and how many orders on each.
        customers: How many customers there are; about one in seven of those who order places more
            than one order in the year.
        draws: Where the random numbers come from.
        shop: The hours in which shops and telephones take orders.
        planted: The share of businesses, and of orders that come soon after another.
    """
    count = sum(days.counts)
    customer = _sometimes_earlier(draws.below(count, customers), days, draws, planted)
    business = _is_business(customer, planted)
    differently = business & planted.segments.behave_differently
    web = draws.chance(np.where(differently, 0.3, 0.62), count)
    channel = np.where(web, 0, 1 + draws.below(count, 2))
    clock = (7.5 + 7.5 * (draws.uniform(count) + draws.uniform(count))) * 3600
    placed = np.sort(days.midnights(ZONE) + clock.astype(np.int64))
    in_shop = shop.after(placed, draws.below(count, 3 * 3600))
    placed = np.where(web, placed, in_shop)
    return Requests(ORDER, days.first + np.arange(count), placed, customer, business, channel)


def draw_calls(
    kind: str, days: Days, orders: Requests, draws: Draws, *, customers: int, planted: Planted
) -> Requests:
    """Draw the faults or questions that customers call with on some days.

    Args:
        kind: `FAULT` or `QUESTION`.
        days: Which days, and how many on each.
        orders: The orders placed on these days, some of whose customers call as well.
        draws: Where the random numbers come from.
        customers: How many customers there are.
        planted: The share of businesses, and of customers with an order under way.
    """
    count = sum(days.counts)
    customer = draws.below(count, customers)
    if len(orders) and kind == FAULT:
        known = draws.chance(planted.journeys.together_share, count)
        same = orders.customer[draws.below(count, len(orders))]
        customer = np.where(known, same, customer)
    placed = np.sort(days.midnights(ZONE) + (8 + 12 * draws.uniform(count)) * 3600).astype(np.int64)
    business = _is_business(customer, planted)
    phone = np.ones(count, dtype=np.int64)
    return Requests(kind, days.first + np.arange(count), placed, customer, business, phone)


def _sometimes_earlier(
    customer: NDArray[np.int64], days: Days, draws: Draws, planted: Planted
) -> NDArray[np.int64]:
    """Let some orders be of customers who placed one a few days before."""
    count = len(customer)
    again = draws.chance(planted.journeys.together_share, count)
    back = 1 + draws.below(count, max(1, 10 * count // len(days.counts)))
    earlier = np.maximum(np.arange(count) - back, 0)
    return np.where(again, customer[earlier], customer)


def _is_business(customer: NDArray[np.int64], planted: Planted) -> NDArray[np.bool_]:
    share = pl.select(share_of(pl.lit(pl.Series(customer)))).to_series().to_numpy()
    return share < planted.segments.business_share
