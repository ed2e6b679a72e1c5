"""Team groups in sentences."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from procmine import caveats
from procmine.eventlog import EventLog
from procmine.schema import CUSTOMER, CUSTOMER_FACING, DEPARTMENT, START
from procmine.teams import alarms
from procmine.teams.groups import GROUPS
from procmine.teams.peers import FEWEST
from procmine.wording import count, duration, number, share


def headline(log: EventLog, tables: Mapping[str, pl.DataFrame]) -> str:
    """Say who meets customers, and which team looks better than it is.

    Args:
        log: The event log.
        tables: The answer's.
    """
    departments, ringing = tables["departments"], tables["alarms"]
    if departments.is_empty():
        return "The log names no department, so there are no teams to tell apart."
    groups = _counted(departments)
    if CUSTOMER_FACING not in log.columns:
        groups = (
            f"Nobody knows which of {count(departments.height, 'team')} meet the customer: this "
            "log marks no customer-facing events."
        )
    if ringing.height:
        return f"{alarm_sentence(ringing.row(0, named=True))} {groups}"
    if alarms.pairs(tables["trends"]).is_empty() or CUSTOMER_FACING not in log.columns:
        return groups
    return f"{groups} No team's figures look good while its customers fare worse."


def _counted(departments: pl.DataFrame) -> str:
    creators, enablers, others = (
        departments.filter(pl.col("group") == group).height for group in GROUPS
    )
    meets = count(creators, "team meets", "teams meet")
    serves = count(enablers, "works", "work")
    return f"{meets} customers, {serves} directly for those, {others} behind them."


def alarm_sentence(row: Mapping[str, Any]) -> str:
    """Say an alarm in words.

    Args:
        row: One of the table `alarms`.
    """
    better = _change(row, "operational")
    worse = _change(row, "customer")
    return f"{row[DEPARTMENT]} looks better while customers fare worse: {better}, {worse}."


def _change(row: Mapping[str, Any], side: str) -> str:
    measure, early, late = (row[f"{side}{end}"] for end in ("", "_early", "_late"))
    if measure.startswith(("journeys with", alarms.BROKEN)):
        says = share
    elif measure.startswith(("service", "wait")):
        says = duration
    else:
        says = number
    way = "rose" if late > early else "fell"
    return f"{measure} {way} from {says(early)} to {says(late)}"


def unsaid(
    log: EventLog,
    tables: Mapping[str, pl.DataFrame],
    asked: pl.DataFrame | None,
    complaints: list[str] | None,
) -> Iterator[str]:
    """Say what the answer can't.

    Args:
        log: The event log.
        tables: The answer's.
        asked: What colleagues say.
        complaints: Activities that tell of an unhappy customer.
    """
    yield from caveats.no_departments(log)
    if CUSTOMER_FACING not in log.columns:
        fact = "Without customer-facing events all teams are back office"
        yield f"{fact}; add customer_facing = [...] to the mapping."
    elif tables["departments"].filter(pl.col("distance") == 0).is_empty():
        fact = "No team meets customers often enough to be a creator"
        yield f"{fact}, so all are back office (theta, --theta)."
    if not complaints:
        fact = "No activity is known to tell of an unhappy customer"
        yield f"{fact}; name them: complaints=[…] (--complaints …)."
    if tables["scorecard"]["kept_share"].count() == 0:
        fact = "No promise to customers is known"
        yield f"{fact}; give one: promise='12 days' (--promise), or a policy (--policy FILE)."
    if START not in log.columns:
        yield "The log has no start times, so service time is unknown and sits in the waits."
    if CUSTOMER not in log.columns:
        yield "The log names no customers, so each journey counts as one of its own."
    yield from _of_alarms(tables)
    yield from _of_peers(tables["departments"], asked)
    yield from caveats.lookalikes(log, DEPARTMENT)


def _of_alarms(tables: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    if alarms.pairs(tables["trends"]).height:
        yield (
            "Alarms hold at the 5 % level for all departments together. That a figure "
            "rises while another falls is an association; what is done may have changed as well "
            "(service time per event is over whatever the team did)."
        )


def _of_peers(departments: pl.DataFrame, asked: pl.DataFrame | None) -> Iterator[str]:
    if asked is None:
        return
    others = sorted(set(asked[DEPARTMENT]) - set(departments[DEPARTMENT]))
    if others:
        yield f"The survey speaks of {', '.join(others)}, who do nothing in this log: left out."
    few = asked.group_by("month", DEPARTMENT).len().filter(pl.col("len") < FEWEST).height
    if few:
        fact = count(few, "department and month has", "departments and months have")
        yield f"{fact} fewer than five answers of colleagues, and such cards show none."
    yield "Nobody knows which answers are of one colleague, so each counts for itself."
