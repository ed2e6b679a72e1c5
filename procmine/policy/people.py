"""Rules of who does the work: four eyes, allowed departments, most handoffs."""

from typing import Final

import narwhals as nw
import polars as pl

from procmine.policy.document import Rule
from procmine.policy.kinds import Kind, either
from procmine.policy.sequences import EVIDENCE, LACKING, TRIGGERED, VIOLATED
from procmine.policy.watched import KEY, Frame, Watched
from procmine.schema import ACTIVITY, DEPARTMENT, EVENT_NUMBER, HANDOFF_NUMBER, RESOURCE

_LOW, _HIGH, _WHAT = "__low", "__high", "__what"

NEEDS: Final = {
    Kind.FOUR_EYES: RESOURCE,
    Kind.DEPARTMENTS: DEPARTMENT,
    Kind.HANDOFFS: DEPARTMENT,
}
"""The column without which a rule of this kind can't be tested."""


COLUMNS: Final = {
    Kind.FOUR_EYES: (ACTIVITY, RESOURCE),
    Kind.DEPARTMENTS: (ACTIVITY, DEPARTMENT),
    Kind.HANDOFFS: (HANDOFF_NUMBER, DEPARTMENT),
}
"""What a rule of this kind asks of the events that it looks at."""


def judged(watched: Watched, rule: Rule) -> tuple[Frame, Frame]:
    """Judge journeys by a rule of who does the work.

    Args:
        watched: The journeys; their log has the column that the rule needs.
        rule: Four eyes, allowed departments or most handoffs.

    Returns:
        By journey whether it is `triggered_`, `violated_` and `lacking_` (never); and the event at
        which it breaks the rule first, with what is known of it there.
    """
    return _JUDGED[rule.kind](watched, rule)


def said(broken: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Say of each journey how it breaks the rule: `KEY, event_number, evidence`."""
    first = broken.sort(KEY, EVENT_NUMBER).unique(KEY, keep="first", maintain_order=True)
    words = {
        Kind.FOUR_EYES: pl.format(
            "{} did more than one of {}",
            pl.col(_WHAT),
            pl.lit(either(rule.activities, "and") if rule.activities else ""),
        ),
        Kind.DEPARTMENTS: pl.format("{} by {}", pl.col(_LOW), pl.col(_WHAT)),
        Kind.HANDOFFS: pl.format("handoff {}, by {}", pl.col(_LOW), pl.col(_WHAT)),
    }
    return first.select(KEY, EVENT_NUMBER, words[rule.kind].alias(EVIDENCE))


def condition(rule: Rule) -> nw.Expr:
    """Hold for the events that a rule of who does the work looks at."""
    match rule.kind:
        case Kind.FOUR_EYES:
            named = nw.any_horizontal(*_each(ACTIVITY, rule.activities), ignore_nulls=True)
            return named & ~nw.col(RESOURCE).is_null()
        case Kind.DEPARTMENTS:
            strange = ~nw.any_horizontal(*_each(DEPARTMENT, rule.departments), ignore_nulls=True)
            if rule.activity:
                strange &= nw.any_horizontal(*_each(ACTIVITY, rule.activity), ignore_nulls=True)
            return strange & ~nw.col(DEPARTMENT).is_null()
        case _:
            return nw.col(HANDOFF_NUMBER) == (rule.at_most or 0) + 1


def _four_eyes(watched: Watched, rule: Rule) -> tuple[Frame, Frame]:
    """Look for a person who did two of the activities in a journey."""
    number = nw.lit(0)
    for place, name in enumerate(rule.activities, 1):
        number = nw.when(nw.col(ACTIVITY) == name).then(nw.lit(place)).otherwise(number)
    rows = watched.looked_at.filter(condition(rule))
    rows = rows.select(KEY, EVENT_NUMBER, RESOURCE, number.alias(_LOW))
    people = rows.group_by(KEY, RESOURCE).agg(
        nw.col(_LOW).min(), nw.col(_LOW).max().alias(_HIGH), nw.col(EVENT_NUMBER).max()
    )
    several = nw.col(_LOW) < nw.col(_HIGH)
    of_journey = people.group_by(KEY).agg(
        nw.col(_LOW).min(), nw.col(_HIGH).max(), several.max().alias(VIOLATED)
    )
    flags = of_journey.with_columns(
        (nw.col(_LOW) < nw.col(_HIGH)).alias(TRIGGERED), nw.lit(False).alias(LACKING)
    )
    broken = people.filter(several).select(
        KEY, EVENT_NUMBER, nw.col(RESOURCE).cast(nw.String).alias(_WHAT)
    )
    return flags.select(KEY, TRIGGERED, VIOLATED, LACKING), broken


def _departments(watched: Watched, rule: Rule) -> tuple[Frame, Frame]:
    """Look for work that a department did which isn't allowed to; of unknown ones nobody knows."""
    return _broken(watched.looked_at.filter(condition(rule)), nw.col(ACTIVITY).cast(nw.String))


def _handoffs(watched: Watched, rule: Rule) -> tuple[Frame, Frame]:
    """Look for the first handoff too many."""
    return _broken(watched.looked_at.filter(condition(rule)), nw.col(HANDOFF_NUMBER))


def _broken(rows: Frame, low: nw.Expr) -> tuple[Frame, Frame]:
    """Return what `judged` does, of the rows that break the rule; the others' journeys keep it."""
    what = nw.col(DEPARTMENT).cast(nw.String).alias(_WHAT)
    broken = rows.select(KEY, EVENT_NUMBER, low.alias(_LOW), what)
    flags = broken.group_by(KEY).agg(nw.len())
    yes, no = nw.lit(True), nw.lit(False)
    return flags.select(KEY, yes.alias(TRIGGERED), yes.alias(VIOLATED), no.alias(LACKING)), broken


def _each(column: str, names: tuple[str, ...]) -> list[nw.Expr]:
    return [nw.col(column) == name for name in names]


_JUDGED: Final = {
    Kind.FOUR_EYES: _four_eyes,
    Kind.DEPARTMENTS: _departments,
    Kind.HANDOFFS: _handoffs,
}
