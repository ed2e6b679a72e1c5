"""The temporal profile: how long it is from one activity to each that comes later in a journey.

The time runs from an event's completion to the start of a later one, its completion where starts
are unknown, for every pair of events of a journey that don't overlap. A time is out of the ordinary
if it lies further from the mean than so many standard deviations.

Source: Stertz, Mangler & Rinderle-Ma, Temporal conformance checking at runtime based on
time-infused process models, 2020.
"""

from dataclasses import replace
from typing import Any, Final

import narwhals as nw
import polars as pl

from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.norms.figures import NORM, UNIT, Figures, department, sums_of, table, unit
from procmine.norms.norm import Norm
from procmine.prepare.beside import beside
from procmine.schema import (
    ACTIVITY,
    CASE,
    CUSTOMER,
    DEPARTMENT,
    ELAPSED,
    EVENT_NUMBER,
    SERVICE,
    TIMESTAMP,
    VARIANT,
)
from procmine.wording import duration

OTHER: Final = "other"
TOOK: Final = "took_us"
MEAN, STD = "mean_us", "std_us"
LOW, HIGH = "low_us", "high_us"

_SINCE, _UNTIL, _NUMBER = "__since", "__until", "__number"

_ROUNDING: Final = 0.5
"""Microseconds by which a time may miss its bounds: those are sums of many floats."""


def pairs(log: EventLog) -> nw.LazyFrame[Any]:
    """Return every pair of events of a journey of which the second starts after the first is over.

    Args:
        log: The event log.

    Returns:
        `case_id, activity, other, took_us` and of the second event `__unit, variant, event_number,
        department, timestamp`.
    """
    begun = nw.col(ELAPSED) - nw.when(~nw.col(SERVICE).is_null()).then(nw.col(SERVICE)).otherwise(
        nw.lit(0)
    )
    first = log.table.select(
        CASE,
        ACTIVITY,
        nw.col(ELAPSED).alias(_SINCE),
        nw.col(EVENT_NUMBER).alias(_NUMBER),
    )
    second = log.table.select(
        *(CASE, unit(log), VARIANT, EVENT_NUMBER, TIMESTAMP, department(log)),
        nw.col(ACTIVITY).alias(OTHER),
        begun.alias(_UNTIL),
    )
    took = nw.col(_UNTIL) - nw.col(_SINCE)
    later = (nw.col(EVENT_NUMBER) > nw.col(_NUMBER)) & (took >= 0)
    return (
        first.join(second, on=CASE, how="inner")
        .filter(later)
        .with_columns(took.alias(TOOK))
        .drop(_NUMBER, _SINCE, _UNTIL)
    )


def profile(log: EventLog) -> pl.DataFrame:
    """Learn how long it is from each activity to each that comes later.

    Args:
        log: The event log.

    Returns:
        `activity, other, mean_us, std_us, cases`; the deviation of one time alone is 0.

    Example:
        >>> import procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1"],
        ...         "activity": ["ask", "answer"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"],
        ...     }
        ... )
        >>> profile(pm.read(table)).row(0)
        ('ask', 'answer', 3600000000.0, 0.0, 1)
    """
    took = nw.col(TOOK)
    grouped = pairs(_numbered(log)).group_by(ACTIVITY, OTHER)
    measured = grouped.agg(
        took.mean().alias(MEAN), took.std().alias(STD), nw.col(CASE).n_unique().alias("cases")
    )
    names = pl.col(ACTIVITY, OTHER).cast(pl.String)
    return collect(measured).with_columns(names, pl.col(STD).fill_null(0.0)).sort(ACTIVITY, OTHER)


def learned(log: EventLog, *, support: float, zeta: float) -> pl.DataFrame:
    """Learn between what bounds times lie as a rule.

    Args:
        log: The reference.
        support: The least share of journeys that a pair of activities is in.
        zeta: How many standard deviations a time may lie from the mean.

    Returns:
        What `profile` returns with `norm, low_us, high_us`.
    """
    spread = zeta * pl.col(STD)
    return (
        profile(log)
        .filter(pl.col("cases") >= support * log.size[1])
        .with_columns((pl.col(MEAN) - spread).alias(LOW), (pl.col(MEAN) + spread).alias(HIGH))
        .with_row_index(NORM)
        .cast({NORM: pl.Int64})
    )


def norms(bounds: pl.DataFrame) -> list[Norm]:
    """Say between what bounds times lie, to a person."""
    return [Norm("temporal profile", _sentence(row)) for row in bounds.iter_rows(named=True)]


def _sentence(row: dict[str, Any]) -> str:
    low, high = (duration(max(0.0, row[end]) / 1e6) for end in (LOW, HIGH))
    between = f"between {low} and {high}" if row[LOW] > 0 else f"at most {high}"
    return f"From {row[ACTIVITY]} to a later {row[OTHER]} it is {high if low == high else between}."


def deviations(log: EventLog, bounds: pl.DataFrame) -> nw.LazyFrame[Any]:
    """Return the pairs of events whose time is out of the ordinary: `pairs` with `norm`.

    Args:
        log: The event log.
        bounds: `norm, activity, other, low_us, high_us`.
    """
    return _beside(log, bounds).filter(_OUT)


_OUT: Final = (nw.col(TOOK) + _ROUNDING < nw.col(LOW)) | (nw.col(TOOK) - _ROUNDING > nw.col(HIGH))


def _beside(log: EventLog, bounds: pl.DataFrame) -> nw.LazyFrame[Any]:
    found = pairs(log)
    known = beside(found, bounds.select(NORM, ACTIVITY, OTHER, LOW, HIGH))
    kind = found.collect_schema()[ACTIVITY]
    if kind == nw.Categorical:
        known = known.with_columns(nw.col(ACTIVITY, OTHER).cast(kind))
    return found.join(known, on=[ACTIVITY, OTHER], how="inner")


def figures(log: EventLog, bounds: pl.DataFrame) -> tuple[Figures, pl.DataFrame]:
    """Count journeys with times out of the ordinary.

    Args:
        log: The event log.
        bounds: `norm, activity, other, low_us, high_us`.

    Returns:
        The figures; and of each journey and norm that it breaks the time furthest out: `norm,
        case_id, at, department, took_us, event_number, variant`.
    """
    journeys = log.ends.select(unit(log)).group_by(UNIT).agg(nw.len().alias("cases"))
    # one after the other: each pairs the events of all journeys, in memory of its own
    sums, units = collect(_sums(log, bounds)), collect(journeys)
    broken = collect(deviations(log, bounds))
    shares = bounds.select(NORM).join(sums, on=NORM, how="left").drop(NORM).fill_null(0)
    bad = broken.unique(CASE).group_by(UNIT).agg(pl.len().alias("broken"))
    own = units.join(bad, on=UNIT, how="left").fill_null(0)
    whole = sums_of(*own.select("cases", "broken").cast(pl.Int64).to_numpy().T)
    return Figures(shares, table([whole])), _worst(broken, bounds)


def places(worst: pl.DataFrame) -> pl.DataFrame:
    """Count the journeys with times out of the ordinary by the department that ended them.

    Args:
        worst: What `figures` returns of each journey.

    Returns:
        `norm, department, variant, cases, customers`.
    """
    return worst.group_by(NORM, DEPARTMENT, VARIANT).agg(
        pl.len().cast(pl.Int64).alias("cases"),
        pl.col(UNIT).n_unique().cast(pl.Int64).alias("customers"),
    )


def _numbered(log: EventLog) -> EventLog:
    """Let 64 bits of hash stand for journeys and customers, where the engine has them at hand."""
    native: Any = log.events
    if not isinstance(native, pl.LazyFrame):
        return log
    names = [c for c in (CASE, CUSTOMER) if c in log.columns]
    hashed = [pl.when(pl.col(c).is_not_null()).then(pl.col(c).hash(1)).alias(c) for c in names]
    return replace(log, events=native.with_columns(hashed))


def _sums(log: EventLog, bounds: pl.DataFrame) -> nw.LazyFrame[Any]:
    """Add journeys up by norm, and over customers what tells how far a share may be off."""
    rows = _beside(_numbered(log), bounds).with_columns(_OUT.cast(nw.Int64).alias("__out"))
    by_case = rows.group_by(NORM, UNIT, CASE).agg(nw.col("__out").max())
    by_unit = by_case.group_by(NORM, UNIT).agg(
        nw.len().cast(nw.Int64).alias("__asked"), nw.col("__out").sum().cast(nw.Int64)
    )
    asked, out = nw.col("__asked"), nw.col("__out")
    return by_unit.group_by(NORM).agg(
        asked.sum().alias("cases"),
        nw.len().alias("customers"),
        out.sum().alias("violations"),
        (asked * asked).sum().alias("squares"),
        (asked * out).sum().alias("products"),
        (out * out).sum().alias("violation_squares"),
    )


def _worst(broken: pl.DataFrame, bounds: pl.DataFrame) -> pl.DataFrame:
    """Keep of each journey and norm the time that is furthest from the mean."""
    far = (pl.col(TOOK) - pl.col(MEAN)).abs()
    return (
        broken.join(bounds.select(NORM, MEAN), on=NORM)
        .sort(NORM, CASE, -far, EVENT_NUMBER)
        .unique([NORM, CASE], keep="first", maintain_order=True)
        .rename({TIMESTAMP: "at"})
    )
