"""What happens in a broadband order: who does it, when they work, how long and at what cost."""

from dataclasses import replace
from datetime import date

from ..activity import Activity
from ..calendars import Calendar, Hours, week
from ..days import FIRST_DAY, LAST_DAY
from .planted import HOLIDAYS, ZONE, Planted

SALES, FINANCE, WAREHOUSE = "Sales", "Finance", "Warehouse"
FIELD, CARE = "Field service", "Customer care"
DEPARTMENTS = (SALES, FINANCE, WAREHOUSE, FIELD, CARE)
CENTRAL, PICK_UP = "Central warehouse", "Pick-up"


def _customer(name: str) -> Activity:
    return Activity(name, "Customer", customer_facing=True, by_customer=True)


_sale = Activity("", SALES, SALES, SALES, 5, 1, 36)
_credit = Activity("", FINANCE, FINANCE, "Credit desk", 15, 0, 42)
_store = Activity("", WAREHOUSE, WAREHOUSE, WAREHOUSE, 6, 0, 30)
_visit = Activity("", FIELD, FIELD, "Technician", 70, 18, 48, customer_facing=True)
_desk = Activity("", "Planning", FIELD, "Planner", 8, 0, 34)
_call = Activity("", CARE, CARE, None, 9, 6, 45, customer_facing=True)

ORDER_PLACED = _customer("Order placed")
ORDER_REGISTERED = replace(_sale, name="Order registered", team="Order desk", hourly_cost=14)
CREDIT_CHECKED = replace(_credit, name="Credit checked", fixed_cost=2.5)
DOCUMENTS_REQUESTED = replace(_credit, name="Documents requested", minutes=5, customer_facing=True)
DOCUMENTS_RECEIVED = _customer("Documents received")
CREDIT_APPROVED = replace(_credit, name="Credit approved", team="Credit manager", hourly_cost=75)
CREDIT_REFUSED = replace(_credit, name="Credit refused", minutes=5)
ORDER_CONFIRMED = replace(_sale, name="Order confirmed", customer_facing=True)
ORDER_DECLINED = replace(_sale, name="Order declined", minutes=4)

PARTS_PICKED = replace(_store, name="Parts picked", minutes=25, fixed_cost=14)
PARTS_ORDERED = replace(_store, name="Parts ordered from factories")
PARCEL_DISPATCHED = replace(
    _store, name="Parcel dispatched", team="Dock", minutes=10, hourly_cost=12
)
PARCEL_DELIVERED = replace(
    _store, name="Parcel delivered", calendar="Courier", team="Courier", minutes=4,
    fixed_cost=4.5, customer_facing=True,
)  # fmt: skip
RETURN_RECEIVED = replace(_store, name="Return received", minutes=12, fixed_cost=5)
REPLACEMENT_DISPATCHED = replace(PARCEL_DISPATCHED, name="Replacement dispatched", fixed_cost=12)

WHERE_IS_MY_ORDER = replace(_call, name="Where is my order?")
WRONG_PART_REPORTED = replace(_call, name="Wrong part reported", minutes=12)
PART_RETURNED = _customer("Part returned")

APPOINTMENT_BOOKED = replace(_desk, name="Appointment booked", customer_facing=True)
APPOINTMENT_MISSED = replace(_visit, name="Appointment missed", minutes=15)
TECHNICIAN_VISIT = replace(_visit, name="Technician visit")
SELF_INSTALLED = _customer("Self-installation done")
LINE_ACTIVATED = replace(_desk, name="Line activated")
LINE_WORKS = _customer("Line works")
ORDER_CANCELLED = _customer("Order cancelled")

FAULT_REPORTED = replace(_call, name="Fault reported", minutes=14)
LINE_RESET = replace(_call, name="Line reset remotely", minutes=15)
ROUTER_REPLACED = replace(_call, name="New router ordered", minutes=6, customer_facing=False)
ROUTER_DISPATCHED = replace(PARCEL_DISPATCHED, name="Router dispatched", fixed_cost=35)
ROUTER_DELIVERED = replace(PARCEL_DELIVERED, name="Router delivered")
REPAIR_BOOKED = replace(_desk, name="Repair booked", customer_facing=True)
REPAIR_MISSED = replace(_visit, name="Repair missed", minutes=15)
REPAIR_VISIT = replace(_visit, name="Repair visit", minutes=55)
FAULT_CHASED = replace(_call, name="When will it work again?")
FAULT_SOLVED = replace(_call, name="Fault solved", minutes=3)

QUESTION_ASKED = replace(_call, name="Tariff question", minutes=6)

OUTCOMES = ("Line works", "Order cancelled", "Order declined", "Fault solved")


def _hours(planted: Planted) -> dict[str, Hours]:
    office, six = "01234", "012345"
    factories = planted.warehouse_closure.factory_weekdays
    return {
        SALES: week(office, "09:00", "13:00"),
        "Shop": week(six, "09:00", "18:00"),
        FINANCE: week(office, "09:00", "17:00"),
        WAREHOUSE: week(office, "07:00", "17:00"),
        PICK_UP: _instant(office, "16:00"),
        "Courier": week(six, "09:00", "18:00"),
        "Planning": week(office, "08:00", "18:00"),
        FIELD: week(six, "08:00", "18:00"),
        CARE: {**week(six, "08:00", "20:00"), **week("6", "10:00", "16:00")},
        **{site: _instant(days, "14:00") for site, days in factories.items()},
    }


def _instant(days: str, at: str) -> Hours:
    """Return hours that are over as soon as they begin, so that all leave at the same second."""
    return week(days, at, f"{at}:01")


def calendars(planted: Planted) -> dict[str, Calendar]:
    """Return the calendar of every team, of the pick-ups and of the customers' waking hours.

    They reach a year beyond the log, so that journeys run on past its end and are cut there.
    """
    last = LAST_DAY.replace(year=LAST_DAY.year + 1)
    holidays = HOLIDAYS if planted.holidays else frozenset[date]()
    made = {
        name: Calendar(hours, ZONE, FIRST_DAY, last, holidays)
        for name, hours in _hours(planted).items()
    }
    awake = week("0123456", "08:00", "22:00")
    return {**made, "Customer": Calendar(awake, ZONE, FIRST_DAY, last)}
