"""Object-centric logs for tests: one description, written in each of the three formats.

Written by hand as the standard says, with nothing of procmine: what reads them is what is tested.
"""
# ruff: noqa: S608  (the names in the statements are the tests' own)

import json
import sqlite3
from contextlib import closing
from xml.etree import ElementTree as ET

BEGINNING = "1970-01-01T00:00:00Z"
FORMATS = ("json", "xml", "sqlite")
SQL = {"string": "TEXT", "integer": "INTEGER", "float": "REAL", "boolean": "BOOLEAN",
       "time": "TIMESTAMP"}  # fmt: skip


def shop():
    """A customer with an order of two items, one who pays for another, and a shared salesman."""
    return {
        "types": {
            "event": {
                "place": {"channel": "string", "score": "integer"},
                "pick": {"weight": "float", "fragile": "boolean"},
                "pay": {"due": "time"},
                "stocktaking": {},
            },
            "object": {
                "customers": {"segment": "string", "since": "time", "limit": "float"},
                "orders": {}, "items": {}, "employees": {},
            },
        },
        "objects": [
            object_("anna", "customers", {"segment": [(BEGINNING, "Business")], "limit": [
                ("2026-02-01T00:00:00Z", 200.5), (BEGINNING, 100.0)]}, [("o1", "places"),
                ("sam", "cared for by")]),
            object_("bert", "customers", {"segment": [(BEGINNING, "Consumer")]}, [("o2", "places"),
                ("sam", "cared for by")]),
            object_("o1", "orders", {}, [("i1", "holds"), ("i2", "holds")]),
            object_("o2", "orders", {}, [("i3", "holds")]),
            *(object_(i, "items") for i in ("i1", "i2", "i3")),
            object_("sam", "employees"),
        ],
        "events": [
            event("e1", "place", "2026-01-05T09:00:00Z", {"channel": "web", "score": 7},
                  [("anna", "buyer"), ("o1", "order"), ("sam", "seller")]),
            event("e2", "pick", "2026-01-05T10:00:00Z", {"weight": 0.1, "fragile": True},
                  [("i1", "item")]),
            event("e3", "pick", "2026-01-05T11:00:00Z", {"weight": 2.5, "fragile": False},
                  [("i2", "item")]),
            event("e4", "place", "2026-01-06T09:00:00Z", {"channel": "shop"},
                  [("bert", "buyer"), ("o2", "order"), ("sam", "seller")]),
            event("e5", "pay", "2026-01-07T09:00:00Z", {"due": "2026-01-09T00:00:00Z"},
                  [("anna", "payer"), ("anna", "guarantor"), ("bert", "debtor"), ("o2", "order")]),
            event("e6", "stocktaking", "2026-01-08T09:00:00Z", {}, []),
        ],
    }  # fmt: skip


def object_(id, kind, values=None, links=()):
    return {"id": id, "type": kind, "values": values or {}, "links": list(links)}


def event(id, kind, time, values=None, links=()):
    return {"id": id, "type": kind, "time": time, "values": values or {}, "links": list(links)}


def write(log, path, form):
    """Write a log; the path gets no ending of its own, since content says the format."""
    {"json": _json, "xml": _xml, "sqlite": _sqlite}[form](log, path)
    return path


def _attributes(log, of):
    return [
        {"name": name, "attributes": [{"name": a, "type": k} for a, k in kinds.items()]}
        for name, kinds in log["types"][of].items()
    ]


def as_json(log):
    """Return a log as the JSON document's value."""

    def linked(one):
        return [{"objectId": other, "qualifier": q} for other, q in one["links"]]

    return {
        "objectTypes": _attributes(log, "object"),
        "eventTypes": _attributes(log, "event"),
        "objects": [
            {"id": o["id"], "type": o["type"], "relationships": linked(o), "attributes": [
                {"name": n, "time": t, "value": v} for n, vs in o["values"].items() for t, v in vs]}
            for o in log["objects"]
        ],
        "events": [
            {"id": e["id"], "type": e["type"], "time": e["time"], "relationships": linked(e),
             "attributes": [{"name": n, "value": v} for n, v in e["values"].items()]}
            for e in log["events"]
        ],
    }  # fmt: skip


def _json(log, path):
    path.write_text(json.dumps(as_json(log), ensure_ascii=False, indent=1), encoding="utf-8")


def _xml(log, path):
    root = ET.Element("log")
    for of in ("object", "event"):
        types = ET.SubElement(root, f"{of}-types")
        for name, kinds in log["types"][of].items():
            attributes = ET.SubElement(ET.SubElement(types, f"{of}-type", name=name), "attributes")
            for attribute, kind in kinds.items():
                ET.SubElement(attributes, "attribute", name=attribute, type=kind)
    for of in ("object", "event"):
        everyone = ET.SubElement(root, f"{of}s")
        for one in log[f"{of}s"]:
            _xml_one(everyone, of, one)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _xml_one(parent, of, one):
    head = {k: one[k] for k in ("id", "type", "time") if k in one}
    element = ET.SubElement(parent, of, head)
    links, values = ET.SubElement(element, "objects"), ET.SubElement(element, "attributes")
    for other, qualifier in one["links"]:
        ET.SubElement(links, "relationship", {"object-id": other, "qualifier": qualifier})
    for name, value in one["values"].items():
        for time, v in value if of == "object" else [(None, value)]:
            attribute = ET.SubElement(values, "attribute", {"name": name})
            attribute.text = str(v).lower() if isinstance(v, bool) else str(v)
            if time:
                attribute.set("time", time)


def _sqlite(log, path):
    with closing(sqlite3.connect(path)) as database:
        database.executescript("""
            CREATE TABLE event (ocel_id TEXT, ocel_type TEXT);
            CREATE TABLE object (ocel_id TEXT, ocel_type TEXT);
            CREATE TABLE event_map_type (ocel_type TEXT, ocel_type_map TEXT);
            CREATE TABLE object_map_type (ocel_type TEXT, ocel_type_map TEXT);
            CREATE TABLE event_object
                (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);
            CREATE TABLE object_object
                (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT);
        """)
        for of, extra in (("event", ""), ("object", ", ocel_changed_field TEXT")):
            for number, (name, kinds) in enumerate(log["types"][of].items()):
                own = "".join(f', "{a}" {SQL[k]}' for a, k in kinds.items())
                database.execute(
                    f'CREATE TABLE "{of}_T{number}" (ocel_id TEXT, ocel_time TIMESTAMP{extra}{own})'
                )
                database.execute(f"INSERT INTO {of}_map_type VALUES (?, ?)", (name, f"T{number}"))
            for one in log[f"{of}s"]:
                _sqlite_one(database, log, of, one)
        database.commit()


def _sqlite_one(database, log, of, one):
    table = f"{of}_T{list(log['types'][of]).index(one['type'])}"
    it, links = one["id"], "event_object" if of == "event" else "object_object"
    database.execute(f"INSERT INTO {of} VALUES (?, ?)", (it, one["type"]))
    database.executemany(f"INSERT INTO {links} VALUES (?, ?, ?)", [(it, *k) for k in one["links"]])
    if of == "event":
        _insert(database, table, {"ocel_id": it, "ocel_time": one["time"], **one["values"]})
        return
    first = {n: v for n, vs in one["values"].items() for t, v in vs if t == BEGINNING}
    _insert(database, table, {"ocel_id": it, "ocel_time": BEGINNING, **first})
    for name, values in one["values"].items():
        for time, value in values:
            if time != BEGINNING:
                row = {"ocel_id": it, "ocel_time": time, "ocel_changed_field": name, name: value}
                _insert(database, table, row)


def _insert(database, table, row):
    names = ", ".join(f'"{n}"' for n in row)
    marks = ", ".join("?" * len(row))
    database.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(row.values()))


def nearest(log, kind, depth):
    """Return the pairs of event and object that flattening should give, by plain search."""
    types = {o["id"]: o["type"] for o in log["objects"]}
    beside = {i: set() for i in types}
    for one in log["objects"]:
        for other, _ in one["links"]:
            if other in types:
                beside[one["id"]].add(other)
                beside[other].add(one["id"])
    found = set()
    for one in log["events"]:
        ring = seen = {o for o, _ in one["links"] if o in types}
        for _ in range(depth + 1):
            hits = {o for o in ring if types[o] == kind}
            if hits:
                found |= {(one["id"], o) for o in hits}
                break
            ring = {b for o in ring for b in beside[o]} - seen
            seen = seen | ring
    return found
