"""What the page of variants says of two of them."""

from typing import Final

import texts

TITLE: Final = "Two ways side by side"
ONE: Final = "The first"
OTHER: Final = "The second"
ONLY: Final = "Only its journeys"


def head(rank: int, journeys: str) -> str:
    """Head one side of the comparison."""
    return f"{texts.way(rank).capitalize()}, {journeys}"
