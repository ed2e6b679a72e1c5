"""How long the planted causes kept orders at the order desk and parcels at their docks."""

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from .activities import ORDER_REGISTERED, PARCEL_DISPATCHED
from .registration import Registered

CAUSES = ("contention", "prioritisation", "unavailability", "extraneous")


@dataclass
class Waits:
    """Sums kept while the log is written.

    Attributes:
        desk: Seconds of each cause at the order desk, a row a batch of journeys.
        docks: Parcels that left each dock at each pick-up, and when they were ready.
    """

    desk: list[pl.DataFrame] = field(default_factory=list)
    docks: list[pl.DataFrame] = field(default_factory=list)

    def add(self, rows: pl.DataFrame, registered: Registered) -> None:
        """Count some journeys' events.

        Args:
            rows: The events.
            registered: The orders among them, as the order desk served them.
        """
        events = rows.filter(pl.col("activity") == ORDER_REGISTERED.name)
        both = events.join(_causes(registered), on="number", how="left")
        service = pl.col("end") - pl.col("start")
        sums = both.select(
            pl.len().alias("orders"),
            service.sum().alias("service"),
            pl.col("wait", *CAUSES).sum(),
        )
        self.desk.append(sums)
        parcels = rows.filter(pl.col("activity") == PARCEL_DISPATCHED.name)
        self.docks.append(_pick_ups(parcels))

    def truth(self, *, in_batches: bool) -> dict[str, Any]:
        """Return the totals in seconds, per place.

        Args:
            in_batches: Whether parcels leave in batches; else none waits for another, though two
                may happen to leave at the same second.
        """
        desk = pl.concat(self.desk).sum().row(0, named=True)
        return {"order_desk": _order_desk(desk), "docks": self._docks(in_batches=in_batches)}

    def _docks(self, *, in_batches: bool) -> dict[str, Any]:
        keys = ["site", "person", "start"]
        groups = pl.concat(self.docks).group_by(keys).agg(
            pl.col("parcels", "enabled", "wait").sum(), pl.col("last").max()
        )  # fmt: skip
        batching = (pl.col("parcels") * pl.col("last") - pl.col("enabled")) * in_batches
        sites = (
            groups.with_columns(batching=batching)
            .group_by("site")
            .agg(pl.len().alias("pick_ups"), pl.col("parcels", "wait", "batching").sum())
            .sort("site")
        )
        return {
            "activity": PARCEL_DISPATCHED.name,
            **{
                row["site"]: {
                    "pick_ups": row["pick_ups"],
                    "parcels": row["parcels"],
                    "wait_seconds": row["wait"],
                    "batching_seconds": row["batching"],
                }
                for row in sites.to_dicts()
            },
        }


def _order_desk(sums: dict[str, int]) -> dict[str, Any]:
    seconds = {f"{name}_seconds": sums[name] for name in ("service", "wait", *CAUSES)}
    return {"activity": ORDER_REGISTERED.name, "orders": sums["orders"], **seconds}


def _causes(registered: Registered) -> pl.DataFrame:
    served = registered.served
    known = pl.DataFrame(
        {
            "number": registered.orders.number,
            "wait": served.start - registered.orders.placed,
            "contention": served.contention,
            "prioritisation": served.prioritisation,
            "unavailability": registered.unavailability,
        }
    )
    rest = pl.col("wait") - pl.sum_horizontal("contention", "prioritisation", "unavailability")
    return known.with_columns(extraneous=rest)


def _pick_ups(parcels: pl.DataFrame) -> pl.DataFrame:
    return parcels.group_by("site", "person", "start").agg(
        parcels=pl.len().cast(pl.Int64),
        enabled=pl.col("enabled").sum(),
        last=pl.col("enabled").max(),
        wait=(pl.col("start") - pl.col("enabled")).sum(),
    )
