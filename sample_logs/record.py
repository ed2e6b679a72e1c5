"""What has happened to a batch of journeys so far."""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .activity import Activity
from .calendars import Seconds
from .draws import Draws

Rows: TypeAlias = NDArray[np.int64]
"""Positions in a batch."""

_MINUTE = 60
_HOUR = 3600


@dataclass
class Record:
    """Events of one kind of journey.

    Attributes:
        kind: What the journeys are called in the truth.
        number: Each one's number in the year.
        people: How many people a team has.
        draws: Where chance comes from.
        frames: What has been recorded.
    """

    kind: str
    number: NDArray[np.int64]
    people: int
    draws: Draws
    frames: list[pl.DataFrame] = field(default_factory=list)

    @property
    def all(self) -> Rows:
        """All journeys."""
        return np.arange(len(self.number))

    def minutes(
        self, median: float | NDArray[np.float64], rows: Rows, spread: float = 0.35
    ) -> Seconds:
        """Draw how long something takes, in seconds."""
        return self.draws.skewed(median * _MINUTE, spread, len(rows)).astype(np.int64)

    def at(self, activity: Activity, rows: Rows, start: Seconds) -> Seconds:
        """Record events that begin at these instants, and return when they are completed."""
        return self.lasting(activity, rows, start, self.minutes(activity.minutes, rows))

    def lasting(self, activity: Activity, rows: Rows, start: Seconds, length: Seconds) -> Seconds:
        """Record events whose lengths are known, and return when they are completed."""
        cost = activity.fixed_cost + activity.hourly_cost * length / _HOUR
        self.frames.append(
            pl.DataFrame(
                {
                    "row": rows,
                    "number": self.number[rows],
                    "start": start,
                    "end": start + length,
                    "person": self.draws.below(len(rows), self.people),
                    "cents": np.rint(100 * cost).astype(np.int64),
                }
            ).with_columns(
                activity=pl.lit(activity.name),
                department=pl.lit(activity.department, pl.String),
                kind=pl.lit(self.kind),
            )
        )
        return start + length
