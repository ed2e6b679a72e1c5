"""What was promised to whom, and the journeys that it was promised for."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from procmine.business import open_calendars
from procmine.collecting import collect
from procmine.errors import OptionError
from procmine.eventlog import EventLog
from procmine.policy import levels as levels_of
from procmine.policy.attained import Seen, see
from procmine.schema import DEPARTMENT, JOURNEY_TYPE, SEGMENT

if TYPE_CHECKING:
    from procmine.calendars import Calendars
    from procmine.policy.document import Policy


@dataclass(frozen=True)
class Asked:
    """What was promised, and the journeys that it was promised for.

    Attributes:
        policy: The policy, where one was given.
        calendars: Whose hours count.
        seen: The journeys.
        levels: The promises, by type of journey and segment.
    """

    policy: "Policy | None"
    calendars: "Calendars | None"
    seen: Seen
    levels: pl.DataFrame


def asked_for(
    log: EventLog, policy: Path | None, promise: str | None, goal: float, calendar: Path | None
) -> Asked:
    """Read the promises, and look at the journeys that they are made for.

    Args:
        log: The event log.
        policy: A file with the promises (TOML).
        promise: Promises in words, in place of a policy.
        goal: The share of journeys that is to keep a promise in words.
        calendar: A file of business hours (TOML), in place of the policy's.

    Raises:
        ConfigurationError: The policy or the calendar can't be used.
        OptionError: The promise or the goal can't be used.
        UnavailableError: Business time is promised, and the log isn't on Polars.
    """
    said, document = levels_of.read_levels(policy, promise, goal)
    in_business = [level for level in said if level.within.business]
    if document is not None and in_business:
        calendar = calendar or document.calendar
    calendars = open_calendars(log, calendar)
    everybody = calendars.of(None) if calendars else None
    if in_business and everybody is None:
        raise OptionError(
            f"'{in_business[0].within.said}' is business time, and no calendar says when that is.",
            "Give a calendar (calendar, --calendar FILE) with hours for everybody.",
        )
    # a calendar without hours for everybody tells the queue's waits, by department
    seen = see(log, calendars if everybody else None)
    names = {
        c: seen.cells[c].drop_nulls().unique().sort().to_list() for c in (JOURNEY_TYPE, SEGMENT)
    }
    whole = not log.meta.selection  # a part of a log may lack what the whole one knows
    if whole and document is None:
        levels_of.refuse_unknown(said, names[SEGMENT])
    elif whole and document is not None:
        _check(log, document, names, Path(policy or "").name)
    cells = seen.cells.select(JOURNEY_TYPE, SEGMENT).rows()
    day = everybody.working_day_us if everybody else None
    return Asked(document, calendars, seen, levels_of.spread(said, cells, day))


def _check(log: EventLog, policy: "Policy", names: dict[str, list[str]], file: str) -> None:
    """Refuse a policy whose promises name what never occurs; its rules are conformance's."""
    from procmine.policy.document import check_names

    known = {column: frozenset(found) for column, found in names.items()}
    if DEPARTMENT in log.columns:
        found = collect(log.table.select(nw.col(DEPARTMENT).cast(nw.String)).unique())
        known[DEPARTMENT] = frozenset(found[DEPARTMENT].drop_nulls())
    check_names(policy.model_copy(update={"rules": ()}), known, file)
