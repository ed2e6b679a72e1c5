"""Whose journey it is, as one column: what figures need whose units are customers."""

from typing import Any, Final

import narwhals as nw
import polars as pl

from procmine.eventlog import EventLog
from procmine.quantiles import EXACT_ROWS
from procmine.schema import CASE, CUSTOMER

UNIT: Final = "__unit"
BLOCKS: Final = 64
"""Of a log too large to hold a row a customer, customers fall into so many blocks by a hash."""

_SEED: Final = 1
_ITS_OWN: Final = "\x1f"


def with_units(log: EventLog, table: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add whose the journey is, in the column `UNIT`, as text.

    That is the customer, and the journey itself where nobody knows him; in a log of more than a
    million journeys on Polars the block that he falls into.

    Args:
        log: The event log.
        table: Rows of its journeys, with `case_id` and, where the log has it, `customer_id`.
    """
    table = table.with_columns(unit(log).alias(UNIT))
    native = nw.to_native(table)
    if log.size[1] <= EXACT_ROWS or not isinstance(native, pl.LazyFrame):
        return table
    block = (pl.col(UNIT).hash(_SEED) % BLOCKS).cast(pl.String)
    return nw.from_native(native.with_columns(block.alias(UNIT)))


def unit(log: EventLog) -> nw.Expr:
    """Say whose a journey is: the customer, or the journey itself where nobody knows him.

    Args:
        log: The event log.
    """
    journey = nw.concat_str(nw.lit(_ITS_OWN), nw.col(CASE).cast(nw.String))
    if CUSTOMER not in log.columns:
        return journey
    customer = nw.col(CUSTOMER).cast(nw.String)
    return nw.when(customer.is_null()).then(journey).otherwise(customer)


def known() -> pl.Expr:
    """Say of a row with `UNIT` whether that is a customer: not a journey of nobody known."""
    return ~pl.col(UNIT).str.starts_with(_ITS_OWN)


def customers(log: EventLog) -> nw.Expr:
    """Count the distinct customers of a group of journeys; journeys where the log names none.

    Args:
        log: The event log.
    """
    if CUSTOMER not in log.columns:
        return nw.len()
    # Spark can't drop nulls inside a group, so the unknown customer is taken off.
    customer = nw.col(CUSTOMER)
    return customer.n_unique() - customer.is_null().cast(nw.Int64).max()
