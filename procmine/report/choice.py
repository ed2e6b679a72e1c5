"""What a report's configuration says of the log: how it is read, and which part is asked."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from procmine.errors import OptionError
from procmine.timestamps.zones import known_zone
from procmine.wording import parse_duration

Value = TypeVar("Value")


def told(say: Callable[[], Value]) -> Value:
    """Turn our refusals into what pydantic takes."""
    try:
        return say()
    except OptionError as error:
        raise ValueError(str(error)) from None


def _zone(name: str) -> str:
    return told(lambda: known_zone(name))


def _length(text: str) -> str:
    told(lambda: parse_duration(text))
    return text


Zone = Annotated[str, AfterValidator(_zone)]
Length = Annotated[str, AfterValidator(_length)]
End = str | datetime | date
Names = str | list[str]
Pairs = tuple[str, str] | list[tuple[str, str]]


class Strict(BaseModel):
    """A table of the configuration; keys that it doesn't know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Reading(Strict):
    """How raw events are read, as `procmine.read` takes it: which column is what, and so on."""

    case_id: str | None = None
    activity: str | None = None
    timestamp: str | None = None
    start_timestamp: str | None = None
    department: str | None = None
    resource: str | None = None
    customer_id: str | None = None
    segment: str | None = None
    channel: str | None = None
    cost: str | None = None
    customer_facing: str | None = None
    by_customer: str | None = None
    order: str | None = None
    case_object: str | None = None
    depth: Annotated[int, Field(ge=0)] | None = None
    timezone: Zone | None = None
    query: str | None = None
    lifecycle: Literal["pair"] | None = None
    null_values: list[str] | None = None
    day_first: bool | None = None
    tolerance: Annotated[float, Field(ge=0, le=1)] | None = None
    outcomes: list[str] | None = None


class Journeys(Strict):
    """Which whole journeys are asked, as `filter_cases` takes it; "" is an open end."""

    started: tuple[End, End] | None = None
    ended: tuple[End, End] | None = None
    variant: int | list[int] | None = None
    duration: tuple[str, str] | None = None
    passes_through: Names | None = None
    avoids: Names | None = None
    starts_with: Names | None = None
    ends_with: Names | None = None
    follows: Pairs | None = None
    never_follows: Pairs | None = None
    hands_over: Pairs | None = None
    is_open: bool | None = None
    where: dict[str, Names] | None = None

    @field_validator("duration")
    @classmethod
    def _lengths(cls, ends: tuple[str, str] | None) -> tuple[str, str] | None:
        for end in filter(None, ends or ()):
            _length(end)
        return ends


class Events(Strict):
    """Which events are kept, as `filter_events` takes it."""

    activity: Names | None = None
    department: Names | None = None
    period: tuple[End, End] | None = None
    where: dict[str, Names] | None = None


class Window(Strict):
    """The journeys of the latest time, so that each run looks at its own.

    Attributes:
        last: How long it is; it ends at the log's last event, or at the date of `--as-of`.
        journeys: Those that `ended` in it, or those that `started` in it.
    """

    last: Length
    journeys: Literal["ended", "started"] = "ended"
