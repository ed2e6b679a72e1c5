"""What departments say of each other: an anonymous survey among colleagues (CSV)."""

from pathlib import Path
from typing import Final

import polars as pl

from procmine.errors import InputError, nearest
from procmine.schema import DEPARTMENT
from procmine.wording import number

FEWEST: Final = 5
"""Fewer answers than these are never shown, nor a figure made of them: they could be told apart."""

_COLUMNS: Final = ("month", DEPARTMENT, "score")


def read_peers(path: str | Path) -> pl.DataFrame:
    """Read a survey among colleagues.

    Args:
        path: A CSV file with the columns `month` (2025-01), `department` (of whom it is said) and
            `score`, a row an answer.

    Returns:
        `month` (its first day), `department, score`.

    Raises:
        InputError: The file can't be read, a column is missing, or a cell can't be used.
    """
    path = Path(path)
    try:
        table = pl.read_csv(path, infer_schema=False)
    except FileNotFoundError:
        raise InputError(f"There is no file '{path}'.", "Check its name.") from None
    except (OSError, pl.exceptions.PolarsError):
        raise InputError(f"'{path.name}' can't be read as CSV.", "Check the file.") from None
    for column in _COLUMNS:
        if column not in table.columns:
            raise InputError(
                f"'{path.name}' has no column '{column}'.", nearest(column, table.columns)
            )
    said = table.select(pl.col(c).str.strip_chars() for c in _COLUMNS)
    read = said.with_columns(
        pl.format("{}-01", pl.col("month").str.head(7)).str.to_date("%Y-%m-%d", strict=False),
        pl.col("score").cast(pl.Float64, strict=False),
    )
    _refuse(said, read, path.name)
    return read


def _refuse(said: pl.DataFrame, read: pl.DataFrame, file: str) -> None:
    """Refuse the first cell that can't be used."""
    helps = {
        "month": "Write months as 2025-01.",
        DEPARTMENT: "Each answer must say of whom it is.",
        "score": "Write scores as numbers.",
    }
    for column, help in helps.items():
        wrong = (
            read[column].is_null()
            if column != "score"
            else ~read[column].is_finite().fill_null(False)
        )
        if wrong.any():
            row = wrong.arg_max() or 0
            raise InputError(
                f"In row {number(row + 1)} of '{file}' the {column} can't be read: "
                f"'{said[column][row] or ''}'.",
                help,
            )
