"""How many journeys norms are asked of, how many break them, and where: by their variants."""

from dataclasses import dataclass
from typing import Any, Final

import narwhals as nw
import numpy as np
import numpy.typing as npt
import polars as pl

from procmine.collecting import collect
from procmine.eventlog import EventLog
from procmine.norms.norm import Stand
from procmine.norms.sequences import Ints
from procmine.prepare.beside import beside
from procmine.schema import CASE, CUSTOMER, DEPARTMENT, EVENT_NUMBER, VARIANT

NORM: Final = "norm"
"""The number of a norm."""

UNIT: Final = "__unit"
"""The customer, or where nobody knows him the journey: what may vary independently."""


@dataclass(frozen=True)
class Figures:
    """How journeys stand to norms.

    Attributes:
        shares: A row a norm, in their order: `cases` that it is asked of, `customers` of these,
            `violations`, and the sums over customers that tell how far the share may be off.
        whole: The same of all norms together, in one row: a journey breaks them if it breaks one.
    """

    shares: pl.DataFrame
    whole: pl.DataFrame


def unit(log: EventLog) -> nw.Expr:
    """Return whose each event is: the customer's, else the journey's."""
    if CUSTOMER not in log.columns:
        return nw.col(CASE).alias(UNIT)
    return nw.coalesce(nw.col(CUSTOMER), nw.col(CASE)).alias(UNIT)


def of_variants(log: EventLog, variants: pl.DataFrame, stand: Stand) -> Figures:
    """Count journeys whose variants say how they stand.

    Args:
        log: The event log.
        variants: `variant`, all of the log's.
        stand: How each of them stands.
    """
    grouped = log.ends.select(unit(log), VARIANT).group_by(UNIT, VARIANT)
    journeys = collect(grouped.agg(nw.len().alias("cases")))
    row = variants.select(VARIANT, pl.int_range(pl.len()).alias("row"))
    rows = journeys.join(row, on=VARIANT, how="left", maintain_order="left")["row"].to_numpy()
    units = (journeys[UNIT].rank("dense") - 1).to_numpy().astype(np.int64)
    cases = journeys["cases"].to_numpy()
    broken = stand.broken_at > 0

    def summed(asked: npt.NDArray[Any], breaks: npt.NDArray[Any]) -> dict[str, int]:
        size = int(units.max(initial=-1)) + 1
        own, bad = (
            np.bincount(units, weights=cases * each[rows], minlength=size).astype(np.int64)
            for each in (asked, breaks)
        )
        return sums_of(own, bad)

    each = [summed(stand.asked[:, n], broken[:, n]) for n in range(broken.shape[1])]
    whole = summed(np.ones(len(broken), dtype=bool), np.asarray(broken.any(axis=1)))
    return Figures(table(each), table([whole]))


def sums_of(asked: Ints, broken: Ints) -> dict[str, int]:
    """Add up over customers how many journeys were asked, and how many broke a norm."""
    sums = {
        "cases": asked.sum(),
        "customers": (asked > 0).sum(),
        "violations": broken.sum(),
        "squares": (asked * asked).sum(),
        "products": (asked * broken).sum(),
        "violation_squares": (broken * broken).sum(),
    }
    return {name: int(value) for name, value in sums.items()}


_SUMS: Final = ("cases", "customers", "violations", "squares", "products", "violation_squares")


def table(rows: list[dict[str, int]]) -> pl.DataFrame:
    """Make a table of what `sums_of` returns."""
    return pl.DataFrame(rows, schema=dict.fromkeys(_SUMS, pl.Int64))


def places(log: EventLog, variants: pl.DataFrame, stand: Stand) -> pl.DataFrame:
    """Count the journeys that break each norm by the department of the event at which they do.

    Args:
        log: The event log.
        variants: `variant`, all of the log's.
        stand: How each of them stands.

    Returns:
        `norm, department, variant, cases, customers`.
    """
    row, norm = np.nonzero(stand.broken_at)
    broken = pl.DataFrame(
        {
            NORM: norm.astype(np.int64),
            VARIANT: variants[VARIANT].gather(row),
            EVENT_NUMBER: stand.broken_at[row, norm],
        }
    )
    events = log.table.select(unit(log), VARIANT, EVENT_NUMBER, department(log))
    wanted = beside(events, broken.select(VARIANT, EVENT_NUMBER).unique())
    there = events.join(wanted, on=[VARIANT, EVENT_NUMBER], how="inner")
    counted = collect(
        there.group_by(VARIANT, EVENT_NUMBER, DEPARTMENT).agg(
            nw.len().alias("cases"), nw.col(UNIT).n_unique().alias("customers")
        )
    )
    found = broken.join(counted, on=[VARIANT, EVENT_NUMBER])
    return found.select(NORM, DEPARTMENT, VARIANT, "cases", "customers")


def department(log: EventLog) -> nw.Expr:
    """Return the department of each event, as text; null where the log names none."""
    known = DEPARTMENT in log.columns
    whose = nw.col(DEPARTMENT).cast(nw.String) if known else nw.lit(None, nw.String)
    return whose.alias(DEPARTMENT)
