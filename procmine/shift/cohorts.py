"""Journeys that began before a change and after it, each followed for the same time.

A journey belongs to the cohort in which it began: by when it ended, the later cohort would hold the
quick ones first. What began too late to be followed as long as the others is left out, and what
happens later than that in any journey as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import narwhals as nw
import polars as pl

from procmine.collecting import collect, collect_all
from procmine.eventlog import EventLog
from procmine.prepare.times import with_micros_to
from procmine.schema import CASE, CASE_START, CUSTOMER, DEPARTMENT, ELAPSED, JOURNEY_TYPE, TIMESTAMP

LONG: Final = 0.95
"""So large a share of journeys is over within the time that all are followed."""

AFTER, TOUCHED = "__after", "__touched"
_LEFT: Final = "__left_us"


@dataclass(frozen=True)
class Cohorts:
    """The journeys that a change concerns, and those that it can't have touched.

    Attributes:
        at: When it changed.
        horizon_us: For how long each journey is followed.
        kinds: The kinds of journeys that the change concerns; null where nobody knows kinds.
        journeys: `case_id, customer_id, start` (microseconds since 1970), `__after, concerned`,
            every journey that could be followed long enough; untouched ones aren't `concerned`.
        latest: When the last of them may have begun.
        left_out: How many journeys began later than that.
        over: What share of concerned journeys is over while they are followed, before and after;
            null where there are none.
    """

    at: datetime
    horizon_us: int
    kinds: tuple[str, ...] | None
    journeys: pl.DataFrame
    latest: datetime
    left_out: int
    over: tuple[float | None, float | None]

    def of(self, table: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """Keep a log's events of concerned journeys, while all of them are followed."""
        return self.of_kinds(table).filter(nw.col(ELAPSED) <= self.horizon_us)

    def of_kinds(self, table: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """Keep a log's events of concerned journeys."""
        kept = table.filter(nw.col(CASE_START) <= self.latest)
        if self.kinds is None:
            return kept
        return kept.filter(nw.col(JOURNEY_TYPE).cast(nw.String).is_in(list(self.kinds)))


def cohorts(
    log: EventLog,
    at: datetime,
    department: str,
    *,
    kinds: Sequence[str] | None,
    horizon_us: int | None,
) -> Cohorts:
    """Divide journeys by when they began, and by whether a department's change concerns them.

    Args:
        log: The event log.
        at: When it changed.
        department: What changed.
        kinds: The kinds of journeys that are concerned; those in most of which the department takes
            part where nobody says.
        horizon_us: For how long journeys are followed; as long as 95 of 100 take where nobody says,
            yet no longer than half of those that began after the change could be followed.
    """
    end = collect(log.table.select(nw.col(TIMESTAMP).max()))[TIMESTAMP].item() or at
    found = _journeys(log, at, end, department)
    chosen = tuple(kinds) if kinds else _concerned(found)
    mine = pl.col(JOURNEY_TYPE).is_in(chosen) if chosen is not None else pl.lit(True)
    known = found.with_columns(mine.fill_null(False).alias("concerned"))
    horizon = horizon_us or _horizon(known.filter("concerned"))
    asked = known.filter(pl.col("concerned") | (pl.col(TOUCHED) == 0))
    journeys = asked.filter(pl.col(_LEFT) >= horizon)
    columns = [CASE, CUSTOMER, "start", AFTER, "concerned"]
    return Cohorts(
        at,
        horizon,
        chosen,
        journeys.select(columns).sort("start", CASE),
        end - timedelta(microseconds=horizon),
        asked.filter("concerned").height - journeys.filter("concerned").height,
        _over(journeys.filter("concerned"), horizon),
    )


def _over(journeys: pl.DataFrame, horizon: int) -> tuple[float | None, float | None]:
    """Return what share of journeys is over so soon, before the change and after it."""
    over = ~pl.col("open") & (pl.col("elapsed") <= horizon)
    before, after = (
        journeys.filter(pl.col(AFTER) == side).select(over.mean()).item() for side in (0, 1)
    )
    return before, after


def _journeys(log: EventLog, at: datetime, end: datetime, department: str) -> pl.DataFrame:
    """One row a journey: when it began, how long it took, and whether the department took part."""
    began = log.ends.select(
        CASE,
        CASE_START,
        nw.col(ELAPSED).cast(nw.Int64).alias("elapsed"),
        log.is_open().fill_null(False).alias("open"),
        *(
            (nw.col(c) if c in log.columns else nw.lit(None)).cast(nw.String).alias(c)
            for c in (CUSTOMER, JOURNEY_TYPE)
        ),
    )
    instants = {_LEFT: end, "__until": at, "start": _EPOCH}
    there = log.table.filter(nw.col(DEPARTMENT).cast(nw.String) == department)
    touched = there.select(CASE).unique().with_columns(nw.lit(1, nw.Int64).alias(TOUCHED))
    journeys, seen = collect_all(with_micros_to(began, CASE_START, instants), touched)
    return journeys.join(seen, on=CASE, how="left").select(
        *(CASE, CUSTOMER, JOURNEY_TYPE, "elapsed", "open", _LEFT),
        (-pl.col("start")).alias("start"),
        (pl.col("__until") <= 0).cast(pl.Int64).alias(AFTER),
        pl.col(TOUCHED).fill_null(0),
    )


_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _concerned(journeys: pl.DataFrame) -> tuple[str, ...] | None:
    """Return the kinds of journeys in most of which the department takes part."""
    shares = journeys.drop_nulls(JOURNEY_TYPE).group_by(JOURNEY_TYPE).agg(pl.col(TOUCHED).mean())
    if shares.is_empty():
        return None
    most = shares.filter(pl.col(TOUCHED) > 0.5)
    top = shares.sort(TOUCHED, JOURNEY_TYPE, descending=[True, False]).head(1)
    return tuple((most if most.height else top)[JOURNEY_TYPE].sort().to_list())


def _horizon(journeys: pl.DataFrame) -> int:
    """Return how long nearly all journeys take, if half of the later ones can be followed so."""
    lengths = [own["elapsed"].quantile(LONG, "higher") or 0 for _, own in journeys.group_by(AFTER)]
    left = journeys.filter(pl.col(AFTER) == 1)[_LEFT].quantile(0.5, "lower")
    longest = int(max(lengths, default=0))
    return max(0, longest if left is None else min(longest, int(left)))
