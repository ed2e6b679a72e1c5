"""The options of every command that takes a log, and the log that they open."""

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from procmine.cli.columns import READING, keyword
from procmine.cli.opening import Place, drawn_from, estimated, open_log
from procmine.errors import InputError
from procmine.io.url import is_url

LOG_HELP = "A prepared log, raw files of any format, or a mapping of several sources (.toml)."
_PLACES = typer.Argument(
    metavar="LOG",
    help="A prepared log, raw files of any format, a mapping of several sources (.toml), or with "
    "--query a database: postgresql://user@host/name, sqlite:///name.db.",
)
LogPath = Annotated[list[str], _PLACES]
LogPaths = Annotated[list[str] | None, _PLACES]

EstimateStarts = Annotated[
    bool,
    typer.Option(
        "--estimate-starts",
        help="estimate the start times that the log lacks; every figure then says so",
    ),
]
_ESTIMATE = keyword("estimate", EstimateStarts, default=False)
_SAMPLE = keyword(
    "sample",
    Annotated[
        int | None,
        typer.Option(
            "--sample",
            metavar="N",
            min=1,
            help="ask so many customers alone, drawn at random; figures get intervals",
        ),
    ],
    None,
)


Protect = Annotated[
    int | None,
    typer.Option(
        "--protect",
        metavar="K",
        min=2,
        help="show nothing that speaks of fewer than K customers; 5 is usual",
    ),
]
_PROTECT = keyword("protect", Protect, default=None)


def reads_a_log(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the reading options; it is called with the log that they open.

    Args:
        command: Takes `log: EventLog` first, then options of its own, keyword-only.
    """

    def opened(
        paths: list[Place],
        settings: dict[str, Any],
        *,
        sample: int | None,
        estimate: bool,
        protect: int | None,
        **own: Any,
    ) -> None:
        log = open_log(paths, settings)
        if estimate:
            log = estimated(log)
        log = log.protect(customers=protect) if protect else log
        command(drawn_from(log, sample) if sample else log, **own)

    own = list(inspect.signature(command).parameters.values())[1:]
    return reads(wraps(command)(opened), [*own, _SAMPLE, _ESTIMATE, _PROTECT])


def reads(
    command: Callable[..., None], own: list[inspect.Parameter], *, needs_paths: bool = True
) -> Callable[..., None]:
    """Give a command the reading options; it is called with them as `procmine.read` takes them.

    Args:
        command: Takes paths and settings first, then options of its own, keyword-only.
        own: Those options.
        needs_paths: Whether it can't do without a path.
    """
    reading = {p.name for p in READING}

    @wraps(command)
    def run(*, paths: list[str] | None, **given: Any) -> None:
        settings = {k: v for k, v in given.items() if k in reading and v is not None}
        if "query" in settings:
            settings["query"] = _statement(settings["query"])
        places = [p if is_url(p) else Path(p) for p in paths or []]
        command(places, settings, **{k: v for k, v in given.items() if k not in reading})

    kind = LogPath if needs_paths else LogPaths
    paths = keyword("paths", kind, inspect.Parameter.empty if needs_paths else None)
    return signed(run, [paths, *own, *READING])


def signed(
    command: Callable[..., None], parameters: list[inspect.Parameter]
) -> Callable[..., None]:
    """Give a function the signature from which typer reads its options."""
    vars(command)["__signature__"] = inspect.Signature(parameters)
    return command


def _statement(query: str) -> str:
    """Return a query as it stands, or from the file that stands for it."""
    if not query.startswith("@"):
        return query
    file = Path(query[1:])
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise InputError(f"The query can't be read from '{file.name}'.", "Check it.") from None
