"""One calendar, and how much of its working time lies between instants."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

import polars as pl

from procmine.calendars.week import Week
from procmine.errors import InputError
from procmine.wording import count

INSTANT: Final = pl.Datetime("us", "UTC")


@dataclass(frozen=True)
class Calendar:
    """When somebody is at work.

    Attributes:
        timezone: The zone whose clocks the shifts are read from.
        week: The shifts that begin on each weekday, Monday first.
        holidays: A country, or a country and region (`DE-BE`), whose public holidays are closed.
        closed: Further days off.

    Example:
        >>> from procmine.calendars import Shift
        >>> office = Calendar("Europe/Berlin", (*[(Shift(540, 1020),)] * 5, (), ()))
        >>> friday, monday = pl.Series(["2026-10-23T16:00Z"]), pl.Series(["2026-10-26T08:30Z"])
        >>> office.between(friday.str.to_datetime(), monday.str.to_datetime()).to_list()
        [1800000000]
    """

    timezone: str
    week: Week
    holidays: str | None = None
    closed: frozenset[date] = field(default_factory=frozenset[date])

    @property
    def working_day_us(self) -> int:
        """The working time that a working day has, on average over the week, in microseconds."""
        days = [sum(shift.end - shift.begin for shift in day) for day in self.week if day]
        return sum(days) * 60_000_000 // max(len(days), 1)

    def between(self, start: pl.Series, end: pl.Series) -> pl.Series:
        """Return the business time from each start to its end, in integer microseconds.

        Args:
            start: Instants; null where unknown.
            end: Instants, none before its start.

        Raises:
            InputError: An end lies before its start.
        """
        from procmine.calendars.segments import segments

        first, last = _instants(start), _instants(end)
        if backward := int((last < first).sum()):
            raise InputError(
                f"{count(backward, 'end lies before its start', 'ends lie before their starts')}, "
                "so no business time lies between them.",
                "Exchange them, or leave them out.",
            )
        years = self._years(first, last)
        if years is None:
            return pl.Series(start.name, [None] * len(start), pl.Int64)
        made = segments(self, *years)
        return (made.worked(last) - made.worked(first)).alias(start.name)

    def segments(self, start: datetime, end: datetime) -> pl.DataFrame:
        """Return the working time between two instants: `start, end` in UTC, in order, apart.

        Args:
            start: An instant, with a zone.
            end: A later one.
        """
        from procmine.calendars.segments import segments

        low, high = (at.astimezone(UTC) for at in (start, end))
        table = segments(self, low.year, high.year).table
        bounds = pl.col("start").clip(lower_bound=low), pl.col("end").clip(upper_bound=high)
        return table.select(*bounds).filter(pl.col("start") < pl.col("end"))

    @staticmethod
    def _years(first: pl.Series, last: pl.Series) -> tuple[int, int] | None:
        """Return the years that the instants lie in, UTC; None where none is known."""
        low, high = first.min(), last.max()
        if not isinstance(low, int) or not isinstance(high, int):
            return None
        year = pl.Series([low, high]).cast(INSTANT).dt.year()
        return year[0], year[1]


def _instants(series: pl.Series) -> pl.Series:
    return series.cast(INSTANT).to_physical()
