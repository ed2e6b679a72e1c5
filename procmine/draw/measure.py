"""The figure that a picture's colour and labels both stand for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from procmine import wording
from procmine.draw import theme
from procmine.errors import OptionError, nearest


@dataclass(frozen=True)
class Measure:
    """A column of a table of steps, and its words.

    Attributes:
        name: The column.
        words: What it is, as the legend says it.
        is_time: Whether it counts seconds.
        adds_up: Whether the figures of several steps can be added.
    """

    name: str
    words: str
    is_time: bool
    adds_up: bool

    def value(self, row: Mapping[str, Any]) -> float | None:
        """Return the figure of a row."""
        return row.get(self.name)

    def label(self, row: Mapping[str, Any]) -> str:
        """Return the figure of a row in a person's unit, as short as a label must be."""
        value = self.value(row)
        if self.is_time:
            return wording.duration(value, short=True)
        return "unknown" if value is None else f"{value:,.0f}"

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
    )
}


def measure_of(name: str) -> Measure:
    """Return the measure of this name.

    Raises:
        OptionError: There is none.
    """
    if name not in MEASURES:
        raise OptionError(f"There is no measure '{name}'.", nearest(name, MEASURES))
    return MEASURES[name]
