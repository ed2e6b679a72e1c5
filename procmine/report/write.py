"""Write what a report gives: each file beside its place, and all of them there before one moves."""

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from procmine.errors import InputError
from procmine.eventlog import EventLog
from procmine.report.changes import Changes
from procmine.report.document import Outputs
from procmine.report.figures import as_json
from procmine.report.first import report_page
from procmine.report.junit import junit
from procmine.report.pdf import write_pdf
from procmine.report.run import Found
from procmine.schema import CASE
from procmine.storage import replace_by

_STAGE = ".procmine-"
"""How the folder begins in which a run's files lie until all of them are whole."""


def make_folder(folder: Path) -> None:
    """Make the outputs' folder where it isn't there.

    Raises:
        InputError: It can't be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"The folder '{folder.name}' can't be made: {error.strerror}.", "Choose another."
        ) from None


def clear(folder: Path) -> None:
    """Clear away what a killed run left; only who holds the report's lock may."""
    for left in folder.glob(f"{_STAGE}*.part"):
        shutil.rmtree(left, ignore_errors=True)


def write_outputs(
    found: Found, changes: Changes, outputs: Outputs, notes: Sequence[str] = ()
) -> list[Path]:
    """Write all that is asked for; until all of it is whole, the last report stays as it is.

    Args:
        found: What the run found.
        changes: It beside the runs before.
        outputs: What is written, and where.
        notes: What else is to be said at the end of the first page.

    Returns:
        The files.

    Raises:
        InputError: A file can't be written.
    """
    writers = _writers(found, changes, outputs, notes)
    stage = outputs.folder / f"{_STAGE}{os.getpid()}.part"
    try:
        stage.mkdir()
        for name, write in writers.items():
            write(stage / name)
        for name in writers:
            replace_by(outputs.folder / name, stage / name)
    except OSError as error:
        place = Path(error.filename or outputs.folder).name
        raise InputError(f"'{place}' can't be written: {error.strerror}.", "Mend that.") from None
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return [outputs.folder / name for name in writers]


def _writers(
    found: Found, changes: Changes, outputs: Outputs, notes: Sequence[str]
) -> dict[str, Callable[[Path], object]]:
    """Say for each file how it is written."""
    writers: dict[str, Callable[[Path], object]] = {}
    page = report_page(found, changes, notes) if outputs.html or outputs.pdf else ""
    if outputs.html:
        writers[outputs.html] = lambda to: _text(to, page)
    if outputs.pdf:
        writers[outputs.pdf] = lambda to: write_pdf(page, to)
    if outputs.json_:
        writers[outputs.json_] = lambda to: _text(to, as_json(found, changes))
    if outputs.junit:
        writers[outputs.junit] = lambda to: _text(to, junit(changes))
    if found.violations is not None:
        violations, log = found.violations, found.log
        for name in outputs.violations:
            writers[name] = lambda to: write_violating(violations, log, to)
    return writers


def _text(target: Path, text: str) -> None:
    target.write_text(text, encoding="utf-8")


def write_violating(violations: pl.DataFrame, log: EventLog, target: Path) -> None:
    """Write the cases that break a rule: as a table which breaks what, as XES their events.

    Args:
        violations: `rule, case_id` and the evidence.
        log: The log.
        target: The file; its ending says the format.
    """
    if target.suffix == ".csv":
        nested = [c for c, kind in violations.schema.items() if kind.is_nested()]
        violations.drop(nested).write_csv(target)
    elif target.suffix == ".parquet":
        violations.write_parquet(target)
    else:
        cases = violations.lazy().select(CASE).unique()
        kept = log.events.join(cases, on=CASE, how="semi", maintain_order="left")
        meta = log.meta.selected("journeys that break a rule")
        replace(log, events=kept, meta=meta).write(target)
