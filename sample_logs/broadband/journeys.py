"""Whole journeys, from the order to its outcome."""

from collections.abc import Iterator

import numpy as np

from ..draws import Draws
from . import activities as a
from .batch import Batch
from .care import chase
from .installation import install
from .orders import Days, days_in_batches, draw_orders
from .planted import Planted
from .sale import sell
from .shipping import ship

_DAY = 86_400


def travel(orders: int, seed: int, planted: Planted) -> Iterator[tuple[Days, Batch]]:
    """Yield the year's journeys in batches of whole days, each run to its end.

    Args:
        orders: Orders in the year.
        seed: Names the random stream; each batch has its own, so any can be made alone.
        planted: What is planted.
    """
    calendars = a.calendars(planted)
    for days in days_in_batches(orders, seed):
        draws = Draws(seed, 1, days.first_order)
        placed = draw_orders(days, orders, draws, calendars[a.SALES], planted.segments)
        batch = Batch(placed, orders, planted, draws, calendars)
        rows, confirmed = sell(batch)
        complete = ship(batch, rows, confirmed)
        chase(batch, rows, confirmed, complete)
        install(batch, rows, complete)
        _give_up(batch)
        yield days, batch


def _give_up(batch: Batch) -> None:
    """Cancel the orders of customers who have waited too long; what would follow never happens."""
    rows = np.arange(len(batch.orders.placed))
    median = batch.planted.rework.cancel_median_days * _DAY
    waited = batch.draws.skewed(median, 0.9, len(rows)).astype(np.int64)
    awake = batch.calendars[a.ORDER_CANCELLED.calendar]
    at = awake.after(batch.orders.placed + waited, batch.draws.below(len(rows), 7200))
    gone = at < batch.ended
    last = np.where(gone, at, batch.ended)
    batch.steps = [step.until(last) for step in batch.steps]
    batch.mark(a.ORDER_CANCELLED, rows[gone], at[gone])
    batch.ended = last
