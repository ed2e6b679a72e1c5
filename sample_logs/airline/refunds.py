"""Refunds after trips: decided by whoever takes the call, or sent for approval."""

from datetime import time

import numpy as np
from numpy.typing import NDArray

from ..calendars import Calendar, Seconds, instant
from ..record import Record, Rows
from . import activities as a
from .planted import ZONE, Planted

_HOUR = 3600
_DAY = 24 * _HOUR
_PATIENCE_DAYS = 4.5
_PAYING_HOURS = 9.0


def refund(
    record: Record, ended: Seconds, calls: Calendar, office: Calendar, planted: Planted
) -> None:
    """Take the requests, decide them and pay.

    Args:
        record: Where the events are recorded; it has a number for each request.
        ended: When the trips were over that they are about.
        calls: The call centre's hours.
        office: Revenue accounting's hours.
        planted: From when on whoever takes the call may decide.
    """
    rows, draws = record.all, record.draws
    since = (_DAY * (0.5 + 8 * draws.uniform(len(rows)))).astype(np.int64)
    requested = record.at(a.REFUND_REQUESTED, rows, calls.next_open(ended + since))
    own = draws.chance(_decided_at_once(requested, planted), len(rows))
    refused = draws.chance(planted.requests.refused_share, len(rows))
    decided = np.empty_like(requested)
    granted = own & ~refused
    decided[own] = requested[own]
    decided[granted] = record.at(a.REFUND_GRANTED, rows[granted], requested[granted])
    decided[~own] = _approval(
        record, rows[~own], requested[~own], refused[~own], office=office, planted=planted
    )
    told = calls.next_open(decided[refused])
    record.at(a.REFUND_REFUSED, rows[refused], told)
    waits = draws.skewed(_PAYING_HOURS * _HOUR, 0.5, len(rows)).astype(np.int64)
    pay = office.after(decided, waits)
    record.at(a.REFUND_PAID, rows[~refused], pay[~refused])
    pay[refused] = told
    _chase(record, rows, requested, pay, calls)


def _decided_at_once(requested: Seconds, planted: Planted) -> NDArray[np.float64]:
    """Return how likely it is that whoever takes the call decides."""
    effect = planted.authority
    after = requested >= instant(effect.date, time(), ZONE)
    shares = (effect.decided_at_once_share_before, effect.decided_at_once_share_after)
    return np.where(after, shares[1], shares[0])


def _approval(
    record: Record,
    rows: Rows,
    requested: Seconds,
    refused: NDArray[np.bool_],
    *,
    office: Calendar,
    planted: Planted,
) -> Seconds:
    """Send requests to Revenue accounting, and return when it has decided."""
    asked = record.at(a.APPROVAL_ASKED, rows, requested)
    hours = planted.authority.approval_median_hours
    waits = record.draws.skewed(hours * _HOUR, 0.5, len(rows)).astype(np.int64)
    start = office.after(asked, waits)
    decided = np.empty_like(start)
    for activity, some in ((a.REFUND_APPROVED, ~refused), (a.REFUND_DECLINED, refused)):
        decided[some] = record.at(activity, rows[some], start[some])
    return decided


def _chase(record: Record, rows: Rows, requested: Seconds, until: Seconds, calls: Calendar) -> None:
    """Let passengers whose patience ends ask where their refund is."""
    called = requested
    while len(rows):
        patience = record.draws.skewed(_PATIENCE_DAYS * _DAY, 0.5, len(rows)).astype(np.int64)
        start = calls.next_open(called + patience)
        still = start + _HOUR < until
        rows, until = rows[still], until[still]
        called = record.at(a.CHASED, rows, start[still])
