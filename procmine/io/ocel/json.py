"""OCEL 2.0 in JSON, read element by element, so that no document is held as a whole."""

import gzip
import json
import zlib
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, TextIO, cast

from procmine.errors import InputError
from procmine.io.detect import damaged
from procmine.io.ocel.tables import Growing, ObjectLog
from procmine.wording import number

_PIECE: Final = 1 << 20
_SPACE: Final = " \t\r\n"
_PARTS: Final = ("eventTypes", "objectTypes", "events", "objects")


def parse_json(path: Path, *, packed: bool) -> ObjectLog:
    """Read a JSON document.

    Args:
        path: The file.
        packed: Whether it is gzip-packed.

    Raises:
        InputError: It is damaged, or isn't OCEL 2.0.
    """
    tables, found = Growing(), set[str]()
    try:
        with gzip.open(path) if packed else path.open("rb") as raw:
            document = _Document(TextIOWrapper(raw, "utf-8-sig"))
            for part, element in document.elements():
                found.add(part)
                if element is not None:
                    _ADDERS.get(part, _ignore)(tables, element)
    except UnicodeDecodeError:
        raise damaged(path, "its text isn't UTF-8") from None
    except _BrokenError as error:
        raise damaged(path, f"its JSON breaks off at line {number(error.line)}") from None
    except (OSError, EOFError, zlib.error):
        raise damaged(path, "its gzip packing is broken") from None
    except (AttributeError, TypeError, KeyError):
        raise InputError(
            f"'{path.name}' isn't OCEL 2.0: an entry has another form than the standard gives it.",
            "Export the log again as OCEL 2.0.",
        ) from None
    lacking = [part for part in _PARTS if part not in found]
    if lacking:
        raise InputError(
            f"'{path.name}' isn't whole OCEL 2.0: it lacks '{lacking[0]}'.",
            "Export the log again as OCEL 2.0.",
        )
    return tables.log()


class _BrokenError(ValueError):
    """The text isn't JSON from here on."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


class _Document:
    """A JSON object whose members are lists, of which one element at a time is held."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text, self._at, self._line, self._piece = "", 0, 1, _PIECE
        self._decode = json.JSONDecoder().raw_decode

    def elements(self) -> Iterator[tuple[str, Any]]:
        """Yield each element with its list's name; None first, so that an empty list is known."""
        self._take("{")
        while self._next() != "}":
            name = str(self._value())
            self._take(":")
            yield name, None
            yield from ((name, element) for element in self._list())
            if self._next() != "}":
                self._take(",")
        self._take("}")

    def _list(self) -> Iterator[Any]:
        if self._next() != "[":
            self._value()
            return
        self._take("[")
        while self._next() != "]":
            yield self._value()
            if self._next() != "]":
                self._take(",")
        self._take("]")

    def _more(self) -> bool:
        """Read on; the part that was gone through is let go."""
        piece = self._file.read(self._piece)
        self._line += self._text.count("\n", 0, self._at)
        self._text, self._at = self._text[self._at :] + piece, 0
        return bool(piece)

    def _next(self) -> str:
        """Return the next character that is no space, and stay before it."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                raise self._broken()

    def _take(self, expected: str) -> None:
        if self._next() != expected:
            raise self._broken()
        self._at += 1

    def _value(self) -> Any:
        """Decode the next value; one that doesn't end in what was read may end further on."""
        self._next()
        self._piece = _PIECE
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except ValueError:
                if not self._more():
                    raise self._broken() from None
            else:
                if end < len(self._text) or not self._more():
                    self._at = min(end, len(self._text))
                    return value
            self._piece *= 2

    def _broken(self) -> _BrokenError:
        return _BrokenError(self._line + self._text.count("\n", 0, self._at))


def _ignore(tables: Growing, element: Any) -> None:
    """Members that the standard doesn't know say nothing."""


def _declare(tables: Growing, element: dict[str, Any], of: str) -> None:
    name = _text(element["name"])
    tables.declared.add(of, name, None, None)
    for attribute in _listed(element, "attributes"):
        tables.declared.add(of, name, _text(attribute["name"]), _text(attribute.get("type")))


def _event_type(tables: Growing, element: dict[str, Any]) -> None:
    _declare(tables, element, "event")


def _object_type(tables: Growing, element: dict[str, Any]) -> None:
    _declare(tables, element, "object")


def _event(tables: Growing, element: dict[str, Any]) -> None:
    event = _text(element.get("id"))
    tables.events.add(event, _text(element.get("type")), _text(element.get("time")))
    for value in _listed(element, "attributes"):
        tables.event_values.add(event, _text(value["name"]), _text(value.get("value")))
    for other in _listed(element, "relationships"):
        tables.e2o.add(event, _text(other["objectId"]), _text(other.get("qualifier")))


def _object(tables: Growing, element: dict[str, Any]) -> None:
    it = _text(element.get("id"))
    tables.objects.add(it, _text(element.get("type")))
    for value in _listed(element, "attributes"):
        name, time = _text(value["name"]), _text(value.get("time"))
        tables.object_values.add(it, name, time, _text(value.get("value")))
    for other in _listed(element, "relationships"):
        tables.o2o.add(it, _text(other["objectId"]), _text(other.get("qualifier")))


_ADDERS: Final = {
    "eventTypes": _event_type,
    "objectTypes": _object_type,
    "events": _event,
    "objects": _object,
}


def _listed(element: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found: Any = element.get(key) or []
    if not isinstance(found, list):
        raise TypeError(key)
    return cast("list[dict[str, Any]]", found)


def _text(value: Any) -> str | None:
    """Return a value as the text that declares it best: the types are declared elsewhere."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
