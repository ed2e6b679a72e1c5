"""Calls to Customer care, which has two sites; a call reaches either by chance."""

import numpy as np
from numpy.typing import NDArray

from ..calendars import Seconds
from . import activities as a
from .batch import Batch, Rows, site_names

_DAY = 86_400
_PATIENCE_DAYS = {"Business": 4.5, "Consumer": 6.5}
_UNTIL_NEXT_CALL_DAYS = 3.5
_FAULT_PATIENCE_DAYS = 2.5


def any_site(batch: Batch, rows: Rows) -> Rows:
    """Return one of the two call-centre sites for each row, by chance."""
    first = site_names(batch.planted).index(batch.planted.site_difference.reset_site)
    return first + batch.draws.below(len(rows), 2)


def chase_parts(batch: Batch, rows: Rows, confirmed: Seconds, complete: Seconds) -> None:
    """Let customers whose patience ends before their parts are there ask where they are.

    Args:
        batch: Where the calls are recorded.
        rows: Which orders.
        confirmed: When each customer was told that the parts would come.
        complete: When they had come.
    """
    days = np.where(batch.differ[rows], *_PATIENCE_DAYS.values())
    _chase(
        batch, a.WHERE_IS_MY_ORDER, rows, confirmed, complete,
        days=days, next_days=_UNTIL_NEXT_CALL_DAYS,
    )  # fmt: skip


def chase_repair(batch: Batch, rows: Rows, reported: Seconds, solved: Seconds) -> None:
    """Let customers whose line hasn't worked for a while ask when it will."""
    days = np.full(len(rows), _FAULT_PATIENCE_DAYS)
    _chase(
        batch, a.FAULT_CHASED, rows, reported, solved,
        days=days, next_days=_FAULT_PATIENCE_DAYS,
    )  # fmt: skip


def _chase(
    batch: Batch,
    activity: a.Activity,
    rows: Rows,
    since: Seconds,
    until: Seconds,
    *,
    days: NDArray[np.float64],
    next_days: float,
) -> None:
    called = since
    while len(rows):
        patience = batch.draws.skewed(days * _DAY, 0.6, len(rows)).astype(np.int64)
        start, length = batch.plan(activity, rows, called + patience, 0.1)
        still = start + length < until
        rows, until = rows[still], until[still]
        days = np.full(len(rows), next_days)
        sites = any_site(batch, rows)
        begun = start[still]
        called = batch.record(activity, rows, begun, begun, length[still], site=sites)
