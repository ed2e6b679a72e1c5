"""XES: traces of events whose attributes have types.

A column `a.b` beside a column `a` is an attribute within an attribute, as our reader names them.
Reference: IEEE Std 1849-2016.
"""

from collections.abc import Mapping
from typing import BinaryIO, Final

import polars as pl

from procmine.export.layout import PREFIX, Kind, Log, free, texts
from procmine.export.xml import as_text, escaped, escaped_name, filled, joined
from procmine.schema import (
    ACTIVITY,
    CASE,
    COST,
    DEPARTMENT,
    EVENT_NUMBER,
    NEXT_ACTIVITY,
    RESOURCE,
    TIMESTAMP,
)

_TAGS: Final[Mapping[Kind, str]] = {
    "string": "string", "time": "date", "integer": "int", "float": "float", "boolean": "boolean",
}  # fmt: skip

_KEYS: Final = {
    ACTIVITY: "concept:name",
    TIMESTAMP: "time:timestamp",
    DEPARTMENT: "org:group",
    RESOURCE: "org:resource",
    COST: "cost:total",
}
"""Our columns under the names of XES' extensions."""

_EXTENSIONS: Final = {
    "concept": "Concept",
    "time": "Time",
    "lifecycle": "Lifecycle",
    "org": "Organizational",
    "cost": "Cost",
}

_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="nested-attributes" xmlns="http://www.xes-standard.org/">
{extensions}
 <global scope="trace"><string key="concept:name" value="unknown"/></global>
 <global scope="event"><string key="concept:name" value="unknown"/>\
<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/></global>
{classifiers}
 <string key="concept:name" value="{name}"/>
"""


def write_xes(log: Log, sink: BinaryIO) -> None:
    """Write a log as XES, batch by batch.

    Args:
        log: The log.
        sink: Where it goes.
    """
    sink.write(_head(log).encode())
    sink.writelines("".join(rows).encode() for rows in texts(log.events, _text(log)))
    sink.write(b"</log>\n")


def _head(log: Log) -> str:
    extensions = [
        f' <extension name="{name}" prefix="{prefix}" '
        f'uri="http://www.xes-standard.org/{prefix}.xesext"/>'
        for prefix, name in _EXTENSIONS.items()
    ]
    known = {"Activity": (ACTIVITY,), "Activity and resource": (ACTIVITY, RESOURCE)}
    classifiers = [
        f' <classifier name="{name}" keys="{" ".join(_KEYS[c] for c in columns)}"/>'
        for name, columns in known.items()
        if set(columns) <= set(log.of_events)
    ]
    return _HEAD.format(
        extensions="\n".join(extensions),
        classifiers="\n".join(classifiers),
        name=escaped_name(log.name),
    )


def _text(log: Log) -> pl.Expr:
    """Return each event as XES; the first of a case opens its trace and the last closes it."""
    name = joined('<string key="concept:name" value="', escaped(pl.col(CASE)), '"/>')
    opened = joined(" <trace>", name, _elements(_case_keys(log), log.of_cases), "\n")
    event = joined("  <event>", _elements(_event_keys(log), log.of_events), "</event>\n")
    is_first, is_last = pl.col(EVENT_NUMBER) == 1, pl.col(NEXT_ACTIVITY).is_null()
    return filled(
        pl.when(is_first).then(opened), event, pl.when(is_last).then(pl.lit(" </trace>\n"))
    )


def _event_keys(log: Log) -> dict[str, str]:
    taken = {PREFIX + _KEYS[ACTIVITY], *_KEYS.values()}
    return {c: _KEYS.get(c) or free(c, taken) for c in log.of_events}


def _case_keys(log: Log) -> dict[str, str]:
    taken = {_KEYS[ACTIVITY]}
    return {c: free(c.removeprefix(PREFIX), taken) for c in log.of_cases}


def _elements(keys: Mapping[str, str], kinds: Mapping[str, Kind]) -> pl.Expr:
    """Return the attributes of each row: those that are no other's, with those inside them."""
    return filled(*(_element(c, keys[c], keys, kinds) for c in keys if _outer(c, keys) is None))


def _outer(column: str, keys: Mapping[str, str]) -> str | None:
    """Return the column whose attribute this one's stands in."""
    around = [c for c, key in keys.items() if keys[column].startswith(f"{key}.")]
    return max(around, key=lambda c: len(keys[c]), default=None)


def _element(
    column: str, shown: str, keys: Mapping[str, str], kinds: Mapping[str, Kind]
) -> pl.Expr:
    """Return an attribute and those inside it, which stand alone where it has no value."""
    tag, name = _TAGS[kinds[column]], escaped_name(shown)
    head = joined(f'<{tag} key="{name}" value="', as_text(column, kinds[column]))
    inner = {c: keys[c].removeprefix(f"{keys[column]}.") for c in keys if _outer(c, keys) == column}
    if not inner:
        return joined(head, '"/>')
    within = filled(*(_element(c, name, keys, kinds) for c, name in inner.items()))
    alone = filled(*(_element(c, f"{shown}.{name}", keys, kinds) for c, name in inner.items()))
    whole = joined(head, '">', within, f"</{tag}>")
    return pl.when(pl.col(column).is_not_null()).then(whole).otherwise(alone)
