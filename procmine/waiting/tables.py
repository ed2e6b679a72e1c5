"""The waits of a log and their causes, one by one and added up: by cause, by whom, by what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import narwhals as nw
import polars as pl

from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.privacy import with_customers
from procmine.quantiles import seconds, sum_of
from procmine.result import HIGH, LOW
from procmine.schema import ACTIVITY, CASE, CUSTOMER, DEPARTMENT, NEXT_ACTIVITY, RESOURCE, START
from procmine.waiting.causes import CAUSES, UNAVAILABILITY
from procmine.waiting.explain import ALL, QUEUE
from procmine.waiting.work import Work

_LENGTHS: Final = ("service", "wait", *ALL)
_BY: Final = "enabling_"
"""What precedes the columns that tell of the event that was waited for."""
_WAITS: Final = "waits"
_OF_WORK: Final = ("service_seconds", "efficiency_share")
"""What says little of a step: only a department is known for its work."""
_INSTANT: Final = pl.Datetime("us", "UTC")


@dataclass(frozen=True)
class Waits:
    """Every event that wasn't the customer's own, with its wait.

    Attributes:
        rows: Who did what in which case, when it was enabled and began, the same of the event that
            enabled it as `enabling_…`, `waits` (whether one did), and lengths in microseconds.
        exact: Whether the lengths are so long, or at most so.
        causes: The causes that can be told apart here.
    """

    rows: pl.DataFrame
    exact: bool
    causes: tuple[str, ...]

    def total(self, length: str) -> float:
        """Add a length up, in seconds: all microseconds may need more than 64 bits."""
        value = pl.col(f"{length}_us")
        return self.rows.select((value // 1_000_000).sum() + (value % 1_000_000).sum() / 1e6).item()


def waits_of(work: Work, explained: pl.DataFrame, units: Sequence[str]) -> Waits:
    """Put names to the events and to what enabled them.

    Args:
        work: The log's events.
        explained: What `explain` says of them.
        units: Further columns that say who did it.
    """
    names = list(dict.fromkeys((ACTIVITY, DEPARTMENT, RESOURCE, *units)))
    enabled = pl.Series("enabled", work.enabled).cast(_INSTANT)
    named = work.events.with_columns(pl.col(names).cast(pl.String), enabled)
    own = named.select(CASE, *names, "enabled", START)[explained["event"]]
    enabler = named.select(pl.col(n).gather(explained["enabler"]).alias(_BY + n) for n in names)
    lengths = explained.select(pl.col("enabler").is_not_null().alias(_WAITS), pl.col("^.*_us$"))
    rows = pl.concat([own, enabler, lengths], how="horizontal")
    waiting = rows.filter(_WAITS) if rows[_WAITS].any() else rows
    return Waits(rows, work.knows_starts, _told(waiting[RESOURCE]))


def _told(resource: pl.Series) -> tuple[str, ...]:
    """Return the causes that can be told apart where these are the resources."""
    told = set(CAUSES if resource.is_not_null().any() else ())
    told |= {UNAVAILABILITY, QUEUE} if resource.is_null().any() else set()
    return tuple(cause for cause in ALL if cause in told)


def one_by_one(waits: Waits) -> pl.DataFrame:
    """Return every wait with its parts, in seconds."""
    return waits.rows.filter(_WAITS).select(
        pl.exclude("^.*_us$", _WAITS),
        *_figures(waits, {n: pl.col(f"{n}_us") / 1e6 for n in _LENGTHS}),
    )


def added_up(waits: Waits, keys: Sequence[str], rows: pl.DataFrame | None = None) -> pl.DataFrame:
    """Add waits and their causes up by some columns, the longest waiting first.

    Args:
        waits: The waits.
        keys: The columns.
        rows: Those that count; all of them where none are given.

    Returns:
        `*keys, count` (of waits), `service_seconds, wait_seconds`, the ends of its interval where
        it isn't known, `CAUSE_seconds` for every cause, `efficiency_share, share` (of all waiting).
    """
    table = nw.from_native((waits.rows if rows is None else rows).lazy())
    sums = [expr for n in _LENGTHS for expr in sum_of(nw.col(f"{n}_us"), n)]
    counted = nw.col(_WAITS).cast(nw.Int64).sum().alias("count")
    summed = nw.to_native(table.group_by(*keys).agg(counted, *sums)).collect()
    whole = waits.total("wait")
    worked, waited = seconds("service"), seconds("wait")
    return (
        summed.with_columns(pl.col("count").cast(pl.Int64), __waited=waited)
        .sort("__waited", *keys, descending=[True, *[False] * len(keys)], nulls_last=True)
        .select(
            *keys,
            "count",
            *_figures(waits, {n: seconds(n) for n in _LENGTHS}),
            _known(waits, _part(worked, worked + waited)).alias("efficiency_share"),
            _known(waits, _part(waited, pl.lit(whole))).alias("share"),
        )
    )


def _part(amount: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(amount / whole)


def _known(waits: Waits, figure: pl.Expr) -> pl.Expr:
    """A figure where the lengths are known, else null."""
    return figure if waits.exact else pl.lit(None, pl.Float64)


def _figures(waits: Waits, lengths: dict[str, pl.Expr]) -> list[pl.Expr]:
    """Name the lengths: known, or the most that the wait can be, or impossible to tell."""
    bound = pl.lit(None, pl.Float64) if waits.exact else lengths["wait"]
    figures = [
        _known(waits, lengths["service"]).alias("service_seconds"),
        _known(waits, lengths["wait"]).alias("wait_seconds"),
        *_ends(waits, bound),
    ]
    for cause in ALL:
        told = cause in waits.causes
        figure = _known(waits, lengths[cause]) if told else pl.lit(None, pl.Float64)
        figures.append(figure.alias(f"{cause}_seconds"))
    return figures


def _ends(waits: Waits, bound: pl.Expr) -> list[pl.Expr]:
    low = pl.lit(None, pl.Float64) if waits.exact else pl.lit(0.0)
    return [low.alias(f"{LOW}wait_seconds"), bound.alias(f"{HIGH}wait_seconds")]


def by_cause(waits: Waits) -> pl.DataFrame:
    """Say of each cause how long it held customers up, and what would be gained without it.

    Returns:
        `cause, wait_seconds, low_wait_seconds, high_wait_seconds, share, efficiency_share,
        efficiency_without_share, gain_share`. Cycle time efficiency is service / (service + wait).
    """
    sums = {n: waits.total(n) for n in _LENGTHS}
    causes = pl.DataFrame(
        {"cause": waits.causes, "seconds": [sums[c] for c in waits.causes]},
        schema={"cause": pl.String, "seconds": pl.Float64},
    )
    own, worked, waited = pl.col("seconds"), pl.lit(sums["service"]), pl.lit(sums["wait"])
    now, without = _part(worked, worked + waited), _part(worked, worked + waited - own)
    figures = {
        "share": _part(own, waited),
        "efficiency_share": now,
        "efficiency_without_share": without,
        "gain_share": without - now,
    }
    return causes.select(
        "cause",
        _known(waits, own).alias("wait_seconds"),
        *_ends(waits, pl.lit(None, pl.Float64) if waits.exact else own),
        *(_known(waits, figure).alias(name) for name, figure in figures.items()),
    )


def by_department(waits: Waits) -> pl.DataFrame:
    """Add up by the department whose event was waited for to begin."""
    return added_up(waits, [DEPARTMENT])


def by_step(waits: Waits) -> pl.DataFrame:
    """Add up by pair of activities: the one that enabled, and the one that had to wait."""
    step = {_BY + ACTIVITY: ACTIVITY, ACTIVITY: NEXT_ACTIVITY}
    rows = waits.rows.filter(_WAITS).select(pl.exclude(list(step)), *_renamed(step))
    return added_up(waits, [ACTIVITY, NEXT_ACTIVITY], rows).drop(_OF_WORK)


def of_whom(
    log: EventLog, waits: Waits, tables: Mapping[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """Add how many customers are behind each row, where the log is protected.

    Args:
        log: The event log.
        waits: Its waits.
        tables: `summary, departments, handoffs, activities` as made of them, and any others.
    """
    if log.meta.protected is None:
        return dict(tables)
    who = [c for c in (CUSTOMER,) if c in log.columns]
    people = collect(log.ends.select(CASE, *who))
    rows = waits.rows.filter(_WAITS).join(people, on=CASE, how="left")
    step = {_BY + ACTIVITY: ACTIVITY, ACTIVITY: NEXT_ACTIVITY}
    grouped = {
        "summary": (["cause"], [_caused(rows, cause) for cause in waits.causes]),
        "departments": ([DEPARTMENT], [rows]),
        "activities": (list(step.values()), [rows.select(CASE, *who, *_renamed(step))]),
        "handoffs": (
            ["level", "unit", "next_unit"],
            [_crossing(rows, level) for level in tables["handoffs"]["level"].unique()],
        ),
    }
    counted = {
        name: with_customers(log, tables[name], keys, *(nw.from_native(r.lazy()) for r in of))
        for name, (keys, of) in grouped.items()
    }
    return {**tables, **counted}


def _caused(rows: pl.DataFrame, cause: str) -> pl.DataFrame:
    """The waits that have a cause."""
    return rows.filter(pl.col(f"{cause}_us") > 0).with_columns(pl.lit(cause).alias("cause"))


def by_handoff(waits: Waits, levels: Sequence[str]) -> pl.DataFrame:
    """Add up by handoff, at each level by itself: both units are known and differ.

    Args:
        waits: The waits.
        levels: The columns that say who did it: resource, team, department.

    Returns:
        `level, unit, next_unit`, and what `added_up` says of waiting.
    """
    return pl.concat(_handoffs(waits, level) for level in levels)


def _handoffs(waits: Waits, level: str) -> pl.DataFrame:
    rows = _crossing(waits.rows.filter(_WAITS), level)
    return added_up(waits, ["level", "unit", "next_unit"], rows).drop(_OF_WORK)


def _crossing(rows: pl.DataFrame, level: str) -> pl.DataFrame:
    """The waits for another unit than the one before."""
    pair = {_BY + level: "unit", level: "next_unit"}
    crossing = rows.filter(pl.col(level) != pl.col(_BY + level))
    return crossing.with_columns(*_renamed(pair), pl.lit(level).alias("level"))


def _renamed(names: dict[str, str]) -> list[pl.Expr]:
    return [pl.col(old).alias(new) for old, new in names.items()]
