"""What the page of all other questions says."""

from typing import Final

TITLE: Final = "More questions"
HEADLINE: Final = "Ask the log another question."
BODY: Final = (
    "Each of these is answered for the journeys that the filters choose, in words, a picture and "
    "tables."
)
ALL: Final = "All questions"
OPTIONS: Final = "Ask it differently"
TYPED: Final = "choose, or type it"
LEFT_OUT: Final = "No single journeys are shown: your role may look at figures alone."


def beside(option: str, file: str) -> str:
    """Say which file an option takes.

    Example:
        >>> beside("policy", "policy.toml")
        'Policy: by “policy.toml”, which lies beside the log.'
    """
    return f"{label(option)}: by “{file}”, which lies beside the log."


def missing(option: str, file: str | None, says: str) -> str:
    """Say what an option would need."""
    what = f"{label(option)}: {says.removesuffix('.')}." if says else f"{label(option)}."
    if file is None:
        return f"{what} It can be given in Python and on the command line alone."
    return f"{what} There is none: keep it beside the log as “{file}”, and it is taken from there."


def label(option: str) -> str:
    """Call an option.

    Example:
        >>> label("bad_first")
        'Bad first'
    """
    words = option.replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}"


def table(name: str) -> str:
    """Call a table.

    Example:
        >>> table("group_scorecard")
        'Group scorecard'
    """
    return label(name)
