"""A result's table as a file to take along; no text of a log becomes a formula in it."""

import json
import re
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, Final

import polars as pl

FORMULA: Final = r"^[=+\-@\t\r\n＝＋－＠]"
"""What a spreadsheet may take for the beginning of a formula, full-width forms too (OWASP)."""


def harmless(table: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before texts that a spreadsheet would calculate; numbers stay numbers.

    Args:
        table: Any table.

    Example:
        >>> harmless(pl.DataFrame({"activity": ["=1+1", "Ask"], "n": [-1, 2]})).rows()
        [("'=1+1", -1), ('Ask', 2)]
    """
    safe = table.with_columns(pl.col(pl.String).str.replace(FORMULA, "'${0}"))
    return safe.rename({c: re.sub(FORMULA, r"'\g<0>", c) for c in table.columns})


def as_csv(table: pl.DataFrame, _zone: str = "UTC") -> bytes:
    r"""Return a table as CSV; a list in a cell becomes JSON.

    Args:
        table: Any table.

    Example:
        >>> as_csv(pl.DataFrame({"activities": [["ask", "answer"]], "cases": [2]}))
        b'activities,cases\n"[""ask"", ""answer""]",2\n'
    """
    return harmless(_flat(table)).write_csv().encode()


def as_parquet(table: pl.DataFrame, _zone: str = "UTC") -> bytes:
    """Return a table as Parquet, with its types as they are.

    Args:
        table: Any table.
    """
    file = BytesIO()
    table.write_parquet(file)
    return file.getvalue()


def as_excel(table: pl.DataFrame, zone: str = "UTC") -> bytes:
    """Return a table as an Excel workbook.

    Args:
        table: Any table.
        zone: The zone of its times: a workbook's name none.
    """
    import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]

    file = BytesIO()
    told = _flat(table).with_columns(
        pl.col(c).dt.convert_time_zone(zone).dt.replace_time_zone(None)
        for c, kind in table.schema.items()
        if isinstance(kind, pl.Datetime) and kind.time_zone
    )
    settings: Mapping[str, Any] = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, settings) as book:
        harmless(told).write_excel(book, autofit=True)
    return file.getvalue()


FORMS: Final[Mapping[str, Callable[[pl.DataFrame, str], bytes]]] = {
    "csv": as_csv,
    "xlsx": as_excel,
    "parquet": as_parquet,
}
"""How a table can be taken along, by the ending of the file's name."""


def _flat(table: pl.DataFrame) -> pl.DataFrame:
    """Make texts of lists and categories, which these files don't know."""
    lists = [c for c, kind in table.schema.items() if isinstance(kind, pl.List)]
    coded = [c for c, kind in table.schema.items() if isinstance(kind, pl.Categorical | pl.Enum)]
    return table.with_columns(
        *(pl.col(c).cast(pl.String) for c in coded),
        *(pl.col(c).map_elements(_json, return_dtype=pl.String) for c in lists),
    )


def _json(values: Any) -> str:
    return json.dumps(list(values), ensure_ascii=False)
