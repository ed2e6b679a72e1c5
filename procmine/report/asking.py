"""Ask a log what a report shows: analyses by name, with options as a file writes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from procmine.errors import ConfigurationError, nearest
from procmine.eventlog import EventLog
from procmine.registry import find
from procmine.result import Result
from procmine.schema import CASE, CUSTOMER


def options_of(name: str, given: Mapping[str, Any], folder: Path, key: str) -> dict[str, Any]:
    """Check an analysis' options, and make of a file's text what the analysis takes.

    Args:
        name: The analysis.
        given: Its options as they were written.
        folder: What paths are relative to.
        key: Where they stand in the file.

    Raises:
        ConfigurationError: An option isn't there, or its value can't be used.

    Example:
        >>> import procmine
        >>> options_of("cycle_time", {"by": "segment"}, Path("."), "analyses[0].options")
        {'by': 'segment'}
    """
    from pydantic import TypeAdapter, ValidationError

    known = find(name).options
    found: dict[str, Any] = {}
    for option, value in given.items():
        if option not in known:
            help = nearest(option, known) if known else f"{name} takes none."
            raise ConfigurationError(f"{key}: {name} has no option '{option}'.", help)
        try:
            read = TypeAdapter(known[option].annotation).validate_python(value)
        except ValidationError as error:
            said = error.errors()[0]["msg"].replace("Input should be", "it must be")
            raise ConfigurationError(f"{key}.{option}: {said}.") from None
        found[option] = folder / read if isinstance(read, Path) else read
    return found


@dataclass
class Asking:
    """A log and what it has answered, so that each question is asked once.

    Attributes:
        log: The event log.
        shown: For an analysis that is shown the options it is shown with.
        answers: What was answered so far.
    """

    log: EventLog
    shown: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, "Mapping[str, Any]"])
    answers: list[tuple[str, Mapping[str, Any], Result]] = field(
        default_factory=list["tuple[str, Mapping[str, Any], Result]"]
    )

    def ask(self, name: str, options: Mapping[str, Any] | None = None) -> Result:
        """Return the answer of an analysis.

        Args:
            name: The analysis.
            options: What it is asked with; as it is shown where they aren't given.
        """
        given = self.shown.get(name, {}) if options is None else options
        for known, asked, answer in self.answers:
            if (known, asked) == (name, given):
                return answer
        answer = find(name).run(self.log, **given)
        self.answers.append((name, given, answer))
        return answer


def public(result: Result) -> Result:
    """Leave out the tables that name single journeys or customers: a report goes from hand to hand.

    Example:
        >>> import polars as pl
        >>> tables = {"summary": pl.DataFrame({"n": [1]}), "rows": pl.DataFrame({"case_id": ["7"]})}
        >>> list(public(Result("x", "One.", tables=tables)).tables)
        ['summary']
    """
    single = {CASE, CUSTOMER}
    kept = {n: t for n, t in result.tables.items() if not single & set(t.columns)}
    return replace(result, tables=kept)
