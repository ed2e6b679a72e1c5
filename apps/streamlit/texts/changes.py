"""What the page of changes says."""

from datetime import date
from typing import Final

from procmine.wording import number
from texts import day

TITLE: Final = "Changes"
FIRST: Final = "Choose the day on which something changed, and who changed it."
FIRST_HELP: Final = (
    "Journeys that began before that day stand beside those that began from then on: how long they "
    "take, where they wait, and what they cost each department. What a department saves often "
    "comes back as calls, returns and waiting elsewhere."
)
DAY: Final = "The day of the change"
TRY: Final = "No day in mind? Begin with one that parts the log"
TRY_HELP: Final = (
    "These days are quarters of the log, not findings: nothing need have happened on them. Cycle "
    "time, compared by month, shows when journeys became longer; that is a day to look at."
)
TO_TIME: Final = "Cycle time, month by month →"
WHO: Final = "Who changed something"
WHO_ANY: Final = "not one department"
NO_DEPARTMENT: Final = "Choose who changed something to see what it costs the others."
ACTIVITIES: Final = "What is done more, and what less"
ACTIVITY_WORDS: Final = {
    "department": "department",
    "activity": "what is done",
    "before_events": "times a journey, before",
    "after_events": "times, after",
    "events_change": "difference",
    "before_cost": "cost a journey, before",
    "after_cost": "cost, after",
    "change": "difference in cost",
}
COSTS: Final = ("before_cost", "after_cost", "change")
NO_COSTS: Final = (
    "This log knows no costs, so nobody can say what the change saved and whom it cost. Add a "
    "column of costs, or rates of work to “reasons.toml” ([[rates]])."
)
CHECKS: Final = "Would it have come anyway?"
CHECKS_NOTE: Final = (
    "The same comparison at a made-up day before the change, and the trend before it: both should "
    "show nothing."
)
CHECK_WORDS: Final = {
    "check": "check",
    "who": "whose cost",
    "cases": "journeys",
    "change": "difference in cost",
    "p_value": "chance gives as much in",
    "verdict": "says",
}
ONE_SIDED: Final = "All of these journeys began on one side of that day. Choose another one."
HEAD: Final = ("figure", "after", "before", "difference")


def sides(changed: date, after: int, before: int) -> str:
    """Say how many journeys stand on each side."""
    return f"{number(before)} journeys began before {day(changed)}, {number(after)} from then on."


def heading(changed: date) -> str:
    """Head the comparison of the two sides."""
    return f"Journeys from {day(changed)} on, beside those before"


def closing(changed: date, after: str, before: str) -> str:
    """Say how long half of the journeys take on both sides."""
    since = f"Half of the journeys that began from {day(changed)} on close within {after}"
    return f"{since}; of those before, half within {before}."
