"""What columns are called where people know no column names."""

from typing import Final

from procmine.wording import number

YES, NO = "yes", "no"
_COLUMNS: Final = {
    "cases": "journeys",
    "count": "times",
    "p90_seconds": "1 in 10 over",
    "handoff_share": "to another department",
    "department_share": "done by it",
    "cumulative_share": "with those above",
    "starts": "journeys start",
    "ends": "journeys end",
}
WAITS: Final = _COLUMNS | {
    "mean_seconds": "mean wait",
    "median_seconds": "median wait",
    "total_seconds": "waiting in total",
    "business_mean_seconds": "mean, working hours",
    "business_median_seconds": "median, working hours",
    "business_p90_seconds": "1 in 10 over, working hours",
    "business_total_seconds": "in total, working hours",
}
DURATIONS: Final = _COLUMNS | {"mean_seconds": "mean time", "median_seconds": "median time"}
CLOSING: Final = DURATIONS | {
    "cases": "closed",
    "inside_share": "inside your promise",
    "open_cases": "open",
    "abandoned_cases": "abandoned",
    "closing_median_seconds": "half of all within",
    "closing_p90_seconds": "9 in 10 of all within",
    "median_seconds": "half of the closed within",
    "p90_seconds": "9 in 10 of the closed within",
    "max_seconds": "longest",
}
HANDED: Final = WAITS | {
    "department": "from",
    "next_department": "to",
    "low_rank": "rank at best",
    "high_rank": "at worst",
    "share": "of handoff waiting",
    "end_to_end_share": "of all time",
    "bounce_share": "come straight back",
    "ping_pong_share": "back and forth",
    "change_seconds": "change of the mean",
    "business_median_seconds": "median in working hours",
    "business_p90_seconds": "1 in 10 over, in working hours",
    "business_total_seconds": "total in working hours",
    "recoverable_seconds": "could be saved",
}
"""What columns are called where people know no column names: of waits, durations, handoffs."""


def first_rows(shown: int, rows: int) -> str:
    """Say that a table is cut."""
    return f"The first {number(shown)} of {number(rows)} rows."
