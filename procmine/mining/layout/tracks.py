"""The vertical parts of flows between two columns, each on a track of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import fmean


@dataclass
class Bundle:
    """Flows that share one vertical line, since they leave one node or enter one.

    Attributes:
        left: The heights at which they reach the line from the left.
        right: The heights at which they reach it from the right.
    """

    left: set[int] = field(default_factory=set[int])
    right: set[int] = field(default_factory=set[int])

    @property
    def span(self) -> tuple[int, int]:
        """The line's upper and lower end."""
        both = self.left | self.right
        return min(both), max(both)


def tracks(bundles: Mapping[int, Bundle]) -> dict[int, int]:
    """Give each bundle a track, numbered from the left, so that no two flows seem to be one.

    Lines that stand side by side need two tracks; and where one line's flows come from the left
    at a height at which another's go on to the right, the first must stand further left, or the
    two would run over each other. Where each of two should stand left of the other, which dense
    graphs have now and then, they do so for a short way.

    Args:
        bundles: By any number of theirs.

    Example:
        >>> tracks({1: Bundle({0}, {50}), 2: Bundle({50}, {90}), 3: Bundle({200}, {300})})
        {3: 0, 2: 0, 1: 1}
    """
    chosen: dict[int, int] = {}
    waiting = sorted(bundles, key=lambda n: (_nearest_first(bundles[n]), n))
    first_at = _by_height(bundles)
    while waiting:
        free = (n for n in waiting if _first_ones(bundles[n], first_at) <= {n, *chosen})
        number = next(free, waiting[0])
        waiting.remove(number)
        chosen[number] = max(
            (chosen[n] + 1 for n in chosen if _meet(bundles[n], bundles[number])), default=0
        )
    return chosen


def _nearest_first(bundle: Bundle) -> int:
    # Of two lines that lead down the lower goes first, of two that lead up the upper: no crossing.
    upper = bundle.span[0]
    leads_down = fmean(bundle.right or {upper}) > fmean(bundle.left or {upper})
    return -upper if leads_down else upper


def _by_height(bundles: Mapping[int, Bundle]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for number, bundle in bundles.items():
        for height in bundle.left:
            found.setdefault(height, set()).add(number)
    return found


def _first_ones(bundle: Bundle, first_at: Mapping[int, set[int]]) -> set[int]:
    return {number for height in bundle.right for number in first_at.get(height, ())}


def _meet(one: Bundle, other: Bundle) -> bool:
    return one.span[0] <= other.span[1] and other.span[0] <= one.span[1]
