"""OCEL 2.0 as a JSON document."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

import polars as pl

from procmine.export.layout import Kind, Log, as_json, texts
from procmine.export.objects import BEGINNING, ID, JOURNEY, OWNER, OWNER_ID, Objects
from procmine.export.xml import TIME_FORMAT, filled, joined
from procmine.schema import ACTIVITY, CASE, TIMESTAMP


def write_ocel_json(log: Log, sink: BinaryIO) -> None:
    """Write a log as OCEL 2.0, batch by batch.

    Args:
        log: The log.
        sink: Where it goes.
    """
    objects = Objects(log)
    sink.write(f'{{"objectTypes": {_types(objects.object_types)},\n'.encode())
    sink.write(f'"eventTypes": {_types(objects.event_types)},\n"objects": [\n'.encode())
    _list(sink, _objects(objects))
    sink.write(b'],\n"events": [\n')
    _list(sink, texts(objects.events, _event(objects)))
    sink.write(b"]}\n")


def _types(types: Mapping[str, Mapping[str, Kind]]) -> str:
    listed = [
        {"name": name, "attributes": [{"name": a, "type": k} for a, k in own.items()]}
        for name, own in types.items()
    ]
    return json.dumps(listed, ensure_ascii=False)


def _list(sink: BinaryIO, batches: Iterable[list[str]]) -> None:
    """Write elements of a list, a comma between each two."""
    before = ""
    for rows in batches:
        if rows:
            sink.write((before + ",\n".join(rows)).encode())
            before = ",\n"
    sink.write(b"\n")


def _objects(objects: Objects) -> Iterator[list[str]]:
    kinds = objects.object_types
    if OWNER in kinds:
        customers = objects.owners().to_frame().lazy()
        yield from texts(customers, _object(pl.col(OWNER_ID), OWNER, pl.lit(""), pl.lit("")))
    time = f',"time":"{BEGINNING}"'
    values = _values(objects.case_names, objects.log.of_cases, time)
    linked = _linked((OWNER_ID, OWNER))
    yield from texts(objects.journeys, _object(pl.col(ID), JOURNEY, values, linked))


def _object(it: pl.Expr, kind: str, values: pl.Expr, linked: pl.Expr) -> pl.Expr:
    head = joined('{"id":', as_json(it), f',"type":"{kind}"')
    return joined(head, ',"attributes":[', values, '],"relationships":[', linked, "]}")


def _event(objects: Objects) -> pl.Expr:
    values = _values(objects.event_names, objects.log.of_events, "")
    head = joined('{"id":', as_json(pl.col(ID)), ',"type":', as_json(pl.col(ACTIVITY)))
    time = joined(',"time":"', pl.col(TIMESTAMP).dt.to_string(TIME_FORMAT), '"')
    linked = _linked((CASE, JOURNEY), (OWNER_ID, OWNER))
    rest = joined(',"attributes":[', values, '],"relationships":[', linked, "]}")
    return joined(head, time, rest)


def _values(names: Mapping[str, str], kinds: Mapping[str, Kind], time: str) -> pl.Expr:
    return _listed(
        joined(f'{{"name":{json.dumps(name)}{time},"value":', _value(c, kinds[c]), "}")
        for c, name in names.items()
    )


def _linked(*links: tuple[str, str]) -> pl.Expr:
    return _listed(
        joined('{"objectId":', as_json(pl.col(c)), f',"qualifier":"{qualifier}"}}')
        for c, qualifier in links
    )


def _listed(parts: Iterable[pl.Expr]) -> pl.Expr:
    """Put elements beside each other, a comma between each two; those that are null left out."""
    return filled(*(joined(",", part) for part in parts)).str.slice(1)


def _value(column: str, kind: Kind) -> pl.Expr:
    """Return values as JSON; floats that JSON has no number for as text."""
    value = pl.col(column)
    if kind == "time":
        return joined('"', value.dt.to_string(TIME_FORMAT), '"')
    if kind == "float":
        return (
            pl.when(value.is_finite())
            .then(as_json(value))
            .otherwise(as_json(value.cast(pl.String)))
        )
    return as_json(value)
