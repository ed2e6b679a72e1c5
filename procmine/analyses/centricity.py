"""How customer-centric is the company, as far as its log can show?"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine.clusters import customers
from procmine.collecting import collect
from procmine.errors import OptionError
from procmine.eventlog import EventLog
from procmine.registry import analysis_of_all
from procmine.result import Result

if TYPE_CHECKING:
    import altair as alt

_SUMMARY: Final = (
    *("level", "last_gate", "stops_at", "met_gates", "unknown_gates", "gates"),
    *("cases", "customers"),
)


@analysis_of_all
def centricity(
    log: EventLog,
    *,
    policy: Path | None = None,
    promise: str | None = None,
    reasons: Path | None = None,
    permutations: int = 499,
    seed: int = 1,
) -> Result:
    """Say how customer-centric the company is, as a row of gates with evidence from the log.

    From *product*, where every company begins, lead three levels. *Experience*: 90 % of events lie
    in journeys of known customers; the owner of each type of journey is named, and by no
    department's name; every promise end to end is kept; treatment within a segment differs by at
    most 0.01 bits beyond chance; failure demand falls over seven eighths of the log's time.
    *Value*: segments are treated by what they are worth, or at least differently, and alike within.
    *Customer in control*: at activities after which journeys go on in several ways (each taken by 5
    % at least), the customer takes half of the next steps.

    Formula: level = the highest one whose gates, and those of all below it, are met without a gap;
    never a mean of gates.

    Source: seed 001 (D. Rance, "Have a Plan: Customer-Centricity Doesn't Happen by Osmosis": from
    product by customer experience and customer value to the customer in control).

    Args:
        log: The event log.
        policy: a file with promises, their owners and what segments are worth (TOML)
        promise: promises in words, in place of a policy, as promises takes them
        reasons: a map of reasons, which says which activities are failure demand (TOML)
        permutations: how many shuffles differences are compared with
        seed: another number shuffles otherwise

    Returns:
        `summary` (one row): `level` (product, experience, value, customer in control), `last_gate`
        of the unbroken row, `stops_at`, `met_gates, unknown_gates, gates`; `gates`, in order:
        `step, level, gate, status` (met, not met, not assessable), `figure, threshold, evidence`.
        Both say of how many `cases, customers`.

    Raises:
        ConfigurationError: The policy or the map can't be used.
        OptionError: The promise can't be used, or there are too few shuffles.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {"case": ["1", "2"], "activity": ["ask"] * 2, "time": ["2026-01-05T09:00Z"] * 2}
        ... )
        >>> pm.centricity(pm.read(table)).summary.select("level", "met_gates").row(0)
        ('product', 0)
    """
    from procmine.centric import beyond, experience
    from procmine.centric.asked import Asked
    from procmine.centric.gate import MET, UNKNOWN, reached, table_of

    if permutations < 19:
        raise OptionError(f"{permutations} shuffles tell nothing.", "Give at least 19.")
    asked = Asked(log, policy, promise, reasons, permutations, seed)
    found = [*experience.gates(asked), *beyond.gates(asked)]
    level, row = reached(found)
    cases, people = _of_whom(log)
    statuses = [gate.status for gate in found]
    summary = pl.DataFrame(
        [
            (
                *(level, found[row - 1].gate if row else None),
                *(found[row].gate if row < len(found) else None, statuses.count(MET)),
                *(statuses.count(UNKNOWN), len(found), cases, people),
            )
        ],
        schema=dict.fromkeys(_SUMMARY[:3], pl.String()) | dict.fromkeys(_SUMMARY[3:], pl.Int64()),
        orient="row",
    )
    gates = table_of(found).with_columns(
        pl.lit(cases, pl.Int64).alias("cases"), pl.lit(people, pl.Int64).alias("customers")
    )
    return Result(
        "centricity",
        _headline(summary.row(0, named=True)),
        tuple(_caveats(gates)),
        {"summary": summary, "gates": gates},
        chart_of=_chart,
    )


def _of_whom(log: EventLog) -> tuple[int, int]:
    """Count the journeys and the customers that the evidence is of."""
    inside = log.inside()
    return inside.size[1], int(collect(inside.ends.select(customers(log).alias("n"))).item() or 0)


def _headline(row: dict[str, Any]) -> str:
    fact = f"The log shows the level '{row['level']}'"
    if row["stops_at"] is None:
        return f"{fact}: all {row['gates']} gates are met."
    met = (
        f"{row['met_gates']} of {row['gates']} gates {'is' if row['met_gates'] == 1 else 'are'} met"
    )
    return f"{fact}: {met}, and the unbroken row stops at '{row['stops_at']}'."


def _caveats(gates: pl.DataFrame) -> Iterator[str]:
    yield (
        "A level is its last gate in an unbroken row, never a mean, and a log shows what was done, "
        "not what was meant."
    )
    missing = gates.filter(status="not assessable").select("gate", "evidence")
    for gate, evidence in missing.unique(maintain_order=True).rows():
        yield f"Not assessable from this log: {gate.lower()}. {evidence}"
    yield "Each gate that compares is called at 5 % on its own: of several, one may err by chance."


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.gates import staircase

    return staircase(result.gates, title=result.headline, **options)
