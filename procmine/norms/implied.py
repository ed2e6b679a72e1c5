"""Which rules of DECLARE another one implies: who is told those needn't be told these.

Source: Di Ciccio, Maggi, Montali & Mendling, Resolving inconsistencies and redundancies in
declarative process models, Information Systems 64 (2017).
"""

from collections.abc import Collection, Iterator
from typing import Final

from procmine.policy.kinds import Kind

Key = tuple[Kind, str, str | None]
"""A template with its activities, the second None where it is about one alone."""

EITHER_WAY: Final = (Kind.COEXISTENCE, Kind.NOT_COEXISTENCE)
"""The templates that say the same of two activities whichever is named first."""


def needed(keys: Collection[Key]) -> set[Key]:
    """Leave out what another rule implies.

    Args:
        keys: Rules that hold.

    Example:
        >>> strong, weak = (Kind.RESPONSE, "a", "b"), (Kind.RESPONDED_EXISTENCE, "a", "b")
        >>> needed([strong, weak]) == {strong}
        True
    """
    there = set(keys)
    implied = {weaker for key in there for weaker in _closure(key)}
    closed = there | implied
    return {
        key
        for key in there - implied
        if not _said_of_one(key, closed)
        and not _passes_on(key, closed)
        and not (key[0] in EITHER_WAY and key[1] > str(key[2]))
    }


def _closure(key: Key) -> Iterator[Key]:
    """Return all that a norm of two activities implies of the same two."""
    kind, first, then = key
    for weaker in _IMPLIES.get(kind, ()):
        yield weaker, first, then
        yield from _closure((weaker, first, then))
    if kind is Kind.COEXISTENCE:
        yield Kind.RESPONDED_EXISTENCE, first, then
        yield Kind.RESPONDED_EXISTENCE, str(then), first
    if kind is Kind.PRECEDENCE:
        yield Kind.RESPONDED_EXISTENCE, str(then), first


_IMPLIES: Final = {
    Kind.EXACTLY: (Kind.EXISTENCE,),
    Kind.INIT: (Kind.EXISTENCE,),
    Kind.CHAIN_SUCCESSION: (
        Kind.ALTERNATE_SUCCESSION,
        Kind.CHAIN_RESPONSE,
        Kind.CHAIN_PRECEDENCE,
    ),
    Kind.ALTERNATE_SUCCESSION: (
        Kind.SUCCESSION,
        Kind.ALTERNATE_RESPONSE,
        Kind.ALTERNATE_PRECEDENCE,
    ),
    Kind.SUCCESSION: (Kind.COEXISTENCE, Kind.RESPONSE, Kind.PRECEDENCE),
    Kind.CHAIN_RESPONSE: (Kind.ALTERNATE_RESPONSE,),
    Kind.ALTERNATE_RESPONSE: (Kind.RESPONSE,),
    Kind.RESPONSE: (Kind.RESPONDED_EXISTENCE,),
    Kind.CHAIN_PRECEDENCE: (Kind.ALTERNATE_PRECEDENCE,),
    Kind.ALTERNATE_PRECEDENCE: (Kind.PRECEDENCE,),
}


def _said_of_one(key: Key, closed: set[Key]) -> bool:
    """Whether what is known of one of its activities alone implies it."""
    kind, first, then = key
    always = (Kind.EXISTENCE, then, None) in closed
    match kind:
        case Kind.RESPONDED_EXISTENCE:
            return always
        case Kind.COEXISTENCE:
            return always and (Kind.EXISTENCE, first, None) in closed
        case Kind.PRECEDENCE:
            return (Kind.INIT, first, None) in closed
        case Kind.NOT_COEXISTENCE:
            return any((Kind.ABSENCE, name, None) in closed for name in (first, then))
        case _:
            return False


def _passes_on(key: Key, closed: set[Key]) -> bool:
    """Whether it follows by way of a third activity: after a comes b, and after b comes c."""
    kind, first, then = key
    if kind in _ONCE:
        plain, once = _ONCE[kind]
        names = {"first": first, "then": then}
        if all((Kind.EXACTLY, names[end], None) in closed for end in once):
            kind = plain  # what comes once comes anew each time
    if kind not in _TRANSITIVE:
        return False
    between = {c for k, a, c in closed if (k, a) == (kind, first)}
    return any((kind, b, then) in closed for b in between if b not in {first, then})


_TRANSITIVE: Final = (Kind.RESPONSE, Kind.PRECEDENCE, Kind.SUCCESSION)
_ONCE: Final = {
    Kind.ALTERNATE_RESPONSE: (Kind.RESPONSE, ("first",)),
    Kind.ALTERNATE_PRECEDENCE: (Kind.PRECEDENCE, ("then",)),
    Kind.ALTERNATE_SUCCESSION: (Kind.SUCCESSION, ("first", "then")),
}
"""What alternates, and whose being there just once makes it the plain template."""
