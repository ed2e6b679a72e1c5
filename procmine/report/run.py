"""Carry out a report: read the log, choose journeys, ask, and hold against what must hold."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import narwhals as nw
import polars as pl

from procmine.collecting import collect
from procmine.errors import ConfigurationError, OptionError
from procmine.eventlog import EventLog
from procmine.periods import instant
from procmine.reading import read
from procmine.report.asking import Asking, options_of, public
from procmine.report.changes import Run
from procmine.report.checks import thresholds
from procmine.report.document import Configuration, Events, Journeys
from procmine.report.facts import facts
from procmine.report.policy import check_policy, policy_checks
from procmine.result import Result
from procmine.schema import TIMESTAMP
from procmine.wording import parse_duration

_NOT_FIGURES: Final = {"outputs", "history", "delivery", "schedule"}
"""The parts of a configuration that decide no figure."""


@dataclass(frozen=True)
class Found:
    """All that a run found, before it is put beside the runs before it.

    Attributes:
        run: Its figures.
        results: The answers that are shown, without those tables that name single journeys.
        log: The log that was asked.
        violations: The cases that break a rule, and which; None where no policy was given.
    """

    run: Run
    results: tuple[Result, ...]
    log: EventLog
    violations: pl.DataFrame | None = None


def carry_out(configuration: Configuration, folder: Path, as_of: str | None = None) -> Found:
    """Carry out a report.

    Args:
        configuration: What is asked.
        folder: What the files that options name are relative to.
        as_of: The date that its window ends at; the log's last event where not given.

    Raises:
        ConfigurationError: The configuration can't be used.
        InputError: The log can't be read.
        OptionError: A filter asks for what isn't there.
    """
    asked = _asked(configuration, folder)
    limits = _limits(configuration, folder)
    whole = _opened(configuration)
    path = configuration.policy
    if path:
        check_policy(path, whole)
    until = _until(whole, as_of)
    log = chosen(whole, configuration, until if as_of or configuration.window else None)
    if not log.size[1]:
        raise OptionError(
            "The filters leave no journey.",
            "Widen journeys, events or window in the configuration.",
        )
    asking = Asking(log, dict(reversed(asked)))
    results = [asking.ask(name, options) for name, options in asked]
    policed = asking.ask("conformance", {"policy": path}) if path else None
    if policed is not None and all(each is not policed for each in results):
        results.append(policed)
    checks = policy_checks(policed, configuration.owner) if policed else []
    checks += thresholds(asking, whole, limits, configuration.owner)
    run = Run(
        configuration.name,
        datetime.now(UTC),
        until,
        log_hash(whole),
        configuration_hash(configuration),
        log.meta.selection,
        tuple(checks),
        tuple(facts(asking, configuration.for_whom)),
    )
    return Found(run, tuple(map(public, results)), log, policed and policed.violations)


def _asked(configuration: Configuration, folder: Path) -> list[tuple[str, dict[str, Any]]]:
    return [
        (q.name, options_of(q.name, q.options, folder, f"analyses[{at}].options"))
        for at, q in enumerate(configuration.analyses)
    ]


def _limits(
    configuration: Configuration, folder: Path
) -> list[tuple[Any, Mapping[str, Any] | None]]:
    """Return each threshold with the options its analysis is asked with; None: as it is shown."""
    return [
        (
            t,
            t.options
            if t.options is None
            else options_of(t.analysis, t.options, folder, f"thresholds[{at}].options"),
        )
        for at, t in enumerate(configuration.thresholds)
    ]


def _opened(configuration: Configuration) -> EventLog:
    settings = configuration.reading.model_dump(exclude_none=True)
    return read(configuration.log, **settings)


def _until(log: EventLog, as_of: str | None) -> datetime:
    """Return the instant the run looks back from: by default the end of the log's last day."""
    zone = ZoneInfo(log.meta.timezone)
    if as_of is not None:
        moment = instant(as_of, log.meta.timezone)
        if moment is None:
            raise OptionError("The date of --as-of is empty.", "Write it as 2025-07-13.")
        return moment.astimezone(zone)
    last = collect(log.table.select(nw.col(TIMESTAMP).max())).item()
    return datetime.combine(last.astimezone(zone).date() + timedelta(days=1), time(), zone)


def chosen(log: EventLog, configuration: Configuration, until: datetime | None) -> EventLog:
    """Choose the journeys and events that are asked.

    Args:
        log: The whole log.
        configuration: What is chosen.
        until: The end of the window; None where none is asked for.
    """
    found = log.filter_cases(**_conditions(configuration.journeys))
    if until is not None:
        window = configuration.window
        # on the clock on the wall, so that days stay days when summer time ends
        since = window and until - timedelta(microseconds=parse_duration(window.last))
        period = (since and _plain(since), _plain(until))
        if window is not None and window.journeys == "started":
            found = found.filter_cases(started=period)
        else:
            found = found.filter_cases(ended=period)
    return found.filter_events(**_conditions(configuration.events))


def _plain(moment: datetime) -> datetime | date:
    """Return a midnight as its day, which is how people say it."""
    return moment.date() if moment.time() == time() else moment


def _conditions(given: Journeys | Events) -> dict[str, Any]:
    """Return the conditions as filters take them: lengths of time as such."""
    conditions = given.model_dump(exclude_none=True)
    if "duration" in conditions:
        conditions["duration"] = tuple(
            timedelta(microseconds=parse_duration(end)) if end else None
            for end in conditions["duration"]
        )
    return conditions


def log_hash(log: EventLog) -> str:
    """Return the SHA-256 of what a log holds: its sources' own, and how they were read.

    Example:
        >>> import procmine as pm
        >>> table = pl.DataFrame(
        ...     {"case": ["1"], "activity": ["ask"], "time": ["2026-01-05T09:00Z"]}
        ... )
        >>> log_hash(pm.read(table)) == log_hash(pm.read(table))
        True
    """
    meta = asdict(replace(log.meta, notes=()))
    return _sha256(meta | {"size": log.size})


def configuration_hash(configuration: Configuration) -> str:
    """Return the SHA-256 of what decides a report's figures, the files it names included."""
    parts = configuration.model_dump(mode="json", exclude=_NOT_FIGURES)
    files = [configuration.policy] if configuration.policy else []
    return _sha256(parts | {"log": None, "policy": [_content(f) for f in files]})


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"policy: '{file.name}' can't be read.", "Check it.") from None


def _sha256(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
