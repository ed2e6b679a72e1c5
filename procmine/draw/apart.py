"""Labels that Graphviz set on one another, moved apart so that each can be read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

_WAYS: Final = (0, 1, -1, 2, -2, 3, -3)
"""How many lines down a label may go, what is nearest first."""


@dataclass(frozen=True)
class Label:
    """Where a label stands.

    Attributes:
        left: Its left.
        top: Its top.
        width: How wide it is.
        height: How high it is.
        fixed: Whether it stays where it is, and the others give way.
    """

    left: float
    top: float
    width: float
    height: float
    fixed: bool = False

    def meets(self, other: "Label") -> bool:
        """Whether it lies on another one."""
        return (
            self.left < other.left + other.width
            and other.left < self.left + self.width
            and self.top < other.top + other.height
            and other.top < self.top + self.height
        )


def apart(labels: Sequence[Label]) -> list[float]:
    """Return how far down each label goes, so that none lies on one before it where there is room.

    Args:
        labels: The labels; those that stay count before all others.

    Example:
        >>> apart([Label(0, 0, 20, 10), Label(5, 4, 20, 10), Label(50, 0, 20, 10)])
        [0, 10, 0]
    """
    placed = [label for label in labels if label.fixed]
    moves: list[float] = []
    for label in labels:
        ways = () if label.fixed else _WAYS
        tried = (replace(label, top=label.top + way * label.height) for way in ways)
        free = (new for new in tried if not any(new.meets(other) for other in placed))
        found = next(free, label)
        moves.append(found.top - label.top)
        if not label.fixed:
            placed.append(found)
    return moves
