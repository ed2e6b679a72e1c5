"""How a raw log is read, as options: which column is what, and what its values mean."""

import inspect
from typing import Annotated, Any

import typer

_COLUMNS = "Which column is what"
_VALUES = "How to read it"


def _column(name: str, says: str) -> inspect.Parameter:
    option = typer.Option(
        f"--{name.replace('_', '-')}", metavar="COLUMN", help=says, rich_help_panel=_COLUMNS
    )
    return keyword(name, Annotated[str | None, option], None)


def keyword(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    """Return a parameter that typer reads an option from."""
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
    keyword(
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
    keyword(
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
    keyword(
        "query",
        Annotated[
            str | None,
            _value(
                "--query", "what a database is asked: SELECT …, or @FILE with it", metavar="SQL"
            ),
        ],
        None,
    ),
    keyword(
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
    keyword(
        "timezone",
        Annotated[
            str | None,
            _value(
                "--timezone", "zone of times that name none, e.g. Europe/Berlin", metavar="ZONE"
            ),
        ],
        None,
    ),
    keyword(
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
    keyword(
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
    keyword(
        "tolerance",
        Annotated[
            float, _value("--tolerance", "share of events that may be set aside", min=0.0, max=1.0)
        ],
        0.05,
    ),
    keyword(
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
