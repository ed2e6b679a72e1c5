"""Reading a sample's silo files and keying their events, in plain Python, without procmine."""

import csv
import json
import re
import sqlite3
import tomllib
from collections import Counter, defaultdict
from datetime import datetime
from functools import cache
from math import comb
from zoneinfo import ZoneInfo

import polars as pl
import pytest


def table(folder, source):
    """The rows of a source's file as dictionaries, missing values as None."""
    if "url" in source:
        database = sqlite3.connect(folder / source["url"].removeprefix("sqlite:///"))
        found = database.execute(source["query"])
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found]
        database.close()
        return rows
    path = folder / source["path"]
    if path.suffix == ".parquet":
        return pl.read_parquet(path).to_dicts()
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    nulls = {"", *source.get("null_values", [])}
    with path.open(encoding="utf-8", newline="") as file:
        separator = ";" if ";" in file.readline() else ","
        file.seek(0)
        rows = csv.DictReader(file, delimiter=separator)
        return [{k: None if v in nulls else v for k, v in row.items()} for row in rows]


def instant(value, zone):
    if value is None or isinstance(value, datetime):
        return value
    german = re.fullmatch(r"(\d\d)\.(\d\d)\.(\d{4}) (.*)", value)
    text = f"{german[3]}-{german[2]}-{german[1]} {german[4]}" if german else value
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))


def number(kind, value, kinds):
    """An identifier as it is compared."""
    if kinds.get(kind, {}).get("compare") != "phone":
        return "".join(str(value).casefold().split())
    digits = re.sub(r"\D", "", str(value).replace("(0)", ""))
    code = kinds[kind]["country_code"]
    return re.sub(rf"^(00{code}|{code}|0)", "", digits)


def events_of(folder, mapping):
    """Every row of every source as an event with the mapping's names; no answers to surveys."""
    events = []
    kinds = mapping.get("identity", {}).get("kinds", {})
    for source in mapping["sources"]:
        if "score" in source["columns"]:
            continue
        values = source.get("values", {})
        for row in table(folder, source):
            event = {**row, **source.get("constants", {}), "source": source["name"]}
            for role, column in source["columns"].items():
                event[role] = values.get(role, {}).get(row[column], row[column])
            zone = source.get("timezone", mapping["timezone"])
            event["end"] = instant(event["timestamp"], zone)
            event["start"] = instant(event["start_timestamp"], zone)
            event["cost"] = float(event["cost"] or 0)
            event["ids"] = {
                kind: number(kind, row[column], kinds)
                for kind, column in source["identifiers"].items()
                if row[column] is not None
            }
            event["by_customer"] = event["activity"] in mapping["by_customer"]
            event["customer_facing"] = event["activity"] in mapping["customer_facing"]
            events.append(event)
    return events


def customers(events, most_shared):
    """The customer of each event: connected components over identifiers seen on one row."""
    seen = defaultdict(lambda: defaultdict(set))
    for event in events:
        for kind, value in event["ids"].items():
            for other, of_other in event["ids"].items():
                if other != kind:
                    seen[kind, value][other].add(of_other)
    shared = {
        key for key, others in seen.items() if max(map(len, others.values())) > most_shared
    }  # fmt: skip
    parent = {}

    def root(node):
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    firsts = []
    for event in events:
        nodes = [key for key in event["ids"].items() if key not in shared]
        nodes = nodes or [("event", event["event_id"])]
        for node in nodes[1:]:
            parent[root(node)] = root(nodes[0])
        firsts.append(nodes[0])
    return [root(node) for node in firsts], shared


def keyed(events, owners, rules):
    """The journey of each event, by the rules of the mapping."""
    of_customer = defaultdict(list)
    for event, owner in zip(events, owners, strict=True):
        if event["end"]:
            of_customer[owner].append(event)
    found = {}
    for owner, mine in of_customer.items():
        journeys = []
        for event in sorted(mine, key=lambda e: (e["end"], e["event_id"])):
            found[event["event_id"]] = joined(event, journeys, rules) or f"outside {owner}"
    return found


def joined(event, journeys, rules):
    """The journey that an event opens or belongs to, as a text; None for none."""
    for rule in rules:
        if event["activity"] in rule["triggers"]:
            key = event["ids"].get(rule["key"])
            if key and key in {j["key"] for j in journeys if j["open"] and j["rule"] is rule}:
                break
            journeys.append({"rule": rule, "key": key, "open": True, "name": event["event_id"]})
            return event["event_id"]
    parts = ("triggers", "activities", "outcomes")
    fit = [j for j in journeys if any(event["activity"] in j["rule"][part] for part in parts)]
    same = [j for j in fit if event["ids"].get(j["rule"]["key"]) in {j["key"]} - {None}]
    chosen = (same or [j for j in fit if j["open"]])[-1:]
    for journey in chosen:
        journey["open"] &= event["activity"] not in journey["rule"]["outcomes"]
        return journey["name"]
    return None


def adjusted_rand(ours, theirs):
    """Hubert & Arabie (1985): 1 where two ways to group the same things are the same."""
    pairs = sum(comb(n, 2) for n in Counter(zip(ours, theirs, strict=True)).values())
    a, b = (sum(comb(n, 2) for n in Counter(labels).values()) for labels in (ours, theirs))
    expected = a * b / comb(len(ours), 2)
    return (pairs - expected) / ((a + b) / 2 - expected)


class Sample:
    """A sample's folder, read without procmine."""

    def __init__(self, folder):
        self.folder = folder
        self.mapping = tomllib.loads((folder / "mapping.toml").read_text(encoding="utf-8"))
        self.truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        self.events = events_of(folder, self.mapping)
        self.true = dict(pl.read_parquet(folder / "truth_journeys.parquet").iter_rows())

    @cache  # noqa: B019  (a handful of samples in a session)
    def recovered(self):
        """The journeys that the mapping's rules find, and the identifiers that join nobody."""
        owners, shared = customers(self.events, self.mapping["identity"]["most_shared"])
        return keyed(self.events, owners, self.mapping["journeys"]), shared

    def agreement(self):
        """The adjusted Rand index, over events, of the journeys found and the true ones."""
        found, _ = self.recovered()
        return adjusted_rand(list(found.values()), [self.true[event] for event in found])

    @cache  # noqa: B019  (likewise)
    def journeys(self, kind, *, hurt=False):
        """The true journeys of a kind, by completion; repeated rows once.

        Those that lost a time are left out, unless `hurt` keeps what they still have.
        """
        groups, lost = defaultdict(dict), set()
        for event in self.events:
            name = self.true[event["event_id"]]
            if not event["end"]:
                lost.add(name)
            elif name.startswith(kind):
                same = tuple(v for k, v in event.items() if k not in {"event_id", "ids"})
                groups[name].setdefault(same, event)
        return {
            name: sorted(events.values(), key=lambda e: (e["end"], e["event_id"]))
            for name, events in groups.items()
            if hurt or name not in lost
        }


@pytest.fixture(scope="session")
def read_sample():
    return Sample
