"""Whose time it is: the work and the waiting that each event adds to its journey.

Service is the time in which somebody works on a journey; work that overlaps counts once, for the
event that ends last. The time in which nobody does belongs to the step from the event that ended
last to the one that starts next: to the customer if the customer does the next, to a handoff if
both departments are known and differ, else to the next one's department.
"""

from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from procmine import business
from procmine.errors import UnavailableError
from procmine.eventlog import EventLog
from procmine.schema import (
    BY_CUSTOMER,
    DEPARTMENT,
    GAP,
    GAP_BY_CUSTOMER,
    GAP_DEPARTMENT,
    NEXT_DEPARTMENT,
    START,
    TIMESTAMP,
    WAIT,
    WORKED,
)

if TYPE_CHECKING:
    from procmine.calendars import Calendars

WORK: Final = "work"
WAITED: Final = "wait"
ENDED_BY_CUSTOMER: Final = "by_customer"


def with_time(
    log: EventLog, table: nw.LazyFrame[Any], calendars: "Calendars | None" = None
) -> nw.LazyFrame[Any]:
    """Say of each event the work on it, the wait after it, and whose that is.

    Args:
        log: The event log.
        table: Its events, or some of them.
        calendars: Whose hours count, beside calendar time.

    Returns:
        The events with `department, next_department, by_customer`, the two last of the event that
        ends the wait, and in microseconds `work, wait`; with calendars `business_work,
        business_wait`.

    Raises:
        UnavailableError: The log was prepared before this was known, or isn't on Polars and a
            calendar is given.
    """
    has_gaps = GAP in log.columns
    needed = {START: GAP, BY_CUSTOMER: GAP_BY_CUSTOMER}
    if any(given in log.columns and made not in log.columns for given, made in needed.items()):
        raise UnavailableError(
            "This log was prepared before ledgers were made.", "Prepare it anew from its sources."
        )
    ending = GAP_DEPARTMENT if GAP_DEPARTMENT in log.columns else NEXT_DEPARTMENT
    by_customer = nw.col(GAP_BY_CUSTOMER) if GAP_BY_CUSTOMER in log.columns else nw.lit(False)
    table = table.with_columns(
        nw.col(DEPARTMENT if DEPARTMENT in log.columns else NEXT_DEPARTMENT).alias(DEPARTMENT),
        nw.col(ending).alias(NEXT_DEPARTMENT),
        by_customer.fill_null(False).alias(ENDED_BY_CUSTOMER),
        (nw.col(WORKED) if has_gaps else nw.lit(0, nw.Int64)).alias(WORK),
        nw.col(GAP if has_gaps else WAIT).fill_null(0).alias(WAITED),
    )
    if calendars:
        begin = pl.min_horizontal(TIMESTAMP, *([START] if has_gaps else []))
        worked = begin, pl.col(WORK), pl.col(DEPARTMENT)
        waited = pl.col(TIMESTAMP), pl.col(WAITED), pl.col(NEXT_DEPARTMENT)
        spans = {f"business_{WORK}": worked, f"business_{WAITED}": waited}
        table = business.with_business(table, calendars, spans)
    return table


def kinds() -> dict[str, nw.Expr]:
    """Say of each event that `with_time` made whether its wait is of a kind.

    Returns:
        An expression for `customer`, `handoff` and `inside`; one of them holds.
    """
    customer, here, there = (nw.col(c) for c in (ENDED_BY_CUSTOMER, DEPARTMENT, NEXT_DEPARTMENT))
    crossing = ~here.is_null() & ~there.is_null() & (here != there)
    return {
        "customer": customer,
        "handoff": ~customer & crossing,
        "inside": ~customer & ~crossing,
    }
