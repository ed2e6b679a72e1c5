"""What a row's own cells say of its step; the same on every engine, and for logs prepared before.

Analyses could work it out of the cells that they look at anyway, but every pass would again.
"""

from typing import Any, TypeVar, cast

import narwhals as nw

from procmine.quantiles import bin_of
from procmine.schema import DEPARTMENT, HANDOFF, NEXT_DEPARTMENT, WAIT, WAIT_BIN

Table = TypeVar("Table")


def with_row_marks(events: Table) -> Table:
    """Add what a row says by itself.

    Args:
        events: Prepared events, a table of any engine.

    Returns:
        The events with `handoff`: whether the step from this event to the next crosses from one
        known department to another, null where one of them is unknown or nothing comes next; and
        `wait_bin`: the bin that the wait falls into, see `procmine.quantiles`.

    Example:
        >>> import polars as pl
        >>> row = pl.DataFrame({"wait_us": [0], "department": ["A"], "next_department": ["B"]})
        >>> with_row_marks(row).row(0)
        (0, 'A', 'B', True, -1)
    """
    table: Any = nw.from_native(cast("Any", events))
    known = DEPARTMENT in table.collect_schema().names()
    # Compared with null it is null: unknown.
    handoff = nw.col(DEPARTMENT) != nw.col(NEXT_DEPARTMENT) if known else nw.lit(None, nw.Boolean)
    marked = table.with_columns(handoff.alias(HANDOFF), bin_of(nw.col(WAIT)).alias(WAIT_BIN))
    return nw.to_native(marked)


def completed(events: Table) -> Table:
    """Give a log that an earlier procmine prepared the marks that it lacks; others stay.

    Args:
        events: Prepared events, a table of any engine.
    """
    table: Any = nw.from_native(cast("Any", events))
    return (
        events
        if {HANDOFF, WAIT_BIN} <= set(table.collect_schema().names())
        else with_row_marks(events)
    )
