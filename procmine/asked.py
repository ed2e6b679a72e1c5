"""What filters are asked for: how options may be given, and what they say in words."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from procmine.wording import duration

Names = str | Sequence[str]
Pairs = tuple[str, str] | Sequence[tuple[str, str]]
"""One pair of names, or several."""

_PHRASES: Final = {
    "started": "that began {}",
    "ended": "that ended {}",
    "variant": "of variant {}",
    "duration": "that took {}",
    "passes_through": "that pass through {}",
    "avoids": "without {}",
    "starts_with": "that start with {}",
    "ends_with": "that end with {}",
    "follows": "in which {} follow directly",
    "never_follows": "in which {} never follow directly",
    "hands_over": "that are handed over from {}",
    "is_open": "that are {}",
    "where": "with {}",
    "activity": "of {}",
    "department": "of {}",
    "period": "completed {}",
}


def chosen(options: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the conditions that choose nothing, as a list with nothing ticked does.

    Example:
        >>> chosen({"variant": 0, "activity": [], "started": (None, None), "where": {"a": ()}})
        {'variant': 0}
    """
    kept = {
        name: chosen(value) if isinstance(value, Mapping) else value  # pyright: ignore[reportUnknownArgumentType]
        for name, value in options.items()
    }
    return {name: value for name, value in kept.items() if not _chooses_nothing(value)}


def _chooses_nothing(value: Any) -> bool:
    if isinstance(value, str | Mapping | Sequence):
        return not value or value == (None, None)
    return value is None


def listed(names: Any) -> list[Any]:
    """Return several names, of which one may stand alone."""
    return [names] if isinstance(names, str | int) else list(names)


def pairs(given: Any) -> list[tuple[str, str]]:
    """Return several pairs, of which one may stand alone."""
    one = len(given) == 2 and isinstance(given[0], str)
    return [tuple(given)] if one else [tuple(pair) for pair in given]


def said(what: str, given: Mapping[str, Any]) -> str:
    """Say a selection in words.

    Args:
        what: Journeys or events.
        given: The filters by the names of their options.

    Example:
        >>> said("journeys", {"started": ("2012-05-01", None), "passes_through": ["Queued"]})
        'journeys that began from 2012-05-01, that pass through Queued'
    """
    return f"{what} " + ", ".join(_PHRASES[k].format(_value(k, v)) for k, v in given.items())


def _value(name: str, value: Any) -> str:
    if name in {"started", "ended", "period", "duration"}:
        low, high = ("" if end is None else _end(end) for end in value)
        first, last = ("at least", "at most") if name == "duration" else ("from", "before")
        return " and ".join(f"{word} {end}" for word, end in ((first, low), (last, high)) if end)
    if name == "is_open":
        return "open" if value else "not open"
    if name == "passes_through":
        return " and ".join(map(str, listed(value)))
    if name in {"follows", "never_follows", "hands_over"}:
        joint = " to " if name == "hands_over" else " and "
        return ", and ".join(joint.join(map(str, pair)) for pair in pairs(value))
    if name == "where":
        return ", ".join(f"{k} {_value('', v)}" for k, v in value.items())
    return " or ".join(map(str, listed(value)))


def _end(end: Any) -> str:
    if isinstance(end, timedelta):
        return duration(end.total_seconds())
    return duration(end) if isinstance(end, int | float) else str(end)
