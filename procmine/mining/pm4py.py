# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# pm4py ships no types worth the name. This module is the border: what comes in from pm4py is
# turned into `Net` and `Diagram` here, and nothing untyped leaves it.
"""Discovers models with pm4py, and turns one notation into the other.

The only module that imports pm4py. It does so late, because that takes seconds, and keeps
whatever pm4py prints off standard output. It takes variants, never events.
"""

import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import polars as pl

from procmine.mining.bpmn import bpmn_to_diagram, diagram_to_bpmn
from procmine.mining.canonical import canonical_order
from procmine.mining.counts import Counts
from procmine.mining.coverage import check_share, covering
from procmine.mining.diagram import Diagram, Flow, Node, NodeKind
from procmine.mining.files import Notation, replace_file
from procmine.mining.model import Miner, Model, Origin
from procmine.mining.net import Arc, Net, Transition
from procmine.mining.pnml import net_to_pnml, pnml_to_net
from procmine.schema import VARIANT

_DEPENDENCY = 0.5  # the heuristics miner's least dependency, pm4py's default


class _Found(NamedTuple):
    """What a miner found, and the noise threshold that it took in the end."""

    net: Net
    diagram: Diagram
    noise: float


class Replayed(NamedTuple):
    """How a variant fits a net by token replay."""

    fitness: float
    fits: bool


def discover(
    variants: pl.DataFrame, *, miner: str = "inductive", noise: float = 0.2, coverage: float = 0.95
) -> Model:
    """Discover a model from the commonest variants of a log.

    The inductive miner (Leemans, Fahland & van der Aalst, "Discovering block-structured process
    models from event logs containing infrequent behaviour", 2013) always gives a sound model.
    The heuristics miner (Weijters & Ribeiro, "Flexible heuristics miner", 2011) may give one
    that can get stuck. `dfg` gives the directly-follows graph itself, as a model in which every
    activity may follow its predecessors and nothing runs in parallel.

    Args:
        variants: `activities` (list of text) and `cases` (count), one row per variant.
        miner: "inductive", "heuristics" or "dfg".
        noise: How much rare behaviour to leave out, 0 to 1. Inductive: paths rarer than this
            share of the commonest path out of the same activity. Heuristics: paths rarer than
            this share of the commonest path at each of their two activities. Dfg: this share of
            all distinct paths, rarest first, as long as every activity can be reached and left.
        coverage: The commonest variants that cover this share of the cases are used, 0 to 1.

    Returns:
        The same model, to the last identifier, for the same variants in any order.

    Raises:
        OptionError: There is no such miner, or noise or coverage isn't a share.
        InputError: There are no variants.

    Example:
        >>> variants = pl.DataFrame({"activities": [["a", "b"], ["a", "c"]], "cases": [3, 2]})
        >>> discover(variants).activities
        ('a', 'b', 'c')
    """
    chosen = Miner.named(miner)
    check_share("noise", noise)
    # what became one row of a protected log's variants is no way to go
    ways = variants.drop_nulls(VARIANT) if VARIANT in variants.columns else variants
    used = covering(ways, coverage)
    counts = Counts.of(used)
    with _quiet():
        found = _MINERS[chosen](counts, noise)
    return Model(
        net=found.net,
        diagram=found.diagram,
        origin=Origin(
            miner=chosen,
            noise=noise,
            coverage=coverage,
            variants=used.height,
            all_variants=variants.height,
            cases=int(used["cases"].sum()),
            all_cases=int(variants["cases"].sum()),
            used_noise=found.noise,
            left_out=tuple(sorted(counts.events.keys() - set(found.net.activities))),
        ),
    )


def read_model(path: str | Path) -> Model:
    """Read a model from a BPMN or PNML file.

    Args:
        path: Ends in .bpmn or .pnml.

    Returns:
        The model in both notations. Lanes, messages, comments and drawings aren't kept.

    Raises:
        OptionError: The file's ending is another one.
        InputError: The file isn't there, isn't a model, or uses parts of BPMN that can't be
            compared with cases.

    Example:
        >>> read_model("missing.bpmn")
        Traceback (most recent call last):
        procmine.errors.InputError: There is no file missing.bpmn. Check its name and folder.
    """
    path = Path(path)
    if Notation.of(path) is Notation.BPMN:
        diagram = bpmn_to_diagram(path)
        with _quiet():
            return Model(_net_of(diagram), diagram)
    net = pnml_to_net(path)
    with _quiet():
        return Model(net, _diagram_of(net))


def write_model(model: Model, path: str | Path) -> None:
    """Write a model as BPMN, with a layout, or as PNML, by the file's ending.

    Args:
        model: Discovered or read.
        path: Ends in .bpmn or .pnml; a file that stands there is replaced in one go.

    Raises:
        OptionError: The file's ending is another one, or its folder can't be written to.

    Example:
        >>> import tempfile
        >>> variants = pl.DataFrame({"activities": [["a", "b"]], "cases": [3]})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_model(discover(variants), f"{folder}/model.bpmn")
        ...     read_model(f"{folder}/model.bpmn").activities
        ('a', 'b')
    """
    path = Path(path)
    is_bpmn = Notation.of(path) is Notation.BPMN
    replace_file(path, diagram_to_bpmn(model.diagram) if is_bpmn else net_to_pnml(model.net))


def replay(net: Net, variants: Sequence[Sequence[str]], *, end: float) -> list[Replayed | None]:
    """Replay variants on a net by tokens, as many as the time allows.

    Tokens that are missing are put in, and those that remain are counted: another measure than
    alignments, quicker, and no bound of them (Rozinat & van der Aalst, Conformance checking of
    processes based on monitoring real behavior, 2008). An event of an activity that the net lacks
    misses a token and leaves one.

    Args:
        net: The model.
        variants: Their activities, the most important first.
        end: When to stop, on the clock of `time.monotonic`.

    Returns:
        The fitness of each variant and whether it fits; None for those that weren't reached.
    """
    from pm4py.algo.conformance.tokenreplay.variants import token_replay
    from pm4py.objects.log.obj import Event, EventLog, Trace

    untyped, known = _untyped_net(net), set(net.activities)
    found: list[Replayed | None] = [None] * len(variants)
    for place, activities in enumerate(variants):
        if monotonic() > end:
            break
        log = EventLog([Trace([Event({"concept:name": a}) for a in activities])])
        with _quiet():
            (row,) = token_replay.apply(log, *untyped, {"show_progress_bar": False})
        strange = sum(a not in known for a in activities)
        missing, consumed, remaining, produced = (
            int(row[f"{name}_tokens"]) + strange
            for name in ("missing", "consumed", "remaining", "produced")
        )
        fitness = 1 - missing / consumed / 2 - remaining / produced / 2 if consumed else 1.0
        found[place] = Replayed(fitness, bool(row["trace_is_fit"]) and not strange)
    return found


@contextmanager
def _quiet() -> Generator[None]:
    with redirect_stdout(sys.stderr):
        yield


def _inductive(counts: Counts, noise: float) -> _Found:
    from pm4py.algo.discovery.inductive.dtypes.im_ds import IMDataStructureUVCL
    from pm4py.algo.discovery.inductive.variants.imf import IMFUVCL
    from pm4py.objects.conversion.process_tree import converter
    from pm4py.objects.process_tree.utils import generic
    from pm4py.util.compression.dtypes import UVCL

    parameters = {"noise_threshold": noise}
    variants: Any = UVCL()
    variants.update(counts.variants)
    tree: Any = IMFUVCL(parameters).apply(IMDataStructureUVCL(variants), parameters)
    tree = generic.fold(tree)
    generic.tree_sort(tree)
    net: Any = converter.apply(tree)
    bpmn = converter.apply(tree, variant=converter.Variants.TO_BPMN)
    return _Found(_typed_net(*net), _typed_diagram(bpmn), noise)


def _heuristics(counts: Counts, noise: float) -> _Found:
    # pm4py lacks the algorithm's own rule that every activity stays connected, so the thresholds
    # are lowered until that holds; with none at all it always does.
    net = _heuristics_net(counts, noise, _DEPENDENCY)
    for gentler in (noise / 2, noise / 4, 0.0):
        if net.is_connected and net.activities == tuple(counts.events):
            break
        noise = gentler
        net = _heuristics_net(counts, noise, _DEPENDENCY if noise else 0.0)
    return _Found(net, _diagram_of(net), noise)


def _heuristics_net(counts: Counts, noise: float, dependency: float) -> Net:
    from pm4py.algo.discovery.heuristics.variants import classic

    found: Any = classic.apply_dfg(
        counts.pairs,
        activities=list(counts.events),
        activities_occurrences=counts.events,
        start_activities=counts.starts,
        end_activities=counts.ends,
        parameters={"dfg_pre_cleaning_noise_thresh": noise, "dependency_thresh": dependency},
    )
    return _typed_net(*found)


def _filtered_graph(counts: Counts, noise: float) -> _Found:
    from pm4py.algo.filtering.dfg import dfg_filtering
    from pm4py.objects.conversion.dfg.variants import (
        to_petri_net_invisibles_no_duplicates as as_net,
    )

    kept, starts, ends, _ = dfg_filtering.filter_dfg_on_paths_percentage(
        counts.pairs, counts.starts, counts.ends, counts.events, 1 - noise,
        keep_all_activities=True,
    )  # fmt: skip
    found: Any = as_net.apply(kept, {"start_activities": starts, "end_activities": ends})
    net = _typed_net(*found)
    return _Found(net, _diagram_of(net), noise)


_MINERS = {
    Miner.INDUCTIVE: _inductive,
    Miner.HEURISTICS: _heuristics,
    Miner.DFG: _filtered_graph,
}


def _typed_net(net: Any, initial: Any, final: Any) -> Net:
    keys = {place: f"place {initial[place]} {final[place]}" for place in net.places}
    keys |= {t: "silent" if t.label is None else f"transition {t.label}" for t in net.transitions}
    order = canonical_order(keys, [(a.source, a.target) for a in net.arcs], list(initial))
    places = [n for n in order if n in net.places]
    transitions = [n for n in order if n not in net.places]
    ids = {p: f"p{i}" for i, p in enumerate(places, 1)}
    ids |= {t: f"t{i}" for i, t in enumerate(transitions, 1)}
    number = {node: i for i, node in enumerate(order)}
    arcs = sorted(net.arcs, key=lambda a: (number[a.source], number[a.target]))
    return Net(
        places=tuple(ids[p] for p in places),
        transitions=tuple(Transition(ids[t], t.label) for t in transitions),
        arcs=tuple(Arc(ids[a.source], ids[a.target], a.weight) for a in arcs),
        initial=tuple((ids[p], initial[p]) for p in places if initial[p]),
        final=tuple((ids[p], final[p]) for p in places if final[p]),
    )


def _untyped_net(net: Net) -> tuple[Any, Any, Any]:
    from pm4py.objects.petri_net.obj import Marking, PetriNet
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

    found = PetriNet("")
    nodes: dict[str, Any] = {p: PetriNet.Place(p) for p in net.places}
    found.places.update(nodes.values())
    transitions = {t.id: PetriNet.Transition(t.id, t.label) for t in net.transitions}
    found.transitions.update(transitions.values())
    nodes |= transitions
    for arc in net.arcs:
        add_arc_from_to(nodes[arc.source], nodes[arc.target], found, arc.weight)
    initial = Marking({nodes[p]: n for p, n in net.initial})
    return found, initial, Marking({nodes[p]: n for p, n in net.final})


def _typed_diagram(bpmn: Any) -> Diagram:
    kinds = {node: _kind(node) for node in bpmn.get_nodes()}
    names = {n: n.get_name() if k is NodeKind.TASK else "" for n, k in kinds.items()}
    flows = [(f.get_source(), f.get_target()) for f in bpmn.get_flows()]
    starts = [n for n, kind in kinds.items() if kind is NodeKind.START]
    order = canonical_order({n: f"{kinds[n]} {names[n]}" for n in kinds}, flows, starts)
    number = {node: i for i, node in enumerate(order, 1)}
    return Diagram(
        nodes=tuple(Node(f"n{number[n]}", kinds[n], names[n]) for n in order),
        flows=tuple(
            Flow(f"n{number[s]}", f"n{number[t]}")
            for s, t in sorted(flows, key=lambda f: (number[f[0]], number[f[1]]))
        ),
    )


def _kind(node: Any) -> NodeKind:
    names = {base.__name__.lower() for base in type(node).__mro__}
    return next(kind for kind in NodeKind if kind.value.lower() in names)


def _untyped_diagram(diagram: Diagram) -> Any:
    from pm4py.objects.bpmn.obj import BPMN

    makers = {k: getattr(BPMN, k.value[:1].upper() + k.value[1:]) for k in NodeKind}
    bpmn = BPMN()
    nodes = {n.id: makers[n.kind](id=n.id, name=n.name) for n in diagram.nodes}
    for node in nodes.values():
        bpmn.add_node(node)
    for number, flow in enumerate(diagram.flows):
        source, target = nodes[flow.source], nodes[flow.target]
        bpmn.add_flow(BPMN.SequenceFlow(source, target, id=f"f{number}"))
    return bpmn


def _diagram_of(net: Net) -> Diagram:
    from pm4py.objects.conversion.wf_net.variants import to_bpmn

    return _typed_diagram(to_bpmn.apply(*_untyped_net(net)))


def _net_of(diagram: Diagram) -> Net:
    from pm4py.objects.conversion.bpmn.variants import to_petri_net

    return _typed_net(*to_petri_net.apply(_untyped_diagram(diagram)))
