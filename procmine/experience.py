"""Which journey a survey's answer speaks of.

A survey is a source like any other: its answers are events with a score, and no steps of journeys.
An answer that carries the key of a journey (its ticket) speaks of that journey; any other of the
one in which its customer last met somebody before answering.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import narwhals as nw
import polars as pl

from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.journeys.rules import Rules
from procmine.schema import (
    CASE,
    CASE_START,
    COMMENT,
    CUSTOMER,
    CUSTOMER_FACING,
    JOURNEY_STATE,
    JOURNEY_TYPE,
    ORDER,
    OUTSIDE,
    SCORE,
    TIMESTAMP,
    WAIT,
)
from procmine.wording import count, number

WINDOW: Final = timedelta(days=30)
"""How long after a journey an answer still speaks of it, unless said otherwise."""

_AT, _ROW, _REACHED = "answered_at", "row", "reached"


@dataclass(frozen=True)
class Answers:
    """The answers to surveys, joined to journeys.

    Attributes:
        journeys: One row per answered journey: `case_id, customer_id, score, answered_at, comment`
            of the last answer about it, by case; customer and comment are null where unknown.
        count: How many answers the log has.
        joined: How many of them speak of a journey.
    """

    journeys: pl.DataFrame
    count: int
    joined: int

    @property
    def caveats(self) -> tuple[str, ...]:
        """What the answers can't say: those that speak of no journey, and repeated ones."""
        lost, again = self.count - self.joined, self.joined - self.journeys.height
        said: list[str] = []
        if lost:
            said.append(
                f"{number(lost)} of {count(self.count, 'answer')} could be joined to no journey: "
                "no journey of that customer came before them within the window."
            )
        if again:
            said.append(
                f"Where a journey was answered about more than once the last answer counts; "
                f"{count(again, 'earlier answer')} {'is' if again == 1 else 'are'} left out."
            )
        return tuple(said)


def answers(log: EventLog, window: timedelta = WINDOW) -> Answers:
    """Join each answer to the journey it speaks of.

    In this order: the journey that the answer is an event of; the one whose key it carries; the
    one of the same customer with the latest customer-facing event before it (where none is marked,
    with the latest end).

    Args:
        log: A log with scores.
        window: How long after the journey's end, or that event, an answer still speaks of it.

    Example:
        >>> import procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1", "outside"],
        ...         "activity": ["ask", "answer", "survey"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z", "2026-01-06T09:00Z"],
        ...         "customer": ["Ann", "Ann", "Ann"],
        ...         "journey_state": ["closed", "closed", "outside"],
        ...         "score": [None, None, 9],
        ...     }
        ... )
        >>> answers(pm.read(table)).journeys.select("case_id", "customer_id", "score").rows()
        [('1', 'Ann', 9.0)]
    """
    said = _answers(log)
    own = said.filter(pl.col(JOURNEY_STATE).ne_missing(OUTSIDE))
    loose = said.filter(pl.col(JOURNEY_STATE).eq_missing(OUTSIDE))
    found = [own.select(_ROW, CASE)]
    if loose.height:
        keyed, reached = _by_key(log, loose, window)
        rest = loose.filter(~pl.col(_ROW).is_in(reached.implode()))
        found += [keyed, _by_customer(log, rest, window)]
    joined = pl.concat(found).join(said.drop(CASE), on=_ROW)
    last = joined.sort(CASE, _AT, _ROW).unique(CASE, keep="last", maintain_order=True)
    columns = (CASE, CUSTOMER, SCORE, _AT, COMMENT)
    return Answers(last.select(columns), said.height, joined.height)


def _answers(log: EventLog) -> pl.DataFrame:
    """Return every answer, numbered in the order of the sources."""
    texts = {CASE, CUSTOMER, COMMENT, JOURNEY_STATE, *_keys(log).values()}
    columns = {*texts, SCORE, TIMESTAMP, ORDER}
    there = columns & set(log.columns)
    if SCORE in there:
        found = collect(log.table.filter(~nw.col(SCORE).is_null()).select(*sorted(there)))
    else:
        found = pl.DataFrame(schema=dict.fromkeys(sorted(there), pl.String))
    missing = [pl.lit(None, pl.String).alias(c) for c in sorted(columns - there)]
    whole = found.with_columns(missing).select(
        pl.col(*sorted(texts)).cast(pl.String),
        pl.col(SCORE).cast(pl.Float64),
        pl.col(TIMESTAMP).cast(pl.Datetime("us", "UTC")).alias(_AT),
        pl.col(ORDER).cast(pl.Int64),
    )
    return whole.sort(ORDER, CASE).drop(ORDER).with_row_index(_ROW)


def _keys(log: EventLog) -> dict[str, str]:
    """Return kind of journey to the log's column of its key, for those that have one."""
    rules = Rules.from_plain(log.meta.journeys)
    return {t.type: t.column for t in rules.types if t.column and t.column in log.columns}


def _by_key(
    log: EventLog, loose: pl.DataFrame, window: timedelta
) -> tuple[pl.DataFrame, pl.Series]:
    """Join answers to journeys by key; return the pairs, and the answers that reach a journey.

    One that reaches a journey outside the window speaks of no other.
    """
    nothing = loose.select(_ROW, CASE).clear()
    pairs = [nothing, *_reached(log, loose, window)]
    reached = pl.concat([p.select(_ROW) for p in pairs])[_ROW].unique()
    within = [p.filter(_REACHED).select(_ROW, CASE) for p in pairs[1:]]
    return pl.concat([nothing, *within]).unique(_ROW, keep="first", maintain_order=True), reached


def _reached(log: EventLog, loose: pl.DataFrame, window: timedelta) -> Iterator[pl.DataFrame]:
    """Yield for each kind of journey with a key: the answers that carry one, and its last journey.

    `reached` says whether the journey had begun, and ended no longer ago than the window.
    """
    for kind, key in _keys(log).items():
        named = (nw.col(JOURNEY_TYPE).cast(nw.String) == kind) & ~nw.col(key).is_null()
        asked = log.table.filter(~nw.col(SCORE).is_null(), ~nw.col(key).is_null())
        asked_of = log.table.filter(named).join(asked.select(key).unique(), on=key, how="semi")
        cases = collect(
            asked_of.group_by(CASE)
            .agg(nw.col(key).max())
            .join(log.table.select(CASE, CASE_START, TIMESTAMP), on=CASE)
            .group_by(CASE)
            .agg(nw.col(key).max(), nw.col(CASE_START).min(), nw.col(TIMESTAMP).max())
        )
        pairs = loose.drop(CASE).join(cases.cast({key: pl.String}), on=key)
        begun, ended = pl.col(CASE_START) <= pl.col(_AT), pl.col(TIMESTAMP) + window >= pl.col(_AT)
        yield (
            pairs.with_columns((begun & ended).alias(_REACHED))
            .sort(_ROW, _REACHED, CASE_START, CASE)
            .unique(_ROW, keep="last", maintain_order=True)
            .select(_ROW, CASE, _REACHED)
        )


def _by_customer(log: EventLog, loose: pl.DataFrame, window: timedelta) -> pl.DataFrame:
    """Join answers to the journey in which their customer last met somebody before."""
    moments = _moments(log)
    asked = loose.drop(CASE).filter(pl.col(CUSTOMER).is_not_null())
    if moments is None or asked.is_empty():
        return loose.select(_ROW, CASE).clear()
    customers = log.table.filter(~nw.col(SCORE).is_null()).select(CUSTOMER).unique()
    met = collect(moments.join(customers, on=CUSTOMER, how="semi"))
    pairs = asked.sort(_AT).join_asof(
        met.cast({CUSTOMER: pl.String}).sort(TIMESTAMP, CASE),
        left_on=_AT,
        right_on=TIMESTAMP,
        by=CUSTOMER,
        tolerance=window,
        check_sortedness=False,
    )
    return pairs.filter(pl.col(CASE).is_not_null()).select(_ROW, CASE)


def _moments(log: EventLog) -> nw.LazyFrame[Any] | None:
    """Return `case_id, customer_id, timestamp` of what answers speak of; None without customers."""
    if CUSTOMER not in log.columns:
        return None
    journeys = log.table.filter(
        nw.col(JOURNEY_STATE).cast(nw.String) != OUTSIDE, ~nw.col(CUSTOMER).is_null()
    )
    facing = CUSTOMER_FACING in log.columns
    met = journeys.filter(nw.col(CUSTOMER_FACING) if facing else nw.col(WAIT).is_null())
    return met.select(CASE, CUSTOMER, TIMESTAMP)
