"""Weekdays and shifts as people write them: `"Monday to Friday" = ["09:00-17:00"]`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from procmine.errors import nearest

DAY = 24 * 60
"""The minutes of a day on the clock."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Shift(NamedTuple):
    """One stretch of work, in minutes on the wall clock since midnight of the day it begins on.

    Attributes:
        begin: 0 to 1,439.
        end: After `begin`; beyond 1,440 where it runs over midnight.
    """

    begin: int
    end: int

    @classmethod
    def parse(cls, text: str) -> "Shift":
        """Read a shift; one that ends no later than it begins runs over midnight.

        Raises:
            ValueError: It isn't a shift; a sentence.

        Example:
            >>> Shift.parse("09:00-17:00"), Shift.parse("22:00-06:00")
            (Shift(begin=540, end=1020), Shift(begin=1320, end=1800))
        """
        found = re.fullmatch(r"\s*(\d\d?):(\d\d)\s*[-–]\s*(\d\d?):(\d\d)\s*", text)
        if not found:
            raise ValueError(f"'{text}' is no shift; write it as '09:00-17:00'")
        hour, minute, to_hour, to_minute = map(int, found.groups())
        begin, end = 60 * hour + minute, 60 * to_hour + to_minute
        if max(minute, to_minute) > 59 or begin >= DAY or end > DAY:
            raise ValueError(f"'{text}' names a time that no clock shows")
        if begin == end:
            raise ValueError(f"'{text}' ends when it begins; a whole day is '00:00-24:00'")
        return cls(begin, end if end > begin else end + DAY)

    def __str__(self) -> str:
        """Write it as it is read."""
        end = self.end if self.end <= DAY else self.end - DAY
        return f"{self.begin // 60:02}:{self.begin % 60:02}-{end // 60:02}:{end % 60:02}"


Week = tuple[tuple[Shift, ...], ...]
"""The shifts that begin on each weekday, Monday first."""


def week_of(named: Mapping[str, Sequence[str]]) -> Week:
    """Read a week's shifts; a day named alone goes before a range, a day not named is closed.

    Raises:
        ValueError: A key is no weekday, a day stands in two ranges, or a text is no shift.

    Example:
        >>> week_of({"Monday to Friday": ["09:00-17:00"], "Friday": []})[3:5]
        ((Shift(begin=540, end=1020),), ())
    """
    days: dict[int, tuple[Shift, ...]] = {}
    alone = dict[int, tuple[Shift, ...]]()
    for name, texts in named.items():
        chosen, shifts = _days(name), tuple(map(Shift.parse, texts))
        into = alone if len(chosen) == 1 else days
        if twice := [d for d in chosen if d in into]:
            raise ValueError(f"{WEEKDAYS[twice[0]]} stands in two ranges; name it alone")
        into.update(dict.fromkeys(chosen, shifts))
    days |= alone
    return tuple(days.get(day, ()) for day in range(7))


def _days(name: str) -> list[int]:
    """Return the weekdays that a key names."""
    numbers = {day.lower(): number for number, day in enumerate(WEEKDAYS)}
    ends = [end.strip().lower() for end in re.split(r"\s+to\s+", name.strip())]
    if len(ends) > 2 or any(end not in numbers for end in ends):
        raise ValueError(f"there is no key '{name}'. {nearest(name, _KEYS)}")
    first, last = numbers[ends[0]], numbers[ends[-1]]
    return [day % 7 for day in range(first, (last if last >= first else last + 7) + 1)]


_KEYS = (*WEEKDAYS, "Monday to Friday", "timezone", "holidays", "closed")


def named_week(week: Week) -> dict[str, list[str]]:
    """Write a week as it is read: days in a row with the same shifts together.

    Example:
        >>> named_week(week_of({"Monday to Friday": ["09:00-17:00"]}))
        {'Monday to Friday': ['09:00-17:00']}
    """
    named: dict[str, list[str]] = {}
    for first, last in _runs(week):
        name = WEEKDAYS[first] if first == last else f"{WEEKDAYS[first]} to {WEEKDAYS[last]}"
        if week[first]:
            named[name] = [str(shift) for shift in week[first]]
    return named


def _runs(week: Week) -> Iterable[tuple[int, int]]:
    first = 0
    for day in range(7):
        if day == 6 or week[day + 1] != week[day]:
            yield first, day
            first = day + 1
