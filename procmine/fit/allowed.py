"""What a model allows, in whichever form it comes: a net, or the journeys of a reference log."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import polars as pl

from procmine.errors import OptionError, nearest
from procmine.fit.reference import align_with_log
from procmine.mining.alignment import Aligned, align
from procmine.mining.net import Net
from procmine.mining.precision import LogStates, NetStates, States, simplicity
from procmine.mining.reading import read_net
from procmine.spelling import counted

Variants = Sequence[Sequence[str]]


class Allowed(Protocol):
    """What a model allows."""

    @property
    def activities(self) -> frozenset[str]:
        """The activities that it knows."""
        ...

    @property
    def simplicity(self) -> float | None:
        """How simple it is; None where that has no meaning."""
        ...

    def align(self, variants: Variants, *, budget: float) -> Aligned:
        """Align as many variants as the budget allows, seconds."""
        ...

    def states(self, end: float) -> States:
        """Return the states that it may be in, until that time."""
        ...


@dataclass(frozen=True)
class OfNet:
    """What a Petri net allows."""

    net: Net

    @property
    def activities(self) -> frozenset[str]:
        """The labels of its transitions."""
        return frozenset(self.net.activities)

    @property
    def simplicity(self) -> float:
        """By the arcs of its nodes."""
        return simplicity(self.net)

    def align(self, variants: Variants, *, budget: float) -> Aligned:
        """Align exactly by r4pm."""
        return align(self.net, variants, budget=budget)

    def states(self, end: float) -> States:
        """Return its sets of markings."""
        return NetStates(self.net, end)


@dataclass(frozen=True)
class OfLog:
    """What a reference log allows: the variants that it has.

    Attributes:
        variants: `activities`, lists of names.
    """

    variants: pl.DataFrame
    simplicity: Final = None

    @property
    def activities(self) -> frozenset[str]:
        """The activities that occur in it."""
        return frozenset(self.variants["activities"].explode().drop_nulls())

    def align(self, variants: Variants, *, budget: float) -> Aligned:
        """Align with the nearest of its variants."""
        return align_with_log(self.variants, variants, budget=budget)

    def states(self, end: float) -> States:  # noqa: ARG002  (needs no search)
        """Return its beginnings."""
        return LogStates(self.variants["activities"].to_list())


_MODELS: Final = (".bpmn", ".pnml")


def read_allowed(path: Path) -> Allowed:
    """Read what a model allows.

    Args:
        path: A BPMN or PNML file, or a log that shows how journeys are to run.

    Raises:
        OptionError: It is neither.
        InputError: It can't be read.
    """
    if path.suffix.lower() in _MODELS:
        return OfNet(read_net(path))
    if path.suffix.lower() in {".xml", ".ptml", ".svg", ".png"}:
        raise OptionError(
            f"'{path.name}' is no model that can be read.",
            nearest(path.suffix.lower(), [*_MODELS, "a prepared log"]),
        )
    from procmine.reading import read

    return OfLog(counted(read(path).inside()))
