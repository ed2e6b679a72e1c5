"""Excel and OpenDocument sheets."""

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from procmine.errors import InputError
from procmine.io.detect import damaged, sha256
from procmine.io.raw import Raw, numbered


def read_excel(path: Path, wanted: Callable[[Sequence[str]], bool]) -> Raw:
    """Read the first sheet whose columns are wanted, else the first that has rows.

    Args:
        path: The file.
        wanted: Whether columns of these names make an event log.

    Raises:
        InputError: The file is damaged or holds no rows.
    """
    sheets = {name: frame for name, frame in _sheets(path).items() if frame.height}
    if not sheets:
        raise InputError(f"'{path.name}' holds no sheet with rows.", "Give a sheet with events.")
    name = next((n for n, f in sheets.items() if wanted(f.columns)), next(iter(sheets)))
    notes = (f"Of {len(sheets)} sheets '{name}' was read.",) if len(sheets) > 1 else ()
    sheet = sheets[name]
    return Raw(path.name, "excel", numbered(sheet.lazy()), sheet.height, sha256(path), notes=notes)


def _sheets(path: Path) -> dict[str, pl.DataFrame]:
    from fastexcel import FastExcelError
    from fastexcel import read_excel as open_book

    try:
        book = open_book(path)
        return {
            name: book.load_sheet(name, schema_sample_rows=None).to_polars()  # pyright: ignore[reportUnknownMemberType]
            for name in book.sheet_names
        }
    except (FastExcelError, pl.exceptions.PolarsError, OSError, ValueError):
        raise damaged(path, "it can't be opened as a workbook") from None
