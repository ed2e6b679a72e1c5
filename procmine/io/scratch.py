"""A temporary folder for files that have to be unpacked or mended before they can be scanned."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4


@cache
def _folder() -> "TemporaryDirectory[str]":
    """One folder a process: a lazy table may be read long after its reader returned."""
    return TemporaryDirectory(prefix="procmine-", ignore_cleanup_errors=True)


def scratch_file(suffix: str) -> Path:
    """Return a path that nothing has yet; it is gone when the process ends."""
    return Path(_folder().name) / f"{uuid4().hex}{suffix}"
