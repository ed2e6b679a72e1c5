"""Rules, checked on a log: how many journeys each is asked of, and which break it, and where.

What a variant decides is decided once for each variant; what needs times or people is looked up in
the events of the activities that a rule names. Each rule counts journeys: one that breaks it three
times breaks it once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import narwhals as nw
import polars as pl

from procmine.eventlog import EventLog, collect
from procmine.policy import limits, people
from procmine.policy.document import Rule
from procmine.policy.kinds import Kind
from procmine.policy.sequences import EVIDENCE, LACKING, RULE, TRIGGERED, VIOLATED, verdicts
from procmine.policy.watched import IS_OPEN, KEY, UNIT, Frame, Watched, asked, held
from procmine.prepare.beside import beside
from procmine.schema import CASE, DEPARTMENT, EVENT_NUMBER, TIMESTAMP, VARIANT
from procmine.spelling import spelled

if TYPE_CHECKING:
    from procmine.calendars import Calendars

UNDECIDED: Final = "undecided_"
_STATES: Final = (TRIGGERED, VIOLATED, UNDECIDED)


@dataclass(frozen=True)
class Checked:
    """What came of checking rules.

    Attributes:
        counts: A row a rule, in their order: `cases` that it is asked of and decided for,
            `customers` of them, `violations`, `undecided_cases`, which are open and break it unless
            more comes, and the sums over customers that tell how far the share may be off.
        violations: A row for each journey and rule that it breaks: `rule` (its number), `case_id,
            customer, variant, event_number, department, at, evidence`.
        variants: `variant, activities`.
    """

    counts: pl.DataFrame
    violations: pl.DataFrame
    variants: pl.DataFrame


@dataclass
class _Found:
    """How journeys stand, and where they break rules, as it comes to be known."""

    journeys: Frame
    places: list[tuple[str, int, pl.DataFrame]] = field(
        default_factory=list[tuple[str, int, pl.DataFrame]]
    )


def check(log: EventLog, rules: Sequence[Rule], calendars: "Calendars | None") -> Checked:
    """Check rules on a log.

    Args:
        log: The log.
        rules: What is to be kept.
        calendars: Whose hours count where a rule counts business time.
    """
    watched = Watched.of(log)
    variants = spelled(log)
    judged, broken = verdicts(variants, rules)
    table = watched.journeys
    found = _Found(table.join(beside(table, judged), on=VARIANT, how="left"))
    for number in range(len(rules)):
        own = broken.filter(pl.col(RULE) == number).drop(RULE)
        found.places.append((VARIANT, number, own))
    for number, rule in enumerate(rules):
        _of_events(watched, rule, number, calendars, found)
    states = held(_states(found.journeys, rules, log))
    violations = _violations(watched, states, found, len(rules))
    return Checked(_counts(states, len(rules)), violations, variants)


def _of_events(
    watched: Watched, rule: Rule, number: int, calendars: "Calendars | None", found: _Found
) -> None:
    """Add how journeys stand to a rule that their events decide."""
    needed = people.NEEDS.get(rule.kind)
    if needed is not None and needed not in watched.log.columns:
        found.journeys = found.journeys.with_columns(
            nw.lit(False).alias(f"{s}{number}") for s in (TRIGGERED, VIOLATED, LACKING)
        )
        return
    if rule.kind is Kind.TIME_LIMIT:
        flags, broken = limits.timed(watched, rule, calendars)
        words = limits.said(collect(broken), rule)
    elif needed is not None:
        flags, broken = people.judged(watched, rule)
        words = people.said(collect(broken), rule)
    else:
        return
    found.places.append((KEY, number, words))
    found.journeys = _joined(found.journeys, flags, number)


def _joined(journeys: Frame, flags: Frame, number: int) -> Frame:
    """Put what the events say beside what the variants said; where they say nothing that stands."""
    names = [f"{state}{number}" for state in (TRIGGERED, VIOLATED, LACKING)]
    columns = journeys.collect_schema().names()
    known = {n: nw.col(n) if n in columns else nw.lit(False) for n in names}
    own = flags.select(
        KEY,
        *(nw.col(s).alias(f"__{s}") for s in (TRIGGERED, VIOLATED, LACKING)),
    )
    return (
        journeys.join(own, on=KEY, how="left")
        .with_columns(
            nw.coalesce(nw.col(f"__{s}"), known[n]).alias(n)
            for s, n in zip((TRIGGERED, VIOLATED, LACKING), names, strict=True)
        )
        .drop(*(f"__{s}" for s in (TRIGGERED, VIOLATED, LACKING)))
    )


def _states(journeys: Frame, rules: Sequence[Rule], log: EventLog) -> Frame:
    """Say of each journey by which rules it is asked, which it breaks, and which aren't decided."""
    columns, zone = journeys.collect_schema().names(), log.meta.timezone
    states: list[nw.Expr] = []
    for number, rule in enumerate(rules):
        triggered, violated, lacking = (
            nw.col(f"{state}{number}") for state in (TRIGGERED, VIOLATED, LACKING)
        )
        meant, is_open = asked(rule, columns, zone), nw.col(IS_OPEN)
        undecided = lacking & ~violated & is_open
        states += [
            (meant & triggered & ~undecided).alias(f"{TRIGGERED}{number}"),
            (meant & (violated | (lacking & ~is_open))).alias(f"{VIOLATED}{number}"),
            (meant & undecided).alias(f"{UNDECIDED}{number}"),
        ]
    return journeys.select(KEY, UNIT, VARIANT, *states)


def _counts(states: Frame, number: int) -> pl.DataFrame:
    """Add journeys up by rule, and over customers what tells how far a share may be off."""
    names = [f"{state}{k}" for k in range(number) for state in _STATES]
    if not names:
        return pl.DataFrame()
    sums = [nw.col(n).cast(nw.Int64).sum() for n in names]
    by_unit = states.group_by(UNIT).agg(*sums)
    parts: list[nw.Expr] = []
    for k in range(number):
        n, v, u = (nw.col(f"{state}{k}") for state in _STATES)
        own = {
            "cases": n.sum(),
            "violations": v.sum(),
            "undecided_cases": u.sum(),
            "customers": (n > 0).cast(nw.Int64).sum(),
            "squares": (n * n).sum(),
            "products": (n * v).sum(),
            "violation_squares": (v * v).sum(),
        }
        parts += [expr.alias(f"{name}:{k}") for name, expr in own.items()]
    row = collect(by_unit.select(*parts)).row(0, named=True)
    table: dict[str, list[int]] = {}
    for name, value in row.items():
        table.setdefault(name.partition(":")[0], []).append(value or 0)
    return pl.DataFrame(table)


def _violations(watched: Watched, states: Frame, found: _Found, number: int) -> pl.DataFrame:
    """Find the events at which journeys break rules."""
    names = [f"{VIOLATED}{k}" for k in range(number)]
    if not names:
        return pl.DataFrame()
    some = nw.any_horizontal(*(nw.col(n) for n in names), ignore_nulls=True)
    journeys = collect(states.filter(some).select(KEY, UNIT, VARIANT, *names))
    places = [
        journeys.filter(pl.col(f"{VIOLATED}{k}"))
        .select(KEY, UNIT, VARIANT, pl.lit(k, pl.Int64).alias(RULE))
        .join(own, on=on, how="inner")
        .select(RULE, KEY, UNIT, VARIANT, EVENT_NUMBER, EVIDENCE)
        for on, k, own in found.places
    ]
    rows = pl.concat(places)
    rows = rows.join(watched.named(journeys), on=KEY, how="left")
    rows = rows.with_columns(pl.col(KEY).alias(CASE)) if CASE not in rows.columns else rows
    return _with_events(watched, rows).sort(RULE, CASE)


def _with_events(watched: Watched, rows: pl.DataFrame) -> pl.DataFrame:
    """Look up when those events were, and whose."""
    known = DEPARTMENT in watched.log.columns
    department = nw.col(DEPARTMENT).cast(nw.String) if known else nw.lit(None, nw.String)
    columns = [TIMESTAMP, DEPARTMENT] if known else [TIMESTAMP]
    events = watched.events_at(rows.select(KEY, EVENT_NUMBER), columns)
    found = collect(
        events.select(
            KEY, EVENT_NUMBER, department.alias(DEPARTMENT), nw.col(TIMESTAMP).alias("at")
        )
    )
    return rows.join(found, on=[KEY, EVENT_NUMBER], how="left")
