"""Does the queue honour what a segment is worth? Waits for the same step, in the same month.

Two customers' waits are compared where both waited for the same activity in journeys of the same
type that began in the same month: so it makes no difference that segments ask for different things
at different times. Customers change segments under the shuffles, with all their journeys.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import numpy as np
import polars as pl

from procmine import business
from procmine.clusters import UNIT
from procmine.collecting import collect
from procmine.concordance import Figures, Numbers, Ranking
from procmine.eventlog import EventLog
from procmine.permutation import Shuffle
from procmine.policy.attained import Seen
from procmine.schema import (
    CASE,
    CASE_START,
    GAP_BY_CUSTOMER,
    JOURNEY_TYPE,
    NEXT_ACTIVITY,
    NEXT_DEPARTMENT,
    SEGMENT,
    TIMESTAMP,
    WAIT,
)

if TYPE_CHECKING:
    from procmine.calendars import Calendars

MOST_JOURNEYS: Final = 20_000
"""Journeys whose waits are shuffled; of more, customers are drawn by a hash of their names."""

LEVEL: Final = 0.05
HONOURED, REVERSED, UNSEEN = "honoured", "reversed", "not seen"

_SEED: Final = 1
_LEAST: Final = 1e-12
_ENOUGH_UNITS: Final = 15
_NORMAL: Final = 1.959963984540054
_MONTH, _STRATUM, _PART, _JOURNEY = "__month", "__stratum", "__part", "__journey"

QUEUE: Final[dict[str, pl.DataType]] = {
    JOURNEY_TYPE: pl.String(),
    "step": pl.String(),
    **dict.fromkeys(("waits", "cases", "customers"), pl.Int64()),
    **dict.fromkeys(
        ("tau", "sooner_share", "low_sooner_share", "high_sooner_share", "p_value"), pl.Float64()
    ),
    "adjusted_p_value": pl.Float64(),
    "verdict": pl.String(),
}
"""The columns of `queues`."""


@dataclass(frozen=True)
class Waits:
    """Waits that can be compared.

    Attributes:
        journeys: A row a journey: `unit, month, worth`.
        table: A row a wait: `journey` (its row there), `journey_type, step, wait, stratum`.
    """

    journeys: pl.DataFrame
    table: pl.DataFrame


def waits(
    log: EventLog, seen: Seen, worth: pl.DataFrame, calendars: "Calendars | None"
) -> Waits | None:
    """Collect what customers waited for each step, except for themselves.

    Args:
        log: The event log.
        seen: Its journeys.
        worth: What `procmine.policy.levels.worth` returns.
        calendars: If given, waits are business time of the department that is waited for.

    Returns:
        The waits; None where the log is too large for this engine to draw customers from.
    """
    found = _drawn(seen)
    if found is None:
        return None
    several = pl.col("worth").n_unique().over(JOURNEY_TYPE) > 1
    month = pl.col(CASE_START).dt.convert_time_zone(log.meta.timezone).dt.strftime("%Y-%m")
    journeys = (
        found.join(worth, on=[JOURNEY_TYPE, SEGMENT], how="inner", nulls_equal=True)
        .filter(several)
        .with_columns(month.alias(_MONTH))
        .sort(CASE)
        .with_row_index(_JOURNEY)
    )
    steps = collect(_steps(log, calendars)).cast({NEXT_ACTIVITY: pl.String})
    table = steps.join(
        journeys.select(CASE, _JOURNEY, JOURNEY_TYPE, _MONTH), on=CASE, how="inner"
    ).rename({NEXT_ACTIVITY: "step"})
    stratum = pl.struct(JOURNEY_TYPE, "step", _MONTH).rank("dense").cast(pl.Int64) - 1
    table = table.with_columns(stratum.alias(_STRATUM)).sort(_JOURNEY, "step", WAIT)
    return Waits(journeys, table.select(_JOURNEY, JOURNEY_TYPE, "step", WAIT, _STRATUM))


def _drawn(seen: Seen) -> pl.DataFrame | None:
    """Return the journeys, of a large log those of customers drawn at random."""
    table = seen.table.select(CASE, CASE_START, UNIT, JOURNEY_TYPE, SEGMENT)
    number = seen.cells["cases"].sum()
    if number <= MOST_JOURNEYS:
        return collect(table)
    native = nw.to_native(table)
    if not isinstance(native, pl.LazyFrame):
        return None
    part = round(1_000_000 * MOST_JOURNEYS / number)
    kept = native.filter(pl.col(UNIT).hash(_SEED) % 1_000_000 < part)
    return collect(nw.from_native(kept))


def _steps(log: EventLog, calendars: "Calendars | None") -> nw.LazyFrame[Any]:
    """Ask for the waits: `case_id, next_activity, wait_us`."""
    steps = log.steps
    if GAP_BY_CUSTOMER in log.columns:
        steps = steps.filter(~nw.col(GAP_BY_CUSTOMER).fill_null(False))
    if calendars:
        department = pl.col(NEXT_DEPARTMENT) if NEXT_DEPARTMENT in log.columns else None
        span = pl.col(TIMESTAMP), pl.col(WAIT), department
        steps = business.with_business(steps, calendars, {WAIT: span})
    return steps.select(CASE, NEXT_ACTIVITY, WAIT)


def queues(found: Waits, permutations: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Test whether who is worth more waits less.

    Args:
        found: The waits.
        permutations: How many shuffles.
        seed: Another number shuffles otherwise.

    Returns:
        For each type of journey, and for each step of it: `journey_type, step, waits, cases,
        customers, tau, sooner_share, low_sooner_share, high_sooner_share, p_value,
        adjusted_p_value, verdict`. That is Kendall's tau-b between worth and wait, negative where
        who is worth more waits less; the share of pairs in which he does, ties by halves; and the
        chance of so large a tau either way under the shuffles, and of one anywhere in the table
        (Westfall & Young).
    """
    table, journeys = found.table, found.journeys
    if table.is_empty():
        nothing = pl.DataFrame(schema=QUEUE)
        return nothing.drop("step"), nothing
    ranking = Ranking.of(table[_STRATUM], table[WAIT])
    ways = [_Way.of(table, by) for by in _BY]
    worth = (journeys["worth"].rank("dense").cast(pl.Int64) - 1).to_numpy()
    groups, place = int(worth.max()) + 1, table[_JOURNEY].cast(pl.Int64).to_numpy()
    strata = journeys.select(pl.struct(JOURNEY_TYPE, _MONTH).rank("dense")).to_series()
    shuffle = Shuffle.of(journeys[UNIT], strata, seed=seed)

    def taus(labels: Numbers) -> list[Figures]:
        pairs = ranking.pairs(labels[place], groups)
        return [pairs.over(way.of_stratum, way.names.height).tau for way in ways]

    seen, drawn = taus(worth), [taus(moved) for moved in shuffle.draws(worth, permutations)]
    influence = ranking.influence(worth[place], groups)
    answers = [
        _told(way, here, np.array(chance)).join(_sooner(found, influence, way.part), on=_PART)
        for way, here, *chance in zip(ways, seen, *drawn, strict=True)
    ]
    of_type, of_step = (_columns(_verdicts(a), by) for a, by in zip(answers, _BY, strict=True))
    return of_type, of_step


_BY: Final = ([JOURNEY_TYPE], [JOURNEY_TYPE, "step"])


def _columns(table: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    kept = table.select(c for c in QUEUE if c != "step" or c in by)
    return kept.sort("tau", *by, nulls_last=True)


@dataclass(frozen=True)
class _Way:
    """How strata are put together: by what, each wait's part, and each stratum's."""

    names: pl.DataFrame
    part: pl.Series
    of_stratum: Numbers

    @classmethod
    def of(cls, table: pl.DataFrame, by: list[str]) -> "_Way":
        part = table.select((pl.struct(by).rank("dense").cast(pl.Int64) - 1).alias(_PART))
        names = table.select(*by, part.to_series()).unique().sort(_PART)
        pairs = table.select(_STRATUM, part.to_series()).unique(_STRATUM).sort(_STRATUM)
        return cls(names, part.to_series(), pairs[_PART].to_numpy())


def _told(way: _Way, seen: Figures, drawn: Figures) -> pl.DataFrame:
    """Say how often the shuffles give so large a tau there, and relative to its spread anywhere."""
    known = np.isfinite(seen)
    spread = np.where(known, np.maximum(np.nan_to_num(drawn).std(axis=0), _LEAST), np.inf)
    apart, chance = np.abs(np.nan_to_num(seen)), np.abs(np.nan_to_num(drawn))
    largest = (chance / spread).max(axis=1)
    times = len(drawn) + 1
    own = (1 + (chance >= apart - _LEAST).sum(axis=0)) / times
    anywhere = (1 + (largest[:, None] >= apart / spread - _LEAST).sum(axis=0)) / times
    columns = {"tau": seen, "p_value": own, "adjusted_p_value": anywhere}
    there = pl.Series(known)
    return way.names.with_columns(
        pl.when(there).then(pl.Series(values)).alias(name) for name, values in columns.items()
    )


def _sooner(found: Waits, influence: tuple[Figures, Figures], part: pl.Series) -> pl.DataFrame:
    """Say in which share of the pairs who is worth more waits less, customers being the units."""
    turned, compared = influence
    unit = found.journeys[UNIT].gather(found.table[_JOURNEY])
    rows = pl.DataFrame(
        {_PART: part, "unit": unit, _JOURNEY: found.table[_JOURNEY], "s": turned, "m": compared}
    )
    somers = (pl.col("s").sum() / pl.col("m").sum()).alias("d")
    counts = rows.group_by(_PART).agg(
        pl.len().cast(pl.Int64).alias("waits"),
        pl.col(_JOURNEY).n_unique().cast(pl.Int64).alias("cases"),
        pl.col("unit").n_unique().cast(pl.Int64).alias("customers"),
    )
    of_unit = rows.group_by(_PART, "unit").agg(pl.col("s", "m").sum()).sort(_PART, "unit")
    compared_units = (pl.col("m") > 0).sum().alias("units")
    # a row's pairs count twice in the sums, so that their slopes are twice the rows' own
    slopes = 2 * (pl.col("s") - pl.col("s").sum() / pl.col("m").sum() * pl.col("m"))
    variance = ((slopes / pl.col("m").sum()) ** 2).sum().alias("v")
    sums = of_unit.group_by(_PART, maintain_order=True).agg(somers, variance, compared_units)
    units, d = pl.col("units"), pl.col("d").fill_nan(None)
    spread = (pl.col("v") * units / (units - 1).clip(lower_bound=1)).sqrt() / (1 - d**2)
    sure = (units >= _ENOUGH_UNITS) & (d.abs() < 1)
    ends = {
        end: (d.arctanh() + sign * _NORMAL * spread).tanh()
        for end, sign in (("low", 1), ("high", -1))
    }
    shares = sums.with_columns(
        ((1 - d) / 2).alias("sooner_share"),
        *(pl.when(sure).then((1 - v) / 2).alias(f"{e}_sooner_share") for e, v in ends.items()),
    )
    return counts.join(shares.drop("d", "v", "units"), on=_PART)


def _verdicts(table: pl.DataFrame) -> pl.DataFrame:
    sure = pl.col("adjusted_p_value") <= LEVEL
    return table.with_columns(
        pl.when(sure & (pl.col("tau") < 0))
        .then(pl.lit(HONOURED))
        .when(sure)
        .then(pl.lit(REVERSED))
        .otherwise(pl.lit(UNSEEN))
        .alias("verdict")
    )
