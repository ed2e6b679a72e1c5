"""The rules by which events become journeys, as plain data."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, Final

CUSTOMER_NUMBER: Final = "__customer"
"""The column of a recovered customer's number while journeys are made; null where unknown."""

KEY: Final = "key:"
"""Precedes the kind of identifier in the log's columns that tell concurrent journeys apart."""


@dataclass(frozen=True)
class JourneyType:
    """One kind of journey: what opens it, what closes it, and what belongs to it.

    Attributes:
        type: What it is called.
        triggers: The activities that open it.
        outcomes: The activities that close it; empty where nothing does.
        key: The kind of identifier that tells concurrent journeys of one customer apart.
        activities: The only activities that may belong beside these; empty for all.
        patience_us: A journey without an event for longer is abandoned; None for never.
        reopens_us: What follows the outcome within so many microseconds still belongs.
    """

    type: str
    triggers: tuple[str, ...]
    outcomes: tuple[str, ...] = ()
    key: str | None = None
    activities: tuple[str, ...] = ()
    patience_us: int | None = None
    reopens_us: int = 0

    @cached_property
    def named(self) -> frozenset[str]:
        """The activities that it names, which all may belong to it."""
        return frozenset({*self.activities, *self.triggers, *self.outcomes})

    @property
    def column(self) -> str | None:
        """The log's column that tells its concurrent journeys apart."""
        return f"{KEY}{self.key}" if self.key else None

    def with_patience(self, patience_us: int | None) -> "JourneyType":
        """Return the same kind of journey with another patience."""
        return replace(self, patience_us=patience_us)


@dataclass(frozen=True)
class Rules:
    """All kinds of journey in a log.

    Attributes:
        types: Each kind, no activity the trigger of two.

    Example:
        >>> rules = Rules((JourneyType("order", ("Order placed",), key="order"),))
        >>> rules.key_columns, Rules.from_plain(rules.to_plain()) == rules
        (('key:order',), True)
    """

    types: tuple[JourneyType, ...]

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The log's columns that tell concurrent journeys apart."""
        return tuple(dict.fromkeys(t.column for t in self.types if t.column))

    @property
    def triggers(self) -> frozenset[str]:
        """The activities that open a journey of any kind."""
        return _union(t.triggers for t in self.types)

    @property
    def outcomes(self) -> frozenset[str]:
        """The activities that close a journey of any kind."""
        return _union(t.outcomes for t in self.types)

    def to_plain(self) -> dict[str, Any]:
        """Return them as what JSON holds."""
        return {"types": [asdict(t) for t in self.types]}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Rules":
        """Return the rules that a log's metadata hold."""
        return cls(tuple(_type_from(t) for t in plain.get("types", ())))


def _union(groups: Iterable[tuple[str, ...]]) -> frozenset[str]:
    return frozenset[str]().union(*groups)


def _type_from(plain: Mapping[str, Any]) -> JourneyType:
    listed: dict[str, Any] = {k: tuple(plain[k]) for k in ("triggers", "outcomes", "activities")}
    return JourneyType(**{**plain, **listed})
