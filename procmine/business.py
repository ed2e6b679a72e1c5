"""Business time in an analysis: the option `calendar`, its columns and its caveats."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from procmine.collecting import collect
from procmine.errors import UnavailableError
from procmine.eventlog import EventLog
from procmine.quantiles import by_group, summarise

if TYPE_CHECKING:
    from procmine.calendars import Calendars

_TIMED = "__business_us"
Span = tuple[pl.Expr, pl.Expr, pl.Expr | None]
"""From an instant, so many microseconds, by the calendar of this department (None: everybody's)."""


def open_calendars(log: EventLog, calendar: Path | None) -> "Calendars | None":
    """Read the file of an analysis' option `calendar`; None where it isn't given.

    Args:
        log: The event log.
        calendar: The file, TOML.

    Raises:
        ConfigurationError: The file can't be used.
        UnavailableError: The log isn't on Polars.
    """
    if calendar is None:
        return None
    from procmine.calendars import Calendars

    if not isinstance(log.events, pl.LazyFrame):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise UnavailableError(
            "Business time can't be counted on this engine yet.",
            "Write the prepared log as Parquet and ask pm.read of that, or leave calendar out.",
        )
    return Calendars.read(calendar)


def with_business(
    table: nw.LazyFrame[Any], calendars: "Calendars", spans: Mapping[str, Span]
) -> nw.LazyFrame[Any]:
    """Add columns of business time, in integer microseconds; null where a length is.

    Args:
        table: A table on Polars.
        calendars: Whose hours count.
        spans: What each column measures.
    """
    native: pl.LazyFrame = nw.to_native(table)
    columns = [
        calendars.between(start, start + pl.duration(microseconds=length), department).alias(name)
        for name, (start, length, department) in spans.items()
    ]
    return nw.from_native(native.with_columns(columns))


def beside(
    answer: pl.DataFrame,
    rows: nw.LazyFrame[Any],
    keys: list[str],
    span: Span,
    calendars: "Calendars",
    *,
    exact: bool,
) -> pl.DataFrame:
    """Put the same in business time beside times that were measured by group.

    Args:
        answer: One row a group.
        rows: What was grouped, on Polars.
        keys: What it was grouped by.
        span: What was measured of each row.
        calendars: Whose hours count.
        exact: As `procmine.quantiles.by_group` takes it.

    Returns:
        The answer with `business_mean_seconds, business_median_seconds, business_p90_seconds,
        business_total_seconds`.
    """
    timed = with_business(rows, calendars, {_TIMED: span})
    measured = summarise(collect(by_group(timed, keys, _TIMED, {}, exact=exact)), keys, [])
    named = {c: f"business_{c}" for c in measured.columns if c not in {*keys, "count"}}
    measured = measured.drop("count").cast({k: answer.schema[k] for k in keys}).rename(named)
    return answer.join(measured, on=keys, how="left", nulls_equal=True, maintain_order="left")


def said(calendars: "Calendars | None", departments: Iterable[str | None]) -> list[str]:
    """Say what business time can't: hours that were discovered, departments without any.

    Args:
        calendars: None where business time isn't counted.
        departments: Those whose time is counted.
    """
    if calendars is None:
        return []
    sentences = [f"The working hours weren't stated: {calendars.discovered}."] * bool(
        calendars.discovered
    )
    if without := calendars.without(departments):
        named = ", ".join(name or "departments that are unknown" for name in without)
        sentences.append(
            f"The calendars have no hours for {named} and none for everybody "
            '([departments."*"]); all their time counts.'
        )
    return sentences
