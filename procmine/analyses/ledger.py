"""Where does the time of a journey go, from its trigger to its outcome, to the last second?"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from procmine import business, caveats
from procmine.collecting import collect_all
from procmine.eventlog import EventLog
from procmine.privacy import with_customers
from procmine.quantiles import seconds, sum_of
from procmine.registry import analysis
from procmine.result import Result
from procmine.schema import (
    CASE,
    CLOSED,
    DEPARTMENT,
    ELAPSED,
    GAP_BY_CUSTOMER,
    JOURNEY_STATE,
    NEXT_DEPARTMENT,
    OPEN,
    SERVICE,
    START,
)
from procmine.spent import kinds, with_time
from procmine.wording import count, duration, number, share

if TYPE_CHECKING:
    import altair as alt


PARTS = ("service", "inside", "handoff", "customer")
"""What a journey's duration is made of: work, and three kinds of waiting."""

_KEYS = [DEPARTMENT, NEXT_DEPARTMENT, "by_customer"]
_BOTH = ("", "business_")


@analysis
def ledger(log: EventLog, *, calendar: Path | None = None) -> Result:
    """Split what each journey takes into work and waiting, so that the parts add up exactly.

    Service is the time in which somebody works on the journey; work that overlaps counts once, for
    the event that ends last. The time in which nobody does belongs to the step from the event that
    ended last to the one that starts next: to the customer if the customer does the next, to a
    handoff if both departments are known and differ, else to the next one's department. Only
    completed journeys count.

    Formula: duration = service + waits inside departments + waits in handoffs + waits for the
    customer, exactly, in microseconds.

    Source: the lead time ladder of value stream mapping, Rother & Shook, Learning to See, 1999,
    with the waits told apart by whose they are.

    Args:
        log: The event log.
        calendar: A file of working hours (TOML): business time beside calendar time, work by the
            hours of the department that does it, waits by those of the department waited for.

    Returns:
        `summary` (one row): `cases, open_cases, mean_seconds, service_share, inside_share,
        handoff_share, customer_share`; `parts`: `part, mean_seconds, total_seconds, share`, means
        over the journeys, which add up; `departments`: `department, service_seconds,
        inside_seconds, service_share, inside_share`, totals and their part of all end-to-end time,
        the department unknown where it is null; `handoffs`: `department, next_department, count,
        mean_seconds, total_seconds, share`, waits longer than nothing; `journeys`: `case_id,
        duration_seconds, service_seconds, inside_seconds, handoff_seconds, customer_seconds`, the
        longest first. With a calendar each has the same in business time, `business_…_seconds`; a
        journey's business duration is the sum of its parts.

    Raises:
        ConfigurationError: The calendar can't be used.
        UnavailableError: The log was prepared before ledgers were made, or isn't on Polars and a
            calendar is given.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1"],
        ...         "activity": ["ask", "answer"],
        ...         "start": ["2026-01-05T09:00Z", "2026-01-05T09:30Z"],
        ...         "end": ["2026-01-05T09:10Z", "2026-01-05T10:00Z"],
        ...         "department": ["Sales", "Care"],
        ...     }
        ... )
        >>> pm.ledger(pm.read(table)).journeys.row(0)
        ('1', 3600.0, 2400.0, 0.0, 1200.0, 0.0)
    """
    calendars = business.open_calendars(log, calendar)
    times = _BOTH if calendars else _BOTH[:1]
    rows = with_time(log, _completed(log), calendars)
    by_case, by_key = collect_all(_by_case(rows, times), _by_key(log, rows, times))
    journeys = _journeys(by_case, times)
    keys = by_key.with_columns(pl.col(_KEYS[:2]).cast(pl.String)).sort(_KEYS)
    departments, handoffs = _departments(keys, times), _handoffs(keys, times)
    parts = _parts(keys, journeys.height, times)
    summary = _summary(log, parts, journeys.height, times)
    tables = {"summary": summary, "parts": parts, "departments": departments, "handoffs": handoffs}
    return Result(
        "ledger",
        _headline(log, summary.row(0, named=True)),
        (
            *_unsaid(log, summary.row(0, named=True), keys),
            *business.said(calendars, _timed(keys)),
        ),
        _of_whom(log, rows, tables) | {"journeys": journeys},
        chart_of=_chart,
    )


def _completed(log: EventLog) -> nw.LazyFrame[Any]:
    """Leave out the journeys that are open or were abandoned, where that is known."""
    if JOURNEY_STATE in log.columns:
        state = nw.col(JOURNEY_STATE).cast(nw.String)
        return log.table.filter(state.is_null() | (state == CLOSED))
    if not log.meta.outcomes:
        return log.table
    still_open = log.ends.filter(log.is_open()).select(CASE)
    return log.table.join(still_open, on=CASE, how="anti")


def _open_cases(log: EventLog, completed: int) -> int | None:
    """How many journeys are still open; None where nobody knows."""
    if log.states:
        return log.states.get(OPEN, (0, 0))[1]
    return log.size[1] - completed if log.meta.outcomes else None


def _by_case(rows: nw.LazyFrame[Any], times: Sequence[str]) -> nw.LazyFrame[Any]:
    """Add up each journey's parts, in integer microseconds."""
    sums = [nw.col(f"{time}work").sum().alias(f"{time}service") for time in times]
    for time in times:
        for part, here in kinds().items():
            wait = nw.when(here).then(nw.col(f"{time}wait")).otherwise(nw.lit(0, nw.Int64))
            sums.append(wait.sum().alias(f"{time}{part}"))
    return rows.group_by(CASE).agg(nw.col(ELAPSED).max().alias("duration"), *sums)


def _by_key(log: EventLog, rows: nw.LazyFrame[Any], times: Sequence[str]) -> nw.LazyFrame[Any]:
    """Add up work and waits by the departments of a step and whether the customer ends it."""
    sums = [
        s for time in times for c in ("work", "wait") for s in sum_of(nw.col(time + c), time + c)
    ]
    if START in log.columns:
        sums.append(nw.col(START).is_null().cast(nw.Int64).sum().alias("no_start"))
        sums += sum_of(nw.col(SERVICE).fill_null(0), "apart")
    waits = (nw.col("wait") > 0).cast(nw.Int64).sum().alias("count")
    return rows.group_by(_KEYS).agg(nw.len().alias("events"), waits, *sums)


def _journeys(by_case: pl.DataFrame, times: Sequence[str]) -> pl.DataFrame:
    if len(times) > 1:
        by_case = by_case.with_columns(
            pl.sum_horizontal(f"business_{part}" for part in PARTS).alias("business_duration")
        )
    parts = [f"{time}{part}" for time in times for part in ("duration", *PARTS)]
    figures = [(pl.col(part) / 1_000_000).alias(f"{part}_seconds") for part in parts]
    return by_case.select(CASE, *figures).sort("duration_seconds", CASE, descending=[True, False])


def _kind() -> pl.Expr:
    """Whose wait it is."""
    crossing = (pl.col(DEPARTMENT) != pl.col(NEXT_DEPARTMENT)).fill_null(False)
    waiting = pl.when(crossing).then(pl.lit("handoff")).otherwise(pl.lit("inside"))
    return pl.when("by_customer").then(pl.lit("customer")).otherwise(waiting)


def _whole(keys: pl.DataFrame) -> float:
    """All journeys' time, end to end, in seconds."""
    return keys.select(seconds("work").sum() + seconds("wait").sum()).item()


def _departments(keys: pl.DataFrame, times: Sequence[str]) -> pl.DataFrame:
    inside = keys.filter(_kind() == "inside").with_columns(
        pl.col(NEXT_DEPARTMENT).alias(DEPARTMENT)
    )
    parts = {"service": ("work", keys), "inside": ("wait", inside)}
    stacked = [
        rows.select(DEPARTMENT, *(seconds(t + column).alias(f"{t}{part}_seconds") for t in times))
        for part, (column, rows) in parts.items()
    ]
    figures = [f"{time}{part}_seconds" for time in times for part in parts]
    whole = _whole(keys)
    table = pl.concat(stacked, how="diagonal").group_by(DEPARTMENT).agg(pl.col(figures).sum())
    shares = [
        (pl.when(whole > 0).then(pl.col(f"{part}_seconds") / whole)).alias(f"{part}_share")
        for part in parts
    ]
    spent = pl.col("service_seconds") + pl.col("inside_seconds")
    return (
        table.filter(pl.col(DEPARTMENT).is_not_null() | (spent > 0))
        .with_columns(shares)
        .sort(spent, DEPARTMENT, descending=[True, False])
    )


def _handoffs(keys: pl.DataFrame, times: Sequence[str]) -> pl.DataFrame:
    pair = [DEPARTMENT, NEXT_DEPARTMENT]
    total, whole = pl.col("total_seconds"), _whole(keys)
    return (
        keys.filter(_kind() == "handoff", pl.col("count") > 0)
        .select(*pair, "count", *_totals("wait", times))
        .with_columns(
            (total / pl.col("count")).alias("mean_seconds"), (total / whole).alias("share")
        )
        .sort("total_seconds", *pair, descending=[True, False, False])
    )


def _parts(keys: pl.DataFrame, cases: int, times: Sequence[str]) -> pl.DataFrame:
    """Where all time goes, and each journey's on average."""
    work = keys.select(pl.lit("service").alias("part"), *_totals("work", times))
    waits = keys.select(_kind().alias("part"), *_totals("wait", times))
    whole, per = _whole(keys), pl.lit(cases or None)
    sums = pl.concat([work, waits]).group_by("part").agg(pl.all().sum())
    means = [(pl.col(f"{t}total_seconds") / per).alias(f"{t}mean_seconds") for t in times]
    return (
        pl.DataFrame({"part": PARTS})
        .join(sums, on="part", how="left", maintain_order="left")
        .fill_null(0.0)
        .with_columns(
            *means, pl.when(whole > 0).then(pl.col("total_seconds") / whole).alias("share")
        )
        .select("part", *(f"{t}{c}_seconds" for c in ("mean", "total") for t in times), "share")
    )


def _timed(keys: pl.DataFrame) -> list[str | None]:
    """Return the departments by whose hours something was counted."""
    worked = keys.filter(seconds("work") > 0)[DEPARTMENT]
    return [*worked, *keys.filter(seconds("wait") > 0)[NEXT_DEPARTMENT]]


def _totals(column: str, times: Sequence[str]) -> list[pl.Expr]:
    return [seconds(time + column).alias(f"{time}total_seconds") for time in times]


def _summary(log: EventLog, parts: pl.DataFrame, cases: int, times: Sequence[str]) -> pl.DataFrame:
    means = [f"{time}mean_seconds" for time in times]
    shares = {f"{part}_share": share for part, share in parts.select("part", "share").rows()}
    return parts.select(
        pl.lit(cases, pl.Int64).alias("cases"),
        pl.lit(_open_cases(log, cases), pl.Int64).alias("open_cases"),
        *(pl.when(cases > 0).then(pl.col(mean).sum()).alias(mean) for mean in means),
        *(pl.lit(share, pl.Float64).alias(name) for name, share in shares.items()),
    ).head(1)


def _of_whom(
    log: EventLog, rows: nw.LazyFrame[Any], tables: dict[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """Add how many customers are behind each row, where the log is protected."""
    if log.meta.protected is None:
        return tables
    worked, waited = rows.filter(nw.col("work") > 0), rows.filter(nw.col("wait") > 0)
    spent = {"service": worked} | {kind: waited.filter(its) for kind, its in kinds().items()}
    parted = [part.with_columns(nw.lit(name).alias("part")) for name, part in spent.items()]
    inside = spent["inside"].with_columns(nw.col(NEXT_DEPARTMENT).alias(DEPARTMENT))
    grouped: dict[str, tuple[list[str], list[nw.LazyFrame[Any]]]] = {
        "summary": ([], [rows]),
        "parts": (["part"], parted),
        "departments": ([DEPARTMENT], [worked, inside]),
        "handoffs": ([DEPARTMENT, NEXT_DEPARTMENT], [spent["handoff"]]),
    }
    return {n: with_customers(log, tables[n], keys, *of) for n, (keys, of) in grouped.items()}


def _headline(log: EventLog, row: dict[str, Any]) -> str:
    if not row["cases"]:
        return "No journey is completed yet."
    takes = f"A journey takes {duration(row['mean_seconds'])} on average"
    if not row["mean_seconds"]:
        return f"{takes}."
    service, inside, handoff, customer = (share(row[f"{part}_share"]) for part in PARTS)
    worked = f"{service} of it is work, {inside} waiting inside departments"
    if START not in log.columns:
        worked = f"{inside} of it is work and waiting inside departments"
    return (
        f"{takes}: {worked}, {handoff} waiting in handoffs and {customer} waiting for the customer."
    )


def _unsaid(log: EventLog, row: dict[str, Any], keys: pl.DataFrame) -> Iterator[str]:
    if START not in log.columns:
        yield "The log has no start times, so service is unknown and sits inside the waits."
    else:
        yield from _of_starts(keys)
        yield from caveats.suspended(log)
    yield from caveats.no_departments(log)
    if GAP_BY_CUSTOMER not in log.columns:
        yield (
            "The log doesn't say which events the customer does (--by-customer), so no wait is "
            "the customer's own."
        )
    yield from caveats.open_unknown(log)
    if row["open_cases"]:
        yield f"{count(row['open_cases'], 'journey is', 'journeys are')} still open and left out."
    if abandoned := log.size[1] - row["cases"] - (row["open_cases"] or 0):
        yield f"{count(abandoned, 'journey was', 'journeys were')} abandoned and left out."
    yield from caveats.lookalikes(log, DEPARTMENT)


def _of_starts(keys: pl.DataFrame) -> Iterator[str]:
    """Say what starts that are unknown, and work that overlaps, do to the figures."""
    if unknown := int(keys["no_start"].sum()):
        events = int(keys["events"].sum())
        yield (
            f"{count(unknown, 'event')} of {number(events)} {'has' if unknown == 1 else 'have'} "
            "no start time; the work on them sits inside the waits."
        )
    twice = keys.select(seconds("apart").sum() - seconds("work").sum()).item()
    if twice > 0:
        yield f"Work overlaps for {duration(twice)} in all, which count once."


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.waterfall import ledger_waterfall

    return ledger_waterfall(result.tables, **options)
