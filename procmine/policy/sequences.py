"""Rules that a variant decides: which activities there are, and in which order.

Each rule is three conditions on the events of a variant: what asks for it, what breaks it for good,
and what breaks it unless more is to come, as it may in a journey that is still open.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import polars as pl

from procmine.policy.document import Rule
from procmine.policy.kinds import Kind, either
from procmine.schema import ACTIVITY, EVENT_NUMBER, NEXT_ACTIVITY, VARIANT

RULE: Final = "rule"
"""The number of a rule in its policy."""

EVIDENCE: Final = "evidence"
TRIGGERED, VIOLATED, LACKING = "triggered_", "violated_", "lacking_"
"""What precedes a rule's number in the columns that say how it stands."""

_BEFORE, _TIMES = "__before", "__times"
_NUMBER, _SIZE = pl.col(EVENT_NUMBER), pl.len().over(VARIANT)
_LAST: Final = _NUMBER == _SIZE


class _Conditions(NamedTuple):
    """Conditions on events.

    Attributes:
        triggers: The rule is asked of the journey.
        breaks: It is broken here, whatever comes.
        lacks: It is broken here unless more comes.
    """

    triggers: pl.Expr
    breaks: pl.Expr
    lacks: pl.Expr


def verdicts(variants: pl.DataFrame, rules: Sequence[Rule]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Judge variants by the rules that they decide.

    Args:
        variants: `variant, activities` (a list of names).
        rules: The rules of a policy; those of other kinds are left out. Of allowed departments and
            most handoffs a variant decides only whether they are asked.

    Returns:
        By `variant`, for each rule's number whether it is `triggered_…`, `violated_…`, and
        `lacking_…`: violated unless more is to come. And where each is broken first: `variant,
        rule, event_number, evidence`.

    Example:
        >>> rule = Rule(name="r", kind="response", first="ask", then="answer")
        >>> table = pl.DataFrame({"variant": [1, 2], "activities": [["ask"], ["ask", "answer"]]})
        >>> judged, broken = verdicts(table, [rule])
        >>> judged.sort("variant").rows()
        [(1, True, False, True), (2, True, False, False)]
        >>> broken.rows()
        [(1, 0, 1, 'ask, and no answer after it')]
    """
    events = _events(variants)
    chosen = {k: rule for k, rule in enumerate(rules) if rule.kind in _CONDITIONS}
    conditions = {k: _CONDITIONS[rule.kind](rule) for k, rule in chosen.items()}
    marks = {
        f"{prefix}{k}": condition.fill_null(False)
        for k, found in conditions.items()
        for prefix, condition in zip((TRIGGERED, VIOLATED, LACKING), found, strict=True)
    }
    marked = events.with_columns(**marks)
    judged = marked.group_by(VARIANT).agg(pl.col(list(marks)).any())
    found = [_broken(marked, k, rule) for k, rule in chosen.items()]
    schema = {VARIANT: pl.Int64, RULE: pl.Int64, EVENT_NUMBER: pl.Int64, EVIDENCE: pl.String}
    return judged, pl.concat([pl.DataFrame(schema=schema), *found])


def _events(variants: pl.DataFrame) -> pl.DataFrame:
    """Spell variants out, an event a row, with what comes before and after it."""
    rows = variants.select(VARIANT, pl.col("activities").alias(ACTIVITY)).explode(ACTIVITY)
    here = pl.col(ACTIVITY)
    return rows.with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(VARIANT).alias(EVENT_NUMBER),
        here.shift(1).over(VARIANT).alias(_BEFORE),
        here.shift(-1).over(VARIANT).alias(NEXT_ACTIVITY),
    )


def _broken(marked: pl.DataFrame, number: int, rule: Rule) -> pl.DataFrame:
    """Say where each variant breaks a rule first, for good if it does so at all."""
    breaks, lacks = pl.col(f"{VIOLATED}{number}"), pl.col(f"{LACKING}{number}")
    times = _in(rule.activity).sum().over(VARIANT) if rule.activity else pl.lit(None, pl.Int64)
    return (
        marked.with_columns(times.alias(_TIMES))
        .filter(breaks | lacks)
        .sort(VARIANT, ~breaks, EVENT_NUMBER)
        .unique(VARIANT, keep="first", maintain_order=True)
        .select(
            VARIANT,
            pl.lit(number, pl.Int64).alias(RULE),
            EVENT_NUMBER,
            pl.when(breaks).then(_evidence(rule)).otherwise(_lack(rule)).alias(EVIDENCE),
        )
    )


def _in(names: Sequence[str], column: str = ACTIVITY) -> pl.Expr:
    return pl.col(column).is_in(list(names))


def _existence(rule: Rule) -> _Conditions:
    here = _in(rule.activity)
    too_few = here.sum().over(VARIANT) < (rule.times or 1)
    return _Conditions(pl.lit(True), pl.lit(False), _LAST & too_few)


def _absence(rule: Rule) -> _Conditions:
    here = _in(rule.activity)
    too_many = here & (here.cum_sum().over(VARIANT) > (rule.at_most or 0))
    return _Conditions(pl.lit(True), too_many, pl.lit(False))


def _exactly(rule: Rule) -> _Conditions:
    here, times = _in(rule.activity), rule.times or 1
    too_many = here & (here.cum_sum().over(VARIANT) > times)
    return _Conditions(pl.lit(True), too_many, _LAST & (here.sum().over(VARIANT) < times))


def _init(rule: Rule) -> _Conditions:
    return _Conditions(pl.lit(True), (_NUMBER == 1) & ~_in(rule.activity), pl.lit(False))


def _end(rule: Rule) -> _Conditions:
    return _Conditions(pl.lit(True), pl.lit(False), _LAST & ~_in(rule.activity))


def _response(rule: Rule) -> _Conditions:
    first, then = _in(rule.first), _in(rule.then)
    answered = pl.when(then).then(_NUMBER).max().over(VARIANT)
    return _Conditions(first, pl.lit(False), first & (answered.fill_null(0) < _NUMBER))


def _precedence(rule: Rule) -> _Conditions:
    first, then = _in(rule.first), _in(rule.then)
    opened = pl.when(first).then(_NUMBER).min().over(VARIANT)
    return _Conditions(then, then & (opened.is_null() | (opened > _NUMBER)), pl.lit(False))


def _responded_existence(rule: Rule) -> _Conditions:
    first, none = _in(rule.first), ~_in(rule.then).any().over(VARIANT)
    return _Conditions(first, pl.lit(False), first & none)


def _coexistence(rule: Rule) -> _Conditions:
    here = _in(rule.activities)
    some = pl.col(ACTIVITY).filter(here).n_unique().over(VARIANT) < len(set(rule.activities))
    return _Conditions(here, pl.lit(False), here & some)


def _alternate_response(rule: Rule) -> _Conditions:
    first, then = _in(rule.first), _in(rule.then)
    again, answered = _next(first), _next(then)
    alone = first & (answered.is_null() | (answered > again).fill_null(False))
    return _Conditions(first, alone & again.is_not_null(), alone & again.is_null())


def _alternate_precedence(rule: Rule) -> _Conditions:
    first, then = _in(rule.first), _in(rule.then)
    opened, before = _latest(first), _latest(then)
    alone = opened.is_null() | (before > opened).fill_null(False)
    return _Conditions(then, then & alone, pl.lit(False))


def _next(here: pl.Expr) -> pl.Expr:
    """Return where this comes next after each event."""
    return pl.when(here).then(_NUMBER).shift(-1).backward_fill().over(VARIANT)


def _latest(here: pl.Expr) -> pl.Expr:
    """Return where this came last before each event."""
    return pl.when(here).then(_NUMBER).shift(1).forward_fill().over(VARIANT)


def _chain_response(rule: Rule) -> _Conditions:
    first = _in(rule.first)
    return _Conditions(first, first & ~_LAST & ~_in(rule.then, NEXT_ACTIVITY), first & _LAST)


def _chain_precedence(rule: Rule) -> _Conditions:
    then = _in(rule.then)
    return _Conditions(then, then & ~_in(rule.first, _BEFORE).fill_null(False), pl.lit(False))


def _both(one: Callable[[Rule], _Conditions], other: Callable[[Rule], _Conditions]):  # noqa: ANN202
    def conditions(rule: Rule) -> _Conditions:
        return _Conditions(*(a | b for a, b in zip(one(rule), other(rule), strict=True)))

    return conditions


def _not_coexistence(rule: Rule) -> _Conditions:
    here = _in(rule.activities)
    first = pl.col(ACTIVITY).filter(here).first().over(VARIANT)
    return _Conditions(here, here & (pl.col(ACTIVITY) != first), pl.lit(False))


def _asked(rule: Rule) -> _Conditions:
    """Ask a rule of who works of the journeys that have the activity; who did it is seen later."""
    here = _in(rule.activity) if rule.activity else pl.lit(True)
    return _Conditions(here, pl.lit(False), pl.lit(False))


_CONDITIONS: Final[dict[Kind, Callable[[Rule], _Conditions]]] = {
    Kind.EXISTENCE: _existence,
    Kind.ABSENCE: _absence,
    Kind.EXACTLY: _exactly,
    Kind.INIT: _init,
    Kind.END: _end,
    Kind.RESPONDED_EXISTENCE: _responded_existence,
    Kind.COEXISTENCE: _coexistence,
    Kind.RESPONSE: _response,
    Kind.PRECEDENCE: _precedence,
    Kind.SUCCESSION: _both(_response, _precedence),
    Kind.ALTERNATE_RESPONSE: _alternate_response,
    Kind.ALTERNATE_PRECEDENCE: _alternate_precedence,
    Kind.ALTERNATE_SUCCESSION: _both(_alternate_response, _alternate_precedence),
    Kind.CHAIN_RESPONSE: _chain_response,
    Kind.CHAIN_PRECEDENCE: _chain_precedence,
    Kind.CHAIN_SUCCESSION: _both(_chain_response, _chain_precedence),
    Kind.NOT_COEXISTENCE: _not_coexistence,
    Kind.DEPARTMENTS: _asked,
    Kind.HANDOFFS: _asked,
}


def _evidence(rule: Rule) -> pl.Expr:
    """Say how a rule is broken for good at an event."""
    here, after = pl.col(ACTIVITY), pl.col(NEXT_ACTIVITY)
    begins = pl.format("the journey began with {}", here)
    directly = pl.format("{} came directly after {}", here, pl.col(_BEFORE))
    no_first = pl.format(f"{{}}, and no {_safe(either(rule.first))} before it", here)
    followed = pl.format("{} was directly followed by {}", here, after)
    preceded = pl.coalesce(directly, begins)
    alone = pl.format(f"{{}}, and no {_safe(either(rule.then))} before the next", here)
    no_new = pl.format(f"{{}}, and no new {_safe(either(rule.first))} before it", here)
    is_first = _in(rule.first)
    said = {
        Kind.ABSENCE: here if not rule.at_most else pl.format("{}, {} in all", here, _times()),
        Kind.EXACTLY: pl.format("{}, {} in all", here, _times()),
        Kind.INIT: begins,
        Kind.PRECEDENCE: no_first,
        Kind.SUCCESSION: no_first,
        Kind.ALTERNATE_RESPONSE: alone,
        Kind.ALTERNATE_PRECEDENCE: no_new,
        Kind.ALTERNATE_SUCCESSION: pl.when(is_first).then(alone).otherwise(no_new),
        Kind.CHAIN_RESPONSE: followed,
        Kind.CHAIN_PRECEDENCE: preceded,
        Kind.CHAIN_SUCCESSION: pl.when(is_first).then(followed).otherwise(preceded),
        Kind.NOT_COEXISTENCE: pl.format("{} beside {}", here, _others(rule)),
    }
    return said.get(rule.kind, pl.lit(None, pl.String))


def _lack(rule: Rule) -> pl.Expr:
    """Say what is missing at the event at which a journey ended, or was left alone."""
    here = pl.col(ACTIVITY)
    ended = pl.format("the journey ended with {}", here)
    no_then = pl.format(f"{{}}, and no {_safe(either(rule.then))} after it", here)
    named = _safe(either(rule.activity))
    some = pl.format(f"{named} only {{}}", _times())
    no_other = pl.format(f"{{}}, and no {_safe(either(rule.then))}", here)
    missing = pl.when(pl.col(_TIMES) == 0).then(pl.lit(f"no {named}")).otherwise(some)
    said = {
        Kind.EXISTENCE: missing,
        Kind.EXACTLY: missing,
        Kind.RESPONDED_EXISTENCE: no_other,
        Kind.COEXISTENCE: pl.format("{}, and not all of the others", here),
        Kind.RESPONSE: no_then,
        Kind.SUCCESSION: no_then,
        Kind.ALTERNATE_RESPONSE: no_then,
        Kind.ALTERNATE_SUCCESSION: no_then,
    }
    return said.get(rule.kind, ended)


def _times() -> pl.Expr:
    number = pl.col(_TIMES)
    return pl.when(number == 1).then(pl.lit("once")).otherwise(pl.format("{} times", number))


def _others(rule: Rule) -> pl.Expr:
    others = {a: either([b for b in rule.activities if b != a]) for a in rule.activities}
    return pl.col(ACTIVITY).replace_strict(others, default=None, return_dtype=pl.String)


def _safe(name: str) -> str:
    """Keep a name's braces out of a format."""
    return name.replace("{", "(").replace("}", ")")
