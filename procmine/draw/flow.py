"""Which arrows a picture shows: the most frequent that cover a share, all of them connected."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final

from procmine import wording
from procmine.errors import OptionError

Key = tuple[str | None, ...]
"""A node: (activity,), (activity, department) or (department,)."""

START: Final[Key] = ()
END: Final[Key] = (None, None, None)

READABLE: Final = 28
"""Arrows that a first look takes in."""
CAP: Final = 150
"""Arrows that Graphviz lays out in time and that a picture can hold at all."""
NEVER_HIDDEN: Final = 5
"""How many arrows with the most waiting are drawn however rare they are."""
MOST: Final = 0.95
"""The share of the flow that the first look aims at where few arrows would do."""


@dataclass(frozen=True)
class Arrow:
    """A way from one node to another and how often it was taken."""

    source: Key
    target: Key
    count: int


@dataclass(frozen=True)
class Shown:
    """The arrows that are drawn, and what that leaves out.

    Attributes:
        arrows: The arrows that are drawn, the most frequent first.
        hidden_share: The share of all flow that isn't drawn, 0 to 1.
        hidden_arrows: How many arrows aren't drawn.
        hidden_nodes: How many nodes aren't drawn.
    """

    arrows: tuple[Arrow, ...]
    hidden_share: float
    hidden_arrows: int
    hidden_nodes: int

    def sentence(self, node: tuple[str, str]) -> str:
        """Say how much of the flow is hidden.

        Args:
            node: What a node is called, one and many.

        Example:
            >>> Shown((), 0.12, 34, 2).sentence(("activity", "activities"))
            '12 % of the flow (34 rare paths and 2 activities) is hidden.'
            >>> Shown((), 0.0, 0, 0).sentence(("activity", "activities"))
            'All flow is shown.'
        """
        if not self.hidden_arrows:
            return "All flow is shown."
        what = wording.count(self.hidden_arrows, "rare path")
        if self.hidden_nodes:
            what += f" and {wording.count(self.hidden_nodes, *node)}"
        return f"{wording.share(self.hidden_share)} of the flow ({what}) is hidden."


def check_share(what: str, share: float | None) -> None:
    """Raise OptionError unless an option is a share above 0, or None.

    Args:
        what: What it is a share of, for the sentence.
        share: The share.
    """
    if share is not None and not 0 < share <= 1:
        raise OptionError(
            f"A {what} of {wording.figure(share, 'g')} makes no sense.",
            "Give a share from 0.01 to 1.",
        )


def busiest(events: Mapping[Key, int], share: float | None) -> frozenset[Key]:
    """Return the nodes with the most events, so many that they cover a share of all.

    Args:
        events: How many events each node has.
        share: Over 0 to 1; None is all.

    Example:
        >>> sorted(busiest({("a",): 6, ("b",): 3, ("c",): 1}, 0.9))
        [('a',), ('b',)]
    """
    check_share("share of activities", share)
    enough, covered = sum(events.values()) * (share or 1), 0
    found: set[Key] = set()
    for key in sorted(events, key=lambda k: (-events[k], str(k))):
        if share is not None and covered >= enough - 1e-9:
            break
        found.add(key)
        covered += events[key]
    return frozenset(found)


def select(
    arrows: Iterable[Arrow],
    coverage: float | None,
    *,
    always: Sequence[Arrow] = (),
    readable: int = READABLE,
    among: Container[Key] | None = None,
) -> Shown:
    """Choose the arrows to draw: the most frequent until they cover the share of the flow.

    Each arrow brings along the widest way from the start to it and from it to the end, so whatever
    is shown can be reached. Without a coverage, as much is shown as a first look takes in.

    Args:
        arrows: All arrows; those of `START` and `END` are the beginnings and ends of cases.
        coverage: The share of the flow, over 0 to 1; None is as much as is readable.
        always: Arrows to draw whatever their count.
        readable: How many arrows a first look takes in.
        among: The nodes to draw; None is all. What leads to others is hidden, and counted so.
    """
    check_share("coverage", coverage)
    ranked = sorted(arrows, key=lambda a: (-a.count, str(a.source), str(a.target)))
    total = sum(a.count for a in ranked)
    within = [a for a in ranked if _drawn(a, among)]
    always = [a for a in always if _drawn(a, among)]
    fits = len(within) <= readable
    share, limit = (coverage, CAP) if coverage else (1.0 if fits else MOST, readable)
    chosen = _choose([*always, *within], total * share, limit, len(always))
    hidden = [a for a in ranked if a not in chosen]
    nodes = {key for a in ranked for key in (a.source, a.target)}
    shown_nodes = {key for a in chosen for key in (a.source, a.target)}
    return Shown(
        tuple(a for a in ranked if a in chosen),
        sum(a.count for a in hidden) / total if total else 0.0,
        len(hidden),
        len(nodes - shown_nodes),
    )


def _drawn(arrow: Arrow, among: Container[Key] | None) -> bool:
    ends = {arrow.source, arrow.target} - {START, END}
    return among is None or all(key in among for key in ends)


def top(arrows: Sequence[Arrow], waiting: Callable[[Arrow], float | None]) -> list[Arrow]:
    """Return the arrows that hold the most waiting, which no picture must hide.

    Whatever its colours stand for: so the picture stays the same when only they change.

    Args:
        arrows: All arrows.
        waiting: The waiting that an arrow holds in all.
    """
    return sorted(arrows, key=lambda a: -(waiting(a) or 0))[:NEVER_HIDDEN]


def depths(arrows: Iterable[Arrow]) -> dict[Key, int]:
    """Return how many arrows each node is away from the start."""
    leaving: dict[Key, list[Key]] = {}
    for arrow in arrows:
        leaving.setdefault(arrow.source, []).append(arrow.target)
    found = {START: 0}
    level = [START]
    while level:
        level = [t for key in level for t in leaving.get(key, ()) if t not in found]
        found |= dict.fromkeys(level, max(found.values()) + 1)
    return found


def _choose(ranked: Sequence[Arrow], enough: float, limit: int, always: int) -> set[Arrow]:
    """Take arrows in their order, each with its way, until enough flow is covered."""
    to_node = _widest_ways(ranked, START, forward=True)
    from_node = _widest_ways(ranked, END, forward=False)
    chosen: set[Arrow] = set()
    covered = 0
    for place, arrow in enumerate(ranked):
        if covered >= enough and place >= always:
            break
        way = {arrow, *_way(to_node, arrow.source), *_way(from_node, arrow.target)} - chosen
        if len(chosen) + len(way) <= limit:
            chosen |= way
            covered += sum(a.count for a in way)
    return chosen


def _widest_ways(arrows: Iterable[Arrow], root: Key, *, forward: bool) -> dict[Key, Arrow]:
    """Return, for each node, the arrow that leads towards the root on its most frequented way."""
    leaving: dict[Key, list[Arrow]] = {}
    for arrow in arrows:
        leaving.setdefault(arrow.source if forward else arrow.target, []).append(arrow)
    towards: dict[Key, Arrow] = {}
    done: set[Key] = set()
    waiting: list[tuple[int, int, Key, Arrow | None]] = [(0, 0, root, None)]
    while waiting:
        width, _, node, by = heappop(waiting)
        if node in done:
            continue
        done.add(node)
        if by is not None:
            towards[node] = by
        for arrow in leaving.get(node, ()):
            other = arrow.target if forward else arrow.source
            # a narrow place anywhere on the way makes the whole way narrow; the root has no width
            narrowest = -arrow.count if node == root else max(width, -arrow.count)
            heappush(waiting, (narrowest, len(done) * 1_000_000 + len(waiting), other, arrow))
    return towards


def _way(towards: dict[Key, Arrow], node: Key) -> set[Arrow]:
    """Return the arrows between the node and the root."""
    way: set[Arrow] = set()
    while node in towards and towards[node] not in way:
        way.add(towards[node])
        node = towards[node].source if towards[node].target == node else towards[node].target
    return way
