"""What the filters say: how journeys are chosen, and which are shown."""

from datetime import date
from typing import Final

import texts
from procmine.wording import count, duration, number

HEADING: Final = "Filter journeys"
MORE: Final = "More columns"
CONDITIONS: Final = {
    "from": "Began from",
    "until": "Began until",
    "longer": "Took at least",
    "shorter": "Took at most",
    "through": "Pass through",
    "without": "Never pass through",
    "starts": "Start with",
    "ends": "End with",
    "step": "Go directly",
    "nostep": "Never go directly",
    "handover": "Are handed over",
    "variant": "Take the variant",
    "open": "Are",
    "breaks": "Break the rule",
}
"""What each condition is called where it is chosen."""
CHIPS: Final = {
    "from": "from",
    "until": "until",
    "longer": "at least",
    "shorter": "at most",
    "through": "through",
    "without": "without",
    "starts": "starts with",
    "ends": "ends with",
    "step": "directly",
    "nostep": "never directly",
    "handover": "handed over",
    "variant": "takes",
    "open": "is",
    "breaks": "breaks",
}
"""The same on the button that removes it."""
STATES: Final = {"open": True, "closed": False}
ANY: Final = "any"
LENGTH: Final = "3 days"
SHOWING: Final = "Showing"
CLEAR: Final = "Remove all filters"
NOTHING_LEFT: Final = "No journey fits all of these filters."
NOTHING_LEFT_HELP: Final = "Remove one of them in the side bar."
ONLY_HANDED: Final = "Only journeys handed over so"
ONLY_STEP: Final = "Only journeys that take this step"
WITHOUT_STEP: Final = "Without this step"


def chip(kind: str, value: str) -> str:
    """Say one condition on a button that removes it."""
    return f"{kind} {value}"


def period(low: date | None, high: date | None) -> str:
    """Say a period whose end belongs to it."""
    if low and high:
        return f"began {texts.day(low)} to {texts.day(high)}"
    if low:
        return f"began {texts.day(low)} or later"
    return f"began {texts.day(high)} or before" if high else ""


def length(low: float | None, high: float | None) -> str:
    """Say how long journeys took; both ends belong to it."""
    ends = (("at least", low), ("at most", high))
    said = " and ".join(f"{words} {duration(end)}" for words, end in ends if end is not None)
    return f"took {said}" if said else ""


def no_length(written: str) -> str:
    """Say that what was written is no length of time."""
    return f"“{written}” isn't a length of time, so it is left out: write 3 days or 12 hours."


def only_through(name: str) -> str:
    """Offer the journeys that pass through an activity, or a department."""
    return f"Only journeys through {name}"


def without(name: str) -> str:
    """Offer the journeys that never pass through an activity."""
    return f"Without {name}"


def take(ranks: list[int]) -> str:
    """Say which variants journeys take."""
    return f"take {texts.either(tuple(texts.way(rank) for rank in ranks))}" if ranks else ""


def broken(rule: str) -> str:
    """Say which rule journeys break."""
    return f"break “{rule}”"


def state(is_open: bool) -> str:  # noqa: FBT001
    """Say whether journeys are open."""
    return "are still open" if is_open else "are closed"


def selection(conditions: list[str], cases: int, all_cases: int) -> str:
    """Say what is shown, and how much of the whole that is."""
    return f"{side(conditions)}: {number(cases)} of {count(all_cases, 'journey')}."


def side(conditions: list[str]) -> str:
    """Say which journeys one side of a comparison is about."""
    return f"Journeys that {', '.join(conditions)}" if conditions else "All journeys"


def part(cases: int, all_cases: int) -> str:
    """Say how many of the journeys are shown."""
    return f"{number(cases)} of {count(all_cases, 'journey')}"


def ignored(parameter: str, value: str) -> str:
    """Say that a part of the link means nothing here."""
    return f"The link asks for {parameter} “{value}”, which isn't there: it is left out."


def unknown_parameter(parameter: str) -> str:
    """Say that the link asks for something that there isn't."""
    return f"The link asks for “{parameter}”, which this app doesn't know: it is left out."
