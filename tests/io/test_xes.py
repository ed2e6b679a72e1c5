"""XES: as many rows as the file has events, whatever is wrong with them."""

import gzip
from collections import Counter
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.errors import InputError
from procmine.ingest import ingest
from procmine.io.raw import POSITION
from procmine.io.xes import read_xes

ODD = """<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/">
 <global scope="event">
  <date key="time:timestamp" value="1970-01-01T00:00:00Z"/><string key="concept:name" value="DEF"/>
 </global>
 <string key="concept:name" value="the log"/>
 <trace>
  <string key="concept:name" value="c1"/><int key="n" value="3"/>
  <event><string key="concept:name" value="a &amp; b"/>
   <date key="time:timestamp" value="not a date"/>
   <int key="k" value="5"/><boolean key="b" value="TRUE"/></event>
  <event><string key="concept:name" value="x"/>
   <date key="time:timestamp" value="2012-01-01T10:00:00Z"/>
   <int key="k" value="99999999999999999999"/><boolean key="b" value="0"/></event>
  <event></event><event/>
  <event><string key="concept:name" value="z"><string key="inner" value="q"/></string>
   <list key="l"><values><int key="v" value="7"/></values></list></event>
 </trace>
 <trace></trace>
 <trace><event><string key="concept:name" value="nameless"/></event></trace>
 <event><string key="concept:name" value="on top"/></event>
</log>"""


def read(tmp_path, content, name="log.xes"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_xes(path, packed=name.endswith(".gz"))


def test_every_event_is_a_row_and_nothing_is_filled_in(tmp_path):
    frame = read(tmp_path, ODD).frame.collect()
    names = ["a & b", "x", None, None, "z", "nameless", "on top"]
    assert frame["concept:name"].to_list() == names
    assert frame["case:concept:name"].to_list() == ["c1"] * 5 + [None, None]
    assert frame["time:timestamp"].to_list()[:3] == ["not a date", "2012-01-01T10:00:00Z", None]
    assert frame[POSITION].to_list() == [1, 2, 3, 4, 5, 6, 7]


def test_a_global_value_stands_for_a_missing_attribute_but_for_no_time_or_name(tmp_path):
    more = '<string key="org:group" value="UNKNOWN"/></global>'
    content = ODD.replace("</global>", more).replace(
        '<string key="concept:name" value="x"/>',
        '<string key="concept:name" value="x"/><string key="org:group" value="north"/>',
    )
    raw = read(tmp_path, content)
    assert raw.frame.collect()["org:group"].to_list() == ["UNKNOWN", "north"] + ["UNKNOWN"] * 5
    assert raw.frame.collect()["concept:name"].null_count() == 2
    assert any("6 events have no 'org:group'" in note for note in raw.notes)


def test_types_are_kept_where_every_value_is_one(tmp_path):
    frame = read(tmp_path, ODD).frame.collect()
    assert frame["k"].to_list()[:2] == ["5", "99999999999999999999"]
    assert frame["b"].to_list()[:2] == [True, False]
    assert frame["case:n"].to_list()[:1] == [3]


def test_nested_attributes_are_named_by_their_way(tmp_path):
    row = read(tmp_path, ODD).frame.collect().row(4, named=True)
    assert (row["concept:name.inner"], row["l.v"]) == ("q", 7)


def test_what_cannot_be_used_is_set_aside_with_its_reason(tmp_path):
    read(tmp_path, ODD)
    found = ingest(tmp_path / "log.xes", tolerance=1)
    reasons = {"no_case": 2, "no_activity": 2, "no_timestamp": 1, "unreadable_timestamp": 1}
    assert found.quality.reasons == reasons
    assert found.quality.accepted == 1


def test_attributes_after_the_events_still_belong_to_the_trace(tmp_path):
    event = '<event><string key="a" value="1"/></event>'
    trace = f'<trace>{event}<string key="concept:name" value="c"/></trace>'
    frame = read(tmp_path, f"<log>{trace}</log>").frame.collect()
    assert frame["case:concept:name"].to_list() == ["c"]


def test_a_prefix_and_another_encoding_are_understood(tmp_path):
    content = ODD.replace("UTF-8", "ISO-8859-1").replace("nameless", "café").encode("latin-1")
    content = content.replace(b"<event", b"<x:event").replace(b"</event", b"</x:event")
    content = content.replace(b"<log xmlns=", b"<log xmlns:x=")
    assert read(tmp_path, content).frame.collect()["concept:name"][5] == "café"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (ODD[:900], "breaks off"),
        (ODD.replace("</event>", "", 1), "breaks off"),
        (ODD.replace("nameless", "caf\xe9").encode("latin-1"), "breaks off"),
        ("<root><event/></root>", "<root>"),
        ("<log></log>", "no event"),
        ("<log><object-types/><events><event id='1'/></events></log>", "OCEL"),
    ],
)
def test_what_is_no_whole_log_is_said(tmp_path, content, word):
    with pytest.raises(InputError, match=word) as error:
        read(tmp_path, content)
    assert "log.xes" in str(error.value)


def test_a_packed_log_that_breaks_off_is_said(tmp_path):
    with pytest.raises(InputError, match="gzip"):
        read(tmp_path, gzip.compress(ODD.encode())[:-30], "log.xes.gz")


@pytest.mark.parametrize(
    "name",
    ["receipt.xes.gz", "sepsis.xes.gz", "running-example.xes", "malformed/ActivitiTest.xes",
     "malformed/junit.xes.gz", "malformed/xes_20.xes"],
)  # fmt: skip
def test_rows_and_values_are_those_that_an_xml_parser_sees(real_logs, name):
    path = real_logs / name
    with gzip.open(path) if name.endswith("gz") else path.open("rb") as file:
        tree = ET.parse(file)  # noqa: S314  (known files)
    events = [e for e in tree.iter() if e.tag.rpartition("}")[2] == "event"]
    values = Counter(a.get("value") for e in events for a in e if a.get("value") is not None)
    raw = read_xes(path, packed=name.endswith("gz"))
    frame = raw.frame.collect()
    assert frame.height == raw.rows == len(events)
    text = frame.select(pl.exclude("^case:.*$", "^.*\\..*$", POSITION).cast(pl.String))
    filled = sum(text.select(pl.all().count()).row(0))
    assert filled == values.total()


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])), max_size=5
        ),
        max_size=5,
    )
)
def test_any_text_comes_back(tmp_path_factory, traces):
    log = ET.Element("log")
    for activities in traces:
        trace = ET.SubElement(log, "trace")
        for activity in activities:
            event = ET.SubElement(trace, "event")
            ET.SubElement(event, "string", key="concept:name", value=activity)
    path = tmp_path_factory.mktemp("xes") / "log.xes"
    ET.ElementTree(log).write(path, encoding="utf-8")
    expected = [a for activities in traces for a in activities]
    if expected:
        assert read_xes(path, packed=False).frame.collect()["concept:name"].to_list() == expected
