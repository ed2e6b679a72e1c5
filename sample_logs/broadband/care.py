"""Calls to Customer care, which has two sites; a call reaches either by chance."""

import numpy as np

from ..calendars import Seconds
from . import activities as a
from .batch import Batch, Rows, site_names

_DAY = 86_400
_PATIENCE_DAYS = {"Business": 4.5, "Consumer": 6.5}
_UNTIL_NEXT_CALL_DAYS = 3.5


def any_site(batch: Batch, rows: Rows) -> Rows:
    """Return one of the two call-centre sites for each row, by chance."""
    first = site_names(batch.planted).index(batch.planted.site_difference.reset_site)
    return first + batch.draws.below(len(rows), 2)


def chase(batch: Batch, rows: Rows, since: Seconds, until: Seconds) -> None:
    """Let customers whose patience ends before their parts are there ask where they are.

    Args:
        batch: Where the calls are recorded.
        rows: Which orders.
        since: When each customer was told that the parts would come.
        until: When they had come.
    """
    days = np.where(batch.orders.business[rows], *_PATIENCE_DAYS.values())
    called = since
    while len(rows):
        patience = batch.draws.skewed(days * _DAY, 0.6, len(rows)).astype(np.int64)
        start, length = batch.plan(a.WHERE_IS_MY_ORDER, rows, called + patience, 0.1)
        still = start + length < until
        rows, until = rows[still], until[still]
        days = np.full(len(rows), _UNTIL_NEXT_CALL_DAYS)
        sites = any_site(batch, rows)
        called = batch.record(a.WHERE_IS_MY_ORDER, rows, start[still], length[still], sites)
