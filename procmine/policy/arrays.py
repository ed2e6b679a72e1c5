"""Rules counted without a table of journeys by rules: arrays in the order of the log.

What `procmine.policy.check` does on any engine this does for a log whose journeys stand together,
on Polars: a column of truths a rule is all that is held at once, and each is added up over
customers as it is made. Tests hold both to the same brute force.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import narwhals as nw
import numpy as np
import numpy.typing as npt
import polars as pl

from procmine.collecting import collect
from procmine.policy.document import Rule
from procmine.policy.sequences import EVIDENCE, LACKING, RULE, TRIGGERED, VIOLATED
from procmine.policy.watched import IS_OPEN, KEY, UNIT, OfEvents, Watched, asked
from procmine.schema import EVENT_NUMBER, VARIANT

Truths = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_FLAGS: Final = (TRIGGERED, VIOLATED, LACKING)


def by_arrays(
    watched: Watched,
    rules: Sequence[Rule],
    judged: pl.DataFrame,
    broken: pl.DataFrame,
    of_events: Sequence[OfEvents | None],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Do what `procmine.policy.tables.by_tables` does, a rule at a time.

    Args:
        watched: The journeys, whose rows stand together.
        rules: The rules.
        judged: What variants decide, as `procmine.policy.sequences.verdicts` says it.
        broken: Where they break rules, likewise.
        of_events: What events say of each rule; None of one that variants decide.
    """
    journeys = _Journeys.of(watched, judged)
    sums: list[dict[str, int]] = []
    rows: list[pl.DataFrame] = []
    for number, (rule, found) in enumerate(zip(rules, of_events, strict=True)):
        standing = journeys.stand(number, rule, found)
        sums.append(journeys.sums(standing))
        of_variants = broken.filter(pl.col(RULE) == number).drop(RULE)
        for on, words in ((VARIANT, of_variants), *([(KEY, found.words)] if found else [])):
            rows.append(journeys.broken(number, standing.violated, on, words))
    return pl.DataFrame(sums), pl.concat(rows)


@dataclass(frozen=True)
class _Standing:
    """How journeys stand to a rule, a truth each.

    Attributes:
        decided: It is asked of the journey, and decided.
        violated: The journey breaks it.
        undecided: The journey is open, and breaks it unless more comes.
    """

    decided: Truths
    violated: Truths
    undecided: Truths


@dataclass(frozen=True)
class _Journeys:
    """Journeys in the order of the log.

    Attributes:
        table: A row a journey, as `Watched.journeys` has it.
        timezone: Whose days the rules' periods mean.
        judged: What variants decide: `variant` and the flags of `procmine.policy.sequences`.
    """

    table: pl.DataFrame
    timezone: str
    judged: pl.DataFrame

    @classmethod
    def of(cls, watched: Watched, judged: pl.DataFrame) -> "_Journeys":
        """Bring journeys into memory; those of a log on disk are there as they were read."""
        native: pl.LazyFrame = nw.to_native(watched.journeys)
        return cls(native.collect(), watched.log.meta.timezone, judged.sort(VARIANT))

    @cached_property
    def keys(self) -> Ints:
        """The key of each, which rises."""
        return self.table[KEY].to_numpy()

    @cached_property
    def _variant(self) -> Ints:
        """The row of each one's variant among those that are judged."""
        return np.searchsorted(self.judged[VARIANT].to_numpy(), self.table[VARIANT].to_numpy())

    @cached_property
    def _several(self) -> tuple[Ints, Ints]:
        """The journeys of customers who have several, by customer, and where each one's end."""
        unit = self.table[UNIT].to_numpy()
        order = np.argsort(unit)
        alike = unit[order][1:] == unit[order][:-1]
        several = np.append(alike, False) | np.append(False, alike)
        last = ~np.append(alike, False)[several]
        return order[several], np.flatnonzero(last)

    @cached_property
    def _is_open(self) -> Truths:
        return self.table[IS_OPEN].to_numpy()

    @cached_property
    def _scopes(self) -> "dict[tuple[object, ...], Truths]":
        return {}

    def stand(self, number: int, rule: Rule, found: OfEvents | None) -> _Standing:
        """Say how journeys stand to a rule.

        Args:
            number: The rule's number in its policy.
            rule: The rule.
            found: What events say of it; None of one that variants decide.
        """
        if found is not None and found.flags is None:
            nothing = np.zeros(self.table.height, dtype=bool)
            return _Standing(nothing, nothing, nothing)
        triggered, violated, lacking = (self._of_variant(f"{flag}{number}") for flag in _FLAGS)
        if found is not None and found.flags is not None:
            flags = collect(found.flags)
            where = np.searchsorted(self.keys, flags[KEY].to_numpy())
            for truths, flag in zip((triggered, violated, lacking), _FLAGS, strict=True):
                truths[where] = flags[flag].to_numpy()
        meant = self._meant(rule)
        undecided = meant & lacking & ~violated & self._is_open
        broken = meant & (violated | (lacking & ~self._is_open))
        return _Standing(meant & triggered & ~undecided, broken, undecided)

    def _of_variant(self, column: str) -> Truths:
        if column not in self.judged.columns:
            return np.zeros(self.table.height, dtype=bool)
        return self.judged[column].to_numpy()[self._variant]

    def _meant(self, rule: Rule) -> Truths:
        """Say which journeys a rule is for; many rules are for the same."""
        scope = (rule.journey_type, rule.segment, rule.from_, rule.until)
        if scope not in self._scopes:
            meant = asked(rule, self.table.columns, self.timezone).alias("meant")
            rows = nw.from_native(self.table.select(pl.exclude(UNIT))).with_columns(meant)
            self._scopes[scope] = rows["meant"].to_numpy()
        return self._scopes[scope]

    def sums(self, standing: _Standing) -> dict[str, int]:
        """Add journeys up, and over customers what tells how far a share may be off."""
        order, ends = self._several
        n, v = (
            np.diff(np.cumsum(truths[order], dtype=np.int64)[ends], prepend=0)
            for truths in (standing.decided, standing.violated)
        )
        cases, violations = standing.decided.sum(), standing.violated.sum()
        # of who has one journey, a journey is a customer, and its square is itself
        once, broken_once = cases - n.sum(), violations - v.sum()
        sums = {
            "cases": cases,
            "violations": violations,
            "undecided_cases": standing.undecided.sum(),
            "customers": once + (n > 0).sum(),
            "squares": once + (n * n).sum(),
            "products": broken_once + (n * v).sum(),
            "violation_squares": broken_once + (v * v).sum(),
        }
        return {name: int(value) for name, value in sums.items()}

    def broken(self, number: int, violated: Truths, on: str, words: pl.DataFrame) -> pl.DataFrame:
        """Say at which event each journey that breaks a rule does so.

        Args:
            number: The rule's number.
            violated: Which journeys break it.
            on: Whether variants or journeys decide: `variant` or `KEY`.
            words: By that, `event_number, evidence`.

        Returns:
            `rule, KEY, UNIT, variant, event_number, evidence`.
        """
        own = self.table.select(KEY, UNIT, VARIANT).filter(pl.Series(violated))
        found = own.join(words, on=on, how="inner", maintain_order="left")
        rule = pl.lit(number, pl.Int64).alias(RULE)
        return found.select(rule, KEY, UNIT, VARIANT, EVENT_NUMBER, EVIDENCE)
