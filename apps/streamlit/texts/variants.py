"""What the page of variants says of two of them."""

from typing import Final

import texts
from procmine.wording import count

TITLE: Final = "Two ways side by side"
ONE: Final = "The first"
OTHER: Final = "The second"
ONLY: Final = "Only its journeys"
SHOWN: Final = "How many"
ALL: Final = "All variants"


def head(rank: int, journeys: str) -> str:
    """Head one side of the comparison."""
    return f"{texts.way(rank).capitalize()}, {journeys}"


def covered(shown: int, share: str) -> str:
    """Say what the variants shown cover."""
    return f"{count(shown, 'way covers', 'ways cover')} {share} of the journeys."


def of_all(variants: int) -> str:
    """Say how many variants there are in all."""
    return f"of {count(variants, 'different way', 'different ways')}"


def median_of(steps: int) -> str:
    """Say what the figure beside a variant is, and how long the variant is."""
    return f"median, {count(steps, 'step')}"


def steps_more(hidden: int) -> str:
    """Say that a long variant is cut."""
    return f"+ {count(hidden, 'step')}"
