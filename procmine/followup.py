"""Journeys as they were watched: since when, for how long, and how each of them left."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from procmine.collecting import collect
from procmine.errors import OptionError, nearest
from procmine.eventlog import EventLog
from procmine.periods import instant
from procmine.prepare.times import PERIODS, with_micros_to, with_period
from procmine.privacy import CUSTOMERS, with_customers
from procmine.quantiles import BIN, bin_of, bottom_of, middle_of, sum_of, summarise
from procmine.result import HIGH, LOW
from procmine.schema import (
    ABANDONED,
    CASE,
    CASE_START,
    CLOSED,
    CUSTOMER,
    ELAPSED,
    JOURNEY_STATE,
    MADE,
    OPEN,
    SEGMENT,
    TIMESTAMP,
)
from procmine.survival import SHARES
from procmine.wording import number

if TYPE_CHECKING:
    from procmine.calendars import Calendars

STATE: Final = "__state"
EXIT: Final = "__exit_us"
ENTRY: Final = "__entry_us"
BUSINESS: Final = "business"
"""What precedes these names, and that of the duration, on the clock of business time."""

MOST_GROUPS: Final = 1000

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
STEPS: Final = (
    *(_MINUTE * n for n in (1, 5, 15, 30)),
    *(_HOUR * n for n in (1, 2, 4, 8, 16)),
    *(_DAY * n for n in (1, 2, 4, 7, 14, 28, 56, 91, 182, 365, 730, 1461, 3652)),
)
"""Durations that have a name, in seconds."""


_AFTER: Final = "after_seconds"
_LATEST: Final = 1e12
"""Later than the last of these durations, in seconds."""


def known(log: EventLog) -> bool:
    """Whether anybody knows which journeys are closed."""
    return JOURNEY_STATE in log.columns or bool(log.meta.outcomes)


def followed(
    log: EventLog, *, since: str | date | None = None, until: str | date | None = None
) -> nw.LazyFrame[Any]:
    """Return a row a journey: its last event, how the journey stands and how it was watched.

    A closed or abandoned journey leaves at its last event; an open one is watched until the log's
    end. Where nobody knows which journeys are closed, all are.

    Args:
        log: The event log.
        since: From when on journeys were watched; those that began before enter late.
        until: Until when they were watched; the log's last event where nobody says.

    Returns:
        The last events, with the state (`closed`, `open` or `abandoned`) in the column `STATE`, the
        microseconds from the start to when the journey left in `EXIT`, and to when it entered in
        `ENTRY`: null if it was watched from its start.

    Raises:
        OptionError: What is given isn't a date, or the log goes on after the end.
    """
    table = log.ends.with_columns(_state(log).alias(STATE))
    instants = {EXIT: watched_until(log, until)} if known(log) else {}
    if since is not None and (at := instant(since, log.meta.timezone)) is not None:
        instants[ENTRY] = at
    table = with_micros_to(table, CASE_START, instants) if instants else table
    left, entry = nw.col(ELAPSED), nw.lit(None, nw.Int64)
    if EXIT in instants:
        longer = nw.when(nw.col(EXIT) > left).then(nw.col(EXIT)).otherwise(left)
        left = nw.when(log.is_open().fill_null(False)).then(longer).otherwise(left)
    if ENTRY in instants:
        entry = nw.when(nw.col(ENTRY) > 0).then(nw.col(ENTRY))
    return table.with_columns(left.alias(EXIT), entry.alias(ENTRY))


def _state(log: EventLog) -> nw.Expr:
    if JOURNEY_STATE in log.columns:
        said = nw.col(JOURNEY_STATE).cast(nw.String)
        return nw.when(said.is_in([OPEN, ABANDONED])).then(said).otherwise(nw.lit(CLOSED))
    is_open = log.is_open().fill_null(False)
    return nw.when(is_open).then(nw.lit(OPEN)).otherwise(nw.lit(CLOSED))


def watched_until(log: EventLog, until: str | date | None = None) -> datetime:
    """Say until when journeys were watched: what is said, else until the log's last event.

    Of a log that was put together from sources that is the last event of all, in a journey or not.

    Args:
        log: The event log.
        until: What is said.

    Raises:
        OptionError: It isn't a date, or the log goes on after it.
    """
    whole, last = log.meta.journeys.get("end"), None
    if whole is not None and not any(s.startswith("events ") for s in log.meta.selection):
        last = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=whole)
    else:
        last = collect(log.table.select(nw.col(TIMESTAMP).max())).item()
    said = instant(until, log.meta.timezone) if until is not None else None
    if said is not None and last is not None and said < last:
        raise OptionError(
            f"The log goes on after {until}: its last event is of {last:%Y-%m-%d %H:%M}.",
            "Name a later time, or none (observed_until, --observed-until).",
        )
    return said or last or datetime.fromisoformat("1970-01-01T00:00Z")


def with_groups(log: EventLog, table: nw.LazyFrame[Any], by: str) -> nw.LazyFrame[Any]:
    """Add the text by which journeys are grouped, under the name `by`.

    Args:
        log: The event log.
        table: A row a journey.
        by: A column, which says what it says on the journey's last event; or one of `PERIODS`, in
            which the journey began.

    Raises:
        OptionError: There is no such column, or it has too many values.
    """
    if by in PERIODS and by not in log.columns:
        return with_period(table, CASE_START, by, log.meta.timezone, by)
    offered = [c for c in log.columns if c not in {CASE, CUSTOMER, TIMESTAMP, *MADE}]
    if by not in offered:
        raise OptionError(
            f"Journeys can't be grouped by '{by}'.", nearest(by, [*offered, *PERIODS])
        )
    groups = collect(table.select(nw.col(by).n_unique())).item()
    if groups > MOST_GROUPS:
        raise OptionError(
            f"'{by}' would split the journeys into {number(groups)} groups.",
            f"Choose a column with at most {number(MOST_GROUPS)} values.",
        )
    return table.with_columns(nw.col(by).cast(nw.String))


def with_business_time(table: nw.LazyFrame[Any], calendars: "Calendars") -> nw.LazyFrame[Any]:
    """Add the duration, the exit and the entry in business time, by everybody's calendar.

    Args:
        table: What `followed` returns, on Polars.
        calendars: The calendars; that of `*` is everybody's.

    Returns:
        The table with the columns of `on_clock(business=True)`.

    Raises:
        OptionError: There is no calendar for everybody.
    """
    from procmine.business import with_business

    if calendars.of(None) is None:
        raise OptionError(
            "The calendars have no hours for everybody, by which journeys could be measured.",
            'Add [departments."*"].',
        )
    start = pl.col(CASE_START)
    names = zip(on_clock(business=True), on_clock(business=False), strict=True)
    return with_business(table, calendars, {new: (start, pl.col(old), None) for new, old in names})


def on_clock(*, business: bool) -> tuple[str, str, str]:
    """Return the columns of a journey's duration, exit and entry on a clock."""
    prefix = BUSINESS if business else ""
    return prefix + ELAPSED, prefix + EXIT, prefix + ENTRY


def at_named_times(curve: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Read each group's curve at the durations that have a name: exact times are a journey's own.

    Args:
        curve: What `procmine.survival.curves` returns.
        keys: The columns of the groups.

    Returns:
        `*keys, after_seconds, at_risk`, the shares and their intervals.
    """
    shares = [end + name for name in SHARES for end in ("", LOW, HIGH)]
    until = pl.lit(_LATEST)
    for step in reversed(STEPS):
        until = pl.when(pl.col("time") <= step * 1_000_000).then(float(step)).otherwise(until)
    last = curve.with_columns(until.alias(_AFTER)).group_by(*keys, _AFTER, maintain_order=True)
    return last.last().select(*keys, _AFTER, "at_risk", *shares)


def of_whom(
    log: EventLog,
    tables: Mapping[str, pl.DataFrame],
    journeys: nw.LazyFrame[Any],
    by: Sequence[str],
) -> dict[str, pl.DataFrame]:
    """Add how many customers are behind each row of a protected log's cycle times.

    Args:
        log: The event log.
        tables: `summary, histogram, survival`, the last at named times, and where asked for
            `groups, promises`.
        journeys: What `followed` returns, with `segment` and the groups.
        by: The column of the groups, if there are any.

    Returns:
        The tables; of the curve the times by which enough customers left since the one before.
    """
    closed = journeys.filter(nw.col(STATE) == CLOSED)
    reached = nw.lit(0.0)
    after = nw.lit(_LATEST)
    for step in STEPS:
        reached = (
            nw.when(nw.col(ELAPSED) >= step * 1_000_000)
            .then(nw.lit(float(step)))
            .otherwise(reached)
        )
    for step in reversed(STEPS):
        after = nw.when(nw.col(EXIT) <= step * 1_000_000).then(nw.lit(float(step))).otherwise(after)
    grouped: dict[str, tuple[list[str], list[nw.LazyFrame[Any]]]] = {
        "summary": ([], [closed, journeys]),
        "histogram": (["from_seconds"], [closed.with_columns(from_seconds=reached)]),
        "survival": ([*by, _AFTER], [journeys.with_columns(after.alias(_AFTER))]),
        "groups": ([*by], [closed, journeys]),
        "promises": ([SEGMENT], [journeys]),
    }
    found = {n: with_customers(log, t, grouped[n][0], *grouped[n][1]) for n, t in tables.items()}
    enough = pl.col(CUSTOMERS) >= log.meta.protected
    return found | {"survival": found["survival"].filter(enough)}


def counted(
    table: nw.LazyFrame[Any], keys: Sequence[str], *, business: bool, exact: bool
) -> pl.DataFrame:
    """Count journeys by when and how they left, on one clock.

    Args:
        table: What `followed` returns.
        keys: Columns of text to group by.
        business: On the clock of business time.
        exact: A row a journey; else by bins and named durations, in a table of bounded size.

    Returns:
        `*keys, state, exit, entry, count, total_s, total_us, longest, bar`: times in microseconds;
        how many journeys, their durations added up (see `procmine.quantiles.seconds`), the longest
        one and how many of `STEPS` they reach; and the bin of the duration where they are binned.
    """
    elapsed, left, entry = (nw.col(c) for c in on_clock(business=business))
    rows = table.select(*keys, elapsed=elapsed, exit=left, entry=entry, state=nw.col(STATE))
    if exact:
        found, length = collect(rows), pl.col("elapsed")
        bar = pl.Series([s * 1_000_000 for s in STEPS]).search_sorted(found["elapsed"], "right")
        return found.with_columns(
            pl.lit(1, pl.Int64).alias("count"),
            (length // 1_000_000).alias("total_s"),
            (length % 1_000_000).alias("total_us"),
            length.alias("longest"),
            bar.cast(pl.Int64).alias("bar"),
        )
    reached = ((nw.col("elapsed") >= s * 1_000_000).cast(nw.Int64) for s in STEPS)
    binned = rows.with_columns(
        bar=nw.sum_horizontal(*reached),
        exit=bin_of(nw.col("exit")),
        entry=bin_of(nw.col("entry")),
        **{BIN: bin_of(nw.col("elapsed"))},
    )
    grouped = binned.group_by(*keys, "state", "exit", "entry", BIN, "bar").agg(
        nw.len().alias("count"),
        *sum_of(nw.col("elapsed"), "total"),
        nw.col("elapsed").max().alias("longest"),
    )
    return collect(grouped).with_columns(
        exit=middle_of(pl.col("exit")), entry=bottom_of(pl.col("entry"))
    )


def leaving(journeys: pl.DataFrame) -> pl.DataFrame:
    """Add how many left in which way: what `procmine.survival.curves` takes."""
    ways = ((CLOSED, "closed"), (ABANDONED, "abandoned"), (OPEN, "open"))
    return journeys.with_columns(
        pl.when(pl.col("state") == state).then("count").otherwise(0).alias(way)
        for state, way in ways
    )


def measures(journeys: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Say how long the closed journeys of each group took.

    Args:
        journeys: What `counted` returns.
        keys: The columns of the groups.

    Returns:
        `*keys, cases, mean_seconds, median_seconds, p90_seconds, max_seconds`; a group without a
        closed journey has no row.
    """
    closed = journeys.filter(pl.col("state") == CLOSED)
    longest = closed.group_by(keys).agg((pl.col("longest").max() / 1e6).alias("max_seconds"))
    if BIN not in closed.columns:
        length = pl.col("elapsed")
        closed = closed.group_by(keys).agg(
            pl.col("count", "total_s", "total_us").sum(),
            length.median().alias("median"),
            length.quantile(0.9, interpolation="linear").alias("p90"),
        )
    of_group = summarise(closed, keys, []).rename({"count": "cases"}).drop("total_seconds")
    return of_group.join(longest, on=keys, nulls_equal=True)
