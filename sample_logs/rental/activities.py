"""What happens in a rental, who does it and what it costs."""

from dataclasses import replace

from ..activity import Activity

RESERVATIONS, COUNTER, FLEET = "Reservations", "Counter", "Fleet"
PRICING, BILLING, CARE = "Pricing", "Billing", "Customer care"
DEPARTMENTS = (RESERVATIONS, COUNTER, FLEET, PRICING, BILLING, CARE)
GROUPS = {
    "creator": [COUNTER, CARE],
    "enabler": [RESERVATIONS, FLEET, BILLING],
    "back office": [PRICING],
}
"""Who meets customers, who works directly for those who do, and who does neither."""


def _work(
    department: str, name: str, minutes: float, hourly: float, *, facing: bool = False
) -> Activity:
    return Activity(
        name, department, department, department, minutes, 0, hourly, customer_facing=facing
    )


def _customer(name: str) -> Activity:
    return Activity(name, customer_facing=True, by_customer=True)


BOOKED = _customer("Book car")
PRICED = _work(PRICING, "Set price", 2, 70)
ASSIGNED = _work(RESERVATIONS, "Assign car", 5, 32)
CANCELLED = _customer("Cancel booking")
CLEANED = _work(FLEET, "Clean car", 35, 22)
ARRIVED = _customer("Arrive at counter")
PICKED_UP = _work(COUNTER, "Hand over car", 12, 30, facing=True)
RETURNED = _work(COUNTER, "Take car back", 8, 30, facing=True)
INSPECTED = _work(FLEET, "Inspect car", 15, 26)
SERVICED = replace(_work(FLEET, "Service car", 120, 38), fixed_cost=90)
CHARGED = _work(BILLING, "Add charge", 4, 34)
INVOICED = _work(BILLING, "Send invoice", 6, 34)
COMPLAINED = _work(CARE, "Complain about price", 11, 36, facing=True)
PAID = _customer("Pay invoice")

OUTCOMES = (PAID.name, CANCELLED.name)
