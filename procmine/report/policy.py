"""A policy's promises and rules as checks, and the cases that break a rule."""

from pathlib import Path
from typing import Any, Final

import polars as pl

from procmine.eventlog import EventLog
from procmine.policy.answer import names
from procmine.policy.document import Policy, check_names, read_policy
from procmine.report.asking import Asking
from procmine.report.checks import Check
from procmine.result import Result
from procmine.wording import count

_VERDICTS: Final = {"kept": True, "broken": False}


def policy_of(path: Path, whole: EventLog) -> Policy:
    """Read a policy, and see that all it names occurs in the log before any filter.

    Args:
        path: The policy.
        whole: The log before any filter.

    Raises:
        ConfigurationError: It can't be used, or names what nobody knows.
    """
    policy = read_policy(path)
    check_names(policy, names(whole), path.name)
    return policy


def answers(asking: Asking, policy: Policy, path: Path) -> list[Result]:
    """Ask what the policy is for: are its promises kept, are its rules?"""
    found: list[Result] = []
    if policy.promises:
        found.append(asking.ask("promises", {"policy": path}))
    if policy.rules:
        found.append(asking.ask("conformance", {"policy": path}))
    return found


def policy_checks(results: list[Result], owner: str | None) -> list[Check]:
    """Turn the answers into checks.

    Args:
        results: What `answers` returned.
        owner: Who answers for what has no owner of its own.
    """
    checks: list[Check] = []
    for result in results:
        if result.name == "promises":
            checks += [_promise(row, owner) for row in result.promises.iter_rows(named=True)]
        else:
            checks += [_rule(row, owner) for row in result.rules.iter_rows(named=True)]
    return checks


def violations(results: list[Result]) -> pl.DataFrame | None:
    """Return the cases that break a rule, and which; None where no rule was asked."""
    return next((r.violations for r in results if r.name == "conformance"), None)


def _promise(row: dict[str, Any], owner: str | None) -> Check:
    kept = _VERDICTS.get(row["verdict"] or "")
    share = row["inside_share"]
    note = f"{row['broken_cases']:,} of {count(row['cases'] or 0, 'journey')} late"
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
    broken = f"{row['violations']:,} of {count(row['cases'], 'journey')}"
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
