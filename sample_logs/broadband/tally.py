"""What came of what was planted: counts kept while the log is written."""

from dataclasses import asdict, dataclass, field
from datetime import time
from typing import Any

import numpy as np
import polars as pl

from ..calendars import instant
from ..days import FIRST_DAY, LAST_DAY
from .activities import DEPARTMENTS, OUTCOMES
from .journeys import Travelled
from .planted import ZONE, Planted
from .requests import FAULT, KINDS, ORDER, customers_of
from .waiting import Waits

_COUNTED = {
    "orders": "Order placed",
    "lines_working": "Line works",
    "cancelled": "Order cancelled",
    "declined": "Order declined",
    "parcels": "Parcel delivered",
    "calls_where_is_my_order": "Where is my order?",
    "calls_wrong_part": "Wrong part reported",
    "returns": "Part returned",
    "missed_appointments": "Appointment missed",
}
_OPENING = {ORDER: "Order placed", FAULT: "Fault reported"}


@dataclass
class Tally:
    """Counts of the events, the blemishes left out.

    Attributes:
        planted: What was planted.
        orders: About how many orders there are in the year.
        groups: Events and cost per kind, period, activity, department and site.
        waits: What kept orders at the order desk and parcels at their docks.
        without_time: Rows written without times.
        duplicates: Rows written a second time.
    """

    planted: Planted
    orders: int
    groups: list[pl.DataFrame] = field(default_factory=list)
    waits: Waits = field(default_factory=Waits)
    without_time: int = 0
    duplicates: int = 0

    def __post_init__(self) -> None:
        customers = customers_of(self.orders)
        self._seen = np.zeros(customers, dtype=np.bool_)
        self._shared: dict[int, set[int]] = {}
        self._ordered = np.zeros(customers, dtype=np.int16)

    def add(self, rows: pl.DataFrame, travelled: Travelled) -> None:
        """Count the events of some journeys, as they were before any blemish."""
        closed = instant(self.planted.warehouse_closure.date, time(), ZONE)
        keys = [pl.col("placed") >= closed, "kind", "activity", "department", "site"]
        counts = rows.group_by(keys).agg(events=pl.len(), cents=pl.col("cents").sum())
        self.groups.append(counts.rename({"placed": "after"}))
        self.waits.add(rows, travelled.registered)
        self._seen[rows["customer"].to_numpy()] = True
        placed = rows.filter(pl.col("activity") == _OPENING[ORDER])
        np.add.at(self._ordered, placed["customer"].to_numpy(), 1)
        for digits, customer in rows.filter("shared").select("digits", "customer").unique().rows():
            self._shared.setdefault(digits, set()).add(customer)

    def add_blemished(self, rows: pl.DataFrame, before: int) -> None:
        """Count the rows as they are written, of which there were so many before the blemishes."""
        self.duplicates += len(rows) - before
        self.without_time += int(rows["untimed"].sum())

    def truth(self) -> dict[str, Any]:
        """Return what was planted and what came of it."""
        planted = asdict(self.planted)
        batched = self.planted.waiting_causes.parcels_in_batches
        groups = pl.concat(self.groups)
        orders = groups.filter(pl.col("kind") == ORDER)
        return {
            "period": [FIRST_DAY.isoformat(), LAST_DAY.isoformat()],
            "time_zone": ZONE.key,
            "departments": list(DEPARTMENTS),
            **planted,
            "waiting_causes": {
                **planted["waiting_causes"],
                **self.waits.truth(in_batches=batched),
            },
            "shared_phones": {**planted["shared_phones"], "customers": self._sharing()},
            "journeys": {**planted["journeys"], **self._journeys(groups)},
            "blemishes": {
                **planted["blemishes"],
                "rows_without_time": self.without_time,
                "duplicate_rows": self.duplicates,
            },
            "counted": {
                "customers": int(self._seen.sum()),
                "customers_with_several_orders": int((self._ordered > 1).sum()),
                "orders_placed_before_closure": _period(orders.filter(~pl.col("after"))),
                "orders_placed_from_closure": _period(orders.filter(pl.col("after"))),
                "faults_by_site": self._faults(groups),
            },
        }

    def _sharing(self) -> dict[str, int]:
        found = sorted(self._shared.items())
        return {f"0199{digits:08d}": len(customers) for digits, customers in found}

    def _journeys(self, groups: pl.DataFrame) -> dict[str, Any]:
        counts: dict[str, Any] = {}
        for kind in KINDS:
            of_kind = groups.filter(pl.col("kind") == kind)
            if kind not in _OPENING:
                counts["events_outside"] = int(of_kind["events"].sum())
                continue
            opened = _events(of_kind, _OPENING[kind])
            counts[f"{kind}s"] = opened
            counts[f"{kind}s_still_open"] = opened - _events(of_kind, *OUTCOMES)
        return counts

    def _faults(self, groups: pl.DataFrame) -> dict[str, int]:
        sites = self.planted.site_difference
        return {
            site: _events(groups.filter(pl.col("site") == site), _OPENING[FAULT])
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
