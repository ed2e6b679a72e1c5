"""A Petri net with its initial and final marking, as plain data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Transition:
    """A step of the net; without a label it is silent and leaves no trace in a log."""

    id: str
    label: str | None


@dataclass(frozen=True)
class Arc:
    """A connection between a place and a transition, either way round."""

    source: str
    target: str
    weight: int = 1


@dataclass(frozen=True)
class Net:
    """An accepting Petri net.

    Attributes:
        places: Ids of the places.
        transitions: The transitions, silent ones included.
        arcs: Between ids of places and ids of transitions.
        initial: Pairs of place and number of tokens at the beginning.
        final: Pairs of place and number of tokens at the end of a complete case.

    Example:
        >>> net = Net(
        ...     places=("p1", "p2"),
        ...     transitions=(Transition("t1", "Call"),),
        ...     arcs=(Arc("p1", "t1"), Arc("t1", "p2")),
        ...     initial=(("p1", 1),),
        ...     final=(("p2", 1),),
        ... )
        >>> net.activities
        ('Call',)
    """

    places: tuple[str, ...]
    transitions: tuple[Transition, ...]
    arcs: tuple[Arc, ...]
    initial: tuple[tuple[str, int], ...]
    final: tuple[tuple[str, int], ...]

    @property
    def activities(self) -> tuple[str, ...]:
        """The distinct labels, sorted."""
        return tuple(sorted({t.label for t in self.transitions if t.label is not None}))

    @property
    def is_connected(self) -> bool:
        """Whether every place and transition lies on a way from the beginning to the end."""
        nodes = {*self.places, *(t.id for t in self.transitions)}
        ahead = [(a.source, a.target) for a in self.arcs]
        back = [(target, source) for source, target in ahead]
        return (
            _reached([p for p, _ in self.initial], ahead) >= nodes
            and _reached([p for p, _ in self.final], back) >= nodes
        )


def _reached(first: list[str], steps: list[tuple[str, str]]) -> set[str]:
    after: dict[str, list[str]] = {}
    for source, target in steps:
        after.setdefault(source, []).append(target)
    seen = dict.fromkeys(first)
    queue = list(seen)
    for node in queue:
        fresh = [n for n in after.get(node, []) if n not in seen]
        seen.update(dict.fromkeys(fresh))
        queue.extend(fresh)
    return set(seen)
