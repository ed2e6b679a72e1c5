"""Which cases, and which events: conditions on the prepared log, one pass each.

A filter of cases keeps whole journeys, so all that `prepare` made stays true. A filter of events
takes journeys apart; the event log prepares what is left anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import narwhals as nw
import polars as pl

from procmine.asked import Names, Pairs, listed, pairs
from procmine.errors import ColumnError, OptionError, nearest
from procmine.periods import Period, within
from procmine.schema import (
    ACTIVITY,
    CASE,
    CASE_START,
    DEPARTMENT,
    ELAPSED,
    EVENT_NUMBER,
    HANDOFF_NUMBER,
    NEXT_ACTIVITY,
    NEXT_DEPARTMENT,
    TIMESTAMP,
    VARIANT,
    WAIT,
)

_FEW: Final = 1_000
"""So many variants can be asked for one by one."""

_WANTED: Final = "__wanted"


def one_of(table: nw.LazyFrame[Any], column: str, names: Names | int | Sequence[int]) -> nw.Expr:
    """Hold where a column has one of the values.

    Raises:
        ColumnError: The table has no such column.
        OptionError: A value that never occurs was asked for; the nearest is named.
    """
    known = table.collect_schema().names()
    if column not in known:
        raise ColumnError(f"The log has no column '{column}'.", nearest(column, known))
    wanted = listed(names)
    values = table.select(nw.col(column)).unique().collect("polars")[column].to_list()
    there = {str(v) for v in values if v is not None}
    for name in wanted:
        if str(name) not in there:
            raise OptionError(
                f"'{name}' never occurs in {column}.", nearest(str(name), sorted(there))
            )
    matching = [v for v in values if v is not None and str(v) in {str(w) for w in wanted}]
    return nw.col(column).is_in(matching)


@dataclass(frozen=True)
class Condition:
    """Which cases are meant, by what holds on their events.

    Attributes:
        holds: Holds on an event.
        occurs: Whether it must hold on some event of the case, or on none.
        of: What it is a matter of: the case; its variant, where the sequence of activities alone
            decides; or nothing but the event, where it holds on all events of a case or on none.
    """

    holds: nw.Expr
    occurs: bool = True
    of: str | None = CASE


def cases_where(table: nw.LazyFrame[Any], conditions: Iterable[Condition]) -> nw.LazyFrame[Any]:
    """Keep the whole cases that fulfil each condition.

    Variants are few beside cases: what they decide is decided of each once, and then asked of the
    events.

    Args:
        table: Prepared events.
        conditions: Which cases are meant.
    """
    kept = table
    for condition in conditions:
        if condition.of is None:
            kept = kept.filter(condition.holds)
            continue
        # looked for in the whole table: in what is kept, each condition would double the plan
        found = table.filter(condition.holds).select(condition.of).unique()
        few = found.head(_FEW + 1).collect("polars") if condition.of == VARIANT else None
        if few is not None and len(few) <= _FEW:
            one = nw.col(VARIANT).is_in(few[VARIANT].to_list())
            kept = kept.filter(one if condition.occurs else ~one)
        else:
            in_order = _in_order(kept, condition)
            how = "semi" if condition.occurs else "anti"
            kept = kept.join(found, on=condition.of, how=how) if in_order is None else in_order
    return kept


def _in_order(table: nw.LazyFrame[Any], condition: Condition) -> nw.LazyFrame[Any] | None:
    """Keep cases without a join, for the rows of one stand together: a bit for each row says it.

    The bits are made here and set beside the rows; as an expression that looks at earlier rows,
    Polars would count some cases wrongly where it reads the log in pieces. None on other engines,
    and where somebody has torn cases apart.
    """
    if not isinstance(nw.to_native(table), pl.LazyFrame):
        return None
    bits = table.select(
        condition.holds.fill_null(value=False).alias("holds"),
        (nw.col(EVENT_NUMBER) == 1).alias("first"),
        nw.col(WAIT).is_null().alias("last"),
    ).collect("polars")
    rows: pl.DataFrame = nw.to_native(bits).rechunk()
    if (rows["first"] != rows["last"].shift(1, fill_value=True)).any():
        return None
    so_far = rows.select(pl.when("holds").then(True).when("first").then(False)).to_series()
    whole = rows.select(pl.when("last").then(so_far.forward_fill())).to_series().backward_fill()
    wanted = (whole if condition.occurs else ~whole).alias(_WANTED).to_frame().lazy()
    beside = pl.concat([nw.to_native(table), wanted], how="horizontal")
    return nw.from_native(beside.filter(pl.col(_WANTED)).drop(_WANTED))


def of_cases(table: nw.LazyFrame[Any], cases: pl.Series) -> nw.LazyFrame[Any]:
    """Keep the rows of these cases: by a join, for a list of many is slow to ask with.

    Args:
        table: Prepared events.
        cases: The cases, each any number of times.
    """
    native: Any = nw.to_native(table)
    wanted = cases.unique().alias(CASE)
    if isinstance(native, pl.LazyFrame):
        known = wanted.cast(native.collect_schema()[CASE]).to_frame()
        # the rows of a case stand together, and must do so in a part of the log as well
        kept = native.join(known.lazy(), on=CASE, how="semi", maintain_order="left")
        return nw.from_native(kept)
    rows = [(case,) for case in wanted.cast(pl.String)]
    listed = native.sparkSession.createDataFrame(rows, f"{CASE} string")
    return table.join(nw.from_native(listed), on=CASE, how="semi")


def case_conditions(
    table: nw.LazyFrame[Any],
    zone: str,
    *,
    started: Period | None = None,
    ended: Period | None = None,
    variant: int | Sequence[int] = (),
    duration: tuple[timedelta | float | None, timedelta | float | None] | None = None,
    passes_through: Names = (),
    avoids: Names = (),
    starts_with: Names = (),
    ends_with: Names = (),
    follows: Pairs = (),
    never_follows: Pairs = (),
    hands_over: Pairs = (),
    where: Mapping[str, Names] | None = None,
) -> list[Condition]:
    """Say as conditions which cases are meant; see `EventLog.filter_cases`."""
    found: list[Condition] = []
    last = nw.col(NEXT_ACTIVITY).is_null()

    def of_variant(holds: nw.Expr, *, occurs: bool = True) -> None:
        found.append(Condition(holds, occurs, VARIANT))

    if started is not None:
        found.append(Condition(within(CASE_START, started, zone), of=None))
    if ended is not None:
        found.append(Condition(last & within(TIMESTAMP, ended, zone)))
    if listed(variant):
        found.append(Condition(one_of(table, VARIANT, variant), of=None))
    if duration is not None:
        found.append(Condition(last & _duration_between(*duration)))
    for name in listed(passes_through):
        of_variant(one_of(table, ACTIVITY, [name]))
    for name in listed(avoids):
        of_variant(one_of(table, ACTIVITY, [name]), occurs=False)
    if listed(starts_with):
        of_variant((nw.col(EVENT_NUMBER) == 1) & one_of(table, ACTIVITY, starts_with))
    if listed(ends_with):
        of_variant(last & one_of(table, ACTIVITY, ends_with))
    for pair in pairs(follows):
        of_variant(_followed(table, *pair))
    for pair in pairs(never_follows):
        of_variant(_followed(table, *pair), occurs=False)
    found += [Condition(_handed_over(table, *pair)) for pair in pairs(hands_over)]
    found += [Condition(one_of(table, column, names)) for column, names in (where or {}).items()]
    return found


def _followed(table: nw.LazyFrame[Any], activity: str, next_activity: str) -> nw.Expr:
    """Hold on the events of one activity that another follows directly."""
    return one_of(table, ACTIVITY, [activity]) & one_of(table, NEXT_ACTIVITY, [next_activity])


def _handed_over(table: nw.LazyFrame[Any], giver: str, taker: str) -> nw.Expr:
    """Hold on the events after which one department hands the customer over to another."""
    by, to = one_of(table, DEPARTMENT, [giver]), one_of(table, NEXT_DEPARTMENT, [taker])
    return by & to & ~nw.col(HANDOFF_NUMBER).is_null()


def _duration_between(low: timedelta | float | None, high: timedelta | float | None) -> nw.Expr:
    """Hold on the last event of a case that took at least `low` and at most `high` (seconds)."""
    condition = nw.lit(True)
    if low is not None:
        condition = condition & (nw.col(ELAPSED) >= _microseconds(low))
    if high is not None:
        condition = condition & (nw.col(ELAPSED) <= _microseconds(high))
    return condition


def _microseconds(length: timedelta | float) -> int:
    if isinstance(length, timedelta):
        return length // timedelta(microseconds=1)
    return round(length * 1_000_000)
