"""OCEL 2.0 as an XML document."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

import polars as pl

from procmine.export.layout import Kind, Log, texts
from procmine.export.objects import BEGINNING, ID, JOURNEY, OWNER, OWNER_ID, Objects
from procmine.export.xml import TIME_FORMAT, as_text, escaped, escaped_name, filled, joined
from procmine.schema import ACTIVITY, CASE, TIMESTAMP


def write_ocel_xml(log: Log, sink: BinaryIO) -> None:
    """Write a log as OCEL 2.0, batch by batch.

    Args:
        log: The log.
        sink: Where it goes.
    """
    objects = Objects(log)
    sink.write(b'<?xml version="1.0" encoding="UTF-8"?>\n<log>\n')
    sink.write(_types("object", objects.object_types).encode())
    sink.write(_types("event", objects.event_types).encode())
    sink.write(b"<objects>\n")
    sink.writelines("".join(rows).encode() for rows in _objects(objects))
    sink.write(b"</objects>\n<events>\n")
    sink.writelines("".join(rows).encode() for rows in texts(objects.events, _event(objects)))
    sink.write(b"</events>\n</log>\n")


def _types(of: str, types: Mapping[str, Mapping[str, Kind]]) -> str:
    lines = [f"<{of}-types>"]
    for name, own in types.items():
        attributes = "".join(
            f'<attribute name="{escaped_name(a)}" type="{kind}"/>' for a, kind in own.items()
        )
        inside = f"<attributes>{attributes}</attributes>"
        lines.append(f'<{of}-type name="{escaped_name(name)}">{inside}</{of}-type>')
    return "\n".join([*lines, f"</{of}-types>", ""])


def _objects(objects: Objects) -> Iterator[list[str]]:
    if OWNER in objects.object_types:
        customers = objects.owners().to_frame().lazy()
        yield from texts(customers, _object(OWNER_ID, OWNER, pl.lit(""), pl.lit("")))
    values = _values(objects.case_names, objects.log.of_cases, f' time="{BEGINNING}"')
    yield from texts(objects.journeys, _object(ID, JOURNEY, values, _linked((OWNER_ID, OWNER))))


def _object(it: str, kind: str, values: pl.Expr, linked: pl.Expr) -> pl.Expr:
    head = joined('<object id="', escaped(pl.col(it)), f'" type="{kind}">')
    return joined(head, _inside(values, linked), "</object>\n")


def _event(objects: Objects) -> pl.Expr:
    values = _values(objects.event_names, objects.log.of_events, "")
    head = joined('<event id="', escaped(pl.col(ID)), '" type="', escaped(pl.col(ACTIVITY)))
    time = joined('" time="', pl.col(TIMESTAMP).dt.to_string(TIME_FORMAT), '">')
    linked = _linked((CASE, JOURNEY), (OWNER_ID, OWNER))
    return joined(head, time, _inside(values, linked), "</event>\n")


def _inside(values: pl.Expr, linked: pl.Expr) -> pl.Expr:
    return joined("<objects>", linked, "</objects><attributes>", values, "</attributes>")


def _values(names: Mapping[str, str], kinds: Mapping[str, Kind], time: str) -> pl.Expr:
    return filled(
        *(
            joined(
                f'<attribute name="{escaped_name(name)}"{time}>',
                as_text(c, kinds[c]),
                "</attribute>",
            )
            for c, name in names.items()
        )
    )


def _linked(*links: tuple[str, str]) -> pl.Expr:
    return filled(
        *(
            joined(
                '<relationship object-id="',
                escaped(pl.col(c)),
                f'" qualifier="{qualifier}"/>',
            )
            for c, qualifier in links
        )
    )
