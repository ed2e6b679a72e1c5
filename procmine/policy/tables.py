"""Rules counted in tables, on any engine: a row a journey, and three truths a rule beside it."""

from collections.abc import Sequence
from typing import Final

import narwhals as nw
import polars as pl

from procmine.collecting import collect
from procmine.policy.document import Rule
from procmine.policy.sequences import EVIDENCE, LACKING, RULE, TRIGGERED, VIOLATED
from procmine.policy.watched import IS_OPEN, KEY, UNIT, Frame, OfEvents, Watched, asked, held
from procmine.prepare.beside import beside
from procmine.schema import EVENT_NUMBER, VARIANT

UNDECIDED: Final = "undecided_"
_FLAGS: Final = (TRIGGERED, VIOLATED, LACKING)
_STATES: Final = (TRIGGERED, VIOLATED, UNDECIDED)


def by_tables(
    watched: Watched,
    rules: Sequence[Rule],
    judged: pl.DataFrame,
    broken: pl.DataFrame,
    of_events: Sequence[OfEvents | None],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Count how journeys stand to rules, and say where they break them.

    Args:
        watched: The journeys.
        rules: The rules.
        judged: What variants decide, as `procmine.policy.sequences.verdicts` says it.
        broken: Where they break rules, likewise.
        of_events: What events say of each rule; None of one that variants decide.

    Returns:
        The `counts` of `procmine.policy.check.Checked`, and of each journey and rule that it breaks
        `rule, KEY, UNIT, variant, event_number, evidence`.
    """
    table = watched.journeys
    journeys = table.join(beside(table, judged), on=VARIANT, how="left")
    for number, found in enumerate(of_events):
        if found is not None:
            journeys = _joined(journeys, found.flags, number)
    states = held(_states(journeys, rules, watched.log.meta.timezone))
    return _counts(states, len(rules)), _violations(states, broken, of_events)


def _joined(journeys: Frame, flags: Frame | None, number: int) -> Frame:
    """Put what the events say beside what the variants said; where they say nothing that stands."""
    names = [f"{flag}{number}" for flag in _FLAGS]
    if flags is None:
        return journeys.with_columns(nw.lit(False).alias(name) for name in names)
    columns = journeys.collect_schema().names()
    known = {n: nw.col(n) if n in columns else nw.lit(False) for n in names}
    own = flags.select(
        KEY,
        *(nw.col(s).alias(f"__{s}") for s in _FLAGS),
    )
    return (
        journeys.join(own, on=KEY, how="left")
        .with_columns(
            nw.coalesce(nw.col(f"__{s}"), known[n]).alias(n)
            for s, n in zip(_FLAGS, names, strict=True)
        )
        .drop(*(f"__{s}" for s in _FLAGS))
    )


def _states(journeys: Frame, rules: Sequence[Rule], zone: str) -> Frame:
    """Say of each journey by which rules it is asked, which it breaks, and which aren't decided."""
    columns = journeys.collect_schema().names()
    states: list[nw.Expr] = []
    for number, rule in enumerate(rules):
        triggered, violated, lacking = (nw.col(f"{state}{number}") for state in _FLAGS)
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


def _violations(
    states: Frame, broken: pl.DataFrame, of_events: Sequence[OfEvents | None]
) -> pl.DataFrame:
    """Find the events at which journeys break rules."""
    names = [f"{VIOLATED}{k}" for k in range(len(of_events))]
    some = nw.any_horizontal(*(nw.col(n) for n in names), ignore_nulls=True)
    journeys = collect(states.filter(some).select(KEY, UNIT, VARIANT, *names))
    places: list[pl.DataFrame] = []
    for number, found in enumerate(of_events):
        own = journeys.filter(pl.col(f"{VIOLATED}{number}"))
        of_variants = broken.filter(pl.col(RULE) == number).drop(RULE)
        places += [
            own.join(words, on=on).select(
                pl.lit(number, pl.Int64).alias(RULE), KEY, UNIT, VARIANT, EVENT_NUMBER, EVIDENCE
            )
            for on, words in ((VARIANT, of_variants), *([(KEY, found.words)] if found else []))
        ]
    return pl.concat(places)
