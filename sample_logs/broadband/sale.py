"""From the order to its confirmation: Sales, Finance and Sales again."""

import numpy as np

from ..calendars import Seconds
from . import activities as a
from .batch import Batch, Rows


def sell(batch: Batch) -> tuple[Rows, Seconds]:
    """Register, check and confirm the orders.

    Returns:
        The orders that were confirmed, and when.
    """
    rows = np.arange(len(batch.orders.placed))
    placed = batch.mark(a.ORDER_PLACED, rows, batch.orders.placed)
    registered = batch.do(a.ORDER_REGISTERED, rows, placed, 1.5)
    checked = _check(batch, rows, registered)
    refused = batch.some(batch.planted.rework.refused_share, rows)
    _refuse(batch, rows[refused], checked[refused])
    kept = rows[~refused]
    return kept, batch.do(a.ORDER_CONFIRMED, kept, checked[~refused], 3)


def _check(batch: Batch, rows: Rows, registered: Seconds) -> Seconds:
    checked = batch.do(a.CREDIT_CHECKED, rows, registered, 5)
    asked = batch.some(batch.planted.rework.documents_share, rows)
    requested = batch.do(a.DOCUMENTS_REQUESTED, rows[asked], checked[asked], 1)
    received = batch.do(a.DOCUMENTS_RECEIVED, rows[asked], requested, 20)
    checked[asked] = batch.do(a.CREDIT_CHECKED, rows[asked], received, 5)
    share = batch.planted.segments.business_approval_share
    above_limit = batch.orders.business & batch.some(share, rows)
    checked[above_limit] = batch.do(a.CREDIT_APPROVED, rows[above_limit], checked[above_limit], 11)
    return checked


def _refuse(batch: Batch, rows: Rows, checked: Seconds) -> None:
    refused = batch.do(a.CREDIT_REFUSED, rows, checked, 1)
    batch.ended[rows] = batch.do(a.ORDER_CLOSED, rows, refused, 4)
