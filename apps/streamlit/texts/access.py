"""What is said of who may see what."""

from typing import Final

SIGN_IN: Final = "Sign in"
SIGN_OUT: Final = "Sign out"
SIGN_IN_FIRST: Final = "Sign in to see the logs of your organisation."
NOTHING_TO_SEE: Final = "Your account may see no rows of this log."
NOTHING_TO_SEE_HELP: Final = "Choose another log, or ask whoever gives out access."
SOURCE: Final = "Source code (AGPL-3.0-or-later)"
SOURCE_HELP: Final = "procmine is free software: this is the source of what you are using."


def signed_in(name: str, role: str) -> str:
    """Say who is looking."""
    return f"Signed in: {name} ({role})"


def refused(name: str) -> str:
    """Say that somebody may see nothing."""
    return f"{name} may see nothing here. Ask whoever gives out access for a role."
