"""What is said where no log is open yet."""

from typing import Final

HEADLINE: Final = "Open an event log to see where customers wait."
BODY: Final = (
    "An event log is a table with one row for each thing that happened: which order or case, what "
    "was done, and when. With a column for the department, the handoffs between departments show."
)
UPLOAD: Final = "Your own log"
FORMATS: Final = (
    "CSV, Excel, XES, Parquet, Arrow, JSON lines or OCEL 2.0. Only you see it: it stays on the "
    "machine that runs procmine, and is deleted when you close the page, after 2 hours at the "
    "latest."
)
TRY: Final = "Nothing at hand?"
SAMPLE: Final = "Look around in a made-up year, with known effects planted in it:"
UPLOAD_GONE: Final = "Your upload was deleted, 2 hours after it came. Upload it again."
ANOTHER_FILE: Final = "Another file"
NO_UPLOADS: Final = "Your role may look at the logs that are here, and not upload others."


def missing_log(name: str) -> str:
    """Say that a log that was given isn't there."""
    return f"'{name}' isn't there any more."
