"""What came of what was planted: counts kept while the log is written."""

from dataclasses import asdict, dataclass, field
from datetime import date, time
from typing import Any

import polars as pl

from ..calendars import instant
from .activities import DEPARTMENTS, OUTCOMES
from .planted import FIRST_DAY, LAST_DAY, ZONE, Planted

_COUNTED = {
    "orders": "Order placed",
    "lines_working": "Line works",
    "cancelled": "Order cancelled",
    "parcels": "Parcel delivered",
    "calls_where_is_my_order": "Where is my order?",
    "calls_wrong_part": "Wrong part reported",
    "returns": "Part returned",
    "faults": "Fault reported",
    "missed_appointments": "Appointment missed",
}


@dataclass
class Tally:
    """Counts of the events, the blemishes left out.

    Attributes:
        planted: What was planted.
        groups: Events and cost per period of the order, activity, department and site.
        rows: Rows written, duplicates and rows without times included.
        without_time: Rows written without times.
        duplicates: Rows written a second time.
    """

    planted: Planted
    groups: list[pl.DataFrame] = field(default_factory=list)
    rows: int = 0
    without_time: int = 0
    duplicates: int = 0

    def add(self, rows: pl.DataFrame) -> None:
        """Count the events of some journeys, as they were before any blemish."""
        closed = instant(self.planted.warehouse_closure.date, time(), ZONE)
        keys = [pl.col("placed") >= closed, "activity", "department", "site"]
        counts = rows.group_by(keys).agg(events=pl.len(), cents=pl.col("cents").sum())
        self.groups.append(counts.rename({"placed": "after"}))

    def add_blemished(self, rows: pl.DataFrame, before: int) -> None:
        """Count the rows as they are written, of which there were so many before the blemishes."""
        self.rows += len(rows)
        self.duplicates += len(rows) - before
        self.without_time += int(rows["untimed"].sum())

    def truth(self, seed: int) -> dict[str, Any]:
        """Return what the log's truth file says."""
        planted = asdict(self.planted)
        blemishes = planted.pop("blemishes")
        groups = pl.concat(self.groups)
        return {
            "log": "broadband",
            "seed": seed,
            "period": [FIRST_DAY.isoformat(), LAST_DAY.isoformat()],
            "time_zone": ZONE.key,
            "departments": list(DEPARTMENTS),
            "rows": self.rows,
            "orders": _events(groups, "Order placed"),
            "still_open": _events(groups, "Order placed") - _events(groups, *OUTCOMES),
            **planted,
            "blemishes": {
                **blemishes,
                "rows_without_time": self.without_time,
                "duplicate_rows": self.duplicates,
            },
            "counted": {
                "orders_placed_before_closure": _period(groups.filter(~pl.col("after"))),
                "orders_placed_from_closure": _period(groups.filter(pl.col("after"))),
                "faults_by_site": self._faults(groups),
            },
        }

    def _faults(self, groups: pl.DataFrame) -> dict[str, int]:
        sites = self.planted.site_difference
        return {
            site: _events(groups.filter(pl.col("site") == site), "Fault reported")
            for site in (sites.reset_site, sites.replace_site)
        }


def _events(groups: pl.DataFrame, *activities: str) -> int:
    return int(groups.filter(pl.col("activity").is_in(activities))["events"].sum())


def _period(groups: pl.DataFrame) -> dict[str, Any]:
    cents = {
        department: int(groups.filter(pl.col("department") == department)["cents"].sum())
        for department in DEPARTMENTS
    }
    counts = {name: _events(groups, activity) for name, activity in _COUNTED.items()}
    costs = {department: spent / 100 for department, spent in cents.items()}
    return {**counts, "cost": costs, "cost_of_all": sum(cents.values()) / 100}


def plain(value: Any) -> str:
    """Return a date as JSON has it.

    Raises:
        TypeError: The value is no date.
    """
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in the truth.")
