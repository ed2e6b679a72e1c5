"""Times of a prepared log as numbers and as periods: what every engine says in its own words."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import narwhals as nw
import polars as pl

PERIODS: Final = ("day", "week", "month", "quarter", "year")
"""The periods that journeys can be grouped by."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_POLARS: Final = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}
_SPARK: Final = {
    "day": "date_format({0}, 'yyyy-MM-dd')",
    "week": "format_string('%d-W%02d', extract(YEAROFWEEK FROM {0}), weekofyear({0}))",
    "month": "date_format({0}, 'yyyy-MM')",
    "quarter": "format_string('%d-Q%d', year({0}), quarter({0}))",
    "year": "date_format({0}, 'yyyy')",
}


def with_micros_to(
    table: nw.LazyFrame[Any], since: str, until: Mapping[str, datetime]
) -> nw.LazyFrame[Any]:
    """Add how many microseconds lie between a time of each row and an instant.

    Args:
        table: A table of any engine.
        since: The column of the time.
        until: The instant for each new column.
    """
    native: Any = nw.to_native(table)
    if isinstance(native, pl.LazyFrame):
        ages = [
            (pl.lit(at, pl.Datetime("us", "UTC")) - pl.col(since)).dt.total_microseconds().alias(n)
            for n, at in until.items()
        ]
        return nw.from_native(native.with_columns(ages))
    micros = {n: (at - _EPOCH) // timedelta(microseconds=1) for n, at in until.items()}
    ages = [f"{at}L - unix_micros(`{since}`) AS `{name}`" for name, at in micros.items()]
    return nw.from_native(native.selectExpr("*", *ages))


def with_period(
    table: nw.LazyFrame[Any], time: str, period: str, timezone: str, name: str
) -> nw.LazyFrame[Any]:
    """Add the period that a time lies in, as text that sorts: 2026-01-05, 2026-W02, 2026-Q1.

    Args:
        table: A table of any engine.
        time: The column of the time.
        period: One of `PERIODS`.
        timezone: Whose clocks and calendar count.
        name: What the column is called.
    """
    native: Any = nw.to_native(table)
    if isinstance(native, pl.LazyFrame):
        local = pl.col(time).dt.convert_time_zone(timezone)
        if period == "quarter":
            year, quarter = (n.cast(pl.String) for n in (local.dt.year(), local.dt.quarter()))
            said = year + "-Q" + quarter  # pl.format panics on an empty morsel
        else:
            said = local.dt.strftime(_POLARS[period])
        return nw.from_native(native.with_columns(said.alias(name)))
    local = f"from_utc_timestamp(`{time}`, '{timezone}')"
    said = _SPARK[period].format(local)
    return nw.from_native(native.selectExpr("*", f"{said} AS `{name}`"))
