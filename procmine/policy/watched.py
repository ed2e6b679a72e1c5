"""Journeys as rules look at them: a row a journey, and the events behind it, in order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, NamedTuple

import narwhals as nw
import numpy as np
import polars as pl

from procmine import followup
from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.policy.document import Rule
from procmine.prepare.beside import beside
from procmine.schema import (
    CASE,
    CASE_START,
    CUSTOMER,
    EVENT_NUMBER,
    JOURNEY_TYPE,
    SEGMENT,
    VARIANT,
)

KEY: Final = "__journey"
"""What the rows of one journey share: on Polars where its first row lies, which is a number."""

IS_OPEN: Final = "__is_open"
UNIT: Final = "__unit"
"""The customer, or where nobody knows him the journey: what may vary independently."""

Frame = nw.LazyFrame[Any]
Shift = Callable[[str, int], nw.Expr]
"""Gives the value of a column so many of the chosen rows before, or after (negative)."""


@dataclass(frozen=True)
class Watched:
    """A log whose journeys have keys that are quick to compare.

    Attributes:
        whole: The log.
        log: The log, with the column `KEY`.
        contiguous: Whether the rows of a journey stand together, in order.
        looked_at: The events that rules may look at, all or those that `looking_at` chose.
    """

    whole: EventLog
    log: EventLog
    contiguous: bool
    looked_at: Frame

    @classmethod
    def of(cls, log: EventLog) -> "Watched":
        """Give the journeys of a log their keys."""
        native: Any = log.events
        if isinstance(native, pl.LazyFrame) and not log.meta.selection:
            row = pl.col(KEY).cast(pl.Int64) - pl.col(EVENT_NUMBER)
            keyed = native.with_row_index(KEY).with_columns(row.alias(KEY))
            return cls(log, replace(log, events=keyed), True, nw.from_native(keyed))
        keyed = nw.to_native(log.table.with_columns(nw.col(CASE).alias(KEY)))
        return cls(log, replace(log, events=keyed), False, nw.from_native(keyed))

    def looking_at(self, conditions: Sequence[nw.Expr], columns: Sequence[str]) -> "Watched":
        """Read the events that several rules look at once, where they can be held in memory.

        Args:
            conditions: What holds for the events of each rule.
            columns: What is asked of the events.
        """
        if not self.contiguous or not conditions:
            return self
        there = [c for c in columns if c in self.log.columns]
        rows = self.looked_at.filter(nw.any_horizontal(*conditions, ignore_nulls=True))
        return replace(self, looked_at=held(rows.select(KEY, EVENT_NUMBER, *there)))

    @cached_property
    def journeys(self) -> Frame:
        """One row a journey: its key, customer and variant, how it stands and what it is."""
        log = self.whole if self.contiguous else self.log
        table = self._with_units(followup.followed(log))
        attributes = [c for c in (JOURNEY_TYPE, SEGMENT) if c in log.columns]
        rows = table.select(
            *([] if self.contiguous else [KEY]),
            *(UNIT, VARIANT, CASE_START, EVENT_NUMBER, followup.EXIT, *attributes),
            log.is_open().fill_null(False).alias(IS_OPEN),
        )
        return self._keyed(held(rows))

    def _keyed(self, rows: Frame) -> Frame:
        """Give journeys that stand one behind the other the place at which each begins."""
        if not self.contiguous:
            return rows
        native: pl.LazyFrame = nw.to_native(rows)
        events = pl.col(EVENT_NUMBER)
        key = (events.cum_sum() - events - 1).alias(KEY)
        return nw.from_native(native.collect().with_columns(key).lazy())

    @property
    def lengths(self) -> pl.DataFrame:
        """The variants with the number of their `events`."""
        grouped = self.journeys.group_by(VARIANT)
        return collect(grouped.agg(nw.col(EVENT_NUMBER).max().alias("events")))

    def _with_units(self, table: Frame) -> Frame:
        known = CUSTOMER in self.log.columns
        unit = nw.coalesce(nw.col(CUSTOMER), nw.col(CASE)) if known else nw.col(CASE)
        table, native = table.with_columns(unit.alias(UNIT)), nw.to_native(table)
        if not isinstance(native, pl.LazyFrame):
            return table
        # 64 bits of hash stand for the name: numbers are grouped in a third of the time.
        native = nw.to_native(table)
        return nw.from_native(native.with_columns(pl.col(UNIT).hash(1).reinterpret(signed=True)))

    def in_order(self, rows: Frame) -> tuple[Any, Shift]:
        """Put chosen events in the order of their journeys.

        Args:
            rows: Some of the events, with `KEY` and `event_number`.

        Returns:
            The rows, and how to look at those before and after each.
        """
        native = nw.to_native(rows)
        if not isinstance(native, pl.LazyFrame):
            return rows, lambda c, n: nw.col(c).shift(n).over(KEY, order_by=EVENT_NUMBER)
        frame = native.collect(engine="streaming")
        frame = frame if self.contiguous else frame.sort(KEY, EVENT_NUMBER)
        return nw.from_native(frame), lambda c, n: nw.col(c).shift(n)

    def events_at(self, places: pl.DataFrame, columns: list[str]) -> Frame:
        """Choose events by their place.

        Args:
            places: `KEY` and `event_number`.
            columns: What is asked of them.
        """
        table = self.log.table.select(KEY, EVENT_NUMBER, *columns)
        if not self.contiguous:
            return table.join(beside(table, places.unique()), on=[KEY, EVENT_NUMBER], how="inner")
        # A journey's key and an event's number add up to the row: looking that up is no join.
        rows = places.select(pl.col(KEY) + pl.col(EVENT_NUMBER)).to_series().to_numpy()
        wanted = np.zeros(int(rows.max(initial=0)) + 1, dtype=bool)
        wanted[rows] = True
        row = pl.col(KEY) + pl.col(EVENT_NUMBER)
        is_wanted = (row < len(wanted)) & row.clip(upper_bound=len(wanted) - 1).map_batches(
            lambda r: pl.Series(wanted[r.to_numpy()]), return_dtype=pl.Boolean, is_elementwise=True
        )
        native: pl.LazyFrame = nw.to_native(table)
        return nw.from_native(native.filter(is_wanted))


class OfEvents(NamedTuple):
    """What events say of a rule.

    Attributes:
        flags: By journey whether it is `triggered_`, `violated_` and `lacking_`; None where that
            can't be known, and the rule is asked of nobody.
        words: Where it is broken first: `KEY, event_number, evidence`.
    """

    flags: Frame | None
    words: pl.DataFrame


def held(rows: Frame) -> Frame:
    """Compute rows once, where the engine holds tables in memory."""
    return held_all(rows)[0]


def held_all(*rows: Frame) -> list[Frame]:
    """Compute tables once and together, where the engine holds tables in memory."""
    natives = [nw.to_native(each) for each in rows]
    if not all(isinstance(native, pl.LazyFrame) for native in natives):
        return list(rows)
    return [nw.from_native(f.lazy()) for f in pl.collect_all(natives, engine="streaming")]


def lazy(rows: Any) -> Frame:
    """Return rows as a lazy table, whether they are one or not."""
    return rows.lazy()


def asked(rule: Rule, columns: list[str], timezone: str) -> nw.Expr:
    """Hold for the journeys that a rule is for.

    Args:
        rule: The rule.
        columns: The columns of the journeys.
        timezone: Whose days its period means.
    """
    from procmine.periods import within

    condition = nw.lit(True)
    for column, value in ((JOURNEY_TYPE, rule.journey_type), (SEGMENT, rule.segment)):
        if value is None:
            continue
        of_value = nw.col(column).cast(nw.String) == value if column in columns else nw.lit(False)
        condition = condition & of_value
    if rule.from_ or rule.until:
        condition = condition & within(CASE_START, (rule.from_, rule.until), timezone)
    return condition.fill_null(False)
