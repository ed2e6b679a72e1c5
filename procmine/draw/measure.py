"""The figure that a picture's colour and labels both stand for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from procmine import wording
from procmine.draw import text, theme
from procmine.errors import OptionError, nearest

LABEL_SIZE: Final = 10
"""Points of the figures on arrows."""


@dataclass(frozen=True)
class Measure:
    """A column of a table of steps, and its words.

    Attributes:
        name: The column.
        words: What it is, as the legend says it.
        is_time: Whether it counts seconds.
        adds_up: Whether the figures of several steps can be added.
        of_boxes: Whether it is a figure of activities, and not of the steps between them.
    """

    name: str
    words: str
    is_time: bool
    adds_up: bool
    of_boxes: bool = False

    def value(self, row: Mapping[str, Any]) -> float | None:
        """Return the figure of a row."""
        return row.get(self.name)

    def label(self, row: Mapping[str, Any]) -> str:
        """Return the figure of a row in a person's unit, as short as a label must be."""
        return self.said(self.value(row), short=True)

    def said(self, value: float | None, *, short: bool = False) -> str:
        """Say a figure; business time never in days."""
        if self.is_time:
            says = wording.business if self.name.startswith("business_") else wording.duration
            return says(value, short=short)
        if value is None:
            return "unknown"
        return wording.number(value)

    def colours(self, row: Mapping[str, Any], highest: float) -> tuple[str, str]:
        """Return the colours of (line, words) of a row, beside the highest figure drawn."""
        lines, words = theme.ramp(self.name)
        step = theme.heat(self.value(row), highest)
        return lines[step], words[step]


MEASURES: Final = {
    m.name: m
    for m in (
        Measure("total_seconds", "total customer waiting", True, True),
        Measure("median_seconds", "median wait", True, False),
        Measure("mean_seconds", "mean wait", True, False),
        Measure("p90_seconds", "wait that 1 in 10 exceeds", True, False),
        Measure("count", "how often", False, True),
        Measure("cases", "journeys", False, False),
        Measure("business_total_seconds", "total waiting in business time", True, True),
        Measure("business_median_seconds", "median wait in business time", True, False),
        Measure("business_mean_seconds", "mean wait in business time", True, False),
        Measure("business_p90_seconds", "wait in business time that 1 in 10 exceeds", True, False),
        Measure("total_cost", "total cost", False, True, of_boxes=True),
    )
}
_NEEDS: Final = {
    "business_": ("business time", "Give the analysis a calendar."),
    "total_cost": ("cost", "Name the column of the cost when the log is read."),
}


def measure_of(name: str) -> Measure:
    """Return the measure of this name.

    Raises:
        OptionError: There is none.
    """
    if name not in MEASURES:
        raise OptionError(f"There is no measure '{name}'.", nearest(name, MEASURES))
    return MEASURES[name]


def check_known(measure: Measure, columns: Iterable[str]) -> None:
    """Raise OptionError where the tables don't have what a measure needs.

    Args:
        measure: The measure.
        columns: What there is.
    """
    if measure.name in columns:
        return
    for start, (what, helps) in _NEEDS.items():
        if measure.name.startswith(start):
            raise OptionError(f"There is no {what} to draw.", helps)


def widest(row: Mapping[str, Any]) -> float:
    """Return how wide the widest label of a row is, so that its place suits every measure.

    Args:
        row: The figures of a step.
    """
    labels = (m.label(row) for m in MEASURES.values() if m.name in row)
    return max((text.width(label, LABEL_SIZE) for label in labels), default=0.0)
