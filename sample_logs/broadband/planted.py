"""What is planted in the broadband log, and how large."""

import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
FIRST_DAY = dt.date(2025, 1, 1)
LAST_DAY = dt.date(2025, 12, 31)

HOLIDAYS = frozenset(
    {
        dt.date(2025, 1, 1),
        dt.date(2025, 4, 18),
        dt.date(2025, 4, 21),
        dt.date(2025, 5, 1),
        dt.date(2025, 5, 29),
        dt.date(2025, 6, 9),
        dt.date(2025, 10, 3),
        dt.date(2025, 12, 25),
        dt.date(2025, 12, 26),
    }
)


@dataclass(frozen=True)
class Closure:
    """The warehouse is closed, and parts ship from the factories on different days.

    Attributes:
        date: Orders confirmed from this day on ship from the factories, in a parcel from each.
        wrong_part_share_before: Share of deliveries with a wrong part, from the warehouse.
        wrong_part_share_after: The same, from the factories.
        factory_weekdays: The days each factory ships its parcel on, 0 for Monday.
    """

    date: dt.date = dt.date(2025, 7, 1)
    wrong_part_share_before: float = 0.05
    wrong_part_share_after: float = 0.16
    factory_weekdays: dict[str, str] = field(
        default_factory=lambda: {"Factory East": "03", "Factory West": "14", "Factory South": "2"}
    )


@dataclass(frozen=True)
class Sites:
    """Two call-centre sites get the same faults at random; one handles them differently.

    Attributes:
        fault_share: Share of activated lines that don't work at first.
        reset_site: The site that resets the line while the customer is on the telephone.
        replace_site: The site that has a new router sent.
        reset_success_share: How often the reset is enough.
        replace_success_share: How often the new router is enough.
    """

    fault_share: float = 0.17
    reset_site: str = "Northgate"
    replace_site: str = "Harbour"
    reset_success_share: float = 0.8
    replace_success_share: float = 0.95


@dataclass(frozen=True)
class Segments:
    """Business customers are promised more, and are served sooner at every queue.

    Attributes:
        business_share: Share of customers who are businesses.
        promised_days: Days from order to working line that each segment is promised.
        business_queue_factor: A business customer's time in queues against a consumer's.
        business_approval_share: Share of business orders that a manager has to approve.
    """

    business_share: float = 0.25
    promised_days: dict[str, int] = field(default_factory=lambda: {"Business": 12, "Consumer": 21})
    business_queue_factor: float = 0.6
    business_approval_share: float = 0.35


@dataclass(frozen=True)
class Rework:
    """What goes wrong in any month of the year.

    Attributes:
        documents_share: Share of orders whose credit check needs more documents.
        refused_share: Share of orders refused after the credit check.
        missed_share: Share of appointments that are missed.
        self_installed_share: Share of consumers who install the line themselves.
        cancel_median_days: Half of all customers would cancel if they waited this long.
    """

    documents_share: float = 0.12
    refused_share: float = 0.035
    missed_share: float = 0.13
    self_installed_share: float = 0.35
    cancel_median_days: float = 75.0


@dataclass(frozen=True)
class Blemishes:
    """Faults of the recording, for the quality gate to find.

    Attributes:
        without_time_share: Share of rows whose times are missing.
        duplicate_share: Share of rows that stand in the log twice.
    """

    without_time_share: float = 0.0008
    duplicate_share: float = 0.0008


@dataclass(frozen=True)
class Planted:
    """Everything that is planted, with its size.

    Example:
        >>> Planted().warehouse_closure.date.isoformat()
        '2025-07-01'
    """

    warehouse_closure: Closure = field(default_factory=Closure)
    site_difference: Sites = field(default_factory=Sites)
    segments: Segments = field(default_factory=Segments)
    rework: Rework = field(default_factory=Rework)
    blemishes: Blemishes = field(default_factory=Blemishes)
