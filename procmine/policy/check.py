"""Rules, checked on a log: how many journeys each is asked of, and which break it, and where.

What a variant decides is decided once for each variant; what needs times or people is looked up in
the events of the activities that a rule names. Each rule counts journeys: one that breaks it three
times breaks it once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import narwhals as nw
import polars as pl

from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.policy import limits, people
from procmine.policy.arrays import by_arrays
from procmine.policy.document import Rule
from procmine.policy.kinds import Kind
from procmine.policy.sequences import EVIDENCE, RULE, verdicts
from procmine.policy.tables import by_tables
from procmine.policy.watched import KEY, OfEvents, Watched, held_all
from procmine.schema import CASE, DEPARTMENT, EVENT_NUMBER, TIMESTAMP
from procmine.spelling import spelled

if TYPE_CHECKING:
    from procmine.calendars import Calendars


@dataclass(frozen=True)
class Checked:
    """What came of checking rules.

    Attributes:
        counts: A row a rule, in their order: `cases` that it is asked of and decided for,
            `customers` of them, `violations`, `undecided_cases`, which are open and break it unless
            more comes, and the sums over customers that tell how far the share may be off.
        violations: A row for each journey and rule that it breaks: `rule` (its number), `case_id,
            customer, variant, event_number, department, at, evidence`; those of a rule in the order
            of the log, or of their ids where the log has none.
        variants: `variant, activities`.
    """

    counts: pl.DataFrame
    violations: pl.DataFrame
    variants: pl.DataFrame


def check(log: EventLog, rules: Sequence[Rule], calendars: "Calendars | None") -> Checked:
    """Check rules on a log.

    Args:
        log: The log.
        rules: What is to be kept.
        calendars: Whose hours count where a rule counts business time.
    """
    watched = _watched(log, rules)
    variants = spelled(log, watched.lengths)
    if not rules:
        return Checked(pl.DataFrame(), pl.DataFrame(), variants)
    judged, broken = verdicts(variants, rules)
    of_events = [_of_events(watched, rule, calendars) for rule in rules]
    way = by_arrays if watched.contiguous else by_tables
    counts, rows = way(watched, rules, judged, broken, of_events)
    return Checked(counts, _with_events(watched, rows), variants)


def _watched(log: EventLog, rules: Sequence[Rule]) -> Watched:
    """Look at the journeys, and at the events of those rules that variants don't decide."""
    limited = [r for r in rules if r.kind is Kind.TIME_LIMIT and r.first]
    of_people = [r for r in rules if people.NEEDS.get(r.kind) in log.columns]
    conditions = [*map(limits.condition, limited), *map(people.condition, of_people)]
    columns = [c for r in limited for c in limits.columns(r)]
    columns += [c for r in of_people for c in people.COLUMNS[r.kind]]
    return Watched.of(log).looking_at(conditions, list(dict.fromkeys(columns)))


def _of_events(watched: Watched, rule: Rule, calendars: "Calendars | None") -> OfEvents | None:
    """Ask the events for a rule that they decide; None for one that variants do."""
    needed = people.NEEDS.get(rule.kind)
    if needed is not None and needed not in watched.log.columns:
        return OfEvents(None, _NO_WORDS)
    if rule.kind is Kind.TIME_LIMIT:
        flags, broken = held_all(*limits.timed(watched, rule, calendars))
        return OfEvents(flags, limits.said(collect(broken), rule))
    if needed is not None:
        flags, broken = held_all(*people.judged(watched, rule))
        return OfEvents(flags, people.said(collect(broken), rule))
    return None


_NO_WORDS: Final = pl.DataFrame(schema={KEY: pl.Int64, EVENT_NUMBER: pl.Int64, EVIDENCE: pl.String})


def _with_events(watched: Watched, rows: pl.DataFrame) -> pl.DataFrame:
    """Look up when the events were at which journeys break rules, whose, and of which journey."""
    known = DEPARTMENT in watched.log.columns
    department = nw.col(DEPARTMENT).cast(nw.String) if known else nw.lit(None, nw.String)
    columns = [CASE, TIMESTAMP, DEPARTMENT] if known else [CASE, TIMESTAMP]
    at = nw.col(TIMESTAMP).alias("at")
    events = watched.events_at(rows.select(KEY, EVENT_NUMBER), columns)
    found = collect(events.select(KEY, EVENT_NUMBER, CASE, department.alias(DEPARTMENT), at))
    if not watched.contiguous:
        return rows.join(found, on=[KEY, EVENT_NUMBER], how="left").sort(RULE, CASE)
    # A journey's key and an event's number add up to the row, and rows come in their order.
    row = pl.col(KEY) + pl.col(EVENT_NUMBER)
    there, wanted = (frame.select(row).to_series() for frame in (found, rows))
    return rows.hstack(found.drop(KEY, EVENT_NUMBER)[there.search_sorted(wanted)])
