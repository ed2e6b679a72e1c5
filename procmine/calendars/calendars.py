"""The calendars of all departments, and business time by each one's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final, Self

import polars as pl

from procmine.calendars.calendar import INSTANT, Calendar
from procmine.errors import InputError

ANY: Final = "*"
"""The name of the calendar of every department that has none of its own."""


@dataclass(frozen=True)
class Calendars:
    """Each department's calendar.

    Attributes:
        departments: Department to calendar; `*` stands for every other one, and for an unknown.
        discovered: How the hours were discovered from a log; None where somebody stated them.
        resources: The calendars of those who have hours of their own.

    Example:
        >>> from datetime import UTC, datetime
        >>> from procmine.calendars import Shift
        >>> hours = Calendars({"*": Calendar("UTC", ((Shift(540, 1020),),) * 7)})
        >>> noon, later = datetime(2026, 1, 5, 12, tzinfo=UTC), datetime(2026, 1, 6, 10, tzinfo=UTC)
        >>> pl.select(hours.between(pl.lit(noon), pl.lit(later))).item()
        21600000000
    """

    departments: Mapping[str, Calendar]
    discovered: str | None = None
    resources: Mapping[str, Calendar] = field(default_factory=dict[str, Calendar])

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read calendars from TOML.

        Args:
            path: The file.

        Raises:
            ConfigurationError: It can't be used; the key is named.
        """
        from procmine.calendars.document import read

        return cls(*read(path))

    def write(self, path: str | Path) -> Path:
        """Write them as TOML, which `read` and `--calendar` take.

        Args:
            path: The file.

        Raises:
            InputError: The folder isn't there.
        """
        from procmine.calendars.document import written

        if not Path(path).parent.is_dir():
            raise InputError(f"The folder of '{Path(path).name}' isn't there.", "Make it first.")
        text = written(self.departments, self.discovered, self.resources)
        Path(path).write_text(text, encoding="utf-8")
        return Path(path)

    def of(self, department: str | None) -> Calendar | None:
        """Return the calendar of a department; None where it has none, so that all time counts."""
        return self.departments.get(department or ANY, self.departments.get(ANY))

    def of_resource(self, resource: str | None, department: str | None) -> Calendar | None:
        """Return somebody's own calendar, else their department's; None: all time counts."""
        own = None if resource is None else self.resources.get(resource)
        return own or self.of(department)

    def between(self, start: pl.Expr, end: pl.Expr, department: pl.Expr | None = None) -> pl.Expr:
        """Return the business time from start to end, in integer microseconds; it streams.

        Args:
            start: Instants, UTC; null where unknown.
            end: Instants, none before its start.
            department: Whose calendar counts, row by row; None takes everybody's (`*`).

        Returns:
            Calendar time where a department has no calendar.
        """
        return pl.map_batches(
            [start, end, *([] if department is None else [department])],
            lambda columns: self._between(*columns),
            return_dtype=pl.Int64,
            is_elementwise=True,
        )

    def without(self, departments: Iterable[str | None]) -> list[str]:
        """Return the departments that have no calendar, sorted; the unknown one has no name."""
        return sorted({d or "" for d in departments if self.of(d) is None})

    @cached_property
    def _each(self) -> list[Calendar | None]:
        """The different calendars; that of departments that aren't named comes first."""
        return list(dict.fromkeys([self.of(None), *self.departments.values()]))

    def _between(
        self, start: pl.Series, end: pl.Series, department: pl.Series | None = None
    ) -> pl.Series:
        if department is None or len(self._each) == 1:
            return _business(self._each[0], start, end)
        numbers = {d: self._each.index(c) for d, c in self.departments.items() if d != ANY}
        number = department.cast(pl.String).replace_strict(
            numbers, default=0, return_dtype=pl.UInt32
        )
        whole = pl.repeat(None, len(start), dtype=pl.Int64, eager=True).alias(start.name)
        for which in map(int, number.unique()):
            rows = (number == which).arg_true()
            part = _business(self._each[which], start.gather(rows), end.gather(rows))
            whole = whole.scatter(rows, part)
        return whole


def _business(calendar: Calendar | None, start: pl.Series, end: pl.Series) -> pl.Series:
    if calendar is not None:
        return calendar.between(start, end)
    return end.cast(INSTANT).to_physical() - start.cast(INSTANT).to_physical()
