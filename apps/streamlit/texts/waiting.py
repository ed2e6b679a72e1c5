"""What is said while something takes long."""

from collections.abc import Mapping
from typing import Any, Final

STOP: Final = "Stop"
AGAIN: Final = "Go on"
SELECTING: Final = "Looking up the journeys that fit the filters"
CUTTING: Final = "Looking up what you may see of the log"
CHOICES: Final = "Looking through the log"
FIGURES: Final = "Adding up the figures to compare"
JOURNEYS: Final = "Listing the journeys"
JOURNEY: Final = "Looking up the journey"
MOVES: Final = "Drawing journeys to play on the map"


def reading(name: str) -> str:
    """Say that a log is being read."""
    return f"Reading {name}"


def making(name: str) -> str:
    """Say that a sample is being made."""
    return f"Making the sample {name}"


def asking(analysis: str, options: Mapping[str, Any]) -> str:
    """Say what is asked of the log."""
    by = options.get("by")
    grouped = f" by {str(by).replace('_', ' ')}" if by else ""
    return f"Working out {analysis.replace('_', ' ')}{grouped}"


def waiting(what: str) -> str:
    """Say what is being done, and how to have done with it."""
    return f"{what} … Whatever you click on ends it."


def stopped(what: str) -> str:
    """Say that something wasn't done because somebody stopped it."""
    return f"Stopped: {what[:1].lower()}{what[1:]}."
