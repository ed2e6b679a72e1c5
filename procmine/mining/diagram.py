"""A BPMN diagram's flow of work, as plain data: what is connected, not where it is drawn."""

from dataclasses import dataclass
from enum import StrEnum


class NodeKind(StrEnum):
    """The parts of BPMN that a model uses; each value is the element's name in the file."""

    START = "startEvent"
    END = "endEvent"
    TASK = "task"
    EXCLUSIVE = "exclusiveGateway"
    PARALLEL = "parallelGateway"
    INCLUSIVE = "inclusiveGateway"


@dataclass(frozen=True)
class Node:
    """An event, a task or a gateway; a task's name is the activity."""

    id: str
    kind: NodeKind
    name: str = ""


@dataclass(frozen=True)
class Flow:
    """A sequence flow from one node to another."""

    source: str
    target: str


@dataclass(frozen=True)
class Diagram:
    """One BPMN process.

    Example:
        >>> diagram = Diagram(
        ...     nodes=(
        ...         Node("n1", NodeKind.START),
        ...         Node("n2", NodeKind.TASK, "Call"),
        ...         Node("n3", NodeKind.END),
        ...     ),
        ...     flows=(Flow("n1", "n2"), Flow("n2", "n3")),
        ... )
        >>> diagram.activities
        ('Call',)
    """

    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]

    @property
    def activities(self) -> tuple[str, ...]:
        """The distinct names of its tasks, sorted."""
        return tuple(sorted({n.name for n in self.nodes if n.kind is NodeKind.TASK and n.name}))
