"""What is said while an upload is read."""

from typing import Final

import texts
from procmine.wording import count, number

ROLES: Final = {
    "case_id": "Which journey (order, case, ticket)",
    "activity": "What happened",
    "timestamp": "When it was done",
    "start_timestamp": "When work on it began",
    "department": "Department",
    "resource": "Who did it",
    "customer_id": "Customer",
    "segment": "Customer's segment",
    "channel": "Channel",
    "cost": "Cost",
    "score": "What customers who were asked answered",
    "comment": "What such customers wrote",
    "order": "Order of events at the same time",
    "source": "System it came from",
    "customer_facing": "Whether the customer took part",
    "by_customer": "Whether the customer did it",
}
MORE_ROLES: Final = ("cost", "order", "source", "customer_facing", "by_customer")
NO_COLUMN: Final = "no column"
CASE_OBJECT: Final = "Whose journeys: the type of object"
HELP: Final = (
    "These are its first rows. Say below which column holds what; what was recognised stands "
    "there already. Only the first three are needed, and a department shows the handoffs."
)
MORE: Final = "More columns, and how to read them"
READ: Final = "Read the file"
OPEN: Final = "Open the log"
MAPPING: Final = "Save the mapping"
AGAIN: Final = "Change the columns"
ZONE: Final = "Zone of times that name none"
DAY_FIRST_LABEL: Final = "03/04/2026 is"
DAY_FIRST: Final = ("as the file shows", "3 April", "4 March")
TOLERANCE: Final = "Rows that may be set aside, in %"
NULL_VALUES: Final = "Texts that stand for a missing value, with commas between"
OUTCOMES: Final = "What closes a journey"
OUTCOMES_HELP: Final = (
    "Journeys that end otherwise count as open. Leave it empty if you don't know."
)
NOT_KNOWN: Final = "not known"
HOW_READ: Final = "How it was read"
SET_ASIDE: Final = "The first rows that were set aside"
STOP: Final = "Stop"
READING_FAILED: Final = "The file couldn't be read: its reading ended before it was done."


def check(name: str) -> str:
    """Ask whether a file is understood."""
    return f"Check how {name} is read."


def reading(name: str) -> str:
    """Say that a file is being read."""
    return f"{name} is being read."


def account(rows: int, accepted: int, aside: int) -> str:
    """Say what became of the rows; the numbers add up."""
    return f"{count(rows, 'row')} read = {number(accepted)} accepted + {number(aside)} set aside."


def reason(code: str) -> str:
    """Say why rows were set aside."""
    return texts.sentence(code.replace("_", " ")).removesuffix(".")


def mapping_help(file: str, mapping: str) -> str:
    """Say what the mapping is good for."""
    return (
        f"The mapping says how the file is read. Kept beside {file}, it prepares the same log "
        f"elsewhere: procmine prepare --mapping {mapping} --output LOG"
    )
