"""From the confirmation until the customer holds every right part."""

from collections.abc import Callable
from datetime import time
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..calendars import Seconds, instant
from . import activities as a
from .batch import Batch, Rows, site_names
from .care import any_site
from .planted import ZONE

_OVERNIGHT = 12 * 3600

Way: TypeAlias = Callable[[Batch, Rows, Seconds], Seconds]
"""A way for parts to reach customers: orders and when they are enabled, to when all has come."""


def ship(batch: Batch, rows: Rows, confirmed: Seconds) -> Seconds:
    """Ship the parts, and ship again what was wrong, while customers ask where it all is.

    Returns:
        When each customer has every right part.
    """
    complete = _either(batch, rows, confirmed, _from_warehouse, _from_factories)
    planted = batch.planted.warehouse_closure
    late = _from_factories_now(batch, confirmed)
    share = np.where(late, planted.wrong_part_share_after, planted.wrong_part_share_before)
    wrong = np.flatnonzero(batch.some(share, rows))
    while len(wrong):
        complete[wrong] = _exchange(batch, rows[wrong], complete[wrong])
        wrong = wrong[batch.some(share[wrong], rows[wrong])]
    return complete


def send_router(batch: Batch, rows: Rows, enabled: Seconds) -> Seconds:
    """Send a new router, and return when it is there."""
    return _send_one(batch, a.ROUTER_DISPATCHED, a.ROUTER_DELIVERED, rows, enabled)


def _exchange(batch: Batch, rows: Rows, delivered: Seconds) -> Seconds:
    reported = batch.do(a.WRONG_PART_REPORTED, rows, delivered, 5, any_site(batch, rows))
    returned = batch.do(a.PART_RETURNED, rows, reported, 20)
    received = batch.do(a.RETURN_RECEIVED, rows, returned, 14)
    return _send_one(batch, a.REPLACEMENT_DISPATCHED, a.PARCEL_DELIVERED, rows, received)


def _from_factories_now(batch: Batch, enabled: Seconds) -> NDArray[np.bool_]:
    closure = batch.planted.warehouse_closure
    return (enabled >= instant(closure.date, time(), ZONE)) & bool(closure.factory_weekdays)


def _either(batch: Batch, rows: Rows, enabled: Seconds, before: Way, after: Way) -> Seconds:
    late = _from_factories_now(batch, enabled)
    arrived = np.empty_like(enabled)
    arrived[~late] = before(batch, rows[~late], enabled[~late])
    if late.any():
        arrived[late] = after(batch, rows[late], enabled[late])
    return arrived


def _from_warehouse(batch: Batch, rows: Rows, enabled: Seconds) -> Seconds:
    site = site_names(batch.planted).index(a.CENTRAL)
    picked = batch.do(a.PARTS_PICKED, rows, enabled, 7, site)
    sent = _dispatch(batch, a.PARCEL_DISPATCHED, rows, picked)
    return _deliver(batch, a.PARCEL_DELIVERED, rows, sent)


def _from_factories(batch: Batch, rows: Rows, enabled: Seconds) -> Seconds:
    ordered = batch.do(a.PARTS_ORDERED, rows, enabled, 4)
    arrived = [
        _deliver(
            batch,
            a.PARCEL_DELIVERED,
            rows,
            _dispatch(batch, a.PARCEL_DISPATCHED, rows, ordered, factory),
        )
        for factory in batch.planted.warehouse_closure.factory_weekdays
    ]
    return np.max(arrived, axis=0)


def _send_one(
    batch: Batch, send: a.Activity, bring: a.Activity, rows: Rows, enabled: Seconds
) -> Seconds:
    """Send a single thing: from the warehouse, or from the first of the factories."""

    def way(place: str) -> Way:
        return lambda batch, rows, enabled: _deliver(
            batch, bring, rows, _dispatch(batch, send, rows, enabled, place)
        )

    factory = next(iter(batch.planted.warehouse_closure.factory_weekdays), a.CENTRAL)
    return _either(batch, rows, enabled, way(a.CENTRAL), way(factory))


def _dispatch(
    batch: Batch, activity: a.Activity, rows: Rows, enabled: Seconds, place: str = a.CENTRAL
) -> Seconds:
    """Let parcels leave with the place's next pick-up, all of a dock together."""
    site = site_names(batch.planted).index(place)
    if batch.planted.waiting_causes.parcels_in_batches:
        calendar = a.PICK_UP if place == a.CENTRAL else place
        return batch.record_batch(activity, rows, enabled, calendar, site)
    return batch.do(activity, rows, enabled, 0.2, site)


def _deliver(batch: Batch, activity: a.Activity, rows: Rows, sent: Seconds) -> Seconds:
    start, length = batch.plan(activity, rows, sent + _OVERNIGHT, 5)
    return batch.record(activity, rows, sent, start, length)
