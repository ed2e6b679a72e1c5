"""What the page of moments of truth says."""

from collections.abc import Mapping
from typing import Any, Final

from procmine.wording import count, duration, number, share

TITLE: Final = "Moments of truth"
MET: Final = "Moments a journey"
TEAMS: Final = "Teams a customer meets"
AGAIN: Final = "Asked the same again"
SOLVED: Final = "Solved by the first team"
NO_MOMENTS: Final = (
    "This log doesn't say when customers take part. Say so when the log is read, by a column or a "
    "list of activities: the page “The log” says how."
)
EFFECTS: Final = "What a bad first moment does"
WAITED_FOR: Final = "What some customers wait for, and others don't"
SCORES: Final = "What customers say"
NO_SURVEY: Final = (
    "No answers of customers are in this log. With a survey as one more source of the mapping, "
    "with its columns score and comment, this page says with what scores fall."
)
BETWEEN: Final = "Behind the scenes, between two moments"
BETWEEN_NOTE: Final = (
    "What is done out of the customer's sight while they wait for the next moment, how often, and "
    "how long they wait with it and without it."
)
BETWEEN_WORDS: Final = {
    "previous_activity": "after",
    "activity": "until",
    "between": "behind the scenes",
    "share": "how often",
    "median_seconds": "half wait longer than, with it",
    "other_median_seconds": "without it",
    "cases": "journeys with it",
    "other_cases": "journeys without it",
}
MOMENTS: Final = "Every moment of truth"
MOMENTS_WORDS: Final = {
    "count": "moments",
    "cases": "journeys",
    "mean_wait_seconds": "mean wait before it",
    "median_wait_seconds": "median wait before it",
    "p90_wait_seconds": "1 in 10 wait over",
    "repetitions": "asked again",
    "repetitions_elsewhere": "asked before by others",
}


def of_all_kinds(cases: int | None) -> str:
    """Say how many journeys were solved, of every kind together."""
    return "" if cases is None else f"{count(cases, 'journey')}, of all kinds"


def people(mean: float | None) -> str:
    """Say how many people a customer meets."""
    return "" if mean is None else f"and {number(mean)} different people"


def of_journeys(cases: int | None) -> str:
    """Say of how many journeys a share is."""
    return "" if cases is None else f"{count(cases, 'journey')}"


def waited_for(row: Mapping[str, Any]) -> str:
    """Say what some customers wait for between two moments, and others don't.

    Example:
        >>> waited_for({"previous_activity": "Arrive", "activity": "Get the key", "share": 0.15,
        ...     "between": "Clean car", "median_seconds": 2700.0, "other_median_seconds": 240.0})
        "Between 'Arrive' and 'Get the key' 15 % of customers wait for 'Clean car': half of them \
45 minutes or longer, where others wait 4 minutes."
    """
    before, then = row["previous_activity"], row["activity"]
    return (
        f"Between '{before}' and '{then}' {share(row['share'])} of customers wait for "
        f"'{row['between']}': half of them {duration(row['median_seconds'])} or longer, where "
        f"others wait {duration(row['other_median_seconds'])}."
    )


def effect(row: Mapping[str, Any]) -> str:
    """Say what comes after a bad first moment, and after a good one."""
    which = f" of the type '{row['journey_type']}'" if row["journey_type"] else ""
    times = "" if row["ratio"] is None else f": {number(row['ratio'])} times as often"
    chance = row["adjusted_p_value"]
    sure = "" if chance is not None and chance <= _SURE else " That may be chance."
    if row["measure"] == "score":
        return (
            f"Journeys{which} score {number(row['after_bad'])} on average after a bad first "
            f"moment, and {number(row['after_good'])} after a good one.{sure}"
        )
    return (
        f"Journeys{which} end badly in {share(row['after_bad'])} after a bad first moment, and in "
        f"{share(row['after_good'])} after a good one{times}.{sure}"
    )


_SURE: Final = 0.05
