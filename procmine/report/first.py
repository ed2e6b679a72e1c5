"""The report's page: three sentences, what must hold, where and for whom; then the analyses."""

from collections.abc import Sequence
from typing import Any, Final

from procmine import __version__
from procmine.draw.sparkline import sparkline
from procmine.report.changes import (
    BROKE,
    BROKEN,
    KEPT,
    MENDED,
    UNTESTED,
    WORSE,
    Change,
    Changes,
    Shift,
)
from procmine.report.page import rendered, section
from procmine.report.run import Found
from procmine.report.sentences import day, first_sentences
from procmine.result import shown
from procmine.wording import count, duration, number

_SHOWN: Final = 6
"""Places that are shown; the others are said in a sentence."""
_RUNS: Final = 24
"""Runs that a trend goes back."""
_BAD: Final = {BROKE, WORSE, BROKEN}


def report_page(found: Found, changes: Changes, notes: Sequence[str] = ()) -> str:
    """Return the report as one HTML page; nothing in it is fetched from anywhere.

    Args:
        found: What the run found.
        changes: It beside the runs before.
        notes: What else is to be said at the end of the first page.
    """
    zone = found.log.meta.timezone
    compared = changes.last is not None
    return rendered(
        "report.html",
        title=changes.run.report,
        about=_about(found, changes),
        sentences=first_sentences(changes, zone),
        broken=bool(changes.run.broken),
        cards=_cards(changes),
        checks=[_check(c, changes) for c in changes.checks if c.state != KEPT],
        kept=[_check(c, changes) for c in changes.of(KEPT)],
        compared=compared,
        trends=compared,
        where=_where(changes.where, compared=compared),
        where_title="Where the time of a journey grew"
        if compared
        else "Where a journey's time goes",
        where_rest=_rest(changes.where[_SHOWN:]),
        whom=[_whom(s, changes) for s in changes.whom],
        whom_title="Whose journeys changed most" if compared else "Whose journeys take longest",
        notes=[*notes, *_facts(found, changes)],
        sections=[section(result) for result in found.results],
    )


def _about(found: Found, changes: Changes) -> str:
    events, cases = found.log.inside().size
    zone = found.log.meta.timezone
    last = f", beside the run of {day(changes.last.as_of, zone)}" if changes.last else ""
    size = f"{count(cases, 'journey')}, {count(events, 'event')}; times in {zone}."
    return f"As of {day(changes.run.as_of, zone)}{last}. {size}"


def _cards(changes: Changes) -> list[dict[str, str]]:
    checks = [c for c in changes.run.checks if c.kept is not None]
    cards: list[dict[str, str]] = []
    if changes.run.checks:
        kept = f"{sum(c.kept is True for c in checks)} of {len(checks)}"
        last = [c for c in changes.last.checks if c.kept is not None] if changes.last else []
        was = f"was {sum(c.kept is True for c in last)} of {len(last)}" if last else ""
        cards.append({"name": "checks kept", "value": kept, "was": was})
    for shift in changes.whole:
        if shift.fact.name != "events":
            was = shift.last and shift.last.value
            before = "" if was is None else f"was {_say(shift, was)}"
            value = _say(shift, shift.fact.value)
            cards.append({"name": shift.fact.name, "value": value, "was": before})
    return cards


def _say(shift: Shift, value: float | None) -> str:
    """Say a figure in words: durations long, since they stand alone; counts whole."""
    column = shift.fact.column
    if column.endswith("_seconds"):
        return duration(value)
    whole = int(value) if value is not None and column in {"cases", "events"} else value
    return shown(column, whole)


def _check(change: Change, changes: Changes) -> dict[str, str]:
    check, last = change.check, change.last
    look = "bad" if change.state in _BAD else "good" if change.state == MENDED else ""
    values = [_value_of(run.checks, check.name) for run in changes.earlier[1 - _RUNS :]]
    trend = sparkline([*values, check.value], check.limit, alert=check.kept is False)
    return {
        "name": check.name,
        "note": check.note if check.kept is False or change.state == UNTESTED else "",
        "state": _state(change),
        "look": look,
        "now": "" if check.value is None else check.say(check.value),
        "was": "" if last is None or last.value is None else last.say(last.value),
        "asked": check.limited,
        "owner": check.owner or "nobody",
        "trend": trend,
    }


def _state(change: Change) -> str:
    """Say how a check stands; one that has a figure of which nobody is sure is undecided."""
    undecided = change.state == UNTESTED and change.check.value is not None
    return "undecided" if undecided else change.state


def _value_of(named: Sequence[Any], name: str) -> float | None:
    return next((each.value for each in named if each.name == name), None)


def _where(shifts: Sequence[Shift], *, compared: bool) -> list[dict[str, Any]]:
    """Say where the time goes; bars of what was added, or of all where nothing is known before."""
    first = sorted(shifts, key=lambda s: -s.growth)[:_SHOWN]
    most = max((abs(s.growth) for s in first), default=0.0)
    return [
        {
            "name": shift.fact.name,
            "now": duration(shift.fact.value),
            "was": duration(shift.last.value) if shift.last else "",
            "change": _signed(shift.growth),
            "look": ("up" if shift.growth > 0 else "down") if compared else "",
            "width": round(100 * abs(shift.growth) / most) if most else 0,
        }
        for shift in first
    ]


def _signed(seconds: float) -> str:
    return f"{'+' if seconds >= 0 else '−'}{duration(abs(seconds))}"


def _rest(shifts: Sequence[Shift]) -> str:
    """Say what the places that aren't shown hold together, so that all adds up to the whole."""
    if not shifts:
        return ""
    now = sum(s.fact.value or 0.0 for s in shifts)
    places = count(len(shifts), "other place")
    return f"{places} {'holds' if len(shifts) == 1 else 'together hold'} {duration(now)}."


def _whom(shift: Shift, changes: Changes) -> dict[str, str]:
    fact, last = shift.fact, shift.last
    values = [_value_of(run.facts, fact.name) for run in changes.earlier[1 - _RUNS :]]
    return {
        "name": fact.name,
        "now": duration(fact.value),
        "was": duration(last.value) if last else "",
        "cases": number(fact.cases or 0),
        "trend": sparkline([*values, fact.value]),
    }


def _facts(found: Found, changes: Changes) -> list[str]:
    """Say what the run rests on."""
    run, last = changes.run, changes.last
    said = [f"Shown: {sentence}." for sentence in run.selection]
    if last is not None and last.configuration_sha256 != run.configuration_sha256:
        said.append(
            "The configuration changed since the last run, so figures may differ for that reason."
        )
    if last is not None and last.log_sha256 == run.log_sha256:
        said.append("The log is the same as in the last run.")
    zone = found.log.meta.timezone
    said.append(
        f"Run on {day(run.at, zone)} by procmine {__version__}; log {run.log_sha256[:12]}, "
        f"configuration {run.configuration_sha256[:12]}."
    )
    return said
