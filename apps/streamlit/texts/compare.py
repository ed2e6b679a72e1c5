"""What the page that compares two selections says."""

from datetime import date
from typing import Final

from procmine.wording import count, number
from texts import day

TITLE: Final = "Compare"
FIRST: Final = "Compare any two selections of journeys."
HELP: Final = (
    "Choose the first with the filters in the side bar and hold it here. Then choose the second: "
    "both stand side by side, and in the link."
)
HOLD: Final = "Hold what is shown now"
LET_GO: Final = "End the comparison"
TRY: Final = "Or begin with one of these"
SHOWN, HELD = "shown", "held"
"""What the two sides are called in pictures and tables."""
COMPARED: Final = "What is shown, beside the selection that is held."
HEAD: Final = ("figure", SHOWN, HELD, "difference")
KINDS: Final = {
    "whole": "All journeys",
    "where": "Where a mean journey's time goes",
    "whom": "By when half close",
}
CAVEAT: Final = (
    "A difference in bold lies beyond the 95 % intervals of both figures; it says how the two "
    "differ, not why."
)


def halves(later: str, earlier: str) -> str:
    """Say by when half of the journeys of both sides close."""
    return f"Half of the journeys shown close within {later}; of those held, half within {earlier}."


def periods(since: date) -> str:
    """Offer to compare the two halves of what is shown."""
    return f"Journeys from {day(since)} on, beside those before"


def groups(column: str, one: str, other: str) -> str:
    """Offer to compare two values of a column."""
    return f"{column}: {one} beside {other}"


def rest(places: int) -> str:
    """Head the places that differ less."""
    return f"{count(places, 'more place')} where time goes"


def size(cases: int, events: int) -> str:
    """Say how many journeys and events there are."""
    return f"{count(cases, 'journey')}, {count(events, 'event')}"


def places(shown: int, known: int) -> str:
    """Say that of the places where time goes not all are shown."""
    return f"The {shown} places that differ most, of {number(known)}."
