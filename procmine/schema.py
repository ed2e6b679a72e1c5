"""The names of the event log's columns, the roles of a source's columns, and their aliases."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from procmine.errors import ColumnError, nearest

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
SCORE: Final = "score"
COMMENT: Final = "comment"
CUSTOMER_FACING: Final = "customer_facing"
BY_CUSTOMER: Final = "by_customer"
JOURNEY_TYPE: Final = "journey_type"
JOURNEY_STATE: Final = "journey_state"

CLOSED: Final = "closed"
"""The state of a journey whose outcome came."""
OPEN: Final = "open"
"""The state of a journey that was still running at the log's end."""
ABANDONED: Final = "abandoned"
"""The state of a journey in which nothing happened for longer than the patience."""
OUTSIDE: Final = "outside"
"""The state of events that belong to no journey: a case of their own, never measured as one."""

NEXT_ACTIVITY: Final = "next_activity"
NEXT_DEPARTMENT: Final = "next_department"
NEXT_RESOURCE: Final = "next_resource"
WAIT: Final = "wait_us"
WAIT_BIN: Final = "wait_bin"
SERVICE: Final = "service_us"
ELAPSED: Final = "elapsed_us"
CASE_START: Final = "case_start"
EVENT_NUMBER: Final = "event_number"
HANDOFF: Final = "handoff"
HANDOFF_NUMBER: Final = "handoff_number"
NEW_ACTIVITY: Final = "new_activity"
NEW_STEP: Final = "new_step"
NEW_HANDOFF: Final = "new_handoff"
HANDOFF_RETURNS: Final = "handoff_returns"
VARIANT: Final = "variant"
GAP: Final = "gap_us"
WORKED: Final = "worked_us"
GAP_DEPARTMENT: Final = "gap_department"
GAP_BY_CUSTOMER: Final = "gap_by_customer"

MADE_ALWAYS: Final = (
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
    HANDOFF_RETURNS,
    VARIANT,
    HANDOFF,
    WAIT_BIN,
)
"""The columns that `prepare` makes of every log."""

MADE: Final = (*MADE_ALWAYS, GAP, WORKED, GAP_DEPARTMENT, GAP_BY_CUSTOMER)
"""All columns that `prepare` may make; a source's column of the same name is renamed.

Those of gaps are made where start times, or what the customer does, are in the log: `gap_us` is the
time after an event in which nobody works on its case, `worked_us` the time in which this event is
the last to be worked on (so that together they are the case's duration), and the others say what
is known of the event that ends the gap.
"""

KNOWN_BY: Final = (NEXT_ACTIVITY, WAIT, EVENT_NUMBER, VARIANT)
"""The made columns that every prepared log has, whichever version made it."""

TRANSITION: Final = "__transition"
INSTANCE: Final = "__instance"
"""What happened to a piece of work, and to which: what pairing needs, and no log keeps."""

SUSPENDED: Final = "suspended_us"
PAIRING: Final = "pairing"
PAIRED_EVENTS: Final = "paired_events"
PAIRED_COLUMNS: Final = (SUSPENDED, PAIRING, PAIRED_EVENTS)
"""What pairing lifecycles adds to a log, see `procmine.prepare.lifecycle.pair`."""
MERGED: Final = "merged"
"""The count of the source's events that went into another when lifecycles were paired."""

SAMPLE_GROUP: Final = "_sample_group"
"""In a sample, the random group that an event's customer fell into: 0 to 19."""

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
        ("case:concept:name", "case id", "case", "case key", "case number", "case nr", "case no",
         "case concept name", "trace id", "trace", "journey", "journey id", "process instance",
         "process instance id", "instance id", "incident id", "ticket id", "ticket number",
         "order id", "application id"),
        required=True,
    ),
    Role(
        ACTIVITY,
        "text",
        ("concept:name", "activity", "activity name", "activity_en", "activity id", "event name",
         "event", "event type", "task", "task name", "action", "step", "status"),
        required=True,
    ),
    Role(
        TIMESTAMP,
        "time",
        ("time:timestamp", "timestamp", "complete timestamp", "completed timestamp", "complete ts",
         "completed", "completed at", "completion time", "end timestamp", "end ts", "end time",
         "end date", "event end", "end", "finished at", "event timestamp", "event time",
         "complete time", "complete", "datetime", "date time", "time", "date", "event date",
         "created at"),
        required=True,
    ),
    Role(
        START,
        "time",
        ("start_timestamp", "time:start", "start ts", "start time", "start date", "event start",
         "started", "started at", "start", "begin timestamp", "begin time", "begin"),
    ),
    Role(ORDER, "number", ("order", "_sorting", "sorting", "event order", "event number",
                           "sequence", "sequence number")),
    Role(DEPARTMENT, "text", ("org:group", "department", "group", "silo", "team", "workgroup",
                              "assignment group", "assigned group", "support group",
                              "business unit", "organisational unit", "organizational unit",
                              "org unit", "role", "org:role")),
    Role(RESOURCE, "text", ("org:resource", "resource", "resource id", "user", "user name",
                            "user id", "agent", "employee", "employee id", "performer",
                            "originator", "assignee", "assigned to", "owner")),
    Role(CUSTOMER, "text", ("customer_id", "customer", "case:customer_id", "case:customer",
                            "customer number", "client", "client id")),
    Role(SEGMENT, "text", ("segment", "case:segment", "customer segment",
                           "case:customer segment")),
    Role(CHANNEL, "text", ("channel", "case:channel", "contact channel")),
    Role(SOURCE, "text", ("source", "source system", "system")),
    Role(COST, "number", ("cost", "costs", "cost:total")),
    Role(SCORE, "number", ("score", "survey score", "survey rating")),
    Role(COMMENT, "text", ("comment", "comments", "survey comment", "verbatim")),
    Role(CUSTOMER_FACING, "truth", ("customer_facing",)),
    Role(BY_CUSTOMER, "truth", ("by_customer",)),
    Role(JOURNEY_TYPE, "text", ("journey_type", "case:journey_type")),
    Role(JOURNEY_STATE, "text", ("journey_state", "case:journey_state")),
)  # fmt: skip
"""Every role, the required ones first."""

DIMENSIONS: Final = (
    ACTIVITY,
    DEPARTMENT,
    RESOURCE,
    SEGMENT,
    CHANNEL,
    SOURCE,
    JOURNEY_TYPE,
    JOURNEY_STATE,
)
"""The text columns that repeat and are kept dictionary-encoded."""


def plain(name: str) -> str:
    """Return a column's name as it is compared: no case, no spaces, no punctuation.

    Example:
        >>> plain("Case ID") == plain("case_id") == "caseid"
        True
    """
    return "".join(c for c in name.casefold() if c.isalnum())


def recognise(columns: Collection[str], given: Mapping[str, str | None]) -> dict[str, str]:
    """Say which column plays which role: as given, else by the names that other tools use.

    A log with start times alone is measured by them: its `timestamp` is then the start's column.

    Args:
        columns: The source's columns.
        given: Role to the column that was named for it; None where nobody did.

    Returns:
        Role to column, in the order of `ROLES`.

    Raises:
        ColumnError: A column that was named isn't there, or a required role has none.

    Example:
        >>> recognise(["Case ID", "Activity", "End Time", "colour"], {"department": "colour"})
        {'case_id': 'Case ID', 'activity': 'Activity', 'timestamp': 'End Time',
        'department': 'colour'}
    """
    for role, column in given.items():
        if column is not None and column not in columns:
            raise ColumnError(
                f"There is no column '{column}' to take as {role}.", nearest(column, columns)
            )
    named = {role: column for role, column in given.items() if column is not None}
    found = {r.name: c for r in ROLES if (c := named.get(r.name) or _aliased(r, columns, named))}
    if TIMESTAMP not in found and START in found:
        found[TIMESTAMP] = found.pop(START)
    _require(found, columns)
    return {r.name: found[r.name] for r in ROLES if r.name in found}


def _aliased(role: Role, columns: Collection[str], named: Mapping[str, str]) -> str | None:
    """Find the column whose name is the best alias of a role.

    A column that was named for another role may be the same person's and department's, but never
    two times, two numbers.
    """
    taken = set[str]() if role.kind == "text" else set(named.values())
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(plain(column), column)
    exact = (alias for alias in role.aliases if alias in columns)
    loose = (by_name[plain(alias)] for alias in role.aliases if plain(alias) in by_name)
    return next((c for c in (*exact, *loose) if c not in taken), None)


def _require(found: Mapping[str, str], columns: Collection[str]) -> None:
    missing = [r.name for r in ROLES if r.required and r.name not in found]
    if not missing:
        return
    options = " and ".join(f"{m}='…' (--{m.replace('_', '-')} …)" for m in missing)
    shown = ", ".join(list(columns)[:20]) + (" …" if len(columns) > 20 else "")
    raise ColumnError(
        f"No column is recognised as {' or '.join(missing)}; the columns are: {shown}.",
        f"Name the column: {options}.",
    )
