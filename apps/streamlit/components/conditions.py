"""The conditions that a link can hold: what each may be, and the way there and back."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import texts
from choices import Choices
from selection import Selection
from texts import filters as said

from procmine.errors import OptionError
from procmine.wording import parse_duration

FROM, UNTIL, LONGER, SHORTER, OPEN = "from", "until", "longer", "shorter", "open"
THROUGH, WITHOUT, STARTS, ENDS = "through", "without", "starts", "ends"
STEP, NO_STEP, HANDOVER, WAY = "step", "nostep", "handover", "variant"
BREAKS: Final = "breaks"
CONDITIONS: Final = (
    *(FROM, UNTIL, LONGER, SHORTER, THROUGH, WITHOUT, STARTS, ENDS),
    *(STEP, NO_STEP, HANDOVER, WAY, OPEN, BREAKS),
)
AGAINST: Final = "against"
"""The parameter that holds a second selection."""
RESERVED: Final = {
    *(*CONDITIONS, AGAINST, "log"),
    *("show", "colour", "draw", "first", "by", "whom", "promised", "days", "clock", "date"),
    *("changed", "rule", "pair", "normal"),
    *("norms", "after"),
    *("ask", "journey", "which"),
    *("activities", "play", "one", "other"),
}
"""Parameters with a meaning of their own: a column of such a name makes no filter."""

Chosen = Mapping[str, Sequence[str]]
"""What each parameter of a link says."""


def columns(choices: Choices) -> list[str]:
    """Return the columns that make a filter."""
    return [c for c in choices.values if c not in RESERVED and not c.startswith("_")]


def allowed(choices: Choices) -> dict[str, Sequence[str]]:
    """Return the parameters that choose from a list, each with its list."""
    named: dict[str, Sequence[str]] = {
        THROUGH: choices.activities,
        WITHOUT: choices.activities,
        STARTS: choices.starts,
        ENDS: choices.ends,
        STEP: [*choices.steps],
        NO_STEP: [*choices.steps],
        HANDOVER: [*choices.handovers],
        WAY: [*choices.ways],
        OPEN: [*said.STATES] if choices.knows_open else [],
        BREAKS: choices.rules,
    }
    return named | {column: choices.values[column] for column in columns(choices)}


def makes_sense(name: str, value: str, choices: Choices) -> bool:
    """Whether a parameter may be this; no value at all is no condition."""
    if name in (FROM, UNTIL):
        return not value or _is_day(value, choices)
    if name in (LONGER, SHORTER):
        return not value or _is_length(value)
    return value in allowed(choices).get(name, ())


def _is_day(value: str, choices: Choices) -> bool:
    try:
        return choices.first <= date.fromisoformat(value) <= choices.last
    except ValueError:
        return False


def _is_length(value: str) -> bool:
    try:
        return parse_duration(value) >= 0
    except OptionError:
        return False


def selection(chosen: Chosen, choices: Choices) -> Selection:
    """Return what parameters choose; what makes no sense in this log is left out.

    Args:
        chosen: What each parameter says.
        choices: What the log offers.
    """
    kept = {
        name: [v for v in values if v and makes_sense(name, v, choices)]
        for name, values in chosen.items()
    }

    def several(name: str) -> tuple[str, ...]:
        return tuple(kept.get(name, ()))

    def last(name: str) -> str | None:
        return next(reversed(several(name)), None)

    since, until = (
        None if day is None else date.fromisoformat(day) for day in map(last, (FROM, UNTIL))
    )
    state = last(OPEN)
    return Selection(
        since=since,
        until=until,
        longer=last(LONGER),
        shorter=last(SHORTER),
        through=several(THROUGH),
        without=several(WITHOUT),
        starts=several(STARTS),
        ends=several(ENDS),
        steps=tuple(choices.steps[step] for step in several(STEP)),
        no_steps=tuple(choices.steps[step] for step in several(NO_STEP)),
        handovers=tuple(choices.handovers[pair] for pair in several(HANDOVER)),
        ways=tuple((int(way), choices.ways[way]) for way in several(WAY)),
        is_open=None if state is None else said.STATES[state],
        breaks=several(BREAKS),
        where=tuple((c, several(c)) for c in columns(choices) if several(c)),
    )


def parts(chosen: Selection) -> list[tuple[str, str]]:
    """Return a selection as the parameters that choose it, each with one of its values."""
    state = [name for name, is_open in said.STATES.items() if is_open == chosen.is_open]
    asked: dict[str, Sequence[str]] = {
        FROM: [chosen.since.isoformat()] if chosen.since else [],
        UNTIL: [chosen.until.isoformat()] if chosen.until else [],
        LONGER: [chosen.longer] if chosen.longer else [],
        SHORTER: [chosen.shorter] if chosen.shorter else [],
        THROUGH: chosen.through,
        WITHOUT: chosen.without,
        STARTS: chosen.starts,
        ENDS: chosen.ends,
        STEP: [texts.step(*pair) for pair in chosen.steps],
        NO_STEP: [texts.step(*pair) for pair in chosen.no_steps],
        HANDOVER: [texts.step(*pair) for pair in chosen.handovers],
        WAY: [str(number) for number, _ in chosen.ways],
        OPEN: state,
        BREAKS: chosen.breaks,
        **dict(chosen.where),
    }
    return [(name, value) for name, values in asked.items() for value in values]
