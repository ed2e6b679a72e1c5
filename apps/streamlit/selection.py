"""Which journeys the pages show, as people choose it and as a log takes it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import texts
from texts import filters as said

from procmine.wording import parse_duration

Pair = tuple[str, str]


@dataclass(frozen=True)
class Selection:
    """A choice of whole journeys; empty is all of them.

    Attributes:
        since: They began on this day or later.
        until: They began on this day or before.
        longer: They took at least so long, as a person writes it ("3 days").
        shorter: They took at most so long.
        through: Each of these activities occurs in them.
        without: None of these occurs in them.
        starts: They start with one of these activities.
        ends: They end with one of these activities.
        steps: In each of these pairs the second activity comes directly after the first.
        no_steps: In none of these does it.
        handovers: In each of these pairs the first department hands over to the second.
        ways: They take one of these variants: its number, and its rank in the whole log.
        is_open: They are still open, or they aren't.
        breaks: They break each of these rules of the policy beside the log.
        where: For each column, the values of which one must occur.
    """

    since: date | None = None
    until: date | None = None
    longer: str | None = None
    shorter: str | None = None
    through: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    steps: tuple[Pair, ...] = ()
    no_steps: tuple[Pair, ...] = ()
    handovers: tuple[Pair, ...] = ()
    ways: tuple[tuple[int, int], ...] = ()
    is_open: bool | None = None
    breaks: tuple[str, ...] = ()
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is chosen at all."""
        return self != Selection()

    def arguments(self) -> dict[str, Any]:
        """Return what `EventLog.filter_cases` takes; its period ends before the day it names.

        Rules aren't among it: who breaks them is for `conformance` to say.
        """
        asked: dict[str, Any] = {}
        if self.since or self.until:
            after = self.until + timedelta(days=1) if self.until else None
            asked["started"] = (self.since, after)
        if self.longer or self.shorter:
            asked["duration"] = (_seconds(self.longer), _seconds(self.shorter))
        for name, values in (
            ("passes_through", self.through),
            ("avoids", self.without),
            ("starts_with", self.starts),
            ("ends_with", self.ends),
            ("follows", self.steps),
            ("never_follows", self.no_steps),
            ("hands_over", self.handovers),
            ("variant", [number for number, _ in self.ways]),
        ):
            if values:
                asked[name] = list(values)
        if self.is_open is not None:
            asked["is_open"] = self.is_open
        if self.where:
            asked["where"] = {column: list(values) for column, values in self.where}
        return asked

    def beside(self, first: date, last: date) -> "tuple[Selection, Selection] | None":
        """Return two periods to compare, the later one first; None where there is but one day.

        They are the chosen period and the one of the same length before it; where none is chosen,
        or the log doesn't reach back so far, the halves of the period that is shown.

        Args:
            first: The first day of the log.
            last: Its last day.
        """
        since, until = max(self.since or first, first), min(self.until or last, last)
        days = (until - since).days + 1
        if self.since and self.until and since - timedelta(days=days) >= first:
            before = since - timedelta(days=1)
            return self, replace(self, since=since - timedelta(days=days), until=before)
        if days < 2:
            return None
        middle = since + timedelta(days=days // 2)
        earlier = replace(self, since=since, until=middle - timedelta(days=1))
        return replace(self, since=middle, until=until), earlier

    def conditions(self) -> list[str]:
        """Say each condition in words that follow "journeys that"."""
        found = [said.period(self.since, self.until)]
        found += [said.length(_seconds(self.longer), _seconds(self.shorter))]
        found += [f"pass through {name}" for name in self.through]
        found += [f"never pass through {name}" for name in self.without]
        found += [f"start with {texts.either(self.starts)}"] if self.starts else []
        found += [f"end with {texts.either(self.ends)}"] if self.ends else []
        found += [f"go from {one} directly to {other}" for one, other in self.steps]
        found += [f"never go from {one} directly to {other}" for one, other in self.no_steps]
        found += [f"are handed over from {one} to {other}" for one, other in self.handovers]
        found += [said.take([rank for _, rank in self.ways])]
        found += [] if self.is_open is None else [said.state(self.is_open)]
        found += [said.broken(rule) for rule in self.breaks]
        for column, values in self.where:
            found.append(f"have {column.replace('_', ' ')} {texts.either(values)}")
        return [condition for condition in found if condition]


def _seconds(length: str | None) -> float | None:
    """Read a length of time that is known to be one."""
    return None if length is None else parse_duration(length) / 1_000_000
