"""What is planted in the broadband log, and how large."""

import datetime as dt
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from ..draws import Draws

ZONE = ZoneInfo("Europe/Berlin")

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
        dt.date(2026, 1, 1),
    }
)
"""Germany's, which `holidays = "DE"` names."""


@dataclass(frozen=True)
class Closure:
    """The warehouse is closed, and parts ship from the factories on different days.

    Attributes:
        date: Orders confirmed from this day on ship from the factories, in a parcel from each.
        wrong_part_share_before: Share of deliveries with a wrong part, from the warehouse.
        wrong_part_share_after: The same, from the factories.
        factory_weekdays: The days each factory ships its parcel on, 0 for Monday; without any
            the warehouse stays open.
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
        reset_site: The site that resets the line while the customer is on the telephone.
        replace_site: The site that has a new router sent.
        keep_to_it: How often each site keeps to its way; at 0.5 the two do the same.
        reset_success_share: How often the reset is enough.
        replace_success_share: How often the new router is enough.
    """

    reset_site: str = "Northgate"
    replace_site: str = "Harbour"
    keep_to_it: float = 1.0
    reset_success_share: float = 0.8
    replace_success_share: float = 0.95


@dataclass(frozen=True)
class Segments:
    """Business customers are promised more, and are served sooner at every queue.

    Attributes:
        business_share: Share of customers who are businesses.
        promised_days: Days from order to working line that each segment is promised.
        promised_fault_days: Days from fault to solution that each segment is promised.
        business_queue_factor: A business customer's time in queues against a consumer's.
        business_approval_share: Share of business orders that a manager has to approve.
        behave_differently: Whether businesses also order elsewhere, call sooner, and never install
            the line themselves.
    """

    business_share: float = 0.25
    promised_days: dict[str, int] = field(default_factory=lambda: {"Business": 12, "Consumer": 21})
    promised_fault_days: dict[str, int] = field(
        default_factory=lambda: {"Business": 3, "Consumer": 6}
    )
    business_queue_factor: float = 0.6
    business_approval_share: float = 0.35
    behave_differently: bool = True


@dataclass(frozen=True)
class Waiting:
    """Queues with causes that are known exactly: at the order desk and at the parcels' docks.

    Attributes:
        desk_load: Share of its hours that the order desk is busy; 0 for a desk that starts on
            every order the moment it is placed.
        business_first: Whether the desk takes business orders before others that came earlier.
        pause_share: How often a clerk waits for something outside before starting on an order.
        pause_minutes: How long that takes.
        parcels_in_batches: Whether a dock's parcels leave together at its pick-up.
    """

    desk_load: float = 0.7
    business_first: bool = True
    pause_share: float = 0.3
    pause_minutes: int = 40
    parcels_in_batches: bool = True


@dataclass(frozen=True)
class Sharing:
    """Telephone numbers that many customers share; where one is known to, people note who it is.

    Attributes:
        phones: Who shares one.
        customers_each: About how many customers share each, in a log that is large enough.
    """

    phones: tuple[str, ...] = ("letting agency", "student home")
    customers_each: int = 32


@dataclass(frozen=True)
class Rework:
    """What goes wrong in any month of the year.

    Attributes:
        documents_share: Share of orders whose credit check needs more documents.
        refused_share: Share of orders refused after the credit check.
        missed_share: Share of appointments that are missed.
        self_installed_share: Share of consumers who install the line themselves.
        cancel_median_days: Half of all customers would cancel if they waited this long; 0 where
            nobody gives up waiting.
    """

    documents_share: float = 0.12
    refused_share: float = 0.035
    missed_share: float = 0.13
    self_installed_share: float = 0.35
    cancel_median_days: float = 75.0


@dataclass(frozen=True)
class Journeys:
    """What customers come with besides orders.

    Attributes:
        faults_an_order: Faults reported for each order placed.
        questions_an_order: Calls about something else, which belong to no journey.
        together_share: Share of orders and faults of a customer who has just placed another order.
    """

    faults_an_order: float = 0.4
    questions_an_order: float = 0.12
    together_share: float = 0.035


@dataclass(frozen=True)
class Blemishes:
    """Faults of the recording, for the quality gate to find.

    Attributes:
        without_time_share: Share of rows whose times are missing.
        duplicate_share: Share of rows that stand in their file twice, under another `event_id`.
    """

    without_time_share: float = 0.0008
    duplicate_share: float = 0.0008


@dataclass(frozen=True)
class Planted:
    """Everything that is planted, with its size.

    Attributes:
        holidays: Whether work rests on public holidays. There are more of them in spring, which
            makes the year's halves differ: in the null log nobody rests.

    Example:
        >>> Planted().warehouse_closure.date.isoformat()
        '2025-07-01'
    """

    warehouse_closure: Closure = field(default_factory=Closure)
    site_difference: Sites = field(default_factory=Sites)
    segments: Segments = field(default_factory=Segments)
    waiting_causes: Waiting = field(default_factory=Waiting)
    shared_phones: Sharing = field(default_factory=Sharing)
    rework: Rework = field(default_factory=Rework)
    journeys: Journeys = field(default_factory=Journeys)
    blemishes: Blemishes = field(default_factory=Blemishes)
    holidays: bool = True


def drawn(seed: int) -> Planted:
    """Return the same kinds of effects with sizes and a date that the seed chooses."""
    draws = Draws(seed, 9)

    def between(low: float, high: float, digits: int = 2) -> float:
        return round(low + (high - low) * draws.uniform(1).item(), digits)

    days = int(draws.below(1, 62).item())
    names = ("Northgate", "Harbour")
    reset = int(draws.below(1, 2).item())
    return Planted(
        warehouse_closure=Closure(
            date=dt.date(2025, 6, 1) + dt.timedelta(days=days),
            wrong_part_share_before=between(0.04, 0.06, 3),
            wrong_part_share_after=between(0.14, 0.19, 3),
        ),
        site_difference=Sites(
            reset_site=names[reset],
            replace_site=names[1 - reset],
            reset_success_share=between(0.75, 0.85),
            replace_success_share=between(0.92, 0.97),
        ),
        segments=Segments(
            business_share=between(0.22, 0.3), business_queue_factor=between(0.5, 0.65)
        ),
        waiting_causes=Waiting(
            desk_load=between(0.65, 0.75),
            pause_share=between(0.2, 0.4),
            pause_minutes=30 + int(draws.below(1, 21).item()),
        ),
    )


def nothing(seed: int) -> Planted:
    """Return what `drawn` does with every effect switched off: no size, or equal ones."""
    planted = drawn(seed)
    closure, sites, segments = (
        planted.warehouse_closure, planted.site_difference, planted.segments,
    )  # fmt: skip
    days, fault_days = segments.promised_days, segments.promised_fault_days
    return replace(
        planted,
        warehouse_closure=replace(
            closure,
            wrong_part_share_after=closure.wrong_part_share_before,
            factory_weekdays={},
        ),
        site_difference=replace(sites, keep_to_it=0.5),
        segments=replace(
            segments,
            promised_days=dict.fromkeys(days, days["Consumer"]),
            promised_fault_days=dict.fromkeys(fault_days, fault_days["Consumer"]),
            business_queue_factor=1.0,
            business_approval_share=0.0,
            behave_differently=False,
        ),
        waiting_causes=Waiting(0.0, False, 0.0, 0, False),
        shared_phones=Sharing((), 0),
        rework=replace(planted.rework, cancel_median_days=0.0),
        holidays=False,
    )
