"""Is every department on target, and the customer's promise broken all the same?"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from procmine import business, caveats
from procmine.clusters import UNIT
from procmine.errors import OptionError, nearest
from procmine.eventlog import EventLog
from procmine.prepare.times import PERIODS
from procmine.registry import analysis
from procmine.result import HIGH, LOW, Result
from procmine.schema import CASE, CUSTOMER, DEPARTMENT, JOURNEY_STATE, JOURNEY_TYPE, SEGMENT, START
from procmine.teams import melons
from procmine.teams.melons import KEYS, NO, UNDECIDED, YES
from procmine.teams.pledges import promised, read_pledges
from procmine.teams.targets import OWN, all_on_target, held, on_target, targets
from procmine.teams.work import work_of
from procmine.wording import count, number, share

if TYPE_CHECKING:
    import altair as alt

    from procmine.policy.document import Policy

_CELLS: Final = (
    *(*KEYS, "cases", "customers", "within", "goal"),
    *(end + "inside_share" for end in ("", LOW, HIGH)),
    *("customer_side", "departments", "green_departments", "red_departments"),
    *("p_value", "adjusted_p_value", "verdict", "broken_cases", "broken_over_cases"),
    *(end + "in_spite_share" for end in ("", LOW, HIGH)),
    *("closed_cases", "unowned_seconds", "unowned_share"),
)


@analysis
def watermelon(
    log: EventLog,
    *,
    policy: Path | None = None,
    promise: str | None = None,
    goal: float = 0.9,
    usual: float = 0.95,
    period: str = "quarter",
    calendar: Path | None = None,
) -> Result:
    """Find where all departments are on target and customers are let down: green, and red inside.

    Journeys are taken by type, segment and the period in which they began. A department is green
    where the lower bound of its on-target share reaches its goal: the share of journeys on which
    its own time, its work and the waits inside it, stays within its target, which is its own
    promise in the policy or, where it has none, its usual: the time within which it did `usual` of
    its journeys in the first period with 20 of them. The customer is red where the upper bound of
    the share that closes inside the promise, open journeys followed as long as they were seen
    (Kaplan-Meier), stays under its goal. Bounds are one-sided at 5 %, customers being the units.

    The verdict is yes where all departments are green and the customer is red (each part at 5 %:
    an intersection-union test), no where some part is shown to be otherwise, both adjusted for the
    number of cells (Benjamini-Hochberg); else it is undecided. Departments with a part in fewer
    than 5 % of a cell's journeys aren't asked.

    Formula: yes if all low(on-target share of department) >= its goal and high(Kaplan-Meier share
    inside the promise) < goal; unowned share = waits in handoffs / end-to-end time; in-spite share
    = P(every department on target | the journey broke its promise).

    Source: Berger, "Multiparameter hypothesis testing and acceptance sampling", Technometrics 24
    (1982); Kaplan & Meier 1958; Benjamini & Hochberg 1995. Departments that look good by
    operational measures while the customer's experience is poor: Packer, "How to drive Customer
    Centricity through the back office".

    Args:
        log: The event log.
        policy: A file of promises (TOML), end to end and of departments.
        promise: The time within which journeys are to close, instead of a policy: "12 days", or by
            segment "Business=12 days,Consumer=21 days".
        goal: The share of journeys that is to keep a promise given in words, and of departments
            that are held to their usual.
        usual: The share of a department's journeys whose time is its usual.
        period: The period in which journeys began: week, month, quarter or year.
        calendar: A file of business hours (TOML), for promises in business time; the policy's where
            this isn't given.

    Returns:
        `summary` (one row): `cells, yes_cells, no_cells, undecided_cells, cases, customers,
        in_spite_share, unowned_share`; `cells`: `journey_type, segment, period, cases, customers,
        within, goal, inside_share, customer_side` (green, red or undecided), `departments,
        green_departments, red_departments, p_value, adjusted_p_value, verdict, broken_cases,
        broken_over_cases, in_spite_share, closed_cases, unowned_seconds, unowned_share`, verdict
        yes first; `departments`: `journey_type, segment, period, department, basis,
        target_seconds, goal, cases, customers, mean_seconds, on_target_share, state`. Intervals
        stand in `low_…` and `high_…` and hold 95 %. `chart()` draws the cells as tiles.

    Raises:
        OptionError: A promise, a share or a period makes no sense.
        ConfigurationError: The policy or the calendar can't be used, or names what never occurs.

    Example:
        >>> import polars as pl, procmine as pm
        >>> table = pl.DataFrame(
        ...     {
        ...         "case": ["1", "1"],
        ...         "activity": ["ask", "answer"],
        ...         "time": ["2026-01-05T09:00Z", "2026-01-07T10:00Z"],
        ...         "department": ["Sales", "Care"],
        ...     }
        ... )
        >>> pm.watermelon(pm.read(table), promise="1 day").cells["unowned_share"].item()
        1.0
    """
    _check(usual, period)
    pledges = read_pledges(log, policy, promise, goal, calendar)
    work = work_of(log, period, pledges.calendars)
    made = pledges.spread(log, work)
    told = work.told()
    own = made.filter(pl.col(DEPARTMENT).is_not_null())
    shares = held(told, targets(told, own, usual, goal))
    journeys = promised(work.journeys, made).join(all_on_target(shares), on=CASE, how="left")
    teams = on_target(shares, list(KEYS)).with_columns(melons.colour().alias("state"))
    cells = _cells(journeys, told, teams)
    tables = {
        "summary": _summary(cells, journeys),
        "cells": cells,
        "departments": _departments(teams),
    }
    return Result(
        "watermelon",
        _headline(tables),
        (
            *_caveats(log, tables, pledges.policy),
            *business.said(pledges.calendars, sorted(set(told[DEPARTMENT]))),
        ),
        tables,
        chart_of=_chart,
    )


def _check(usual: float, period: str) -> None:
    if not 0 < usual < 1:
        raise OptionError(
            f"The usual can't be the time of {number(usual)}.", "Give a share like 0.95."
        )
    if period not in PERIODS:
        raise OptionError(f"Journeys can't be taken by '{period}'.", nearest(period, PERIODS))


def _cells(journeys: pl.DataFrame, told: pl.DataFrame, teams: pl.DataFrame) -> pl.DataFrame:
    """Put together what is known of each cell, and say the verdict."""
    keys = list(KEYS)
    cells = journeys.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("cases"),
        pl.col(UNIT).n_unique().cast(pl.Int64).alias("customers"),
        pl.col("within", "goal").first(),
    )
    parts = (
        melons.customers_side(journeys, keys),
        melons.departments_side(told, teams, cells),
        melons.in_spite(journeys, keys),
        melons.unowned(journeys, keys),
    )
    for part in parts:
        cells = cells.join(part, on=keys, how="left", nulls_equal=True)
    side = (
        pl.when(pl.col("p_under").is_not_null()).then(melons.colour()).otherwise(pl.lit(UNDECIDED))
    )
    rank = pl.col("verdict").replace_strict({YES: 0, UNDECIDED: 1, NO: 2}, return_dtype=pl.Int64)
    judged = melons.verdicts(cells.with_columns(side.alias("customer_side")))
    return judged.select(_CELLS).sort(rank, "adjusted_p_value", *keys, nulls_last=True)


def _departments(teams: pl.DataFrame) -> pl.DataFrame:
    return teams.select(
        *(*KEYS, DEPARTMENT, "basis"),
        (pl.col("limit") / 1e6).alias("target_seconds"),
        *("goal", "cases", "customers", "mean_seconds"),
        *(end + "on_target_share" for end in ("", LOW, HIGH)),
        "state",
    ).sort(*KEYS, DEPARTMENT, nulls_last=True)


def _summary(cells: pl.DataFrame, journeys: pl.DataFrame) -> pl.DataFrame:
    """Sum up the cells; the shares are of all journeys together."""
    whole = journeys.with_columns(pl.lit("").alias("all"))
    spite, time = melons.in_spite(whole, ["all"]), melons.unowned(whole, ["all"])
    counts = {
        f"{v}_cells": cells.filter(pl.col("verdict") == v).height for v in (YES, NO, UNDECIDED)
    }
    row = {
        "cells": cells.height,
        **counts,
        "cases": journeys.height,
        "customers": journeys[UNIT].n_unique(),
        **_first(spite, [end + "in_spite_share" for end in ("", LOW, HIGH)]),
        **_first(time, ["unowned_share"]),
    }
    shares = {c: pl.Float64 for c in row if c.endswith("_share")}
    return pl.DataFrame([row], schema_overrides=shares)


def _first(table: pl.DataFrame, columns: list[str]) -> dict[str, float | None]:
    return table.select(columns).row(0, named=True) if table.height else dict.fromkeys(columns)


def _headline(tables: Mapping[str, pl.DataFrame]) -> str:
    row = tables["summary"].row(0, named=True)
    time = ""
    if row["unowned_share"] is not None:
        time = f" {share(row['unowned_share'])} of journeys' time is a wait on nobody's clock."
    if tables["cells"]["within"].count() == 0:
        return f"Nobody knows what customers are promised.{time}"
    looked = count(row["cells"], "group of journeys", "groups of journeys")
    if not row["yes_cells"]:
        return f"In none of {looked} are all departments green and the customer red.{time}"
    top = tables["cells"].row(0, named=True)
    return (
        f"In {row['yes_cells']} of {looked} all departments are green and the customer is red: "
        f"{cell_name(top)}, where {share(top['inside_share'])} close within "
        f"{top['within']}.{time}"
    )


def cell_name(row: Mapping[str, Any]) -> str:
    """Say which journeys a row of the table `cells` is of."""
    kind = row[JOURNEY_TYPE] or "journeys"
    segment = f" of {row[SEGMENT]}" if row[SEGMENT] else ""
    return f"{kind}{segment} from {row['period']}"


def _caveats(
    log: EventLog, tables: Mapping[str, pl.DataFrame], found: "Policy | None"
) -> Iterator[str]:
    yield from caveats.no_departments(log)
    if tables["cells"]["within"].count() == 0:
        fact = "Without a promise to customers nobody can say whether they are let down"
        yield f"{fact}; give one: promise='12 days' (--promise), or a policy (--policy FILE)."
    usual = sorted(set(tables["departments"].filter(pl.col("basis") != OWN)[DEPARTMENT]))
    if usual:
        names = ", ".join(usual[:5]) + (f" and {len(usual) - 5} more" if len(usual) > 5 else "")
        where = "the policy" if found else "a policy"
        fact = f"Held to their own usual for want of a promise: {names}"
        yield f"{fact}; {where} can say what they promise ([[promises]] with department)."
    if JOURNEY_STATE not in log.columns:
        yield from caveats.open_unknown(log)
    if START not in log.columns:
        yield "The log has no start times, so work is unknown and sits in the waits."
    if CUSTOMER not in log.columns:
        yield "The log names no customers, so each journey counts as one of its own."
    yield from caveats.lookalikes(log, DEPARTMENT)


def _chart(result: Result, **options: Any) -> "alt.TopLevelMixin":
    from procmine.draw.melons import melon_tiles

    return melon_tiles(result.cells, **options)
