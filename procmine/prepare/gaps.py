"""What the ledger of a journey needs: when nobody works on it, and who ends that.

Events stand by completion, and work may overlap. Of the events after one, let `r` be the earliest
start. Nobody works on the case from this event's completion to `r`, if `r` is later; and of this
event's own work the part before `r` is not also a later event's. So all these parts, the gaps and
the work, are the whole case, once, and each is known from one running minimum.
"""

import polars as pl

from procmine.schema import (
    BY_CUSTOMER,
    DEPARTMENT,
    GAP,
    GAP_BY_CUSTOMER,
    GAP_DEPARTMENT,
    NEXT_ACTIVITY,
    START,
    TIMESTAMP,
    WORKED,
)

_BEGIN, _RESUMES, _NEXT = "__begin", "__resumes", "__next"


def with_gaps(table: pl.DataFrame, run: str) -> pl.DataFrame:
    """Add the columns of gaps that the log's own columns allow.

    Args:
        table: Events by case and completion, with what came next.
        run: The column that numbers the cases.
    """
    if START in table.columns:
        return _overlapping(table, run)
    if BY_CUSTOMER in table.columns:
        follower = pl.col(BY_CUSTOMER).shift(-1)
        return table.with_columns(
            pl.when(pl.col(NEXT_ACTIVITY).is_not_null()).then(follower).alias(GAP_BY_CUSTOMER)
        )
    return table


def _overlapping(table: pl.DataFrame, run: str) -> pl.DataFrame:
    begin, ended = pl.col(_BEGIN), pl.col(TIMESTAMP)
    more = pl.col(NEXT_ACTIVITY).is_not_null()
    table = table.with_columns(pl.min_horizontal(START, TIMESTAMP).alias(_BEGIN))
    table = table.with_columns(begin.cum_min(reverse=True).over(run).alias(_RESUMES))
    first_to_begin = pl.when(begin == pl.col(_RESUMES)).then(pl.int_range(pl.len()))
    table = table.with_columns(
        pl.when(more).then(pl.col(_RESUMES).shift(-1)).alias(_RESUMES),
        pl.when(more).then(first_to_begin.backward_fill().shift(-1)).alias(_NEXT),
    )
    gap = (pl.col(_RESUMES) - ended).dt.total_microseconds().clip(lower_bound=0)
    alone = (pl.min_horizontal(TIMESTAMP, _RESUMES) - begin).dt.total_microseconds()
    ends = ((DEPARTMENT, GAP_DEPARTMENT), (BY_CUSTOMER, GAP_BY_CUSTOMER))
    return table.with_columns(
        gap.alias(GAP),
        alone.clip(lower_bound=0).alias(WORKED),
        *(pl.col(c).gather(_NEXT).alias(name) for c, name in ends if c in table.columns),
    ).drop(_BEGIN, _RESUMES, _NEXT)
