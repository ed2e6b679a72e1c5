"""Logs written for other tools: what is read back is what was written, every value and its type."""

import gzip
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import procmine as pm
from procmine import holding
from procmine.errors import InputError, OptionError, UnavailableError
from procmine.eventlog import EventLog
from procmine.export import write
from procmine.schema import MADE
from tests import ocel
from tests.strategies import events, frame, log_of, random_events

OBJECTS = ("log.jsonocel", "log.json.gz", "log.xmlocel", "log.sqlite")
NAMES = ("log.xes", "log.xes.gz", *OBJECTS)
# what only an object-centric reader makes
OF_READER = {"hops", "qualifier", "object:journey", "object:customer", "event_id"}


def again(path):
    options = {} if ".xes" in path.name else {"case_object": "journey"}
    return pm.read(path, **options)


def rows(log, columns):
    """The rows in order; numbers in their widest type, columns without any value left out."""
    table = log.events.select(*columns).sort("case_id", "event_number").collect()
    wide = [
        pl.col(c).cast(pl.Int64 if t.is_integer() else pl.Float64)
        for c, t in table.schema.items()
        if t.is_numeric()
    ]
    return table.with_columns(wide)


def assert_same(log, back):
    empty = {c for c, n in log.events.count().collect().to_dicts()[0].items() if n == 0} - {*MADE}
    made = {*MADE} - {*back.columns}  # of a column that has no value at all
    columns = [c for c in log.columns if c != "order" and c not in empty | made]
    assert {*back.columns} - {*log.columns} <= OF_READER
    found = rows(back, [c for c in columns if c in back.columns])
    assert_frame_equal(found, rows(log, columns), check_column_order=False)


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=6)
TIMES = st.datetimes(datetime(1980, 1, 1), datetime(2090, 1, 1)).map(  # noqa: DTZ001
    lambda t: t.replace(tzinfo=UTC)
)
VALUES = {
    "note": (TEXT, pl.String),
    "note.by": (TEXT, pl.String),
    "count": (st.integers(-(2**63), 2**63 - 1), pl.Int64),
    "rate": (st.floats(allow_nan=True), pl.Float64),
    'Ünit <&> "x"\'': (st.booleans(), pl.Boolean),
    "due": (TIMES, pl.Datetime("us", "UTC")),
    "case:plan": (TEXT, pl.String),
    "case:plan.price": (st.floats(allow_nan=False), pl.Float64),
    "case:vip": (st.booleans(), pl.Boolean),
    "case:since": (TIMES, pl.Datetime("us", "UTC")),
}


@st.composite
def attributed(draw):
    """Return a log with attributes of every type, of events and of journeys."""
    plain = draw(events())
    table = frame(plain)
    cases = table["case_id"].unique().sort().to_list()
    for name in draw(st.sets(st.sampled_from(sorted(VALUES)))):
        values, kind = VALUES[name]
        if name.startswith("case:"):
            of_case = {c: draw(st.none() | values) for c in cases}
            cells = [of_case[c] for c in table["case_id"]]
        else:
            cells = [draw(st.none() | values) for _ in plain]
        table = table.with_columns(pl.Series(name, cells, dtype=kind))
    if draw(st.booleans()):
        owners = {c: draw(st.sampled_from([None, "C1", "1", "é"])) for c in cases}
        table = table.with_columns(customer_id=pl.Series([owners[c] for c in table["case_id"]]))
    return pm.eventlog.prepared(table.lazy(), table.height, pm.metadata.Metadata(name="a <log>"))


@settings(max_examples=15)
@given(attributed(), st.sampled_from(NAMES))
def test_what_is_written_is_read_again(tmp_path_factory, log, name):
    path = log.write(tmp_path_factory.mktemp("export") / name)
    assert_same(log, again(path))


@pytest.mark.parametrize("name", NAMES)
def test_an_attribute_that_differs_within_a_journey_stays_with_its_events(tmp_path, name):
    table = pl.DataFrame({
        "case": ["1", "1", "2"], "activity": ["a", "b", "a"], "time": ["2026-01-05T09:00Z"] * 3,
        "segment": ["x", "y", "x"], "case:plan": ["p", None, "q"], "event_id": ["7", "8", "9"],
    })  # fmt: skip
    log = pm.read(table)
    assert_same(log, again(log.write(tmp_path / name)))


@pytest.mark.parametrize("name", ["log.xes", "log.sqlite"])
def test_the_types_and_states_of_journeys_come_back(tmp_path, name):
    table = pl.DataFrame({
        "case": ["1", "1", "2"], "activity": ["a", "b", "a"], "time": ["2026-01-05T09:00Z"] * 3,
        "journey_type": ["order"] * 3, "journey_state": ["closed", "closed", "open"],
        "customer_id": ["C1"] * 3,
    })  # fmt: skip
    log = pm.read(table)
    assert_same(log, again(log.write(tmp_path / name)))


@pytest.mark.parametrize("name", NAMES)
def test_an_object_centric_log_comes_back_with_its_events_ids(tmp_path, name):
    log = pm.read(ocel.write(ocel.shop(), tmp_path / "shop", "json"), case_object="customers")
    back = again(log.write(tmp_path / name))
    assert back.size == log.size
    assert sorted(back.events.collect()["event_id"]) == ["e1", "e4", "e5", "e5"]


@pytest.mark.parametrize("name", NAMES)
def test_a_part_of_a_log_and_a_log_of_parts_are_written_whole(tmp_path, monkeypatch, name):
    log = log_of(random_events(5, number=400), name="whole")
    part = log.filter_cases(passes_through="ask")
    assert_same(part, again(part.write(tmp_path / name)))
    monkeypatch.setattr(holding, "IN_MEMORY", 10)
    parts = log_of(random_events(5, number=400), name="whole")
    assert parts.storage is not None
    assert_same(parts, again(parts.write(tmp_path / name)))


def test_xes_has_traces_with_extensions_globals_and_classifiers(tmp_path):
    log_of(random_events(3), name="a & b").write(tmp_path / "log.xes")
    root = ET.parse(tmp_path / "log.xes").getroot()  # noqa: S314  (our own)
    space = "{http://www.xes-standard.org/}"
    assert {e.get("prefix") for e in root.iter(f"{space}extension")} == {
        "concept", "time", "lifecycle", "org", "cost"
    }  # fmt: skip
    assert [g.get("scope") for g in root.iter(f"{space}global")] == ["trace", "event"]
    assert [c.get("keys") for c in root.iter(f"{space}classifier")] == [
        "concept:name", "concept:name org:resource"
    ]  # fmt: skip
    assert root.find(f"{space}string").get("value") == "a & b"
    names = [t.find(f"{space}string").get("value") for t in root.iter(f"{space}trace")]
    assert len(names) == len(set(names))
    assert root.get("xes.version") == "1849-2016"


def test_attributes_within_attributes_stand_within_them(tmp_path):
    table = pl.DataFrame({
        "case": ["1", "1"], "activity": ["a", "b"], "time": ["2026-01-05T09:00Z"] * 2,
        "fee": [3, None], "fee.unit": ["EUR", "USD"],
    })  # fmt: skip
    pm.read(table).write(tmp_path / "log.xes")
    text = (tmp_path / "log.xes").read_text(encoding="utf-8")
    assert '<int key="fee" value="3"><string key="unit" value="EUR"/></int>' in text
    assert '<string key="fee.unit" value="USD"/>' in text


def test_characters_that_xml_cannot_hold_are_replaced_and_no_document_breaks(tmp_path):
    table = pl.DataFrame({
        "case": ["1"], "activity": ["a"], "time": ["2026-01-05T09:00Z"],
        "note": ["bell\x07, tab\t, line\n, \ufffe"],
    })  # fmt: skip
    for name in ("log.xes", "log.xmlocel"):
        back = again(pm.read(table).write(tmp_path / name))
        assert back.events.collect()["note"].item() == "bell\ufffd, tab\t, line\n, \ufffd"
    back = again(pm.read(table).write(tmp_path / "log.jsonocel"))
    assert back.events.collect()["note"].item() == table["note"].item()


def test_values_of_other_types_are_written_in_the_nearest(tmp_path):
    table = pl.DataFrame({
        "case": ["1"], "activity": ["a"], "time": ["2026-01-05T09:00Z"],
        "list": [[1, 2]], "struct": [{"a": None}], "bytes": [b"\xff"], "day": [date(2026, 1, 5)],
        "long": pl.Series([2**64 - 1], dtype=pl.UInt64), "short": [1.5],
    }).cast({"short": pl.Float32})  # fmt: skip
    expected = {
        "list": "[1,2]", "struct": '{"a":null}', "bytes": "/w==", "long": str(2**64 - 1),
        "short": 1.5, "day": datetime(2026, 1, 5, tzinfo=UTC),
    }  # fmt: skip
    for name in NAMES:
        row = again(pm.read(table).write(tmp_path / name)).events.collect().row(0, named=True)
        assert {k: row[k] for k in expected} == expected


def test_activities_that_differ_in_case_alone_have_tables_of_their_own(tmp_path):
    log_of(random_events(2), name="x").write(tmp_path / "log.sqlite")
    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as database:
        tables = [t for (t,) in database.execute("SELECT ocel_type_map FROM event_map_type")]
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len({t.lower() for t in tables}) == len(tables) == 5


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch, name):
    log = log_of(random_events(1), name="x")
    target = log.write(tmp_path / name)
    before = target.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write, "replace_by", full)
    with pytest.raises(OSError, match="No space"):
        log.write(target)
    assert target.read_bytes() == before
    assert [f.name for f in tmp_path.iterdir()] == [name]


def test_the_same_log_gives_the_same_bytes(tmp_path):
    log = log_of(random_events(1), name="x")
    one, other = (log.write(tmp_path / n).read_bytes() for n in ("a.xes.gz", "b.xes.gz"))
    assert gzip.decompress(one) == gzip.decompress(other)


def test_an_ending_that_says_no_format_names_those_that_do(tmp_path):
    log = log_of(random_events(1), name="x")
    for name in ("log.csv", "log", "log.parquet.gz", "log.sqlite.gz"):
        with pytest.raises(OptionError, match=r"\.parquet, \.xes, \.xes\.gz, \.jsonocel") as error:
            log.write(tmp_path / name)
        assert name in str(error.value)
    with pytest.raises(InputError, match="folder of"):
        log.write(tmp_path / "nowhere" / "log.xes")
    (tmp_path / "log.xes").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        log.write(tmp_path / "log.xes")


def test_a_log_on_another_engine_says_how_it_can_be_written(tmp_path):
    with pytest.raises(UnavailableError, match="Parquet"):
        EventLog(object()).write(tmp_path / "log.xes")


def figures(table, case, activity, time):
    """The events of a table of another tool, comparable."""
    return pl.DataFrame({
        "case": [str(v) for v in table[case]],
        "activity": [str(v) for v in table[activity]],
        "time": [t.replace(tzinfo=UTC) if t.tzinfo is None else t.astimezone(UTC)
                 for t in table[time]],
    }).sort(pl.all())  # fmt: skip


def own(log):
    table = log.events.select("case_id", "activity", "timestamp").collect()
    return figures(table, "case_id", "activity", "timestamp")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
class TestOtherTools:
    def test_pm4py_and_r4pm_read_our_xes(self, tmp_path):
        import pm4py
        import r4pm

        log = log_of(random_events(9), name="x")
        path = str(log.write(tmp_path / "log.xes"))
        names = ("case:concept:name", "concept:name", "time:timestamp")
        read = pm4py.read_xes(path)
        assert figures(read, *names).equals(own(log))
        assert sorted(read["org:group"].dropna()) == sorted(
            log.events.collect()["department"].drop_nulls().cast(pl.String)
        )
        table, _ = r4pm.df.import_xes(path)
        assert figures(table, *names).equals(own(log))

    @pytest.mark.parametrize("name", ["log.jsonocel", "log.xmlocel", "log.sqlite"])
    def test_pm4py_and_r4pm_read_our_object_centric_logs(self, tmp_path, name):
        import pm4py
        import r4pm

        log = log_of(random_events(9), name="x")
        path = str(log.write(tmp_path / name))
        kind = {"jsonocel": "json", "xmlocel": "xml", "sqlite": "sqlite"}[name.partition(".")[2]]
        flat = pm4py.ocel_flattening(getattr(pm4py, f"read_ocel2_{kind}")(path), "journey")
        names = ("case:concept:name", "concept:name", "time:timestamp")
        assert figures(flat, *names).equals(own(log))
        tables = r4pm.df.import_ocel(path)
        joined = tables["relations"].filter(pl.col("ocel:type") == "journey")
        assert figures(joined, "ocel:oid", "ocel:activity", "ocel:timestamp").equals(own(log))
