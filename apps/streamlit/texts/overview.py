"""What the first page says."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import texts

STORY: Final = "What the log says, and where to look closer"
CHANGED: Final = "What changed in a mean journey"
CHANGED_NONE: Final = "No part of a mean journey changed by an hour or more."
COMPARE: Final = "Compare any two selections →"
TO_TIME: Final = "By when journeys close, and for whom it takes long →"
JOURNEYS: Final = "Journeys"
END_TO_END: Final = "Half close within"
HANDOFFS: Final = "Handoffs"
WAYS: Final = "8 in 10 take one of"
HEAD: Final[Mapping[bool, tuple[str, str, str, str]]] = {
    True: ("", "now", "before", "change"),
    False: ("", "second half", "first half", "change"),
}
"""What the columns of the comparison are called: of a chosen period, and of a log's two halves."""
ACTIVITIES: Final = "Activities"
LEAD_ON: Final = "All handoffs, with their figures →"


def compared(later: tuple[date, date], earlier: tuple[date, date]) -> str:
    """Say which periods are compared."""
    return f"{_days(later)} beside {_days(earlier)}"


def _days(period: tuple[date, date]) -> str:
    first, last = period
    if first.year == last.year:
        return f"{first.day} {first:%B} to {texts.day(last)}"
    return f"{texts.day(first)} to {texts.day(last)}"


def was(figure: str) -> str:
    """Say what a figure was in the earlier period."""
    return f"was {figure}"


def halves(later: str, earlier: str) -> str:
    """Say a figure of both halves of a period."""
    return f"{earlier} in the first half, {later} in the second"


def each(figure: str) -> str:
    """Say that a figure is of one journey, where the card's own is of all."""
    return f"a journey: {figure}"


def of_waiting(part: str) -> str:
    """Say how much of all waiting lies in handoffs."""
    return f"{part} of all waiting"
