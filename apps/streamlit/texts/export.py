"""What is said where something is taken along."""

from collections.abc import Mapping
from typing import Any, Final

from procmine.wording import count

HEADING: Final = "Export, or do the same elsewhere"
TABS: Final = {
    "pictures": "Pictures",
    "tables": "Tables",
    "selection": "Journeys",
    "report": "Report",
    "elsewhere": "Python and command",
}
ANSWER: Final = "Of"
TABLE: Final = "Table"
FORMS: Final = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}
TABLE_HELP: Final = (
    "Complete, with durations in seconds and shares from 0 to 1. In CSV and Excel an apostrophe "
    "stands before texts that a spreadsheet would take for a formula."
)
LOGS: Final = {".parquet": "Prepared log", ".xes.gz": "XES"}
LOG_HELP: Final = "All their events, as procmine reads them, or for other tools."
LOG_REFUSED: Final = "Your role may look at figures, and not take the journeys along."
LOG_PROTECTED: Final = (
    "This log is protected: its answers speak of no few customers, and its events stay here."
)
REPORT_HELP: Final = (
    "The sentences, pictures and tables of this page as one file that opens in any browser. "
    "Tables that name single journeys are left out."
)
HTML: Final = "Report as HTML"
PDF: Final = "Report as PDF"
PYTHON: Final = "The same in Python:"
COMMAND: Final = "As a command:"


def answer(name: str, options: Mapping[str, Any]) -> str:
    """Call what an analysis answered, with what it was grouped by."""
    said = name.replace("_", " ")
    by = options.get("by")
    return f"{said} by {str(by).replace('_', ' ')}" if by else said


def make(label: str) -> str:
    """Offer to make the file of a large log."""
    return f"Make the file: {label}"


def making(label: str) -> str:
    """Say that it is being made."""
    return f"Making the file: {label}"


def save(label: str) -> str:
    """Offer the file that was made."""
    return f"Save the file: {label}"


def table(name: str, rows: int) -> str:
    """Call a table that can be taken along."""
    return f"{name.replace('_', ' ')} ({count(rows, 'row')})"


def command(selected: str) -> str:
    """Say how a command gives the same of a part of the log."""
    return f"As a command, on “{selected}”, the prepared log of the journeys shown (see Journeys):"
