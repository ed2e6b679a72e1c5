"""A model of a process, with what it was made from."""

from dataclasses import dataclass
from enum import StrEnum

from procmine.errors import OptionError, nearest
from procmine.mining.diagram import Diagram, NodeKind
from procmine.mining.net import Net
from procmine.wording import count, figure, number


class Miner(StrEnum):
    """The ways to discover a model; each value is what `--miner` takes."""

    INDUCTIVE = "inductive"
    HEURISTICS = "heuristics"
    DFG = "dfg"

    @classmethod
    def named(cls, name: str) -> "Miner":
        """Return the miner of that name.

        Args:
            name: Such as "inductive", in any case.

        Raises:
            OptionError: There is no such miner.

        Example:
            >>> Miner.named("Heuristics").value
            'heuristics'
        """
        known = [m.value for m in cls]
        if name.lower() not in known:
            raise OptionError(f"There is no miner '{name}'.", nearest(name, known))
        return cls(name.lower())


@dataclass(frozen=True)
class Origin:
    """What a model was discovered from.

    Attributes:
        miner: The algorithm.
        noise: Its noise threshold, 0 to 1.
        coverage: The share of cases that was asked for, 0 to 1.
        variants: How many variants were used.
        all_variants: How many there are.
        cases: How many cases those variants stand for.
        all_cases: How many there are.
        used_noise: The threshold that was used: lower than `noise` where that would have left
            activities that no case can reach or leave.
        left_out: Activities of those variants that the model lacks.
    """

    miner: Miner
    noise: float
    coverage: float
    variants: int
    all_variants: int
    cases: int
    all_cases: int
    used_noise: float
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """One process in two notations.

    Attributes:
        net: As a Petri net, which is what cases are compared with.
        diagram: As BPMN, which is what people read.
        origin: What it was discovered from; None if it was read from a file.
    """

    net: Net
    diagram: Diagram
    origin: Origin | None = None

    @property
    def activities(self) -> tuple[str, ...]:
        """The activities that the model knows, sorted."""
        return self.net.activities


def describe(model: Model) -> list[str]:
    """Return sentences that say what the model is and what it was made from.

    Args:
        model: Discovered or read.

    Returns:
        One sentence an item, for standard error or a caption.

    Example:
        >>> from procmine.mining.net import Transition
        >>> net = Net(("p1",), (Transition("t1", "Call"),), (), (("p1", 1),), (("p1", 1),))
        >>> describe(Model(net, Diagram((), ())))[0]
        'The model has 1 activity; as a Petri net 1 place and 1 transition, 0 of them silent.'
    """
    origin = model.origin
    about = [_origin(origin), *_noise(origin)] if origin else []
    return [*about, _net(model), *_diagram(model)]


def _origin(origin: Origin) -> str:
    covered = figure(origin.cases / origin.all_cases, ".1%")
    return (
        f"Discovered by the {origin.miner} miner (noise {figure(origin.noise, 'g')}) from the "
        f"{count(origin.variants, 'commonest variant')} of {number(origin.all_variants)}, which "
        f"{'covers' if origin.variants == 1 else 'cover'} {covered} "
        f"of {count(origin.all_cases, 'case')} ({figure(origin.coverage, '.4g')} was asked for)."
    )


def _noise(origin: Origin) -> list[str]:
    sentences: list[str] = []
    if origin.used_noise < origin.noise:
        noise, used = (figure(value, "g") for value in (origin.noise, origin.used_noise))
        sentences.append(
            f"Noise {noise} would have cut activities off from the beginning or the end, "
            f"so {used} was used."
        )
    if origin.left_out:
        sentences.append(
            f"The miner left out {count(len(origin.left_out), 'activity', 'activities')} of "
            f"those variants: {', '.join(origin.left_out)}."
        )
    return sentences


def _net(model: Model) -> str:
    net = model.net
    silent = sum(t.label is None for t in net.transitions)
    return (
        f"The model has {count(len(model.activities), 'activity', 'activities')}; as a Petri "
        f"net {count(len(net.places), 'place')} and "
        f"{count(len(net.transitions), 'transition')}, {number(silent)} of them silent."
    )


def _diagram(model: Model) -> list[str]:
    nodes = model.diagram.nodes
    if not nodes:
        return []
    tasks = sum(n.kind is NodeKind.TASK for n in nodes)
    events = sum(n.kind in (NodeKind.START, NodeKind.END) for n in nodes)
    gateways = count(len(nodes) - tasks - events, "gateway")
    return [f"As BPMN it has {count(tasks, 'task')} and {gateways}."]
