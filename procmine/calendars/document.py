"""The file that calendars are kept in: what may stand in it, read from and written as TOML."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from procmine.calendars.calendar import Calendar
from procmine.calendars.holidays import holidays_of
from procmine.calendars.week import Week, named_week, week_of
from procmine.configuration import read_toml
from procmine.errors import ConfigurationError, OptionError
from procmine.timestamps.zones import known_zone


def _zone(name: str) -> str:
    try:
        return known_zone(name)
    except OptionError as error:
        raise ValueError(str(error)) from None


def _place(name: str) -> str:
    holidays_of(name, 2026, 2026)
    return name


Zone = Annotated[str, AfterValidator(_zone)]
Place = Annotated[str, AfterValidator(_place)]


class Hours(BaseModel):
    """A department's shifts by weekday, and what differs from the whole company's."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, list[str]] = Field(init=False)  # pyright: ignore[reportIncompatibleVariableOverride]

    timezone: Zone | None = None
    holidays: Place | None = None
    closed: list[date] = []

    @property
    def week(self) -> Week:
        """The shifts that begin on each weekday, Monday first."""
        return week_of(self.__pydantic_extra__)

    @model_validator(mode="after")
    def _readable(self) -> Self:
        week_of(self.__pydantic_extra__)
        return self


class Document(BaseModel):
    """A whole file."""

    model_config = ConfigDict(extra="forbid")

    timezone: Zone
    holidays: Place | None = None
    closed: list[date] = []
    discovered: str | None = None
    departments: dict[str, Hours] = {}
    resources: dict[str, Hours] = {}

    def calendar(self, hours: Hours) -> Calendar:
        """Return a department's calendar: what it doesn't say itself, the company says."""
        return Calendar(
            hours.timezone or self.timezone,
            hours.week,
            hours.holidays or self.holidays,
            frozenset(self.closed + hours.closed),
        )


def read(path: str | Path) -> tuple[dict[str, Calendar], str | None, dict[str, Calendar]]:
    """Return departments' calendars, how all were discovered where they were, and resources' own.

    Raises:
        ConfigurationError: The file can't be used; the key is named.
    """
    document = read_toml(path, Document)
    if not document.departments and not document.resources:
        raise ConfigurationError(
            f"'{Path(path).name}' gives no department working hours.",
            'Add [departments."*"] with a line such as "Monday to Friday" = ["09:00-17:00"].',
        )
    departments, resources = (
        {name: document.calendar(hours) for name, hours in section.items()}
        for section in (document.departments, document.resources)
    )
    return departments, document.discovered, resources


def written(
    departments: Mapping[str, Calendar],
    discovered: str | None,
    resources: Mapping[str, Calendar],
) -> str:
    """Write calendars as TOML, which `read` takes; what all share stands once, above them."""
    all_of_them = [*departments.values(), *resources.values()]
    zones, holidays = ({getattr(c, key) for c in all_of_them} for key in ("timezone", "holidays"))
    zone = all_of_them[0].timezone
    closed = frozenset[date].intersection(*(c.closed for c in all_of_them))
    lines = [f"discovered = {_quoted(discovered)}"] if discovered else []
    lines += [f"timezone = {_quoted(zone)}"]
    lines += _off(all_of_them[0].holidays if len(holidays) == 1 else None, closed)
    for section, calendars in (("departments", departments), ("resources", resources)):
        for name, calendar in calendars.items():
            lines += ["", f"[{section}.{_quoted(name)}]"]
            lines += [f"timezone = {_quoted(calendar.timezone)}"] if len(zones) > 1 else []
            lines += _off(
                calendar.holidays if len(holidays) > 1 else None, calendar.closed - closed
            )
            week = named_week(calendar.week)
            lines += [f"{_quoted(day)} = {json.dumps(shifts)}" for day, shifts in week.items()]
    return "\n".join(lines) + "\n"


def _off(holidays: str | None, closed: Iterable[date]) -> Iterator[str]:
    if holidays is not None:
        yield f"holidays = {_quoted(holidays)}"
    if days := [day.isoformat() for day in sorted(closed)]:
        yield f"closed = {json.dumps(days)}"


def _quoted(text: str) -> str:
    """Write a basic string of TOML; JSON escapes likewise, but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
