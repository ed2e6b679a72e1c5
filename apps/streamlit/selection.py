"""Which journeys the pages show, as people choose it and as a log takes it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import texts


@dataclass(frozen=True)
class Selection:
    """A choice of whole journeys; empty is all of them.

    Attributes:
        since: They began on this day or later.
        until: They began on this day or before.
        through: Each of these activities occurs in them.
        starts: They start with one of these activities.
        ends: They end with one of these activities.
        where: For each column, the values of which one must occur.
    """

    since: date | None = None
    until: date | None = None
    through: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is chosen at all."""
        return self != Selection()

    def arguments(self) -> dict[str, Any]:
        """Return what `EventLog.filter_cases` takes; its period ends before the day it names."""
        asked: dict[str, Any] = {}
        if self.since or self.until:
            after = self.until + timedelta(days=1) if self.until else None
            asked["started"] = (self.since, after)
        for name, values in (
            ("passes_through", self.through),
            ("starts_with", self.starts),
            ("ends_with", self.ends),
        ):
            if values:
                asked[name] = list(values)
        if self.where:
            asked["where"] = {column: list(values) for column, values in self.where}
        return asked

    def conditions(self) -> list[str]:
        """Say each condition in words that follow "journeys that"."""
        period = texts.period(self.since, self.until)
        said = [period] if period else []
        said += [f"pass through {name}" for name in self.through]
        said += [f"start with {texts.either(self.starts)}"] if self.starts else []
        said += [f"end with {texts.either(self.ends)}"] if self.ends else []
        return said + [f"have {column} {texts.either(values)}" for column, values in self.where]
