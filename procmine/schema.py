"""The names of the event log's columns, the roles a source's columns can take, and their aliases."""

from dataclasses import dataclass
from typing import Final, Literal

CASE: Final = "case_id"
ACTIVITY: Final = "activity"
TIMESTAMP: Final = "timestamp"
ORDER: Final = "order"
START: Final = "start_timestamp"
DEPARTMENT: Final = "department"
RESOURCE: Final = "resource"
CUSTOMER: Final = "customer_id"
SEGMENT: Final = "segment"
CHANNEL: Final = "channel"
SOURCE: Final = "source"
COST: Final = "cost"
CUSTOMER_FACING: Final = "customer_facing"
BY_CUSTOMER: Final = "by_customer"

NEXT_ACTIVITY: Final = "next_activity"
NEXT_DEPARTMENT: Final = "next_department"
NEXT_RESOURCE: Final = "next_resource"
WAIT: Final = "wait_us"
SERVICE: Final = "service_us"
ELAPSED: Final = "elapsed_us"
CASE_START: Final = "case_start"
EVENT_NUMBER: Final = "event_number"
HANDOFF_NUMBER: Final = "handoff_number"
NEW_ACTIVITY: Final = "new_activity"
NEW_STEP: Final = "new_step"
NEW_HANDOFF: Final = "new_handoff"
VARIANT: Final = "variant"

MADE: Final = (
    NEXT_ACTIVITY,
    NEXT_DEPARTMENT,
    NEXT_RESOURCE,
    WAIT,
    SERVICE,
    CASE_START,
    ELAPSED,
    EVENT_NUMBER,
    HANDOFF_NUMBER,
    NEW_ACTIVITY,
    NEW_STEP,
    NEW_HANDOFF,
    VARIANT,
)
"""The columns that `prepare` makes; a source's column of the same name is renamed on the way in."""

METADATA_KEY: Final = "procmine"
"""The key of a prepared log's Parquet metadata."""

Kind = Literal["text", "time", "number", "truth"]


@dataclass(frozen=True)
class Role:
    """One thing that a source's column can mean.

    Attributes:
        name: The role, and the column's name in the event log.
        kind: What its values are.
        aliases: The names other tools give it, best first, compared without case and punctuation.
        required: Whether a log can't be read without it.
    """

    name: str
    kind: Kind
    aliases: tuple[str, ...]
    required: bool = False


ROLES: Final = (
    Role(
        CASE,
        "text",
        ("case:concept:name", "case id", "caseid", "case", "case key", "_case_key", "trace id",
         "journey", "journey id", "process instance", "incident id", "ticket id", "order id"),
        required=True,
    ),
    Role(
        ACTIVITY,
        "text",
        ("concept:name", "activity", "activity name", "activity_en", "event", "event name", "task",
         "action", "activity id"),
        required=True,
    ),
    Role(
        TIMESTAMP,
        "time",
        ("time:timestamp", "timestamp", "complete timestamp", "completed", "completion time",
         "end timestamp", "end time", "end", "event time", "eventtime", "complete", "datetime",
         "date time", "time", "date", "created at"),
        required=True,
    ),
    Role(
        START,
        "time",
        ("start_timestamp", "start timestamp", "start time", "started", "start", "begin"),
    ),
    Role(ORDER, "number", ("order", "_sorting", "sorting", "event order", "sequence")),
    Role(DEPARTMENT, "text", ("org:group", "department", "group", "silo", "team", "workgroup",
                              "organisational unit", "organizational unit", "role", "org:role")),
    Role(RESOURCE, "text", ("org:resource", "resource", "user", "agent", "employee", "performer",
                            "owner", "user name")),
    Role(CUSTOMER, "text", ("customer_id", "customer", "case:customer_id", "case:customer",
                            "client", "client id")),
    Role(SEGMENT, "text", ("segment", "case:segment", "customer segment")),
    Role(CHANNEL, "text", ("channel", "case:channel")),
    Role(SOURCE, "text", ("source", "source system", "system")),
    Role(COST, "number", ("cost", "costs", "cost:total")),
    Role(CUSTOMER_FACING, "truth", ("customer_facing",)),
    Role(BY_CUSTOMER, "truth", ("by_customer",)),
)  # fmt: skip
"""Every role, the required ones first."""

DIMENSIONS: Final = (ACTIVITY, DEPARTMENT, RESOURCE, SEGMENT, CHANNEL, SOURCE)
"""The text columns that repeat and are kept dictionary-encoded."""
