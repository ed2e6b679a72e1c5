"""What the page of the log itself says."""

from collections.abc import Mapping
from typing import Final

from procmine.wording import count

TITLE: Final = "The log"
CUT: Final = "You see the part of this log that your account may see; the rest isn't counted here."
SOURCES: Final = "Where it comes from"
SOURCES_HEAD: Final = ("source", "format", "rows", "fingerprint")
FINGERPRINT: Final = "The fingerprint is the beginning of the SHA-256: another one is another file."
ASIDE: Final = "What was set aside"
NOTICED: Final = "What was noticed"
NOTICED_WORDS: Final = {
    "ambiguous_times": "times that occur twice when clocks go back: the earlier was taken",
    "shifted_times": "times that clocks left out when they went forward: an hour was added",
    "unreadable_starts": "start times that can't be read: they count as unknown",
    "negative_durations": "events that start after their end: their start counts as unknown",
    "duplicates": "events that occur twice in every column: kept",
    "ties": "events at the same time in a journey: they keep the order of the source",
    "out_of_order": "events that stood before an earlier one: they were put in order",
}
ROLES: Final = "Which column is what"
ROLES_HEAD: Final = ("what", "column")
HOW: Final = "How it is read"
HOW_HEAD: Final = ("what", "how")
ZONES: Final = {
    "stated": "as somebody said",
    "offsets in the data": "the data name their own offsets",
    "assumed": "assumed, for nobody said and the data don't",
}
MISSING: Final = "What it doesn't know, and what would be seen with it"
MISSING_HEAD: Final = ("missing", "it would show", "in")
MISSING_HELP: Final = (
    "A column is named when a log is prepared (procmine prepare LOG --department COLUMN) or in the "
    "mapping of its sources, which can list the customer's activities as well (customer_facing = "
    '["Order placed", …], by_customer likewise); a file is kept beside the log.'
)
NOTES: Final = "What was recognised and assumed"
NOTHING_MISSING: Final = "The log knows all that the analyses ask for."

COLUMNS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "department": (
        "where customers are handed over and wait between departments, and how each team is doing",
        ("handoffs", "team_groups", "ledger"),
    ),
    "start_timestamp": (
        "work told from waiting, and why customers wait",
        ("ledger", "waiting_causes"),
    ),
    "customer_id": ("who comes back, and what for", ("engagement_return", "metric_value")),
    "segment": ("whether some customers are treated differently", ("consistency",)),
    "channel": ("whether one way in is served worse than another", ("consistency",)),
    "cost": ("what it costs, not only how often it happens", ("self_inflicted", "cost_shift")),
    "customer_facing": ("the moments in which customers meet somebody", ("moments_of_truth",)),
    "by_customer": ("waits that are the customer's own, told from the company's", ("ledger",)),
    "score": ("how customers felt, and with what that goes", ("experience",)),
}
"""What each column would let the log say, and the analyses that say it."""
FILES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "reasons": ("which contacts the company brings on itself", ("self_inflicted",)),
    "policy": ("which promises and rules are kept", ("promises", "conformance", "watermelon")),
    "calendar": ("waits in working hours, beside those by the clock", ("ledger", "promises")),
}
"""The same of the files beside a log."""
OUTCOMES: Final = ("What closes a journey", "which journeys are still open")


def zone(name: str, origin: str) -> str:
    """Say in which zone times are shown, and who says so."""
    return f"{name} ({ZONES.get(origin, origin)})"


def protected(customers: int | None) -> str:
    """Say whether the log is protected."""
    if customers is None:
        return "no: figures may speak of single customers"
    return f"yes: no figure speaks of fewer than {customers} customers"


def estimated(number: int) -> str:
    """Say how many starts are estimates."""
    return f"{count(number, 'start')} estimated"


def journeys(types: int) -> str:
    """Say how events became journeys."""
    if not types:
        return "as the column of the case says"
    return f"by {count(types, 'rule')} from trigger to outcome"


def identity(customers: int, identifiers: int) -> str:
    """Say how customers were recovered."""
    return f"{count(customers, 'customer')} recovered from {count(identifiers, 'identifier')}"


def file(name: str) -> str:
    """Call a file beside the log."""
    return f"the file {name}"
