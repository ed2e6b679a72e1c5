"""What came of what was planted: counts kept while the log is written."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..days import FIRST_DAY, LAST_DAY
from .activities import DEPARTMENTS, GROUPS
from .planted import ZONE, Planted
from .year import END, Round


@dataclass
class Tally:
    """Counts of rentals.

    Attributes:
        planted: What was planted.
        counts: What happened how often.
    """

    planted: Planted
    counts: Counter[str] = field(default_factory=Counter[str])

    def add(self, travelled: Round) -> None:
        """Count some rentals; those that the year's end leaves open count as bookings alone."""
        rented = travelled.rented
        done = rented.kept & (rented.paid < END)
        self.counts["bookings"] += len(rented.kept)
        self.counts["customers"] += len(rented.kept) * travelled.new
        self._count("rentals_paid", done)
        for word, which in (("before", ~rented.after), ("from", rented.after)):
            self._count(f"rentals_{word}_price_rise", done & which)
            self._count(f"price_complaints_{word}_price_rise", done & which & rented.complained)
            cents = int(rented.cents[done & which].sum())
            self.counts[f"cents_invoiced_{word}_price_rise"] += cents
        for name in ("charged", "waited"):
            which: NDArray[np.bool_] = getattr(rented, name)
            self._count(f"rentals_{name}", done & which)
            self._count(f"price_complaints_{name}", done & which & rented.complained)

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
