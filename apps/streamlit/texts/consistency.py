"""What the page of consistency says."""

from typing import Final

from procmine.wording import count, number

TITLE: Final = "Consistency"
WHOM: Final = "Compare by"
PROMISED: Final = "Promised differently"
PROMISED_HELP: Final = (
    "What you promise to some and not to others is no inconsistency: journeys are then compared "
    "only with those that are promised the same."
)
AFTER: Final = "What follows"
AFTER_ANY: Final = "every moment"
AFTER_HELP: Final = (
    "Choose an activity to compare what follows it. Without one, whole journeys are compared by "
    "segment and channel, and by department and site what follows each moment in which the "
    "customer takes part."
)
MORE_FINDINGS: Final = "What else differs"
WAYS: Final = "The ways that make the difference"
WAYS_WORDS: Final = {
    "trigger": "after",
    "by": "compared by",
    "group": "group",
    "activities": "goes on as",
    "cases": "journeys",
    "share": "of the group",
    "expected_share": "if it made no difference",
    "times": "times as often",
}
HOW_MUCH: Final = "How much treatment depends on whose it is"
HOW_MUCH_NOTE: Final = (
    "In bits: 0 is no difference at all, and 1 tells two equal groups apart for certain. What "
    "chance alone gives is already taken off; at a chance of 5 % or less the difference is sure."
)
HOW_MUCH_WORDS: Final = {
    "trigger": "after, or kind of journey",
    "by": "compared by",
    "cases": "journeys",
    "groups": "groups",
    "excess_bits": "beyond chance, bits",
    "expected_bits": "by chance, bits",
    "adjusted_p_value": "chance gives as much in",
}
NOTHING: Final = (
    "A comparison takes two groups of 20 journeys or more that go on in several "
    "ways. Columns that make groups are segment, channel, department and site. By department and "
    "site what follows a moment with the customer is compared: choose an activity under “What "
    "follows”, or say when customers take part, as the page “The log” shows."
)


def only(by: str, group: str) -> str:
    """Offer the journeys of one group."""
    return f"Show only journeys with {by} {group}"


def compared(rows: int, sure: int) -> str:
    """Say how many comparisons there are, and how many of them are sure."""
    return f"{count(rows, 'comparison')}; in {number(sure)} the difference is sure."
