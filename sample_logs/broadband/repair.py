"""From a fault that is reported to the fault solved."""

import numpy as np

from ..calendars import Seconds
from . import activities as a
from .batch import Batch, Rows, site_names
from .care import any_site, chase_repair
from .installation import visit
from .shipping import send_router


def repair(batch: Batch) -> None:
    """Take the calls of customers whose line doesn't work, and mend it.

    Either site gets the same faults by chance; what it does about them is its own.
    """
    rows = batch.all
    sites = any_site(batch, rows)
    reported = batch.do(a.FAULT_REPORTED, rows, batch.requests.placed, 0.05, sites)
    planted = batch.planted.site_difference
    usual = sites == site_names(batch.planted).index(planted.reset_site)
    resets = np.where(batch.some(planted.keep_to_it, rows), usual, ~usual)
    mended = np.empty_like(reported)
    mended[resets] = _reset(batch, rows[resets], reported[resets], sites[resets])
    mended[~resets] = _new_router(batch, rows[~resets], reported[~resets], sites[~resets])
    chase_repair(batch, rows, reported, mended)
    batch.ended[rows] = batch.do(a.FAULT_SOLVED, rows, mended, 0.5, sites)


def _reset(batch: Batch, rows: Rows, reported: Seconds, sites: Rows) -> Seconds:
    mended = batch.do(a.LINE_RESET, rows, reported, 0.1, sites)
    return _visit_if_needed(batch, rows, mended, batch.planted.site_difference.reset_success_share)


def _new_router(batch: Batch, rows: Rows, reported: Seconds, sites: Rows) -> Seconds:
    ordered = batch.do(a.ROUTER_REPLACED, rows, reported, 1, sites)
    mended = send_router(batch, rows, ordered)
    share = batch.planted.site_difference.replace_success_share
    return _visit_if_needed(batch, rows, mended, share)


def _visit_if_needed(batch: Batch, rows: Rows, mended: Seconds, success: float) -> Seconds:
    failed = ~batch.some(success, rows)
    visits = (a.REPAIR_BOOKED, a.REPAIR_MISSED, a.REPAIR_VISIT)
    mended[failed] = visit(batch, rows[failed], mended[failed], visits)
    return mended
