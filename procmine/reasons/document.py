"""The map of reasons: what may stand in `reasons.toml`, and whether its names are the log's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Self

import narwhals as nw
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from procmine.configuration import read_toml
from procmine.errors import ConfigurationError, OptionError, nearest
from procmine.eventlog import EventLog
from procmine.schema import ACTIVITY, DEPARTMENT
from procmine.wording import parse_duration


def _length(text: object) -> int:
    """Read a length of time as microseconds."""
    if not isinstance(text, str):
        raise ValueError("write it as '14 days' or '36 hours'.")  # noqa: TRY004 (pydantic's)
    try:
        return parse_duration(text)
    except OptionError as error:
        raise ValueError(str(error)) from None


Length = Annotated[int, BeforeValidator(_length)]


class Rate(BaseModel):
    """What an hour of work costs; the rate that says more of an event goes before the others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    activity: str | None = None
    department: str | None = None
    per_hour: float = Field(ge=0)

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if self.activity is None and self.department is None:
            raise ValueError("say whose rate it is: activity, department or both.")
        return self


class Cause(BaseModel):
    """Who is to blame for some activities: the latest of others before it, or a department."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: list[str] = Field(min_length=1)
    activities: list[str] = []
    department: str | None = None
    within: Length | None = None

    @model_validator(mode="after")
    def _by_somebody(self) -> Self:
        if not self.activities and self.department is None:
            raise ValueError("say what is to blame: activities, department or both.")
        return self


class Late(BaseModel):
    """When an activity is late: it hasn't come so long after another, or after the start."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    activity: str
    since: str | None = None
    within: Length
    department: str | None = None


class Reasons(BaseModel):
    """A whole map of reasons.

    Attributes:
        failure_demand: Contacts because something wasn't done, or not done right.
        chasing: Contacts that ask where something is.
        returns: What comes back.
        corrections: What puts something right.
        value_demand: Contacts that the company wants.
        recurring: Activities that are meant to recur: a repetition is no rework.
        defects: Activities that happen where something upstream went wrong.
        blamed_within: How long after a late or defective event something is its fault.
        rates: What work costs, where an event has no cost of its own.
        causes: Who is to blame for what.
        late: When what is late.
        activities: Names that are right, though a log may lack them.
        departments: The same of departments.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str | None = None
    failure_demand: list[str] = []
    chasing: list[str] = []
    returns: list[str] = []
    corrections: list[str] = []
    value_demand: list[str] = []
    recurring: list[str] = []
    defects: list[str] = []
    blamed_within: Length | None = None
    rates: list[Rate] = []
    causes: list[Cause] = []
    late: list[Late] = []
    activities: list[str] = []
    departments: list[str] = []

    @model_validator(mode="after")
    def _one_kind_each(self) -> Self:
        seen: dict[str, str] = {}
        for kind in ("failure_demand", "chasing", "returns", "corrections", "value_demand"):
            for activity in getattr(self, kind):
                if seen.setdefault(activity, kind) != kind:
                    raise ValueError(f"'{activity}' is both {seen[activity]} and {kind}; choose.")
        return self


def read_reasons(path: Path | None, log: EventLog) -> tuple[Reasons, tuple[str, ...]]:
    """Read a map of reasons, and hold its names against a log.

    Args:
        path: The file; without one the map is empty.
        log: The log that it is about.

    Returns:
        The map, and the activities and departments that a part of a log lacks: those may have been
        filtered away.

    Raises:
        ConfigurationError: The file can't be used, or a whole log lacks a name; the nearest is
            named.
    """
    if path is None:
        return Reasons(), ()
    reasons = read_toml(path, Reasons)
    absent: list[str] = []
    for column, names, right in (
        (ACTIVITY, list(_activities(reasons)), reasons.activities),
        (DEPARTMENT, list(_departments(reasons)), reasons.departments),
    ):
        known = _values(log, column)
        missing = [(key, name) for key, name in names if name not in {*known, *right}]
        if missing and not log.meta.selection:
            key, name = missing[0]
            raise ConfigurationError(
                f"In '{Path(path).name}', {key}: '{name}' never occurs in {column}.",
                nearest(name, known),
            )
        absent += [name for _, name in missing]
    return reasons, tuple(dict.fromkeys(absent))


def _values(log: EventLog, column: str) -> list[str]:
    if column not in log.columns:
        return []
    found = log.table.select(nw.col(column).cast(nw.String)).unique().collect("polars")
    return sorted(found[column].drop_nulls().to_list())


def _activities(reasons: Reasons) -> Iterator[tuple[str, str]]:
    """Yield each activity that is named, with its key."""
    lists = ("failure_demand", "chasing", "returns", "corrections", "value_demand", "recurring")
    for key in (*lists, "defects"):
        yield from ((key, name) for name in getattr(reasons, key))
    for number, rate in enumerate(reasons.rates):
        if rate.activity is not None:
            yield f"rates[{number}].activity", rate.activity
    for number, cause in enumerate(reasons.causes):
        yield from ((f"causes[{number}].of", name) for name in cause.of)
        yield from ((f"causes[{number}].activities", name) for name in cause.activities)
    for number, late in enumerate(reasons.late):
        yield f"late[{number}].activity", late.activity
        if late.since is not None:
            yield f"late[{number}].since", late.since


def _departments(reasons: Reasons) -> Iterator[tuple[str, str]]:
    """Yield each department that is named, with its key."""
    for key in ("rates", "causes", "late"):
        for number, part in enumerate(getattr(reasons, key)):
            if part.department is not None:
                yield f"{key}[{number}].department", part.department
