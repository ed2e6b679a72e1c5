"""What the page of handoffs says beside its headline."""

from typing import Final

LANES: Final = "Who hands over to whom"
LOOK: Final = "Look at a handoff"
TIMES: Final = "How often"
MEDIAN: Final = "Half wait longer than"
SLOW: Final = "1 in 10 waits over"
SHARE: Final = "Of all waiting in handoffs"
ONLY: Final = "Show only journeys with this handoff"
TO_MAP: Final = "The same on the map, activity by activity →"


def ranks(low: int | None, high: int | None) -> str:
    """Say which ranks a handoff may have."""
    if low is None or high is None:
        return ""
    return f"rank {low}" if low == high else f"rank {low} to {high} of them"


def of_journeys(cases: int) -> str:
    """Say in how many journeys it occurs."""
    return f"in {cases:,} journeys"
