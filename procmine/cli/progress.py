"""A bar on a terminal while long work goes on, and nothing elsewhere."""

import sys
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def working(what: str) -> Generator[None]:
    """Show what is being done and for how long, where standard error is a terminal.

    Args:
        what: The work, as a short phrase.
    """
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        progress.add_task(what, total=None)
        yield
