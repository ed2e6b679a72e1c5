"""What the page of single journeys says."""

from typing import Final

import texts
from procmine.course import LATEST, LONGEST, OPEN_LONGEST
from procmine.result import shown
from procmine.wording import count

TITLE: Final = "Journeys"
HEADLINE: Final = "Follow one customer's journey, from event to event."
LIST: Final = "Which"
LISTS: Final = {"Longest": LONGEST, "Open longest": OPEN_LONGEST, "Begun last": LATEST}
NUMBER: Final = "Or by its number"
NUMBER_HELP: Final = "A journey's number, as the log calls it: an order, a ticket, a case."
NONE_OPEN: Final = "No journey is known to be open."
OTHERS: Final = "Other journeys"
HOW_TO_READ: Final = (
    "Each lane is a department. A numbered mark is an event, where it was completed; a thick line "
    "in the department's colour is work, one in a warm colour a wait; a dashed line leads on to "
    "the next lane. Point at a part to read it."
)
EVENTS: Final = "All its events"
COLUMNS: Final = {
    "event": "no.",
    "start": "work began",
    "end": "completed",
    "wait_seconds": "waited before it",
    "service_seconds": "work",
    "by_customer": "by the customer",
}
PROTECTED: Final = (
    "This log is protected: its answers speak of no few customers, so no single journey is shown."
)
REFUSED: Final = "Your role may look at figures of many journeys, and not at single ones."


def line(duration: float, events: int, began: str, outcome: str) -> str:
    """Describe a journey in a list."""
    took = shown("duration_seconds", duration)
    return f"{took}, {count(events, 'event')}, began {began}, last: {outcome}"


def began(day: object) -> str:
    """Say when it began."""
    return texts.day(day)  # type: ignore[arg-type]
