"""From the order to its confirmation: Sales, Finance and Sales again."""

from ..calendars import Seconds
from . import activities as a
from .batch import Batch, Rows
from .desk import Served


def sell(batch: Batch, served: Served) -> tuple[Rows, Seconds]:
    """Register, check and confirm the orders.

    Args:
        batch: The orders.
        served: Their registration by the order desk.

    Returns:
        The orders that were confirmed, and when.
    """
    rows = batch.all
    placed = batch.mark(a.ORDER_PLACED, rows, batch.requests.placed)
    length = served.end - served.start
    registered = batch.record(
        a.ORDER_REGISTERED, rows, placed, served.start, length, person=served.clerk
    )
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
    above_limit = batch.requests.business & batch.some(share, rows)
    checked[above_limit] = batch.do(a.CREDIT_APPROVED, rows[above_limit], checked[above_limit], 11)
    return checked


def _refuse(batch: Batch, rows: Rows, checked: Seconds) -> None:
    refused = batch.do(a.CREDIT_REFUSED, rows, checked, 1)
    batch.ended[rows] = batch.do(a.ORDER_DECLINED, rows, refused, 4)
