"""What changed since the last run: what broke, where the time went, and for whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from procmine.report.checks import SEVERITIES, Check
from procmine.report.facts import WHERE, WHOLE, WHOM, Fact

BROKE, WORSE, BROKEN, MENDED, KEPT, UNTESTED = (
    *("broke", "worse", "still broken", "mended", "kept", "untested"),
)
"""How a check stands beside the last run; `broke` is broken now and wasn't."""

_ORDER: Final = (BROKE, WORSE, BROKEN, UNTESTED, MENDED, KEPT)
_SAME: Final = 1e-9


@dataclass(frozen=True)
class Run:
    """One run of a report: what it was asked of, and all it found.

    Attributes:
        report: The report's name.
        at: When it ran.
        as_of: The instant that it looks back from.
        log_sha256: Of what the log holds.
        configuration_sha256: Of what decides the figures.
        selection: The filters, as sentences.
        checks: What must hold.
        facts: The figures that every run keeps.
    """

    report: str
    at: datetime
    as_of: datetime
    log_sha256: str
    configuration_sha256: str
    selection: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    facts: tuple[Fact, ...] = ()

    @property
    def broken(self) -> list[Check]:
        """The checks that don't hold, the worst first."""
        return sorted((c for c in self.checks if c.kept is False), key=_badness)

    def fact(self, kind: str, name: str) -> Fact | None:
        """Return a figure by its name; None where the run doesn't have it."""
        return next((f for f in self.facts if (f.kind, f.name) == (kind, name)), None)


@dataclass(frozen=True)
class Change:
    """A check beside what it was in the last run.

    Attributes:
        check: As it stands.
        last: As it stood; None where it is new, or there is no last run.
        state: One of the words above.
    """

    check: Check
    last: Check | None
    state: str


@dataclass(frozen=True)
class Shift:
    """A figure beside what it was in the last run.

    Attributes:
        fact: As it is.
        last: As it was; None where the last run didn't have it.
    """

    fact: Fact
    last: Fact | None

    @property
    def growth(self) -> float:
        """By how much it grew; where there is nothing to compare with, the figure itself."""
        before = self.last.value if self.last else None
        return (self.fact.value or 0.0) - (before or 0.0)

    @property
    def sure(self) -> bool:
        """Whether the intervals of the two lie apart; one without width says nothing."""
        if self.last is None:
            return False
        (low, high), (was_low, was_high) = _ends(self.fact), _ends(self.last)
        return low < high and was_low < was_high and (low > was_high or high < was_low)


def _ends(fact: Fact) -> tuple[float, float]:
    """Return a figure's interval; an end that nobody knows is as far off as can be."""
    return (
        float("-inf") if fact.low is None else fact.low,
        float("inf") if fact.high is None else fact.high,
    )


@dataclass(frozen=True)
class Changes:
    """A run beside the last one.

    Attributes:
        run: The run.
        last: The run before it, if there was one.
        checks: Each check with what it was, what needs a look first.
        whole: The figures of all journeys.
        where: Where a journey's time goes, what grew most first.
        whom: By when whose journeys close, what grew most first.
    """

    run: Run
    last: Run | None
    checks: tuple[Change, ...] = ()
    whole: tuple[Shift, ...] = ()
    where: tuple[Shift, ...] = ()
    whom: tuple[Shift, ...] = ()
    earlier: tuple[Run, ...] = field(default=(), repr=False)

    def of(self, *states: str) -> list[Change]:
        """The checks in these states."""
        return [c for c in self.checks if c.state in states]

    @property
    def changed(self) -> bool:
        """Whether something broke, got mended or can't be tested any more since the last run."""
        if self.last is None:
            return bool(self.run.broken)
        return any(c.last is None or c.last.kept is not c.check.kept for c in self.checks)


def compare(run: Run, earlier: Sequence[Run]) -> Changes:
    """Put a run beside the ones before it.

    Args:
        run: The run.
        earlier: The runs before it, the latest last.
    """
    last = earlier[-1] if earlier else None
    before = {c.name: c for c in last.checks} if last else {}
    checks = [Change(c, before.get(c.name), _state(c, before.get(c.name))) for c in run.checks]
    checks.sort(key=lambda c: (_ORDER.index(c.state), *_badness(c.check)))
    known = {(f.kind, f.name): f for f in last.facts} if last else {}
    shifts = [Shift(f, known.get((f.kind, f.name))) for f in run.facts]
    gone = [f for f in (last.facts if last else ()) if f.kind == WHERE and not _has(run, f)]
    shifts += [Shift(Fact(f.kind, f.name, f.column, 0.0, cases=0), f) for f in gone]
    return Changes(
        run,
        last,
        tuple(checks),
        _kind(shifts, WHOLE),
        _grown(_kind(shifts, WHERE), {}),
        _grown(_kind(shifts, WHOM), {f.name: f.value or 0.0 for f in known.values()}),
        tuple(earlier),
    )


def _has(run: Run, fact: Fact) -> bool:
    return run.fact(fact.kind, fact.name) is not None


def _kind(shifts: Iterable[Shift], kind: str) -> tuple[Shift, ...]:
    return tuple(s for s in shifts if s.fact.kind == kind)


def _grown(shifts: Sequence[Shift], before: Mapping[str, float]) -> tuple[Shift, ...]:
    """Put what grew most first: by how many times where it is known what it was, else by much."""

    def by(shift: Shift) -> tuple[float, str]:
        was = before.get(shift.fact.name)
        return (-(shift.growth / was if was else shift.growth), shift.fact.name)

    return tuple(sorted(shifts, key=by))


def _state(check: Check, last: Check | None) -> str:
    if check.kept is None:
        return UNTESTED
    if check.kept:
        return MENDED if last is not None and last.kept is False else KEPT
    if last is None or last.kept is not False:
        return BROKE
    return WORSE if check.miss > last.miss + _SAME else BROKEN


def _badness(check: Check) -> tuple[int, float, str]:
    """What is most severe comes first, then what misses its limit by most of it."""
    part = check.miss / abs(check.limit) if check.limit else check.miss
    return SEVERITIES.index(check.severity), -part, check.name
