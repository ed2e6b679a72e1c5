"""What figures can't say where journeys were put together from several sources."""

from collections.abc import Iterator, Mapping
from typing import Any

import narwhals as nw

from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.journeys.rules import Rules
from procmine.schema import ABANDONED, JOURNEY_STATE, OUTSIDE, SCORE
from procmine.wording import count, duration, number, share


def caveats(log: EventLog) -> Iterator[str]:
    """Say what a log's journeys rest on, in sentences.

    Args:
        log: Any log; of one whose source says the cases there is nothing to say.
    """
    yield from _outside(log)
    yield from _abandoned(log)
    identity: Mapping[str, Any] = log.meta.identity
    if identity:
        yield from _unreached(identity)
        yield from _capped(identity)
        yield from _fuzzy(identity)


def recovered(identity: Mapping[str, Any]) -> Iterator[str]:
    """Say which customers were recovered, in sentences.

    Args:
        identity: What the log's metadata hold of them.
    """
    yield (
        f"{count(identity['customers'], 'customer')} recovered from "
        f"{count(identity['identifiers'], 'identifier')}; the largest has "
        f"{count(identity['largest_identifiers'], 'identifier')}, and at most "
        f"{count(identity['largest_events'], 'event')} fall to one customer."
    )
    yield from _unreached(identity)
    yield from _capped(identity)
    yield from _fuzzy(identity)


def _outside(log: EventLog) -> Iterator[str]:
    """Say what belongs to no journey; an answer to a survey isn't meant to."""
    if len(log.states) < 2 or OUTSIDE not in log.states:
        return
    answers = _answers_outside(log)
    events = log.states[OUTSIDE][0] - answers
    if events:
        left = count(events, "event belongs", "events belong")
        yield f"{left} to no journey and {'is' if events == 1 else 'are'} left out."
    if answers:
        are = count(answers, "answer to a survey is no step", "answers to surveys are no steps")
        yield f"{are} of journeys; what they say counts where scores do."


def _answers_outside(log: EventLog) -> int:
    if SCORE not in log.columns:
        return 0
    outside = nw.col(JOURNEY_STATE).cast(nw.String) == OUTSIDE
    answers = log.table.filter(outside, ~nw.col(SCORE).is_null())
    return int(collect(answers.select(nw.len())).item())


def _abandoned(log: EventLog) -> Iterator[str]:
    """Say which journeys are over for nothing but their silence."""
    journeys = log.states.get(ABANDONED, (0, 0))[1]
    if not journeys:
        return
    types = Rules.from_plain(log.meta.journeys).types
    patience = ", ".join(
        f"{t.type}: {duration(t.patience_us / 1e6)}" for t in types if t.patience_us is not None
    )
    are = count(journeys, "journey is", "journeys are")
    yield (
        f"{are} taken as abandoned, since nothing happened in them for longer than the patience"
        f"{f' ({patience})' if patience else ''}; pm.journeys says how other patiences count."
    )


def _unreached(identity: Mapping[str, Any]) -> Iterator[str]:
    events = identity.get("unreached_events", 0)
    if events:
        carry = count(events, "event carries", "events carry")
        yield f"{carry} no identifier that tells the customer, so nobody's journey has them."


def _capped(identity: Mapping[str, Any]) -> Iterator[str]:
    capped: Mapping[str, int] = identity.get("capped", {})
    if capped:
        named = ", ".join(f"{kind}: {number(events)}" for kind, events in sorted(capped.items()))
        yield (
            f"Identifiers that too many share join nobody ({named}); events that carry no other "
            "have no customer."
        )


def _fuzzy(identity: Mapping[str, Any]) -> Iterator[str]:
    fuzzy: Mapping[str, Any] = identity.get("fuzzy", {})
    if fuzzy.get("joined"):
        wrong = fuzzy["expected_wrong"]
        yield (
            f"{count(fuzzy['joined'], 'customer was', 'customers were')} joined to another by "
            f"likeness of {' and '.join(fuzzy['columns'])}, each with a probability of at least "
            f"{share(fuzzy['threshold'])}; by these about {number(round(wrong))} of them are wrong."
        )
