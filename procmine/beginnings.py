"""Which journeys begin badly, which end badly, and what else came of them?"""

from collections.abc import Sequence

import narwhals as nw
import polars as pl

from procmine.clusters import UNIT, with_units
from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.filters import one_of
from procmine.meetings import WAITED, fence
from procmine.schema import (
    ABANDONED,
    ACTIVITY,
    CASE,
    CASE_START,
    JOURNEY_STATE,
    JOURNEY_TYPE,
    WAIT,
)

BAD, END = "bad_first", "bad_end"


def begun_and_ended(
    log: EventLog, met: pl.DataFrame, bad_first: Sequence[str] | None, bad_end: Sequence[str] | None
) -> pl.DataFrame:
    """Say of each journey in which somebody met the customer whether it began and ended badly.

    Args:
        log: The log's journeys.
        met: What `procmine.meetings.moments` returns for them.
        bad_first: Activities that are a bad first moment; where none are said, one that isn't the
            commonest of its journey type, or after an unusually long wait, is.
        bad_end: Activities that tell of a bad end; where none are said, an unusual last event does,
            or that the journey was abandoned.

    Returns:
        `case_id, unit, case_start, bad_end, journey_type, bad_first`; the end is null where the
        journey is open.
    """
    first = met.unique(CASE, keep="first", maintain_order=True)
    if bad_first is None:
        usual = pl.col(ACTIVITY) == _commonest(ACTIVITY)
        late = (pl.col(WAITED) > fence(pl.col(WAITED)).over(JOURNEY_TYPE)).fill_null(False)
        bad = ~usual | late
    else:
        one_of(log.table, ACTIVITY, bad_first)  # a name that never occurs is refused
        bad = pl.col(ACTIVITY).is_in(list(bad_first))
    begun = first.select(CASE, JOURNEY_TYPE, bad.alias(BAD))
    return _ends(log, bad_end).join(begun, on=CASE).sort(CASE)


def _commonest(column: str) -> pl.Expr:
    """Return the value that most journeys of the type have, of several the first by name."""
    return pl.col(column).mode().sort().first().over(JOURNEY_TYPE)


def _ends(log: EventLog, bad_end: Sequence[str] | None) -> pl.DataFrame:
    """Return `case_id, unit, case_start, bad_end` of all journeys; null of those that are open."""
    there = [c for c in (JOURNEY_TYPE, JOURNEY_STATE) if c in log.columns]
    last = with_units(log, log.table.filter(nw.col(WAIT).is_null())).with_columns(
        log.is_open().alias("open")
    )
    texts = [nw.col(c).cast(nw.String) for c in (ACTIVITY, *there)]
    ends = collect(last.select(CASE, UNIT, CASE_START, "open", *texts)).cast({CASE: pl.String})
    missing = {JOURNEY_TYPE, JOURNEY_STATE} - set(there)
    ends = ends.with_columns(pl.lit(None, pl.String).alias(c) for c in sorted(missing))
    if bad_end is None:
        closed = ends.filter(~pl.col("open").fill_null(False))
        usual = closed.select(JOURNEY_TYPE, usual=_commonest(ACTIVITY)).unique()
        ends = ends.join(usual, on=JOURNEY_TYPE, how="left", nulls_equal=True)
        abandoned = (pl.col(JOURNEY_STATE) == ABANDONED).fill_null(False)
        bad = abandoned | (pl.col(ACTIVITY) != pl.col("usual"))
    else:
        some = collect(log.table.filter(one_of(log.table, ACTIVITY, bad_end)).select(CASE).unique())
        bad = pl.col(CASE).is_in(some[CASE].cast(pl.String).implode())
    known = pl.when(~pl.col("open").fill_null(False)).then(bad)
    return ends.select(CASE, UNIT, CASE_START, known.alias(END))
