"""From the parts to a line that works."""

import numpy as np

from ..calendars import Seconds
from . import activities as a
from .batch import Batch, Rows


def install(batch: Batch, rows: Rows, complete: Seconds) -> None:
    """Install and activate the lines."""
    alone = ~batch.differ[rows] & batch.some(batch.planted.rework.self_installed_share, rows)
    ready = np.empty_like(complete)
    ready[alone] = batch.do(a.SELF_INSTALLED, rows[alone], complete[alone], 14)
    visits = (a.APPOINTMENT_BOOKED, a.APPOINTMENT_MISSED, a.TECHNICIAN_VISIT)
    ready[~alone] = visit(batch, rows[~alone], complete[~alone], visits)
    activated = batch.do(a.LINE_ACTIVATED, rows, ready, 1)
    batch.ended[rows] = batch.do(a.LINE_WORKS, rows, activated, 2)


def visit(
    batch: Batch,
    rows: Rows,
    enabled: Seconds,
    activities: tuple[a.Activity, a.Activity, a.Activity],
) -> Seconds:
    """Send a technician, again where the appointment was missed, and return when it is done.

    Args:
        batch: Where the steps are recorded.
        rows: For which requests.
        enabled: From when on an appointment can be booked.
        activities: What the booking, the missed and the kept appointment are called.
    """
    book, miss, come = activities
    done = np.empty_like(enabled)
    left = np.arange(len(rows))
    enabled = enabled.copy()
    while len(left):
        booked = batch.do(book, rows[left], enabled[left], 2)
        missed = batch.some(batch.planted.rework.missed_share, left)
        met, again = left[~missed], left[missed]
        done[met] = batch.do(come, rows[met], booked[~missed], 26)
        enabled[again] = batch.do(miss, rows[again], booked[missed], 26)
        left = again
    return done
