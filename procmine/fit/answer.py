"""What a model says of a log: how well journeys fit it, and where they leave it."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import caveats
from procmine.eventlog import EventLog
from procmine.mining.alignment import Aligned, align
from procmine.result import Result
from procmine.schema import ACTIVITY, VARIANT
from procmine.spelling import counted
from procmine.wording import count, duration, parse_duration, share

if TYPE_CHECKING:
    import altair as alt

_EXTRA, _MISSING = "not in the model here", "missing"
_FIGURES: Final = ("cost_low", "cost_high", "fitness_low", "fitness_high")


def answer(log: EventLog, model: Path, budget: str) -> Result:
    """Align the variants of a log with a model.

    Args:
        log: The event log.
        model: A model, BPMN or PNML.
        budget: How long the search may take: `20s`, `5 minutes`.

    Raises:
        OptionError: The budget can't be read.
        InputError: The model can't be read.
    """
    from procmine.mining.bounds import cost_bounds
    from procmine.mining.pm4py import read_model

    seconds = parse_duration(budget) / 1e6
    net = read_model(model).net
    ways = counted(log)
    activities = ways["activities"].to_list()
    aligned = align(net, activities, budget=seconds)
    costs = cost_bounds(activities, aligned, frozenset(net.activities))
    table = _variants(ways, aligned, costs)
    summary = _summary(table, aligned.shortest)
    return Result(
        "conformance",
        _headline(summary.row(0, named=True), Path(model).name),
        (*_unsolved(summary.row(0, named=True), aligned, seconds), *caveats.open_unknown(log)),
        {"summary": summary, "deviations": _deviations(table), "variants": table},
        chart_of=_chart,
    )


def _variants(ways: pl.DataFrame, aligned: Aligned, costs: list[tuple[int, int]]) -> pl.DataFrame:
    from procmine.mining.bounds import fitness_bounds

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


def _headline(row: dict[str, Any], model: str) -> str:
    low, high = share(row["fitting_share"]), share(row["fitting_share_high"])
    fitting = low if low == high else f"between {low} and {high}"
    average = [f"{row[f'average_fitness_{end}']:.2f}" for end in ("low", "high")]
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
