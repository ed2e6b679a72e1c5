"""A bar on a terminal while long work goes on, and nothing elsewhere."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

Report = Callable[[int, int], None]
"""Told (steps done, steps in all)."""


@contextmanager
def working(what: str) -> Generator[Report]:
    """Show what is being done and for how long, where standard error is a terminal.

    Args:
        what: The work, as a short phrase.

    Yields:
        A function to tell (steps done, steps in all); until it is called the bar only moves.
    """
    if not sys.stderr.isatty():
        yield _tell_nobody
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)

        def tell(done: int, steps: int) -> None:
            progress.update(task, completed=done, total=steps)

        yield tell


def _tell_nobody(done: int, steps: int) -> None:
    """Where nobody looks, nothing is said."""
