"""What the page that compares two selections says."""

from typing import Final

from procmine.wording import count, number

TITLE: Final = "Compare"
FIRST: Final = "Compare any two selections of journeys."
HELP: Final = (
    "Choose the first with the filters in the side bar and hold it here. Then choose the second: "
    "both stand side by side, and in the link."
)
HOLD: Final = "Hold what is shown now"
LET_GO: Final = "Let go of the held selection"
COMPARED: Final = "What is shown, beside the selection that is held."
HEAD: Final = ("figure", "shown", "held", "difference")
KINDS: Final = {
    "whole": "All journeys",
    "where": "Where a mean journey's time goes",
    "whom": "By when half close",
}
CAVEAT: Final = (
    "A difference in bold lies beyond the 95 % intervals of both figures; it says how the two "
    "differ, not why."
)


def size(cases: int, events: int) -> str:
    """Say how many journeys and events there are."""
    return f"{count(cases, 'journey')}, {count(events, 'event')}"


def places(shown: int, known: int) -> str:
    """Say that of the places where time goes not all are shown."""
    return f"The {shown} places that differ most, of {number(known)}."
