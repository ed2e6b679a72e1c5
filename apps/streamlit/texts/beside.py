"""What is said of files that belong to a log."""


def no_toml(file: str) -> tuple[str, str]:
    """Say that a file that somebody gave can't be read, and what to do."""
    return f"What was given can't be read as {file}.", "Give a text file in TOML, under 1 MB."


def names_a_file(file: str) -> tuple[str, str]:
    """Say that a file names another one, which isn't here."""
    return f"{file} names a calendar, which is another file.", "Leave that line out here."
