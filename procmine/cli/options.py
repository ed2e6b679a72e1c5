"""The options of every command that takes a log: which column is what, and how to read it."""

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from procmine.cli.progress import working
from procmine.errors import InputError
from procmine.eventlog import EventLog
from procmine.io.url import is_url
from procmine.reading import read
from procmine.waiting.estimation import estimate_starts
from procmine.wording import count, number

_COLUMNS = "Which column is what"
_VALUES = "How to read it"

LOG_HELP = "A prepared log, raw files of any format, or a mapping of several sources (.toml)."
_PLACES = typer.Argument(
    metavar="LOG",
    help="A prepared log, raw files of any format, a mapping of several sources (.toml), or with "
    "--query a database: postgresql://user@host/name, sqlite:///name.db.",
)
LogPath = Annotated[list[str], _PLACES]
LogPaths = Annotated[list[str] | None, _PLACES]

Place = Path | str
"""Where events are: a path, or the URL of a database."""


def _column(name: str, says: str) -> inspect.Parameter:
    option = typer.Option(
        f"--{name.replace('_', '-')}", metavar="COLUMN", help=says, rich_help_panel=_COLUMNS
    )
    return _keyword(name, Annotated[str | None, option], None)


def _keyword(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default
    )


def _value(flag: str, says: str, **settings: Any) -> Any:
    return typer.Option(flag, help=says, rich_help_panel=_VALUES, **settings)


READING = (
    _column("case_id", "the journey"),
    _column("activity", "what happened"),
    _column("timestamp", "when it was completed"),
    _column("start_timestamp", "when work on it began"),
    _column("department", "the silo that did it"),
    _column("resource", "who did it"),
    _column("customer_id", "the customer"),
    _column("segment", "the customer's segment"),
    _column("channel", "the channel"),
    _column("cost", "money spent on the event"),
    _column("score", "what a customer who was asked answered, a number"),
    _column("comment", "what such a customer wrote"),
    _column("customer_facing", "whether the customer took part"),
    _column("by_customer", "whether the customer did it"),
    _column("order", "orders events of the same time"),
    _keyword(
        "case_object",
        Annotated[
            str | None,
            _value(
                "--case-object",
                "of an object-centric log, the type of object whose instances are the journeys",
                metavar="TYPE",
            ),
        ],
        None,
    ),
    _keyword(
        "depth",
        Annotated[
            int | None,
            _value(
                "--depth",
                "how many references between objects may lie between an event and its journey: "
                "customer to order is 1, on to item 2",
                metavar="N",
            ),
        ],
        None,
    ),
    _keyword(
        "query",
        Annotated[
            str | None,
            _value(
                "--query", "what a database is asked: SELECT …, or @FILE with it", metavar="SQL"
            ),
        ],
        None,
    ),
    _keyword(
        "lifecycle",
        Annotated[
            str | None,
            _value(
                "--lifecycle",
                "'pair' makes one event of the start and the completion of a piece of work",
                metavar="pair",
            ),
        ],
        None,
    ),
    _keyword(
        "timezone",
        Annotated[
            str | None,
            _value(
                "--timezone", "zone of times that name none, e.g. Europe/Berlin", metavar="ZONE"
            ),
        ],
        None,
    ),
    _keyword(
        "null_values",
        Annotated[
            list[str] | None,
            _value(
                "--null-value",
                "a text that stands for a missing value; may be repeated",
                metavar="TEXT",
            ),
        ],
        None,
    ),
    _keyword(
        "day_first",
        Annotated[
            bool | None,
            typer.Option(
                "--day-first/--month-first",
                help="whether 03/04/2012 is the third of April",
                rich_help_panel=_VALUES,
            ),
        ],
        None,
    ),
    _keyword(
        "tolerance",
        Annotated[
            float, _value("--tolerance", "share of events that may be set aside", min=0.0, max=1.0)
        ],
        0.05,
    ),
    _keyword(
        "outcomes",
        Annotated[
            list[str] | None,
            _value(
                "--outcome",
                "an activity that closes a journey; may be repeated",
                metavar="ACTIVITY",
            ),
        ],
        None,
    ),
)
"""The parameters that `reads_a_log` gives a command, named as `procmine.read` names them."""

EstimateStarts = Annotated[
    bool,
    typer.Option(
        "--estimate-starts",
        help="estimate the start times that the log lacks; every figure then says so",
    ),
]
_ESTIMATE = _keyword("estimate", EstimateStarts, default=False)
_SAMPLE = _keyword(
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
_PROTECT = _keyword("protect", Protect, default=None)


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
    paths = _keyword("paths", kind, inspect.Parameter.empty if needs_paths else None)
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


def open_log(paths: list[Place], settings: dict[str, Any]) -> EventLog:
    """Read the log and say on standard error what was recognised and what was set aside."""
    first = paths[0]
    with working(f"Reading {first.name if isinstance(first, Path) else 'the database'}"):
        log = read(source_of(paths), **settings)
    say(log)
    return log


def estimated(log: EventLog) -> EventLog:
    """Estimate the start times that a log lacks, and say on standard error how many."""
    with working("Estimating start times"):
        log = estimate_starts(log)
    made = count(log.meta.estimated_starts, "start time")
    typer.echo(f"Estimated {made}; every figure that uses them says so.", err=True)
    return log


def drawn_from(log: EventLog, customers: int) -> EventLog:
    """Draw customers, and say on standard error what was drawn."""
    with working("Drawing a sample"):
        drawn = log.sample(customers=customers)
    if drawn is log:
        typer.echo(
            f"The log has no more than {number(customers)} customers; all are asked.", err=True
        )
    else:
        typer.echo(f"Drew {drawn.meta.selection[-1]}.", err=True)
    return drawn


def source_of(paths: list[Place]) -> Place | list[Place]:
    """Return what `procmine.read` takes for the paths on the command line."""
    return paths[0] if len(paths) == 1 else paths


def only_files(paths: list[Place]) -> list[Path]:
    """Return the paths, where a database won't do.

    Raises:
        InputError: One is a database.
    """
    if any(isinstance(path, str) for path in paths):
        raise InputError(
            "A database can't stand here.", "Prepare a log from it first: procmine prepare."
        )
    return [Path(path) for path in paths]


def say(log: EventLog) -> None:
    """Say on standard error how a log was read just now."""
    if log.set_aside is not None:
        for note in log.meta.notes:
            typer.echo(note, err=True)
