"""What a model says of a log: how well journeys fit it, and where they leave it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from procmine import caveats
from procmine.collecting import collect
from procmine.errors import OptionError, UnavailableError, nearest
from procmine.eventlog import EventLog
from procmine.fit.allowed import Allowed, OfNet, read_allowed
from procmine.fit.replay import replay_summary, replayed
from procmine.mining.alignment import Aligned
from procmine.mining.bounds import cost_bounds, fitness_bounds
from procmine.mining.net import Net
from procmine.mining.precision import Precision, precision
from procmine.privacy import with_customers
from procmine.result import Result
from procmine.schema import ACTIVITY, CASE, CUSTOMER, VARIANT
from procmine.spelling import counted
from procmine.wording import count, duration, figure, parse_duration, share

if TYPE_CHECKING:
    import altair as alt

    from procmine.draw.graph import Graph

_EXTRA, _MISSING = "not in the model here", "missing"

ALIGNMENTS, REPLAY = "alignments", "token-replay"
METHODS: Final = (ALIGNMENTS, REPLAY)

_ANOTHER: Final = (
    "Token replay is another measure than alignments, and no bound of them: it says neither which "
    "activities are missing nor which are too many."
)

_BOUNDING: Final = 0.03
"""The part of the budget that is kept for bounding what wasn't solved."""


def answer(log: EventLog, model: Path, budget: str, method: str) -> Result:
    """Measure how the variants of a log fit a model, and how well the model fits them.

    Args:
        log: The event log.
        model: A model, BPMN or PNML, or a reference log.
        budget: How long it may take: `20s`, `5 minutes`.
        method: One of `METHODS`.

    Raises:
        OptionError: The budget can't be read, there is no such method, or the model has no net to
            replay on.
        InputError: The model can't be read.
    """
    if method not in METHODS:
        raise OptionError(f"There is no method '{method}'.", nearest(method, METHODS))
    begun, seconds = monotonic(), parse_duration(budget) / 1e6
    end, last = begun + seconds * (1 - _BOUNDING), begun + seconds
    allowed, ways = read_allowed(Path(model)), counted(log)
    activities, cases = ways["activities"].to_list(), ways["cases"].to_list()
    with ThreadPoolExecutor(1) as beside:  # while the process that aligns works, this one waits
        measured = beside.submit(precision, allowed.states(end), activities, cases)
        if method == REPLAY:
            table = replayed(_net_of(allowed), ways, end=end)
            return _replayed(log, table, measured.result(), allowed, Path(model).name)
        aligned = allowed.align(activities, budget=max(0.0, end - monotonic()))
        found = measured.result()
    costs = cost_bounds(activities, aligned, allowed.activities, end=last)
    table = _variants(ways, aligned, costs)
    summary = _summary(table, aligned.shortest).with_columns(_qualities(found, allowed, method))
    return Result(
        "conformance",
        _headline(summary.row(0, named=True), Path(model).name),
        (
            *_unsolved(summary.row(0, named=True), aligned, seconds),
            *_unmeasured(found),
            *caveats.open_unknown(log),
        ),
        _of_whom(log, {"summary": summary, "deviations": _deviations(table), "variants": table}),
        chart_of=_chart,
        graph_of=partial(_graph, model=Path(model)),
    )


def _qualities(found: Precision, allowed: Allowed, method: str) -> list[pl.Expr]:
    """Return how well the model fits the log, and how simple it is."""
    return [
        pl.lit(found.value, pl.Float64).alias("precision"),
        pl.lit(found.measured_share, pl.Float64).alias("precision_measured_share"),
        pl.lit(allowed.simplicity, pl.Float64).alias("simplicity"),
        pl.lit(method).alias("method"),
    ]


def _net_of(allowed: Allowed) -> Net:
    if not isinstance(allowed, OfNet):
        raise OptionError(
            "Tokens can't be replayed on a log.", "Give a model, or leave method out (--method)."
        )
    return allowed.net


def _replayed(
    log: EventLog, table: pl.DataFrame, found: Precision, allowed: Allowed, model: str
) -> Result:
    """Say what token replay measured, which is another measure."""
    summary = replay_summary(table).with_columns(_qualities(found, allowed, REPLAY))
    row = summary.row(0, named=True)
    return Result(
        "conformance",
        f"{_headline(row, model)[:-1]} by token replay.",
        (
            _ANOTHER,
            *_late(row),
            *_unmeasured(found),
            *caveats.open_unknown(log),
        ),
        {"summary": summary, "variants": table},
    )


def _late(row: dict[str, Any]) -> list[str]:
    if row["solved_share"] == 1:
        return []
    fact = f"In the time that there was, {share(row['solved_share'])} of journeys were replayed"
    return [f"{fact}; the others may fit anything from not at all to wholly (budget, --budget)."]


def _unmeasured(found: Precision) -> list[str]:
    if found.measured_share == 1:
        return []
    fact = "The model has more states than are kept in memory or than the time allowed:"
    return [f"{fact} precision is that of {share(found.measured_share)} of the beginnings."]


def _variants(ways: pl.DataFrame, aligned: Aligned, costs: list[tuple[int, int]]) -> pl.DataFrame:
    lengths = ways["activities"].list.len().to_list()
    fitness = [
        fitness_bounds(length, cost, aligned.shortest)
        for length, cost in zip(lengths, costs, strict=True)
    ]
    found = [aligned.found.get(place) for place in range(ways.height)]
    names = pl.List(pl.String)
    return ways.select(VARIANT, "activities", "cases", "share").with_columns(
        pl.Series("solved", [a is not None for a in found], pl.Boolean),
        pl.Series("cost_low", [low for low, _ in costs], pl.Int64),
        pl.Series("cost_high", [high for _, high in costs], pl.Int64),
        pl.Series("fitness_low", [low for low, _ in fitness], pl.Float64),
        pl.Series("fitness_high", [high for _, high in fitness], pl.Float64),
        pl.Series("extra", [list(a.log_moves) if a else None for a in found], names),
        pl.Series("missing", [list(a.model_moves) if a else None for a in found], names),
        pl.Series("extra_after", [list(a.after) if a else None for a in found], names),
    )


def _summary(table: pl.DataFrame, shortest: int | None) -> pl.DataFrame:
    cases, whole = pl.col("cases"), pl.col("cases").sum()
    worst = (cases * (pl.col("activities").list.len() + (shortest or 0))).sum()

    def part(condition: pl.Expr, name: str) -> pl.Expr:
        return (cases.filter(condition).sum() / whole).alias(name)

    def log_fitness(cost: str, name: str) -> pl.Expr:
        return (1 - (cases * pl.col(cost)).sum() / worst).fill_nan(1.0).alias(name)

    return table.select(
        whole.alias("cases"),
        pl.len().cast(pl.Int64).alias("variants"),
        part(pl.col("solved"), "solved_share"),
        part(pl.col("cost_high") == 0, "fitting_share"),
        part(pl.col("cost_low") == 0, "fitting_share_high"),
        *(
            ((cases * pl.col(f"fitness_{end}")).sum() / whole).alias(f"average_fitness_{end}")
            for end in ("low", "high")
        ),
        log_fitness("cost_high", "log_fitness_low"),
        log_fitness("cost_low", "log_fitness_high"),
    )


def _deviations(table: pl.DataFrame) -> pl.DataFrame:
    """Add up, over the solved variants, what is missing and what the model doesn't allow."""
    events, cases = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in table.filter("solved").iter_rows(named=True):
        moves = [(a, _EXTRA) for a in row["extra"]] + [(a, _MISSING) for a in row["missing"]]
        for move in moves:
            events[move] += row["cases"]
        for move in set(moves):
            cases[move] += row["cases"]
    rows = [(activity, kind, n, cases[activity, kind]) for (activity, kind), n in events.items()]
    schema = {ACTIVITY: pl.String, "kind": pl.String, "events": pl.Int64, "cases": pl.Int64}
    found = pl.DataFrame(rows, schema=schema, orient="row")
    return found.sort("events", ACTIVITY, "kind", descending=[True, False, False])


def _of_whom(log: EventLog, tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Add how many customers are behind each row, where the log is protected."""
    if log.meta.protected is None:
        return tables
    ways = tables["variants"]
    moves = pl.concat(
        ways.select(VARIANT, pl.col(moved).alias(ACTIVITY), pl.lit(kind).alias("kind"))
        for moved, kind in (("extra", _EXTRA), ("missing", _MISSING))
    )
    moves = moves.explode(ACTIVITY).drop_nulls(ACTIVITY).unique()
    who = [c for c in (CASE, CUSTOMER) if c in log.columns]
    moving = collect(log.ends.select(*who, VARIANT)).join(moves, on=VARIANT)
    deviating = nw.from_native(moving.lazy())
    return {
        "summary": with_customers(log, tables["summary"]),
        "deviations": with_customers(log, tables["deviations"], [ACTIVITY, "kind"], deviating),
        "variants": with_customers(log, ways, [VARIANT], log.ends),
    }


def _headline(row: dict[str, Any], model: str) -> str:
    low, high = share(row["fitting_share"]), share(row["fitting_share_high"])
    fitting = low if low == high else f"between {low} and {high}"
    average = [figure(row[f"average_fitness_{end}"], ".2f") for end in ("low", "high")]
    fitness = average[0] if average[0] == average[1] else f"between {' and '.join(average)}"
    cases = count(row["cases"], "journey")
    return f"Of {cases}, {fitting} run just as {model} says; the average fitness is {fitness}."


def _unsolved(row: dict[str, Any], aligned: Aligned, budget: float) -> list[str]:
    sentences: list[str] = []
    if aligned.shortest is None:
        fact = "No run of the model from its beginning to its end was found in time"
        sentences.append(f"{fact}, so fitness is only bounded; see whether the model can end.")
    if row["solved_share"] < 1:
        fact = (
            f"In {duration(budget)} {share(row['solved_share'])} of journeys were aligned exactly"
        )
        rest = "the others' fitness is an interval, and their deviations aren't counted"
        sentences.append(f"{fact}; {rest} (budget, --budget).")
    return sentences


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.charts import model_deviation_bars

    return model_deviation_bars(result.deviations, **options)


def _graph(result: Result, model: Path, **options: Any) -> "Graph":
    from procmine.fit.graph import deviation_map
    from procmine.mining.files import Notation

    if model.suffix.lower() not in set(Notation):
        raise UnavailableError("A reference log can't be drawn as a model.", "Use the chart.")
    from procmine.mining.pm4py import read_model

    return deviation_map(read_model(model).diagram, result.variants, **options)
