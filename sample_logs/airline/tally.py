"""What came of what was planted: counts kept while the log is written."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import time
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..calendars import instant
from ..days import FIRST_DAY, LAST_DAY
from .activities import APPROVAL_ASKED, DEPARTMENTS, GROUPS, REFUND_REQUESTED
from .planted import ZONE, Planted
from .silos import agency
from .year import Flown


@dataclass
class Tally:
    """Counts of trips, flights and refunds.

    Attributes:
        planted: What was planted.
        counts: What happened how often.
    """

    planted: Planted
    counts: Counter[str] = field(default_factory=Counter[str])

    def add(self, flown: Flown, events: pl.DataFrame) -> None:
        """Count some days.

        Args:
            flown: What happened.
            events: The events, as far as the log has them.
        """
        trips = flown.trips
        self._count("trips", np.ones(len(trips.number), dtype=np.bool_))
        self._compare("bad_first_moment", trips.bad_first, trips.complained)
        self._compare("late_departure", trips.late, trips.complained)
        day = flown.flights.due[trips.flight]
        drive = day >= instant(self.planted.baggage_drive.date, time(), ZONE)
        self._compare("bag_after_drive", drive[trips.bag], trips.missing[trips.bag])
        flights = flown.flights
        self._count("flights", np.ones(len(flights.number), dtype=np.bool_))
        self._count("late_flights", flights.late)
        self._refunds(events)
        names = pl.Series(trips.customer).to_frame("customer")
        booked = names.select(agency(pl.col("customer"), self.planted)).to_series()
        self._count("trips_booked_by_agency", booked.to_numpy())

    def truth(self) -> dict[str, Any]:
        """Return what was planted and what came of it."""
        return {
            "period": [FIRST_DAY.isoformat(), LAST_DAY.isoformat()],
            "time_zone": ZONE.key,
            "departments": list(DEPARTMENTS),
            "team_groups": GROUPS,
            **asdict(self.planted),
            "counted": dict(sorted(self.counts.items())),
        }

    def _count(self, name: str, which: NDArray[np.bool_]) -> None:
        self.counts[name] += int(which.sum())

    def _compare(self, name: str, cause: NDArray[np.bool_], effect: NDArray[np.bool_]) -> None:
        """Count an effect with and without its cause."""
        outcome = "missing" if name.startswith("bag") else "complaints"
        for word, which in (("with", cause), ("without", ~cause)):
            self._count(f"trips_{word}_{name}", which)
            self._count(f"{outcome}_{word}_{name}", effect & which)

    def _refunds(self, events: pl.DataFrame) -> None:
        date = instant(self.planted.authority.date, time(), ZONE)
        requests = events.filter(pl.col("activity") == REFUND_REQUESTED.name)
        asked = events.filter(pl.col("activity") == APPROVAL_ASKED.name)["number"].implode()
        for word, which in (("before", pl.col("end") < date), ("from", pl.col("end") >= date)):
            some = requests.filter(which)
            self.counts[f"refunds_requested_{word}_date"] += len(some)
            self.counts[f"refunds_sent_for_approval_{word}_date"] += len(
                some.filter(pl.col("number").is_in(asked))
            )
