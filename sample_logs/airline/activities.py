"""What happens on a trip, at a turnaround and after a refund is requested, and who does it."""

from dataclasses import replace

from ..activity import Activity

CHECK_IN, GATE, CABIN = "Check-in", "Gate", "Cabin"
BAGGAGE, BAGGAGE_DESK = "Baggage handling", "Baggage service"
CALLS, ACCOUNTING = "Call centre", "Revenue accounting"
RAMP, FUEL, CONTROL = "Ramp", "Fuelling", "Operations control"

GROUPS = {
    "creator": [CHECK_IN, GATE, CABIN, BAGGAGE_DESK, CALLS],
    "enabler": [BAGGAGE, ACCOUNTING, RAMP],
    "back office": [FUEL, CONTROL],
}
"""Who meets customers, who works directly for those who do, and who does neither."""
DEPARTMENTS = tuple(department for group in GROUPS.values() for department in group)


def _facing(department: str, name: str, minutes: float, hourly: float) -> Activity:
    return Activity(
        name, department, department, department, minutes, 0, hourly, customer_facing=True
    )


def _behind(
    department: str, name: str, minutes: float, hourly: float, fixed: float = 0
) -> Activity:
    return Activity(name, department, department, department, minutes, fixed, hourly)


SENT_ON = _facing(CHECK_IN, "Sent to another desk", 4, 34)
CHECKED_IN = _facing(CHECK_IN, "Checked in", 3, 34)
BAG_DROPPED = _facing(CHECK_IN, "Bag dropped", 2, 34)
BAG_LOADED = _behind(BAGGAGE, "Bag loaded", 9, 26)
BOARDED = _facing(GATE, "Boarded", 0.5, 36)
WELCOMED = _facing(CABIN, "Welcomed on board", 0.5, 44)
SERVED = _facing(CABIN, "Served on board", 2, 44)
BAG_UNLOADED = _behind(BAGGAGE, "Bag on the belt", 6, 26)
BAG_MISSING = _facing(BAGGAGE_DESK, "Missing bag reported", 12, 32)
LEFT = Activity("Left the airport", customer_facing=False, by_customer=True)
COMPLAINED = replace(_facing(BAGGAGE_DESK, "Complained on arrival", 9, 32), fixed_cost=20)

FLIGHT_PLANNED = _behind(CONTROL, "Flight planned", 12, 60)
ON_STAND = _behind(RAMP, "Aircraft on stand", 4, 40)
FUELLED = _behind(FUEL, "Fuelled", 14, 45, 30)
HOLD_LOADED = _behind(RAMP, "Hold loaded", 12, 40)
BOARDING_OPENED = _behind(GATE, "Boarding opened", 2, 36)
DOORS_CLOSED = _behind(GATE, "Doors closed", 2, 36)
TOOK_OFF = _behind(CONTROL, "Took off", 0, 0, 5)

REFUND_REQUESTED = _facing(CALLS, "Refund requested", 8, 38)
REFUND_GRANTED = _facing(CALLS, "Refund decided by agent", 3, 38)
APPROVAL_ASKED = _behind(CALLS, "Approval asked", 4, 38)
REFUND_APPROVED = _behind(ACCOUNTING, "Refund approved", 10, 55)
REFUND_DECLINED = _behind(ACCOUNTING, "Refund declined", 10, 55)
REFUND_REFUSED = _facing(CALLS, "Refund refused", 5, 38)
CHASED = _facing(CALLS, "Where is my refund?", 7, 38)
REFUND_PAID = _behind(ACCOUNTING, "Refund paid", 5, 55)

TRIP_OUTCOMES = (LEFT.name, COMPLAINED.name)
REFUND_OUTCOMES = (REFUND_PAID.name, REFUND_REFUSED.name)
