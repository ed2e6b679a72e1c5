"""Every text of the app, here those that several pages say; figures come from the analyses."""

from datetime import date
from typing import Final

from procmine.wording import number

APP: Final = "procmine"
TAGLINE: Final = "The customer's process, across every department."

OVERVIEW: Final = "Overview"
MAP: Final = "Map"
CYCLE_TIME: Final = "Cycle time"
HANDOFFS: Final = "Handoffs"
VARIANTS: Final = "Variants"

THE_JOURNEY: Final = "The journey"
THE_CUSTOMER: Final = "The customer"
THE_COMPANY: Final = "The company"
CLOSER: Final = "Look closer"
"""What the pages stand under in the side bar."""

LOG: Final = "Event log"
CHOOSE_LOG: Final = "choose one"
READING: Final = "Reading the log …"

CLOCK: Final = "Hours that count"
CLOCKS: Final = {"": "By the clock", "business_": "Working hours"}
"""Whose time the waits are said in, by how the columns of an answer begin."""

NEXT: Final = "What next"
ONWARD: Final = {
    "overview": "What the log says in a few sentences",
    "map": "Which way journeys go, and where they wait",
    "time": "How long journeys take, and where the time goes",
    "handoffs": "Where customers wait between departments",
    "variants": "The ways that journeys take",
    "journeys": "One customer's journey, event by event",
    "moments": "Whom customers meet, and who can solve it alone",
    "consistency": "Who is treated differently",
    "cost": "What the company inflicts on itself",
    "teams": "How each team is doing",
    "conformance": "Which promises and rules are kept",
    "changes": "What a change brought, and whom it cost what",
    "compare": "Any two selections side by side",
    "more": "Other questions to the log",
    "log": "What was read, and what the log doesn't know",
}
"""What each page answers, where another one leads to it."""
CAVEATS: Final = "What these figures can't say"


def sample(name: str) -> str:
    """Call a sample."""
    return f"Sample: {name}"


def sentence(words: str) -> str:
    """Make a sentence of a phrase."""
    return f"{words[:1].upper()}{words[1:]}."


def day(value: date) -> str:
    """Say a day: 1 June 2012."""
    return f"{value.day} {value:%B %Y}"


def step(one: str, other: str) -> str:
    """Say a step or a handoff: it stands so in the link too."""
    return f"{one} → {other}"


def way(rank: int) -> str:
    """Call a variant by its place among all, the commonest first."""
    return f"way {number(rank)}"


def either(names: tuple[str, ...]) -> str:
    """Say that one of the names is enough."""
    return " or ".join(names)
