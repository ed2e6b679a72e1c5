"""Days and times as people write them, as instants; and the periods between them."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import narwhals as nw

from procmine.errors import OptionError

Period = tuple[str | date | None, str | date | None]
"""From (included) and to (excluded); None is open."""


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
