"""Which cases, and which events: conditions on the prepared log, one pass each.

A filter of cases keeps whole journeys, so all that `prepare` made stays true. A filter of events
takes journeys apart; the event log prepares what is left anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import narwhals as nw
import polars as pl

from procmine.errors import ColumnError, OptionError, nearest
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
from procmine.wording import duration

Period = tuple[str | date | None, str | date | None]
"""From (included) and to (excluded); None is open."""

Names = str | Sequence[str]

_FEW: Final = 1_000
"""So many variants can be asked for one by one."""

_WANTED: Final = "__wanted"

Pairs = tuple[str, str] | Sequence[tuple[str, str]]
"""One pair of names, or several."""


def chosen(options: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the conditions that choose nothing, as a list with nothing ticked does.

    Example:
        >>> chosen({"variant": 0, "activity": [], "started": (None, None), "where": {"a": ()}})
        {'variant': 0}
    """
    kept = {
        name: chosen(value) if isinstance(value, Mapping) else value  # pyright: ignore[reportUnknownArgumentType]
        for name, value in options.items()
    }
    return {name: value for name, value in kept.items() if not _chooses_nothing(value)}


def _chooses_nothing(value: Any) -> bool:
    if isinstance(value, str | Mapping | Sequence):
        return not value or value == (None, None)
    return value is None


def within(column: str, period: Period, zone: str) -> nw.Expr:
    """Hold where a time lies in a period.

    Args:
        column: The name of a time column.
        period: From (included) and to (excluded), as dates, datetimes or ISO 8601 texts.
        zone: The zone of dates and times that name none.

    Raises:
        OptionError: An end of the period isn't a date.
    """
    low, high = (instant(end, zone) for end in period)
    if low is not None and high is not None and low >= high:
        raise OptionError(
            f"The period from {period[0]} to {period[1]} is empty.",
            "Its end must lie after its start.",
        )
    # as the columns are, in UTC: an engine that filters twice may refuse to compare two zones
    condition = nw.lit(True)
    if low is not None:
        condition = condition & (nw.col(column) >= low.astimezone(UTC))
    if high is not None:
        condition = condition & (nw.col(column) < high.astimezone(UTC))
    return condition


def instant(value: str | date | None, zone: str) -> datetime | None:
    """Return a date, datetime or ISO 8601 text as an instant.

    Raises:
        OptionError: The text isn't a date.

    Example:
        >>> instant("2012-05-01", "Europe/Amsterdam").isoformat()
        '2012-05-01T00:00:00+02:00'
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise OptionError(f"'{value}' isn't a date.", "Write it as 2012-05-31.") from None
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def one_of(table: nw.LazyFrame[Any], column: str, names: Names | int | Sequence[int]) -> nw.Expr:
    """Hold where a column has one of the values.

    Raises:
        ColumnError: The table has no such column.
        OptionError: A value that never occurs was asked for; the nearest is named.
    """
    known = table.collect_schema().names()
    if column not in known:
        raise ColumnError(f"The log has no column '{column}'.", nearest(column, known))
    wanted = _listed(names)
    values = table.select(nw.col(column)).unique().collect("polars")[column].to_list()
    there = {str(v) for v in values if v is not None}
    for name in wanted:
        if str(name) not in there:
            raise OptionError(
                f"'{name}' never occurs in {column}.", nearest(str(name), sorted(there))
            )
    matching = [v for v in values if v is not None and str(v) in {str(w) for w in wanted}]
    return nw.col(column).is_in(matching)


def _listed(names: Any) -> list[Any]:
    return [names] if isinstance(names, str | int) else list(names)


def _pairs(given: Any) -> list[tuple[str, str]]:
    """Return several pairs, of which one may stand alone."""
    one = len(given) == 2 and isinstance(given[0], str)
    return [tuple(given)] if one else [tuple(pair) for pair in given]


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
        elif isinstance(nw.to_native(kept), pl.LazyFrame):
            kept = _in_order(kept, condition)
        else:
            kept = kept.join(found, on=condition.of, how="semi" if condition.occurs else "anti")
    return kept


def _in_order(table: nw.LazyFrame[Any], condition: Condition) -> nw.LazyFrame[Any]:
    """Keep cases without a join, for the rows of one stand together: a bit for each row says it.

    The bits are made here and set beside the rows; as an expression that looks at earlier rows,
    Polars would count some cases wrongly where it reads the log in pieces.
    """
    bits = table.select(
        condition.holds.fill_null(value=False).alias("holds"),
        (nw.col(EVENT_NUMBER) == 1).alias("first"),
        nw.col(WAIT).is_null().alias("last"),
    ).collect("polars")
    rows: pl.DataFrame = nw.to_native(bits).rechunk()
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
        return nw.from_native(native.join(known.lazy(), on=CASE, how="semi"))
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
    if _listed(variant):
        found.append(Condition(one_of(table, VARIANT, variant), of=None))
    if duration is not None:
        found.append(Condition(last & _duration_between(*duration)))
    for name in _listed(passes_through):
        of_variant(one_of(table, ACTIVITY, [name]))
    for name in _listed(avoids):
        of_variant(one_of(table, ACTIVITY, [name]), occurs=False)
    if _listed(starts_with):
        of_variant((nw.col(EVENT_NUMBER) == 1) & one_of(table, ACTIVITY, starts_with))
    if _listed(ends_with):
        of_variant(last & one_of(table, ACTIVITY, ends_with))
    for pair in _pairs(follows):
        of_variant(_followed(table, *pair))
    for pair in _pairs(never_follows):
        of_variant(_followed(table, *pair), occurs=False)
    found += [Condition(_handed_over(table, *pair)) for pair in _pairs(hands_over)]
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


_PHRASES: Final = {
    "started": "that began {}",
    "ended": "that ended {}",
    "variant": "of variant {}",
    "duration": "that took {}",
    "passes_through": "that pass through {}",
    "avoids": "without {}",
    "starts_with": "that start with {}",
    "ends_with": "that end with {}",
    "follows": "in which {} follow directly",
    "never_follows": "in which {} never follow directly",
    "hands_over": "that are handed over from {}",
    "is_open": "that are {}",
    "where": "with {}",
    "activity": "of {}",
    "department": "of {}",
    "period": "completed {}",
}


def said(what: str, given: Mapping[str, Any]) -> str:
    """Say a selection in words.

    Args:
        what: Journeys or events.
        given: The filters by the names of their options.

    Example:
        >>> said("journeys", {"started": ("2012-05-01", None), "passes_through": ["Queued"]})
        'journeys that began from 2012-05-01, that pass through Queued'
    """
    return f"{what} " + ", ".join(_PHRASES[k].format(_value(k, v)) for k, v in given.items())


def _value(name: str, value: Any) -> str:
    if name in {"started", "ended", "period", "duration"}:
        low, high = ("" if end is None else _end(end) for end in value)
        first, last = ("at least", "at most") if name == "duration" else ("from", "before")
        return " and ".join(f"{word} {end}" for word, end in ((first, low), (last, high)) if end)
    if name == "is_open":
        return "open" if value else "not open"
    if name == "passes_through":
        return " and ".join(map(str, _listed(value)))
    if name in {"follows", "never_follows", "hands_over"}:
        joint = " to " if name == "hands_over" else " and "
        return ", and ".join(joint.join(map(str, pair)) for pair in _pairs(value))
    if name == "where":
        return ", ".join(f"{k} {_value('', v)}" for k, v in value.items())
    return " or ".join(map(str, _listed(value)))


def _end(end: Any) -> str:
    if isinstance(end, timedelta):
        return duration(end.total_seconds())
    return duration(end) if isinstance(end, int | float) else str(end)
