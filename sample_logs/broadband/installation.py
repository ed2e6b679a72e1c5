"""From the parts to a line that works, faults included."""

import numpy as np

from ..calendars import Seconds
from . import activities as a
from .batch import Batch, Rows, site_names
from .care import any_site
from .shipping import replace_part


def install(batch: Batch, rows: Rows, complete: Seconds) -> None:
    """Install and activate the lines, and mend those that don't work."""
    consumers = ~batch.orders.business[rows]
    alone = consumers & batch.some(batch.planted.rework.self_installed_share, rows)
    ready = np.empty_like(complete)
    ready[alone] = batch.do(a.SELF_INSTALLED, rows[alone], complete[alone], 14)
    ready[~alone] = _visit(batch, rows[~alone], complete[~alone])
    activated = batch.do(a.LINE_ACTIVATED, rows, ready, 1)
    faulty = batch.some(batch.planted.site_difference.fault_share, rows)
    activated[faulty] = _mend(batch, rows[faulty], activated[faulty])
    batch.ended[rows] = batch.do(a.LINE_WORKS, rows, activated, 2)


def _visit(batch: Batch, rows: Rows, enabled: Seconds) -> Seconds:
    done = np.empty_like(enabled)
    left = np.arange(len(rows))
    while len(left):
        booked = batch.do(a.APPOINTMENT_BOOKED, rows[left], enabled[left], 2)
        missed = batch.some(batch.planted.rework.missed_share, left)
        met, again = left[~missed], left[missed]
        done[met] = batch.do(a.TECHNICIAN_VISIT, rows[met], booked[~missed], 26)
        missing = batch.do(a.APPOINTMENT_MISSED, rows[again], booked[missed], 26)
        enabled[again] = missing
        left = again
    return done


def _mend(batch: Batch, rows: Rows, activated: Seconds) -> Seconds:
    sites = any_site(batch, rows)
    reported = batch.do(a.FAULT_REPORTED, rows, activated, 9, sites)
    resets = sites == site_names(batch.planted).index(batch.planted.site_difference.reset_site)
    mended = np.empty_like(activated)
    mended[resets] = _reset(batch, rows[resets], reported[resets], sites[resets])
    mended[~resets] = _new_router(batch, rows[~resets], reported[~resets], sites[~resets])
    return mended


def _reset(batch: Batch, rows: Rows, reported: Seconds, sites: Rows) -> Seconds:
    mended = batch.do(a.LINE_RESET, rows, reported, 0.1, sites)
    return _visit_if_needed(batch, rows, mended, batch.planted.site_difference.reset_success_share)


def _new_router(batch: Batch, rows: Rows, reported: Seconds, sites: Rows) -> Seconds:
    ordered = batch.do(a.ROUTER_REPLACED, rows, reported, 1, sites)
    mended = replace_part(batch, rows, ordered)
    share = batch.planted.site_difference.replace_success_share
    return _visit_if_needed(batch, rows, mended, share)


def _visit_if_needed(batch: Batch, rows: Rows, mended: Seconds, success: float) -> Seconds:
    failed = ~batch.some(success, rows)
    mended[failed] = _visit(batch, rows[failed], mended[failed])
    return mended
