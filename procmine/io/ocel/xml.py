"""OCEL 2.0 in XML, read element by element."""

from pathlib import Path

from procmine.errors import InputError
from procmine.io.markup import walk
from procmine.io.ocel.tables import Growing, ObjectLog


def parse_xml(path: Path, *, packed: bool) -> ObjectLog:
    """Read an XML document.

    Args:
        path: The file.
        packed: Whether it is gzip-packed.

    Raises:
        InputError: It is damaged, or isn't OCEL 2.0.
    """
    handler = _Handler()
    walk(path, packed=packed, start=handler.start, end=handler.end, text=handler.text)
    lacking = [part for part in ("objects", "events") if part not in handler.found]
    if lacking:
        raise InputError(
            f"'{path.name}' isn't whole OCEL 2.0: it lacks <{lacking[0]}>.",
            "Export the log again as OCEL 2.0.",
        )
    return handler.tables.log()


class _Handler:
    """Fills the tables while the file is gone through."""

    def __init__(self) -> None:
        self.tables = Growing()
        self.found: set[str] = set()
        self._open: list[str] = []
        self._tag = ""
        self._name: str | None = None  # of the type, or the id, of what `_tag` opened
        self._value: dict[str, str] = {}
        self._pieces: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if len(self._open) == 1:
            self.found.add(tag)
        elif len(self._open) == 2:
            self._open_owner(tag, attributes)
        elif tag == "attribute":
            self._open_attribute(attributes)
        elif "object-id" in attributes:
            self._relate(attributes["object-id"], attributes.get("qualifier"))
        self._open.append(tag)

    def _open_owner(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an event, an object, or a type of either."""
        it, kind = attributes.get("id"), attributes.get("type")
        self._tag, self._name = tag, it
        if tag == "event":
            self.tables.events.add(it, kind, attributes.get("time"))
        elif tag == "object":
            self.tables.objects.add(it, kind)
        elif tag.endswith("-type"):
            self._name = attributes.get("name")
            self.tables.declared.add(tag.removesuffix("-type"), self._name, None, None)

    def _open_attribute(self, attributes: dict[str, str]) -> None:
        """Begin a value, or declare an attribute."""
        self._value, self._pieces = attributes, []
        if self._tag.endswith("-type"):
            of, name = self._tag.removesuffix("-type"), attributes.get("name")
            self.tables.declared.add(of, self._name, name, attributes.get("type"))

    def _relate(self, other: str, qualifier: str | None) -> None:
        rows = self.tables.e2o if self._tag == "event" else self.tables.o2o
        rows.add(self._name, other, qualifier)

    def text(self, piece: str) -> None:
        self._pieces.append(piece)

    def end(self, tag: str) -> None:
        self._open.pop()
        if tag.rpartition(":")[2] != "attribute" or self._tag not in {"event", "object"}:
            return
        name, value = self._value.get("name"), "".join(self._pieces)
        if self._tag == "event":
            self.tables.event_values.add(self._name, name, value)
        else:
            self.tables.object_values.add(self._name, name, self._value.get("time"), value)
