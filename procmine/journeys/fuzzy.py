"""Customers that are probably one though no identifier says so: splink on names and the like.

Source: Fellegi & Sunter, "A theory for record linkage", JASA 1969, as the package splink has it
(Linacre et al., "Splink: free software for probabilistic record linkage at scale", IJPDS 2022).
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import polars as pl

from procmine.errors import ColumnError, UnavailableError, nearest
from procmine.journeys.components import components
from procmine.journeys.mapping import Fuzzy
from procmine.journeys.rules import CUSTOMER_NUMBER

_ID: Final = "unique_id"
_PAIRS: Final = 1_000_000
"""How many random pairs tell how often two different people agree by chance."""


def check_columns(fuzzy: Fuzzy, columns: Sequence[str]) -> None:
    """See that some source has each column.

    Raises:
        ColumnError: None has; the nearest is named.
    """
    for column in fuzzy.columns:
        if column not in columns:
            raise ColumnError(
                f"identity.fuzzy.columns: no source has a column '{column}'.",
                nearest(column, columns),
            )


def alike(people: pl.DataFrame, fuzzy: Fuzzy) -> pl.DataFrame:
    """Find the customers that are probably one.

    Args:
        people: `__customer` and, as text, the columns that are compared: one row for each way in
            which a customer is written.
        fuzzy: What is compared, and from which probability two are one.

    Returns:
        The pairs of customers, `left, right`, and the `probability` that they are one.

    Raises:
        UnavailableError: splink isn't installed.
    """
    records = people.filter(pl.all_horizontal(pl.col(c).is_not_null() for c in fuzzy.columns))
    if records[CUSTOMER_NUMBER].n_unique() < 2:
        return _pairs(pl.DataFrame())
    return _pairs(_predicted(records.with_row_index(_ID), fuzzy))


def _pairs(predicted: pl.DataFrame) -> pl.DataFrame:
    kinds = {"left": pl.UInt32, "right": pl.UInt32, "probability": pl.Float64}
    if predicted.is_empty():
        return pl.DataFrame(schema=kinds)
    ends = [pl.col(f"{CUSTOMER_NUMBER}_{side}") for side in ("l", "r")]
    return (
        predicted.filter(ends[0] != ends[1])
        .group_by(pl.min_horizontal(ends).alias("left"), pl.max_horizontal(ends).alias("right"))
        .agg(pl.col("match_probability").max().alias("probability"))
        .cast(kinds)  # pyright: ignore[reportArgumentType]
        .sort("left", "right")
    )


def _predicted(records: pl.DataFrame, fuzzy: Fuzzy) -> pl.DataFrame:
    """Train splink's model on the records themselves, and ask it for likely pairs."""
    try:
        import splink.comparison_library as compare
        from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    except ImportError:
        raise UnavailableError(
            "Comparing names needs splink.", "Install it: pip install 'procmine[fuzzy]'."
        ) from None
    library: Any = compare
    blocks: list[Any] = [block_on(c) for c in fuzzy.columns]
    blocks.append(block_on(f"substr({fuzzy.columns[0]}, 1, 3)"))
    settings: Any = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[library.JaroWinklerAtThresholds(c, [0.92, 0.8]) for c in fuzzy.columns],
        blocking_rules_to_generate_predictions=blocks,
        probability_two_random_records_match=1 / records.height,
        retain_matching_columns=False,
        additional_columns_to_retain=[CUSTOMER_NUMBER],
    )
    engine: Any = DuckDBAPI()
    linker: Any = Linker(engine.register(records.to_arrow()), settings, log_level=logging.ERROR)
    training: Any = linker.training
    training.estimate_u_using_random_sampling(max_pairs=_PAIRS, seed=1)
    for column in fuzzy.columns:
        training.estimate_parameters_using_expectation_maximisation(block_on(column))
    found: Any = linker.inference.predict(threshold_match_probability=fuzzy.threshold)
    return pl.DataFrame(found.as_pyarrow_table())


def joined(
    numbers: pl.DataFrame, pairs: pl.DataFrame, fuzzy: Fuzzy
) -> tuple[pl.DataFrame, Mapping[str, Any]]:
    """Join the customers that are probably one.

    Args:
        numbers: `__hash` of an identifier and the number of its customer.
        pairs: The pairs of customers, and their probability.
        fuzzy: What was compared.

    Returns:
        The same with fewer customers, and what is worth knowing.
    """
    customers = int(numbers[CUSTOMER_NUMBER].max() or 0) + 1  # pyright: ignore[reportArgumentType]
    ends = (pairs["left"].to_numpy(), pairs["right"].to_numpy())
    one = components(customers, [ends])
    facts = {
        "columns": list(fuzzy.columns),
        "threshold": fuzzy.threshold,
        "pairs": pairs.height,
        "joined": customers - int(one.max()) - 1,
        "lowest": pairs["probability"].min(),
        "expected_wrong": float((1 - pairs["probability"]).sum()),
    }
    now = pl.Series(CUSTOMER_NUMBER, one[numbers[CUSTOMER_NUMBER].to_numpy()].astype(np.uint32))
    return numbers.with_columns(now), facts
