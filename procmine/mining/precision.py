"""How much a model allows that the log never does, and how simple it is.

Precision by escaping edges: after each beginning of a case, the activities that the model would
allow next are compared with those that come next in the log. What the log never does escapes. The
states that a net may be in after a beginning are followed all at once, silent steps included, in
bounded memory: a beginning beyond the bound, or after the time, isn't measured.

Source: Muñoz-Gama & Carmona, "A fresh look at precision in process conformance", BPM 2010.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol

from procmine.mining.net import Net

_MARKINGS = 300_000
"""So many markings are kept at most: about 100 MB for a net of a hundred places."""
_AT_ONCE = 5_000
"""So many a net may be in at once: beyond, one step alone would take seconds."""

Marking = tuple[int, ...]
State = frozenset[Marking]


class _FullError(Exception):
    """The net has more markings than are kept, or the time is over."""


@dataclass(frozen=True)
class Precision:
    """What was measured.

    Attributes:
        value: 1 minus the share of allowed next activities that never come; None if nothing was
            measured.
        measured_share: The share of the beginnings that fit, or may fit, the model of which it was
            measured; they count as often as cases begin so.
    """

    value: float | None
    measured_share: float


def simplicity(net: Net) -> float:
    """Return how simple a net is: 1 where a node has two arcs on average or fewer, less beyond.

    Source: Vázquez-Barreiros, Mucientes & Lama, ProDiGen, Information Sciences 294 (2015).

    Example:
        >>> from procmine.mining.net import Arc, Transition
        >>> arcs = (Arc("p", "t"), Arc("t", "q"))
        >>> simplicity(Net(("p", "q"), (Transition("t", "a"),), arcs, (("p", 1),), (("q", 1),)))
        1.0
    """
    nodes = len(net.places) + len(net.transitions)
    degree = 2 * len({(a.source, a.target) for a in net.arcs}) / nodes if nodes else 0.0
    return 1 / (1 + max(degree - 2, 0))


class States(Protocol):
    """The states that a model may be in after a beginning of a case."""

    def first(self) -> Any:
        """Return the state before anything happened."""
        ...

    def enabled(self, state: Any) -> Collection[str]:
        """Return the activities that may come next."""
        ...

    def step(self, state: Any, activity: str) -> Any:
        """Return the state after an activity; None where it can't come."""
        ...


def precision(states: States, variants: Sequence[Sequence[str]], cases: Sequence[int]) -> Precision:
    """Measure the precision of a model.

    Args:
        states: The states of the model.
        variants: The activities of each variant.
        cases: How many cases follow it.

    Example:
        >>> from procmine.mining.net import Arc, Transition
        >>> steps = (Transition("t1", "a"), Transition("t2", "b"))
        >>> arcs = tuple(Arc(*p) for t in ("t1", "t2") for p in (("p", t), (t, "q")))
        >>> net = Net(("p", "q"), steps, arcs, (("p", 1),), (("q", 1),))
        >>> precision(NetStates(net, monotonic() + 10), [["a"]], [3]).value
        0.5
    """
    tree = _tree(variants, cases)
    allowed = escaping = measured = whole = 0
    try:
        queue = [(tree, states.first())]
    except _FullError:
        return Precision(None, 0.0)
    while queue:
        here, state = queue.pop()
        if not here.after:
            continue
        whole += here.cases
        try:
            enabled = states.enabled(state)
            queue += [
                (node, after)
                for activity, node in here.after.items()
                if (after := states.step(state, activity)) is not None
            ]
        except _FullError:
            whole += sum(_beginnings(node) for node in here.after.values())
            continue
        measured += here.cases
        allowed += here.cases * len(enabled)
        escaping += here.cases * len(set(enabled) - here.after.keys())
    value = 1 - escaping / allowed if allowed else (1.0 if measured else None)
    return Precision(value, measured / whole if whole else 1.0)


@dataclass
class _Node:
    """A beginning of cases: how many go on, and with what."""

    cases: int = 0
    after: dict[str, "_Node"] = field(default_factory=dict[str, "_Node"])


def _tree(variants: Sequence[Sequence[str]], cases: Sequence[int]) -> _Node:
    root = _Node()
    for activities, number in zip(variants, cases, strict=True):
        here = root
        for activity in activities:
            here.cases += number
            here = here.after.setdefault(activity, _Node())
    return root


def _beginnings(node: _Node) -> int:
    """Return how many beginnings follow from this one, itself included."""
    number, queue = 0, [node]
    while queue:
        here = queue.pop()
        number += here.cases
        queue.extend(here.after.values())
    return number


class LogStates:
    """The beginnings that a reference log has."""

    def __init__(self, variants: Sequence[Sequence[str]]) -> None:
        self._root = _tree(variants, [1] * len(variants))

    def first(self) -> "_Node":
        """Return the beginning of all."""
        return self._root

    def enabled(self, state: "_Node") -> Collection[str]:
        """Return what comes next somewhere in the reference."""
        return state.after.keys()

    def step(self, state: "_Node", activity: str) -> "_Node | None":
        """Return the longer beginning."""
        return state.after.get(activity)


class NetStates:
    """The sets of markings that a net may be in, made as they are reached.

    Args:
        net: The net.
        end: When to stop, on the clock of `time.monotonic`.
    """

    def __init__(self, net: Net, end: float) -> None:
        number = {p: i for i, p in enumerate(net.places)}
        self._silent: list[tuple[dict[int, int], dict[int, int]]] = []
        self._loud: dict[str, list[tuple[dict[int, int], dict[int, int]]]] = {}
        for t in net.transitions:
            takes = {number[a.source]: a.weight for a in net.arcs if a.target == t.id}
            gives = {number[a.target]: a.weight for a in net.arcs if a.source == t.id}
            kept = self._silent if t.label is None else self._loud.setdefault(t.label, [])
            kept.append((takes, gives))
        initial = dict(net.initial)
        self._initial = tuple(initial.get(p, 0) for p in net.places)
        self._left, self._end = _MARKINGS, end
        self._closed: dict[State, State] = {}
        self._steps: dict[tuple[State, str], State | None] = {}
        self._enabled: dict[State, frozenset[str]] = {}

    def first(self) -> State:
        """Return the markings that silent steps reach from the initial one."""
        return self._closure(frozenset([self._initial]))

    def enabled(self, state: State) -> frozenset[str]:
        """Return the activities of which some marking allows a transition."""
        self._look_at_the_clock()
        if state not in self._enabled:
            found = (a for a, ways in self._loud.items() if self._can(state, ways))
            self._enabled[state] = frozenset(found)
        return self._enabled[state]

    def step(self, state: State, activity: str) -> State | None:
        """Return the markings after an activity, silent steps included."""
        self._look_at_the_clock()
        if (state, activity) not in self._steps:
            ways = self._loud.get(activity, [])
            after = frozenset(_fire(m, *way) for m in state for way in ways if _allows(m, way[0]))
            self._steps[state, activity] = self._closure(after) if after else None
        return self._steps[state, activity]

    def _can(self, state: State, ways: list[tuple[dict[int, int], dict[int, int]]]) -> bool:
        return any(_allows(m, takes) for m in state for takes, _ in ways)

    def _look_at_the_clock(self) -> None:
        if monotonic() > self._end:
            raise _FullError

    def _closure(self, markings: State) -> State:
        """Add what silent steps lead to."""
        if markings in self._closed:
            return self._closed[markings]
        seen, queue = set(markings), list(markings)
        while queue:
            here = queue.pop()
            self._look_at_the_clock()
            if len(seen) > min(self._left, _AT_ONCE):
                raise _FullError
            fresh = {_fire(here, *way) for way in self._silent if _allows(here, way[0])} - seen
            seen |= fresh
            queue.extend(fresh)
        self._left -= len(seen)
        self._closed[markings] = frozenset(seen)
        return self._closed[markings]


def _allows(marking: Marking, takes: dict[int, int]) -> bool:
    return all(marking[place] >= number for place, number in takes.items())


def _fire(marking: Marking, takes: dict[int, int], gives: dict[int, int]) -> Marking:
    after = list(marking)
    for place, number in takes.items():
        after[place] -= number
    for place, number in gives.items():
        after[place] += number
    return tuple(after)
