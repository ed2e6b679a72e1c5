"""What is said about a source that was read, whatever engine read it."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from procmine.errors import ColumnError
from procmine.ingest.lookalikes import lookalikes
from procmine.prepare.lifecycle import END_ALONE, NEVER_BEGUN, OTHER, PAIRED, START_ALONE
from procmine.quality import Quality
from procmine.schema import MERGED, ORDER, ROLES, SUSPENDED
from procmine.wording import count, duration, number

_KINDS: Final = {r.name: r.kind for r in ROLES}
_NOUNS: Final = {"number": "numbers", "truth": "truth values"}


def _words(role: str) -> str:
    return role.replace("_", " ")


def misfit(column: str, role: str, misfits: int) -> ColumnError:
    """Return the error for a column that was named for a role and holds something else."""
    noun = "whole numbers" if role == ORDER else _NOUNS[_KINDS[role]]
    return ColumnError(
        f"The column '{column}' can't be {_words(role)}: {number(misfits)} of its values are "
        f"no {noun}.",
        "Mend them, name what stands for a missing value (null_values, --null-value), or "
        "leave the column out.",
    )


def not_taken(column: str, role: str) -> str:
    """Say that a column isn't taken for a role that its name promised."""
    return f"'{column}' isn't taken as {_words(role)}: not all of its values fit."


def taken_as(roles: Mapping[str, str], given: Collection[str]) -> Iterator[str]:
    """Say which columns were recognised by their names."""
    recognised = {r: c for r, c in roles.items() if r not in given}
    if recognised:
        said = ", ".join(f"{_words(r)}: '{c}'" for r, c in recognised.items())
        yield f"Taken as {said}."


def about_times(column: str, zone: str, origin: str, quality: Quality) -> Iterator[str]:
    """Say what was assumed and found about the times of a column."""
    if origin == "assumed":
        yield (
            f"The times in '{column}' name no zone and are taken as UTC; if they are local, say "
            "where: timezone='Europe/Amsterdam' (--timezone Europe/Amsterdam)."
        )
    if quality.ambiguous_times:
        yield (
            f"{number(quality.ambiguous_times)} local times occur twice where clocks go back; "
            "the earlier was taken."
        )
    if quality.shifted_times:
        yield (
            f"{number(quality.shifted_times)} local times don't occur in {zone}, where clocks go "
            "forward; they were read as if the clocks hadn't, an hour later."
        )
    if quality.negative_durations:
        yield (
            f"{number(quality.negative_durations)} events start after their completion; "
            "their start is taken as unknown."
        )
    if quality.unreadable_starts:
        unreadable = number(quality.unreadable_starts)
        yield f"{unreadable} start times can't be used and are taken as unknown."


def about_lifecycles(measured: Mapping[str, Any]) -> Iterator[str]:
    """Say that one activity may be two events."""
    if measured.get("lifecycle start") and measured.get("lifecycle complete"):
        yield (
            "The log says start and complete of an activity in two events; "
            "each is counted as an event of its own; to make one event with its service time of "
            "both: lifecycle='pair' (--lifecycle pair)."
        )


def about_pairing(counts: Mapping[str, int]) -> Iterator[str]:
    """Say what became of lifecycles that were paired."""
    if MERGED not in counts:
        return
    pieces = counts.get(PAIRED, 0)
    whole = f"{count(pieces, 'event')} {'has' if pieces == 1 else 'have'} a start and an end"
    words = {END_ALONE: "an end alone", START_ALONE: "a start alone",
             NEVER_BEGUN: "neither", OTHER: "a transition that XES doesn't know"}  # fmt: skip
    others = [f"{number(counts[word])} {says}" for word, says in words.items() if counts.get(word)]
    yield f"Lifecycles are paired: {', '.join([whole, *others])}."
    if counts[SUSPENDED]:
        yield f"Work was suspended for {duration(counts[SUSPENDED] / 1e6)} in all: no service time."


def about_values(measured: Mapping[str, Any]) -> Iterator[str]:
    """Say which values may stand for a missing one."""
    for role, values in lookalikes(measured).items():
        shown = ", ".join(f"'{v}'" for v in values)
        yield (
            f"In {_words(role)} {shown} may stand for a missing value and is kept; say so with "
            f"null_values={list(values)} ({' '.join(f'--null-value {v!r}' for v in values)})."
        )
