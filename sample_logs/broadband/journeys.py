"""Whole journeys, from what the customer comes with to its outcome."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from ..calendars import Calendar
from ..days import Days, year_in_batches
from ..draws import Draws
from . import activities as a
from .batch import Batch
from .care import any_site, chase_parts
from .desk import Served
from .installation import install
from .planted import ZONE, Planted
from .registration import Registered, Registration
from .repair import repair
from .requests import FAULT, QUESTION, Requests, customers_of, draw_calls, draw_orders
from .sale import sell
from .shipping import ship

_DAY = 86_400

Calendars: TypeAlias = dict[str, Calendar]


@dataclass(frozen=True)
class Travelled:
    """Journeys that have been run to their ends.

    Attributes:
        batches: One of each kind.
        registered: How the order desk served the orders.
        over: All events completed before this instant have been yielded with these or earlier.
    """

    batches: tuple[Batch, ...]
    registered: Registered
    over: int


def travel(orders: int, seed: int, planted: Planted) -> Iterator[Travelled]:
    """Yield the year's journeys in batches of whole days, each run to its end.

    Args:
        orders: Orders in the year; faults and questions come on top.
        seed: Names the random streams.
        planted: What is planted.
    """
    calendars = a.calendars(planted)
    registration = Registration(orders, planted, calendars[a.SALES])
    totals = [
        orders,
        round(orders * planted.journeys.faults_an_order),
        round(orders * planted.journeys.questions_an_order),
    ]
    batches = list(year_in_batches(totals, seed))
    for number, days in enumerate(batches):
        last = number + 1 == len(batches)
        draws = [Draws(seed, 1, number, kind) for kind in range(4)]
        placed, faults, questions = _draw(days, orders, draws[0], calendars, planted)
        until = days[0].over(ZONE)
        registered = registration.register(placed, draws[0], until, last=last)
        made = [
            Batch(requests, orders, planted, draws[1 + kind], calendars)
            for kind, requests in enumerate((registered.orders, faults, questions))
        ]
        _deliver(made[0], registered.served)
        repair(made[1])
        _answer(made[2])
        yield Travelled(tuple(made), registered, min(until, registration.waiting_since(until)))


def _draw(
    days: tuple[Days, ...], total: int, draws: Draws, calendars: Calendars, planted: Planted
) -> tuple[Requests, Requests, Requests]:
    customers = customers_of(total)
    orders = draw_orders(days[0], customers, draws, calendars["Shop"], planted)
    faults, questions = (
        draw_calls(kind, days[number], orders, draws, customers=customers, planted=planted)
        for number, kind in ((1, FAULT), (2, QUESTION))
    )
    return orders, faults, questions


def _deliver(batch: Batch, served: Served) -> None:
    rows, confirmed = sell(batch, served)
    complete = ship(batch, rows, confirmed)
    chase_parts(batch, rows, confirmed, complete)
    install(batch, rows, complete)
    if batch.planted.rework.cancel_median_days:
        _give_up(batch)


def _answer(batch: Batch) -> None:
    rows = batch.all
    batch.do(a.QUESTION_ASKED, rows, batch.requests.placed, 0.05, any_site(batch, rows))


def _give_up(batch: Batch) -> None:
    """Cancel the orders of customers who have waited too long; what would follow never happens."""
    rows = batch.all
    median = batch.planted.rework.cancel_median_days * _DAY
    waited = batch.draws.skewed(median, 0.9, len(rows)).astype(np.int64)
    awake = batch.calendars[a.ORDER_CANCELLED.calendar]
    at = awake.after(batch.requests.placed + waited, batch.draws.below(len(rows), 7200))
    gone = at < batch.ended
    last = np.where(gone, at, batch.ended)
    batch.steps = [step.until(last) for step in batch.steps]
    batch.mark(a.ORDER_CANCELLED, rows[gone], at[gone])
    batch.ended = last
