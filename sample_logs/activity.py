"""One kind of event: what it is called, who does it, and what it costs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Activity:
    """One kind of event.

    Attributes:
        name: What the log calls it.
        calendar: Whose hours it keeps, where there are opening hours.
        department: The silo that does it; None for the customer's own events.
        team: What its people are called; None where a site or nobody says it.
        minutes: Median length of the work; 0 for an instant.
        fixed_cost: Money spent on each, in EUR.
        hourly_cost: Money spent per hour of work, in EUR.
        customer_facing: Whether the customer takes part.
        by_customer: Whether the customer does it.
    """

    name: str
    calendar: str = ""
    department: str | None = None
    team: str | None = None
    minutes: float = 0
    fixed_cost: float = 0
    hourly_cost: float = 0
    customer_facing: bool = False
    by_customer: bool = False
