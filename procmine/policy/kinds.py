"""The kinds of rules: what each must be told, and the sentence that says it to a person.

The rules on the order of activities are those of DECLARE (Pesic, Schonenberg & van der Aalst,
DECLARE: full support for loosely-structured processes, 2007), under their names there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from procmine.errors import OptionError, nearest
from procmine.schema import plain
from procmine.wording import count

if TYPE_CHECKING:
    from procmine.policy.document import Rule


class Kind(StrEnum):
    """The kinds of rules; each value is what a policy calls it."""

    EXISTENCE = "existence"
    ABSENCE = "absence"
    EXACTLY = "exactly"
    INIT = "init"
    END = "end"
    RESPONDED_EXISTENCE = "responded existence"
    COEXISTENCE = "co-existence"
    RESPONSE = "response"
    PRECEDENCE = "precedence"
    SUCCESSION = "succession"
    ALTERNATE_RESPONSE = "alternate response"
    ALTERNATE_PRECEDENCE = "alternate precedence"
    ALTERNATE_SUCCESSION = "alternate succession"
    CHAIN_RESPONSE = "chain response"
    CHAIN_PRECEDENCE = "chain precedence"
    CHAIN_SUCCESSION = "chain succession"
    NOT_COEXISTENCE = "not co-existence"
    FOUR_EYES = "four eyes"
    TIME_LIMIT = "time limit"
    DEPARTMENTS = "allowed departments"
    HANDOFFS = "most handoffs"

    @classmethod
    def named(cls, name: str) -> "Kind":
        """Return the kind of that name, however its words are joined.

        Args:
            name: Such as "chain response", "chain_response" or "ChainResponse".

        Raises:
            OptionError: There is no such kind.

        Example:
            >>> Kind.named("not_coexistence").value
            'not co-existence'
        """
        known = {plain(k.value): k for k in cls}
        if plain(name) not in known:
            raise OptionError(f"There is no kind of rule '{name}'.", nearest(name, cls))
        return known[plain(name)]


@dataclass(frozen=True)
class Keys:
    """What a rule of a kind is told: the keys it must have, and those that it may have."""

    must: tuple[str, ...]
    may: tuple[str, ...] = ()


_PAIR: Final = Keys(("first", "then"))
KEYS: Final = {
    Kind.EXISTENCE: Keys(("activity",), ("times",)),
    Kind.ABSENCE: Keys(("activity",), ("at_most",)),
    Kind.EXACTLY: Keys(("activity", "times")),
    Kind.INIT: Keys(("activity",)),
    Kind.END: Keys(("activity",)),
    Kind.RESPONDED_EXISTENCE: _PAIR,
    Kind.COEXISTENCE: Keys(("activities",)),
    Kind.RESPONSE: _PAIR,
    Kind.PRECEDENCE: _PAIR,
    Kind.SUCCESSION: _PAIR,
    Kind.ALTERNATE_RESPONSE: _PAIR,
    Kind.ALTERNATE_PRECEDENCE: _PAIR,
    Kind.ALTERNATE_SUCCESSION: _PAIR,
    Kind.CHAIN_RESPONSE: _PAIR,
    Kind.CHAIN_PRECEDENCE: _PAIR,
    Kind.CHAIN_SUCCESSION: _PAIR,
    Kind.NOT_COEXISTENCE: Keys(("activities",)),
    Kind.FOUR_EYES: Keys(("activities",)),
    Kind.TIME_LIMIT: Keys(("within",), ("first", "then")),
    Kind.DEPARTMENTS: Keys(("departments",), ("activity",)),
    Kind.HANDOFFS: Keys(("at_most",)),
}
"""What each kind is told; `at_most` and `times` are numbers, `within` is a length of time."""


def sentence(rule: "Rule") -> str:
    """Say a rule to a person, for whom it holds included.

    Args:
        rule: The rule; its own sentence isn't looked at.

    Example:
        >>> from procmine.policy.document import Rule
        >>> sentence(
        ...     Rule(
        ...         name="r", kind="response", first="Ask", then=["Answer", "Call"], segment="Gold"
        ...     )
        ... )
        'After Ask comes Answer or Call (Gold).'
    """
    said = _SAID[rule.kind].format_map(_words(rule))
    period = [
        f"{word} {day:%Y-%m-%d}"
        for word, day in (("from", rule.from_), ("before", rule.until))
        if day
    ]
    begun = [f"journeys that began {' and '.join(period)}"] if period else []
    scope = [s for s in (rule.journey_type, rule.segment) if s] + begun
    return f"{said} ({', '.join(scope)})." if scope else f"{said}."


def either(names: Sequence[str], word: str = "or") -> str:
    """Join names as a person does.

    Example:
        >>> either(["Call", "Visit", "Letter"])
        'Call, Visit or Letter'
    """
    if not names:
        return ""
    *others, last = names
    return f"{', '.join(others)} {word} {last}" if others else last


_SAID: Final = {
    Kind.EXISTENCE: "Each journey has {activity}{at_least}",
    Kind.ABSENCE: "No journey has {activity}{more_than}",
    Kind.EXACTLY: "Each journey has {activity} exactly {times}",
    Kind.INIT: "Each journey begins with {activity}",
    Kind.END: "Each journey ends with {activity}",
    Kind.RESPONDED_EXISTENCE: "A journey with {first} has {then} as well",
    Kind.COEXISTENCE: "A journey has {all} {activities}, or {neither}",
    Kind.RESPONSE: "After {first} comes {then}",
    Kind.PRECEDENCE: "Before {then} comes {first}",
    Kind.SUCCESSION: "After {first} comes {then}, and before {then} comes {first}",
    Kind.ALTERNATE_RESPONSE: "After {first} comes {then}, each time anew",
    Kind.ALTERNATE_PRECEDENCE: "Before {then} comes {first}, each time anew",
    Kind.ALTERNATE_SUCCESSION: (
        "After {first} comes {then}, and before {then} comes {first}, each time anew"
    ),
    Kind.CHAIN_RESPONSE: "Directly after {first} comes {then}",
    Kind.CHAIN_PRECEDENCE: "Directly before {then} comes {first}",
    Kind.CHAIN_SUCCESSION: (
        "Directly after {first} comes {then}, and directly before {then} comes {first}"
    ),
    Kind.NOT_COEXISTENCE: "No journey has {both} {activities}",
    Kind.FOUR_EYES: "No person does {both} {activities} in one journey",
    Kind.TIME_LIMIT: "{limited} within {within}",
    Kind.DEPARTMENTS: "Nobody but {departments} does {work}",
    Kind.HANDOFFS: "No journey has more than {handoffs}",
}


def _words(rule: "Rule") -> dict[str, str]:
    """Say what a rule is told, in the words that its kind's sentence takes."""
    named = {"activity": rule.activity, "first": rule.first, "then": rule.then}
    words = {key: either(names) for key, names in named.items()}
    again = rule.times is not None and rule.times > 1
    two = len(rule.activities) == 2
    return words | {
        "departments": either(rule.departments),
        "activities": either(rule.activities, "and"),
        "both": "both" if two else "more than one of",
        "all": "both" if two else "all of",
        "neither": "neither" if two else "none",
        "work": either(rule.activity, "and") or "any work",
        "times": _times(rule.times or 1),
        "at_least": f" at least {_times(rule.times or 1)}" if again else "",
        "more_than": f" more than {_times(rule.at_most)}" if rule.at_most else "",
        "within": rule.within.said if rule.within else "",
        "limited": f"{words['then']} comes after {words['first']}"
        if rule.first
        else "Each journey is over",
        "handoffs": count(rule.at_most or 0, "handoff"),
    }


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number) or f"{number} times"
