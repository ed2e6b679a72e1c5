"""What can go wrong, in sentences: the fact first, then the help.

ProcmineError
├── InputError          a file, table or column that can't be used
│   ├── ColumnError     a role has no column, or a named column isn't there
│   ├── TimestampError  times that can't be read, or can be read in two ways
│   └── QualityError    too many events had to be set aside
├── OptionError         an option whose value makes no sense for this log
├── ConfigurationError  a configuration file that can't be used
└── UnavailableError    something needed isn't installed, or an engine can't do it
"""

from collections.abc import Iterable
from difflib import get_close_matches


class ProcmineError(Exception):
    """The root of every error that procmine raises on purpose.

    Args:
        fact: One sentence: what is the case.
        help: One sentence: what to do about it.

    Example:
        >>> str(ProcmineError("The log is empty.", "Give a file with events."))
        'The log is empty. Give a file with events.'
    """

    def __init__(self, fact: str, help: str = "") -> None:
        super().__init__(f"{fact} {help}".strip())
        self.fact = fact
        self.help = help


class InputError(ProcmineError):
    """A file, table or column can't be used."""


class ColumnError(InputError):
    """A role has no column, or a column that was named isn't there."""


class TimestampError(InputError):
    """Times can't be read, or can be read in more than one way."""


class QualityError(InputError):
    """More events had to be set aside than the tolerance allows."""


class OptionError(ProcmineError):
    """An option's value makes no sense for this log."""


class ConfigurationError(ProcmineError):
    """A configuration file can't be used."""


class UnavailableError(ProcmineError):
    """Something that is needed isn't installed, or an engine can't do it."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the help that a wrong name deserves: the nearest right one, or what there is.

    Args:
        name: The name that was given.
        known: The names that exist.

    Example:
        >>> nearest("actvity", ["case", "activity"])
        "Did you mean 'activity'?"
        >>> nearest("zzz", ["case", "activity"])
        'There are: case, activity.'
    """
    names = list(known)
    by_lower = {n.lower(): n for n in names}
    close = get_close_matches(name.lower(), list(by_lower), n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{by_lower[close[0]]}'?"
    shown = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    return f"There are: {shown}." if names else "There are none."
