"""A policy's promises and rules as checks, and the cases that break a rule."""

from pathlib import Path
from typing import Any, Final

import polars as pl

from procmine.eventlog import EventLog
from procmine.policy.answer import names
from procmine.policy.document import check_names, read_policy
from procmine.report.checks import Check
from procmine.result import Result
from procmine.wording import count, number

_VERDICTS: Final = {"kept": True, "broken": False}


def check_policy(path: Path, whole: EventLog) -> None:
    """See that a policy can be used, and that all it names occurs in the log before any filter.

    Args:
        path: The policy.
        whole: The log before any filter.

    Raises:
        ConfigurationError: It can't be used, or names what nobody knows.
    """
    check_names(read_policy(path), names(whole), path.name)


def policy_checks(result: Result, owner: str | None) -> list[Check]:
    """Turn what `conformance` says of a policy into checks.

    Args:
        result: Its answer.
        owner: Who answers for what has no owner of its own.
    """
    promises = result.tables.get("promises", pl.DataFrame())
    checks = [_promise(row, owner) for row in promises.iter_rows(named=True)]
    return checks + [_rule(row, owner) for row in result.rules.iter_rows(named=True)]


def _promise(row: dict[str, Any], owner: str | None) -> Check:
    kept = _VERDICTS.get(row["verdict"] or "")
    share = row["inside_share"]
    note = f"{number(row['broken_cases'])} of {count(row['cases'] or 0, 'journey')} late"
    if kept is None:
        note = "no journey tells it" if share is None else "too few journeys to be sure"
    return Check(
        row["promise"],
        "promise",
        "inside_share",
        share,
        row["goal"],
        at_most=False,
        kept=kept,
        severity="high",
        owner=row["owner"] or owner,
        note=note,
    )


def _rule(row: dict[str, Any], owner: str | None) -> Check:
    broken = f"{number(row['violations'])} of {count(row['cases'], 'journey')}"
    note = f"{row['sentence']} {broken} broke it" if row["cases"] else "no journey is asked for it"
    return Check(
        row["rule"],
        row["kind"],
        "violation_share",
        row["share"],
        row["tolerated_share"],
        at_most=True,
        kept=row["kept"],
        severity=row["severity"],
        owner=row["owner"] or owner,
        note=note,
    )
