"""What the page of handoffs says beside its headline."""

from typing import Final

from procmine.wording import number

LANES: Final = "Who hands over to whom"
LOOK: Final = "Look at a handoff"
TIMES: Final = "How often"
MEDIAN: Final = "Half wait longer than"
SLOW: Final = "1 in 10 waits over"
SHARE: Final = "Of all waiting in handoffs"
ONLY: Final = "Show only journeys with this handoff"
TOP: Final = "Where the waiting in handoffs lies"
ALL: Final = "All handoffs"
HANDOFF: Final = "handoff"
TIMES_HEAD: Final = "times"
MEDIAN_WAIT: Final = "median wait"
MEDIAN_WORKING: Final = "median, in working hours"
SHARE_OF_WAITING: Final = "share of handoff waiting"
NONE: Final = "No handoff is seen in this log."
NONE_HELP: Final = (
    "A handoff needs a department on both sides. Name the column that holds it when "
    "the log is read: the page “The log” says how."
)


def ranks(low: int | None, high: int | None) -> str:
    """Say which ranks a handoff may have."""
    if low is None or high is None:
        return ""
    return f"rank {low}" if low == high else f"rank {low} to {high} of them"


def of_journeys(cases: int) -> str:
    """Say in how many journeys it occurs."""
    return f"in {number(cases)} journeys"
