"""DOT to SVG: through `dot` where it's on the PATH, else the Graphviz that pip installed."""

import shutil
import subprocess
from functools import lru_cache
from html import escape
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from procmine.draw.svg import tidy

TIME_LIMIT: Final = 6.0
"""Seconds that one attempt at a layout may take."""

ATTEMPTS: Final = (
    (),
    ("-Gsplines=line", "-Gnewrank=true", "-Gnslimit=2", "-Gnslimit1=2", "-Gmclimit=0.2"),
    ("-Ksfdp", "-Gsplines=line", "-Goverlap=prism"),
)
"""Graphviz's arguments from the best picture to the one that always ends."""


@lru_cache(maxsize=64)
def svg(dot: str, *, time_limit: float = TIME_LIMIT) -> str:
    """Lay a graph out and return its SVG, ready to stand in a page.

    Dense graphs make Graphviz search for minutes; each attempt has a limit, and simpler ways of
    drawing follow: straight lines, then no ranks. Where all fail, the picture says so.

    Args:
        dot: The graph in DOT.
        time_limit: Seconds that each attempt may take.

    Example:
        >>> svg("digraph { a -> b }").startswith("<svg")
        True
    """
    for attempt in ATTEMPTS:
        drawn = _attempt(attempt, dot, time_limit)
        if drawn is not None:
            return tidy(drawn)
    return _placeholder("This map could not be laid out here; its DOT text is complete.")


def engines() -> list[str]:
    """Return the paths of the Graphviz programs there are, the preferred one first."""
    return [path for path in (shutil.which("dot"), _packaged()) if path]


@lru_cache(maxsize=1)
def _packaged() -> str | None:
    """Find the program of graphviz-pure, which is installed even where no PATH names it."""
    try:
        files = distribution("graphviz-pure").files or []
    except PackageNotFoundError:
        return None
    programs = (
        Path(str(f.locate()))
        for f in files
        if Path(f.name).stem == "graphviz-pure" and f.parent.name in ("bin", "Scripts")
    )
    return next((str(path.resolve()) for path in programs if path.is_file()), None)


def _attempt(arguments: tuple[str, ...], dot: str, time_limit: float) -> str | None:
    """Return what the first engine that can draws; a graph too dense for one is so for all."""
    for engine in engines():
        try:
            drawn = _run((engine, "-Tsvg", *arguments), dot, time_limit)
        except subprocess.TimeoutExpired:
            return None
        if drawn is not None:
            return drawn
    return None


def _run(command: tuple[str, ...], dot: str, time_limit: float) -> str | None:
    """Return what the program drew; None where it failed."""
    try:
        done = subprocess.run(
            command, input=dot.encode(), capture_output=True, timeout=time_limit, check=True
        )
    except (subprocess.CalledProcessError, OSError):
        return None
    return done.stdout.decode()


def _placeholder(sentence: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="520" height="60" viewBox="0 0 520 60">'
        f'<text x="10" y="34" font-family="DejaVu Sans, Verdana, sans-serif" font-size="12">'
        f"{escape(sentence)}</text></svg>"
    )
