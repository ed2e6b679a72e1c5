"""A run's figures as JSON: what a program reads, complete but for single journeys."""

import json
from dataclasses import asdict
from typing import Any

from procmine import __version__
from procmine.report.changes import Change, Changes, Run
from procmine.report.run import Found
from procmine.report.sentences import first_sentences


def as_json(found: Found, changes: Changes) -> str:
    """Return the report as JSON; times are ISO 8601 with zone.

    Keys: `report, state, sentences, run, last_run, checks, facts, analyses`; `state` is `broken`,
    `kept` or `untested`. Tables that name single journeys are left out.

    Args:
        found: What the run found.
        changes: It beside the runs before.
    """
    whole = {
        "report": changes.run.report,
        "state": state(changes.run),
        "changed": changes.changed,
        "sentences": first_sentences(changes, found.log.meta.timezone),
        "run": about(changes.run) | {"log": found.log.summary(), "procmine": __version__},
        "last_run": about(changes.last) if changes.last else None,
        "checks": [_check(change) for change in changes.checks],
        "facts": [
            asdict(s.fact) | {"last_value": s.last.value if s.last else None}
            for s in (*changes.whole, *changes.where, *changes.whom)
        ],
        "analyses": [result.to_dict() for result in found.results],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def state(run: Run) -> str:
    """Say in a word how a run ended.

    Example:
        >>> from datetime import UTC, datetime
        >>> state(Run("r", datetime.now(UTC), datetime.now(UTC), "", ""))
        'kept'
    """
    if run.broken:
        return "broken"
    return "untested" if any(c.kept is None for c in run.checks) else "kept"


def about(run: Run) -> dict[str, Any]:
    """Say when a run was, and what it rests on."""
    return {
        "at": run.at.isoformat(timespec="seconds"),
        "as_of": run.as_of.isoformat(),
        "log_sha256": run.log_sha256,
        "configuration_sha256": run.configuration_sha256,
        "selection": list(run.selection),
    }


def _check(change: Change) -> dict[str, Any]:
    last = change.last.value if change.last else None
    return asdict(change.check) | {"last_value": last, "state": change.state}
