"""Aligns variants with a model, exactly, by r4pm, and always ends in time.

An alignment explains a variant by the cheapest run of the model: each event that the run doesn't
have (a log move) and each activity that the case doesn't have (a model move) costs 1, the model's
silent steps cost nothing. On some models the search for one variant never ends, and r4pm can't be
interrupted, so it works in a process of its own that is ended when the budget is spent. What each
variant may take is bounded, and the bound raised in rounds for what is left, the commonest first,
so that what is solved by then stands for as many cases as possible.

The only module that imports r4pm; as a program it is the process that does the work, so that at
its top it imports nothing of procmine, whose own start would be taken off the budget. For the same
reason it keeps r4pm from importing Polars, which that needs for data frames alone.

Source: Adriansyah, Aligning Observed and Modeled Behavior, 2014.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import IO, TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from procmine.mining.net import Net

_STATES: Final = (1_000, 5_000, 20_000, 100_000, 500_000, 2_500_000)
"""How many states the search for one variant may visit, step by step."""
_FIRST_ROUND: Final = 16
"""How many variants the first bound is tried on; four times as many the next."""
_CHUNK_SECONDS: Final = 0.3
"""About how long the variants aligned at once take: what is lost when the budget ends."""
_FIRST_AT_ONCE: Final = 4
_MOST_AT_ONCE: Final = 1_000


@dataclass(frozen=True)
class Alignment:
    """The cheapest explanation of one variant.

    Attributes:
        cost: How many moves one side alone makes.
        log_moves: The activities that the model can't explain, in their order.
        model_moves: The activities that the model asks for and the variant lacks.
        after: For each of the log moves the activity before it that both sides have; None at the
            beginning.
    """

    cost: int
    log_moves: tuple[str, ...]
    model_moves: tuple[str, ...]
    after: tuple[str | None, ...] = ()


@dataclass(frozen=True)
class Aligned:
    """What was solved within the budget.

    Attributes:
        shortest: How many activities the shortest run of the model has; None if it wasn't found.
        found: The alignments by the variant's place.
        seconds: What it took.
    """

    shortest: int | None
    found: Mapping[int, Alignment]
    seconds: float


def align(net: "Net", variants: Sequence[Sequence[str]], *, budget: float) -> Aligned:
    """Align as many variants as the budget allows.

    Args:
        net: The model.
        variants: Their activities, the most important first.
        budget: Seconds until the work is ended.

    Raises:
        UnavailableError: The process that does the work can't be started.

    Example:
        >>> from procmine.mining.net import Arc, Net, Transition
        >>> net = Net(
        ...     ("p1", "p2"),
        ...     (Transition("t1", "Call"),),
        ...     (Arc("p1", "t1"), Arc("t1", "p2")),
        ...     (("p1", 1),),
        ...     (("p2", 1),),
        ... )
        >>> aligned = align(net, [["Call"], ["Call", "Call"], []], budget=20)
        >>> aligned.shortest, [aligned.found[i].cost for i in range(3)]
        (1, [0, 1, 1])
    """
    if budget <= 0:
        return Aligned(None, {}, 0.0)
    begun = monotonic()
    found: dict[int, Alignment] = {}
    shortest: int | None = None
    job = json.dumps({"net": _document(net), "variants": [list(v) for v in variants]})
    for message in _answers(job, budget):
        if "shortest" in message:
            shortest = message["shortest"]
        for place, cost, *moves in message.get("found", []):
            found[place] = Alignment(cost, *map(tuple, moves))
    return Aligned(shortest, found, monotonic() - begun)


def _answers(job: str, budget: float) -> Iterator[Any]:
    """Start the worker, and pass on what it says until it is done or the time is over."""
    command = [sys.executable, "-P", __file__]
    try:
        worker = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
    except OSError as error:
        from procmine.errors import UnavailableError

        raise UnavailableError(
            f"The process that aligns can't be started: {error.strerror}.", "Close something."
        ) from None
    end = threading.Timer(budget, worker.kill)
    end.start()
    try:
        with worker:
            threading.Thread(target=_tell, args=(worker.stdin, job), daemon=True).start()
            for line in cast("IO[str]", worker.stdout):
                if line.endswith("\n"):  # a last line cut off by the end of time isn't an answer
                    yield json.loads(line)
    finally:
        end.cancel()
        worker.kill()


def _tell(pipe: IO[str], job: str) -> None:
    try:
        pipe.write(job)
        pipe.close()
    except (BrokenPipeError, ValueError, OSError):  # ended before it had read everything
        return


def _document(net: "Net") -> dict[str, Any]:
    """Write a net as r4pm takes it."""
    places = set(net.places)

    def arc(source: str, target: str, weight: int) -> dict[str, Any]:
        kind = "PlaceTransition" if source in places else "TransitionPlace"
        ends = [_uuid(source), _uuid(target)]
        return {"from_to": {"type": kind, "nodes": ends}, "weight": weight}

    def marking(tokens: Sequence[tuple[str, int]]) -> dict[str, int]:
        return {_uuid(place): number for place, number in tokens}

    return {
        "places": {_uuid(p): {"id": _uuid(p)} for p in net.places},
        "transitions": {
            _uuid(t.id): {"id": _uuid(t.id), "label": t.label} for t in net.transitions
        },
        "arcs": [arc(a.source, a.target, a.weight) for a in net.arcs],
        "initial_marking": marking(net.initial),
        "final_markings": [marking(net.final)],
    }


def _uuid(name: str) -> str:
    """r4pm names nodes by UUID."""
    from uuid import NAMESPACE_OID, uuid5

    return str(uuid5(NAMESPACE_OID, name))


@dataclass
class _Worker:
    """What the process that aligns knows of its job."""

    net: Any
    variants: list[list[str]]
    labels: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    at_once: int = _FIRST_AT_ONCE
    tried: dict[int, int] = field(default_factory=dict[int, int])

    def run(self) -> None:
        """Say the shortest run, then align in rounds what is left."""
        self.labels = {t["id"]: t["label"] for t in self.net["transitions"].values()}
        known = self._shortest(_STATES[0])
        left = list(range(len(self.variants)))
        for number, states in self._rounds():
            first = [p for p in left if p < number and self.tried.get(p, 0) < states]
            unsolved = {*left} - {*first} | {*self._step(first, states)}
            self.tried |= dict.fromkeys(first, states)
            left = sorted(unsolved)
            known = known or self._shortest(states)
            if not left:
                break
        if not known:
            self._shortest(_STATES[-1])

    def _rounds(self) -> Iterator[tuple[int, int]]:
        """Say how many of the commonest variants are searched for under which bound, in turn.

        The bound grows for few, then for more: on a model for which every search is long, a low
        bound for all would spend the time and solve nothing.
        """
        for step, states in enumerate(_STATES):
            yield _FIRST_ROUND * 4**step, states
        for states in _STATES:
            yield len(self.variants), states

    def _shortest(self, states: int) -> bool:
        from r4pm.bindings import align_empty_trace

        try:
            cost = align_empty_trace(self.net, _options(states))["cost"]  # pyright: ignore[reportTypedDictNotRequiredAccess]
        except TypeError:
            return False
        _say({"shortest": cost})
        return True

    def _step(self, places: list[int], states: int) -> list[int]:
        """Align these variants under a bound; return those that need a higher one."""
        left: list[int] = []
        todo = list(places)
        while todo:
            chunk, todo = todo[: self.at_once], todo[self.at_once :]
            begun = monotonic()
            left += self._chunk(chunk, states)
            taken = max(1e-3, monotonic() - begun)
            fitting = int(len(chunk) * _CHUNK_SECONDS / taken)
            self.at_once = max(1, min(_MOST_AT_ONCE, fitting, 4 * self.at_once))
        return left

    def _chunk(self, places: list[int], states: int) -> list[int]:
        from r4pm.bindings import align_trace, align_variants

        filled = [p for p in places if self.variants[p]]
        results: dict[int, Any] = {}
        for place in set(places) - set(filled):
            try:
                results[place] = align_trace(self.net, [], _options(states))
            except TypeError:
                continue
        if filled:
            by_way = {tuple(self.variants[p]): p for p in filled}
            for row in align_variants(self.net, self._projection(filled), _options(states)):
                place = by_way[tuple(row["activities"])]  # pyright: ignore[reportTypedDictNotRequiredAccess]
                result = row["result"]  # pyright: ignore[reportTypedDictNotRequiredAccess]
                if "Ok" in result:
                    results[place] = result["Ok"]
        _say({"found": [[p, *self._moves(p, r)] for p, r in results.items()]})
        return [p for p in places if p not in results]

    def _projection(self, places: list[int]) -> Any:
        """Hand variants to r4pm as it projects a log: activities by number."""
        numbers: dict[str, int] = {}
        traces = [
            [[numbers.setdefault(a, len(numbers)) for a in self.variants[p]], 1] for p in places
        ]
        return {"activities": list(numbers), "act_to_index": numbers, "traces": traces}

    def _moves(self, place: int, result: Any) -> tuple[int, list[str], list[str], list[str | None]]:
        """Return an alignment's cost, the activities that one side alone has, and after what."""
        events = self.variants[place]
        log_moves: list[str] = []
        model_moves: list[str] = []
        after: list[str | None] = []
        last: str | None = None
        for move in result["moves"]:
            (kind, said), *_ = move.items()
            if kind == "LogMove":
                log_moves.append(events[cast("int", said["trace_event_index"])])
                after.append(last)
                continue
            label = self.labels[said["transition"]]
            if kind == "SyncMove":
                last = label
            elif label is not None:
                model_moves.append(label)
        return result["cost"], log_moves, model_moves, after


def _options(states: int) -> Any:
    costs = {"log_move_cost": 1, "model_move_cost": 1, "silent_move_cost": 0, "sync_move_cost": 0}
    return {"cost_fn": costs, "max_states": states}


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.modules["polars"] = cast("Any", None)  # takes longer to import than most logs to align
    asked = json.loads(sys.stdin.read())
    _Worker(asked["net"], asked["variants"]).run()
