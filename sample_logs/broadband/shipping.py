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


def replace_part(batch: Batch, rows: Rows, enabled: Seconds) -> Seconds:
    """Send one part anew, and return when it is there."""
    return _either(batch, rows, enabled, _one_from_warehouse, _one_from_factory)


def _exchange(batch: Batch, rows: Rows, delivered: Seconds) -> Seconds:
    reported = batch.do(a.WRONG_PART_REPORTED, rows, delivered, 5, any_site(batch, rows))
    returned = batch.do(a.PART_RETURNED, rows, reported, 20)
    received = batch.do(a.RETURN_RECEIVED, rows, returned, 14)
    return replace_part(batch, rows, received)


def _from_factories_now(batch: Batch, enabled: Seconds) -> NDArray[np.bool_]:
    return enabled >= instant(batch.planted.warehouse_closure.date, time(), ZONE)


def _either(batch: Batch, rows: Rows, enabled: Seconds, before: Way, after: Way) -> Seconds:
    late = _from_factories_now(batch, enabled)
    arrived = np.empty_like(enabled)
    arrived[~late] = before(batch, rows[~late], enabled[~late])
    arrived[late] = after(batch, rows[late], enabled[late])
    return arrived


def _from_warehouse(batch: Batch, rows: Rows, enabled: Seconds) -> Seconds:
    site = site_names(batch.planted).index(a.CENTRAL)
    picked = batch.do(a.PARTS_PICKED, rows, enabled, 7, site)
    sent = batch.do(a.PARCEL_DISPATCHED, rows, picked, 0, site)
    return _deliver(batch, rows, sent)


def _one_from_warehouse(batch: Batch, rows: Rows, enabled: Seconds) -> Seconds:
    site = site_names(batch.planted).index(a.CENTRAL)
    sent = batch.do(a.REPLACEMENT_DISPATCHED, rows, enabled, 0.2, site)
    return _deliver(batch, rows, sent)


def _from_factories(batch: Batch, rows: Rows, enabled: Seconds) -> Seconds:
    ordered = batch.do(a.PARTS_ORDERED, rows, enabled, 4)
    factories = batch.planted.warehouse_closure.factory_weekdays
    arrived = [
        _deliver(batch, rows, _dispatch(batch, a.PARCEL_DISPATCHED, rows, ordered, factory))
        for factory in factories
    ]
    return np.max(arrived, axis=0)


def _one_from_factory(batch: Batch, rows: Rows, enabled: Seconds) -> Seconds:
    factory = next(iter(batch.planted.warehouse_closure.factory_weekdays))
    sent = _dispatch(batch, a.REPLACEMENT_DISPATCHED, rows, enabled, factory)
    return _deliver(batch, rows, sent)


def _dispatch(
    batch: Batch, activity: a.Activity, rows: Rows, enabled: Seconds, factory: str
) -> Seconds:
    start, length = batch.plan(activity, rows, enabled, 0.2, calendar=factory)
    site = site_names(batch.planted).index(factory)
    return batch.record(activity, rows, start, length, site)


def _deliver(batch: Batch, rows: Rows, sent: Seconds) -> Seconds:
    return batch.do(a.PARCEL_DELIVERED, rows, sent + _OVERNIGHT, 5)
