"""What a prepared log says about itself: where it came from, what was kept, how it was read."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from procmine.errors import InputError

VERSION = 1


@dataclass(frozen=True)
class Sample:
    """What was drawn at random from a larger log.

    Attributes:
        unit: What was drawn whole: `customer`, or `journey` where the log names no customers.
        taken: How many.
        of: How many there were.
        exact: Whether these were counted, or estimated from those drawn.
        seed: The seed that draws them again, within one version of Polars.
    """

    unit: str
    taken: int
    of: int
    exact: bool
    seed: int


@dataclass(frozen=True)
class Metadata:
    """The `procmine` entry of a prepared log's Parquet metadata.

    Attributes:
        name: What the log is called where people see it.
        events: Events in the prepared log; None where a filter has changed it since.
        cases: Cases in the prepared log; None likewise.
        roles: Role to the source column taken for it.
        timezone: The zone shown to people.
        timezone_origin: `stated`, `offsets in the data` or `assumed`.
        sources: For each source its name, SHA-256, rows and format.
        quality: Counts of what was read, accepted, set aside and noticed.
        notes: What was recognised and assumed, as sentences.
        null_lookalikes: Role to the values that were kept and look like missing ones.
        null_values: Texts that stood for a missing value.
        day_first: Whether 03/04 was said to be the third of April; None where nobody said.
        lifecycle: `pair` where the events of a piece of work were made one; None otherwise.
        outcomes: The activities that close a case; empty where nobody said.
        selection: The filters the log went through since it was prepared, as sentences.
        sample: What was drawn, where the log is a sample of a larger one.
        journeys: The rules by which events became journeys; empty where a source said the cases.
        identity: How customers were recovered over several sources; empty likewise.
        estimated_starts: How many start times are estimates.
        protected: The fewest customers that a row of an answer may speak of; None where any may.
        pseudonyms: The columns that hold pseudonyms.
        calendars: Reserved for working hours by department.
        version: Of this layout.
    """

    name: str = "log"
    events: int | None = None
    cases: int | None = None
    roles: Mapping[str, str] = field(default_factory=dict[str, str])
    timezone: str = "UTC"
    timezone_origin: str = "assumed"
    sources: tuple[Mapping[str, Any], ...] = ()
    quality: Mapping[str, Any] = field(default_factory=dict[str, Any])
    notes: tuple[str, ...] = ()
    null_lookalikes: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict[str, tuple[str, ...]]
    )
    null_values: tuple[str, ...] = ()
    day_first: bool | None = None
    lifecycle: str | None = None
    outcomes: tuple[str, ...] = ()
    selection: tuple[str, ...] = ()
    sample: Sample | None = None
    journeys: Mapping[str, Any] = field(default_factory=dict[str, Any])
    identity: Mapping[str, Any] = field(default_factory=dict[str, Any])
    estimated_starts: int = 0
    protected: int | None = None
    pseudonyms: tuple[str, ...] = ()
    calendars: Mapping[str, Any] = field(default_factory=dict[str, Any])
    version: int = VERSION

    def selected(self, sentence: str) -> "Metadata":
        """Return the metadata of a part of the log, chosen as the sentence says."""
        return replace(self, events=None, cases=None, selection=(*self.selection, sentence))

    def to_json(self) -> str:
        """Write it as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Metadata":
        """Read it from JSON.

        Raises:
            InputError: The text isn't a prepared log's metadata, or a later version's.

        Example:
            >>> Metadata.from_json(Metadata(name="orders").to_json()).name
            'orders'
        """
        try:
            values: dict[str, Any] = json.loads(text)
            version = int(values["version"])
        except (ValueError, KeyError, TypeError):
            raise InputError(
                "The prepared log's metadata can't be read.", "Prepare it anew."
            ) from None
        if version > VERSION:
            raise InputError(
                f"The log was prepared by a later procmine (layout {version}, here {VERSION}).",
                "Upgrade procmine, or prepare the log anew.",
            )
        known = {k: _tuples(v) for k, v in values.items() if k in cls.__dataclass_fields__}
        known["null_lookalikes"] = {
            k: tuple(v) for k, v in values.get("null_lookalikes", {}).items()
        }
        if known.get("sample") is not None:
            known["sample"] = Sample(**known["sample"])
        return cls(**known)


def _tuples(value: Any) -> Any:
    """JSON has no tuples; ours are."""
    return tuple(value) if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
