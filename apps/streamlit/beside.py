"""The files that lie beside a log and say what no event says: reasons, promises, working hours."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from texts import beside as said

from procmine.errors import InputError
from procmine.holding import Storage

FILES: Final = {
    "reasons": "reasons.toml",
    "policy": "policy.toml",
    "calendar": "calendars.toml",
    "groups": "groups.toml",
    "peers": "peer_survey.csv",
}
"""The options of analyses that are files, each with what the file is called beside a log."""

MOST_BYTES: Final = 1_000_000
"""A larger file is none that a person wrote."""


@dataclass(frozen=True)
class Beside:
    """The files beside one log.

    Attributes:
        files: Each by the option of the analyses that take it; only those that are there.
        storage: Keeps their folder, where it is a temporary one.
    """

    files: Mapping[str, Path] = field(default_factory=dict[str, Path], hash=False)
    storage: Storage | None = None

    def given(self, *options: str) -> dict[str, Path]:
        """Return those of some options that are there, as an analysis takes them.

        Args:
            options: Keys of `FILES`.
        """
        return {name: self.files[name] for name in options if name in self.files}


def beside(log: Path, storage: Storage | None = None) -> Beside:
    """Return what lies beside a log: orders.reasons.toml before reasons.toml for orders.parquet.

    Args:
        log: The log, or its mapping.
        storage: Keeps its folder, where it is a temporary one.
    """
    own = log.name.split(".")[0]
    places = {
        option: [log.parent / f"{own}.{name}", log.parent / name] for option, name in FILES.items()
    }
    found = {o: next((p for p in two if p.is_file()), None) for o, two in places.items()}
    return Beside({option: path for option, path in found.items() if path}, storage)


def written(options: Mapping[str, object]) -> tuple[int, ...]:
    """Return when the files among options were last written: an edited one is another question.

    Args:
        options: What an analysis is asked with.
    """
    return tuple(p.stat().st_mtime_ns for p in options.values() if isinstance(p, Path))


def keep(log: Path, option: str, content: bytes) -> None:
    """Keep a file beside a log that somebody uploaded.

    Args:
        log: The upload.
        option: A key of `FILES`.
        content: What was given.

    Raises:
        InputError: It can't be used, or names another file: that would be one of the server's.
    """
    name = FILES[option]
    try:
        told = tomllib.loads(content[: MOST_BYTES + 1].decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise InputError(*said.no_toml(name)) from None
    if len(content) > MOST_BYTES:
        raise InputError(*said.no_toml(name))
    if "calendar" in told:
        raise InputError(*said.names_a_file(name))
    (log.parent / name).write_bytes(content)
