"""What the page of cycle time says beside its headline."""

from typing import Final

from procmine.wording import duration, share

LEDGER: Final = "Where a mean journey's time goes"
LEDGER_HELP: Final = "This log is large: adding up all its journeys takes some seconds."
PROMISE: Final = "Your promise, in days"
PROMISE_HELP: Final = "The page says which share of all journeys closes within so many days."
HALF: Final = "Half of all close within"
SLOW: Final = "9 in 10 close within"
INSIDE: Final = "Inside your promise"
OPEN: Final = "Still open"
NEVER: Final = "not seen"
UNKNOWN: Final = "not known"
NONE_OPEN: Final = "every journey is closed"
COUNTED: Final = "counted for as long as they were seen"
NOT_SAID: Final = "nobody said what closes one"
GROUPED_BY: Final = "Compare by"
GROUPS: Final = "Each group"


def between(low: float | None, high: float | None) -> str:
    """Say an interval of a duration."""
    if low is None or high is None:
        return ""
    return f"{duration(low, short=True)} to {duration(high, short=True)}"


def shares_between(low: float | None, high: float | None) -> str:
    """Say an interval of a share."""
    return "" if low is None or high is None else f"{share(low)} to {share(high)}"
