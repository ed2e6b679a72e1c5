"""Object-centric logs: three formats, one answer, and nothing lost without a word."""

import gzip
import json
import sqlite3
from contextlib import closing

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import procmine as pm
from procmine.errors import InputError, OptionError, UnavailableError
from procmine.ingest import ingest
from procmine.io.ocel import read_ocel
from procmine.io.ocel.json import parse_json
from procmine.io.ocel.sqlite import parse_sqlite
from procmine.io.ocel.xml import parse_xml
from tests import ocel


def shop(tmp_path, form="json", **parts):
    return ocel.write(ocel.shop() | parts, tmp_path / "shop", form)


def pairs(path, kind, depth=0):
    frame = read_ocel(path, case_object=kind, depth=depth).frame
    return set(frame.select("event_id", "case_id").collect().iter_rows())


def tables(path, form):
    """Every table of a log, sorted, its times as instants."""
    parsed = {"sqlite": parse_sqlite}.get(form) or (
        lambda p: {"json": parse_json, "xml": parse_xml}[form](p, packed=False)
    )
    log = parsed(path)
    return {name: frame.sort(pl.all()) for name, frame in vars(log).items()}


@pytest.mark.parametrize("form", ocel.FORMATS)
def test_an_event_belongs_to_the_nearest_objects(tmp_path, form):
    path = shop(tmp_path, form)
    touched = {("e1", "anna"), ("e4", "bert"), ("e5", "anna"), ("e5", "bert")}
    assert pairs(path, "customers") == touched
    assert pairs(path, "customers", 1) == touched  # not e4 to anna, through the salesman of both
    assert pairs(path, "customers", 2) == touched | {("e2", "anna"), ("e3", "anna")}


@pytest.mark.parametrize("form", ocel.FORMATS)
def test_attributes_keep_their_types_and_a_journey_has_the_first_value(tmp_path, form):
    log = pm.read(shop(tmp_path, form), case_object="customers", depth=2)
    rows = {r["event_id"]: r for r in log.events.collect().to_dicts() if r["case_id"] == "anna"}
    assert (rows["e1"]["channel"], rows["e1"]["score"]) == ("web", 7)
    assert (rows["e2"]["weight"], rows["e2"]["fragile"]) == (0.1, True)
    assert rows["e5"]["due"].isoformat() == "2026-01-09T00:00:00+00:00"
    assert (rows["e3"]["case:limit"], rows["e3"]["segment"]) == (100.0, "Business")
    assert (rows["e2"]["qualifier"], rows["e2"]["hops"]) == ("item", 2)
    assert rows["e5"]["qualifier"] == "guarantor; payer"
    assert rows["e1"]["object:orders"] == "o1"
    assert "'customers' take another value 1 time" in " ".join(log.meta.notes)


def test_three_formats_of_one_log_give_the_same_tables(tmp_path):
    found = [tables(ocel.write(ocel.shop(), tmp_path / f, f), f) for f in ocel.FORMATS]
    for name in found[0]:
        for other in found[1:]:
            assert_frame_equal(other[name], found[0][name])


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_packed_log_is_read(tmp_path, form):
    path = shop(tmp_path, form)
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert len(pairs(path, "customers")) == 4


def test_deficiency_convergence_and_divergence_are_always_said(tmp_path):
    log = pm.read(shop(tmp_path), case_object="customers", depth=2)
    facts = log.meta.sources[0]["objects"]
    assert facts["deficiency_share"] == 1 / 6
    assert facts["convergence"] == 6 / 5
    assert facts["divergence_share"] == 1 / 5  # anna's picks, of place, pick, pay and two of bert's
    assert (facts["events_shared"], facts["cases"], facts["missing_references"]) == (1, 2, 0)
    assert facts["events_by_hops"] == {"0": 3, "2": 2}
    for result in (pm.overview(log), pm.cycle_time(log)):
        said = " ".join(result.caveats)
        assert "1 of 6 events (17 %)" in said
        assert "1 event counts in several journeys" in said
        assert all(w in said for w in ("deficiency", "convergence", "divergence"))


def test_a_written_log_still_says_them(tmp_path):
    log = pm.read(shop(tmp_path), case_object="customers", into=tmp_path / "log.parquet")
    assert "divergence" in pm.overview(pm.read(tmp_path / "log.parquet")).caveats[-1]
    with pytest.raises(OptionError, match="case_object can't be chosen"):
        pm.read(tmp_path / "log.parquet", case_object="orders")
    assert log.size == (4, 2)


@pytest.mark.parametrize("form", ocel.FORMATS)
def test_what_is_referred_to_and_not_there_is_set_aside_and_counted(tmp_path, form):
    log = ocel.shop()
    log["events"][0]["links"].append(("ghost", "haunted by"))
    log["objects"][2]["links"].append(("i9", "holds"))
    found = ingest(ocel.write(log, tmp_path / "shop", form), case_object="customers")
    assert found.quality.reasons == {"no_object": 3, "missing_reference": 2}
    assert found.quality.rows_read == found.quality.accepted + found.quality.set_aside
    aside = found.set_aside.collect()
    assert sorted(aside["text"].drop_nulls()) == [
        "event_id e1, object_id ghost, qualifier haunted by",
        "source_id o1, target_id i9, qualifier holds",
    ]
    assert set(aside["event_id"].drop_nulls()) == {"e2", "e3", "e6"}
    assert any("2 of 21 references" in note for note in found.notes)


def test_rows_of_sqlite_that_belong_to_no_event_are_set_aside(tmp_path):
    path = shop(tmp_path, "sqlite")
    with closing(sqlite3.connect(path)) as database:
        database.execute("DELETE FROM event WHERE ocel_id = 'e6'")
        database.commit()
    found = ingest(path, case_object="customers", depth=2)
    assert found.quality.reasons == {"missing_reference": 1}


def test_no_choice_of_an_object_lists_what_there_is(tmp_path):
    with pytest.raises(OptionError, match="object-centric") as error:
        pm.read(shop(tmp_path))
    assert "customers (2), employees (1), items (3), orders (2)" in str(error.value)
    assert "case_object='customers'" in str(error.value)


def test_a_wrong_choice_names_the_nearest(tmp_path):
    with pytest.raises(OptionError, match="Did you mean 'customers'"):
        pm.read(shop(tmp_path), case_object="customer")
    with pytest.raises(OptionError, match=r"There are: customers, employees, items, orders\."):
        pm.read(shop(tmp_path), case_object="zebra")


def test_other_choices_that_make_no_sense_are_refused(tmp_path):
    table = pl.DataFrame({"case": ["1"], "activity": ["a"], "time": ["2026-01-05"]})
    table.write_csv(tmp_path / "log.csv")
    with pytest.raises(OptionError, match="no objects"):
        pm.read(tmp_path / "log.csv", case_object="customers")
    with pytest.raises(OptionError, match="no objects"):
        pm.read(table, case_object="customers")
    with pytest.raises(OptionError, match="depth of -1"):
        pm.read(shop(tmp_path), case_object="customers", depth=-1)
    picks = [e for e in ocel.shop()["events"] if e["type"] == "pick"]
    with pytest.raises(OptionError, match=r"reaches one of its employees at depth 0.*depth=1"):
        pm.read(shop(tmp_path, events=picks), case_object="employees")


def test_attributes_of_any_name_leave_case_activity_and_time_alone(tmp_path):
    log = ocel.shop()
    names = ("case", "concept:name", "time:timestamp", "timestamp", "event_id", "status", "hops")
    log["types"]["event"]["place"] = dict.fromkeys(names, "string")
    log["events"][0]["values"] = dict.fromkeys(names, "x")
    log["types"]["object"]["customers"]["concept:name"] = "string"
    log["objects"][0]["values"]["concept:name"] = [(ocel.BEGINNING, "Anna")]
    found = pm.read(ocel.write(log, tmp_path / "shop", "json"), case_object="customers")
    taken = ("case_id", "activity", "timestamp")
    assert [found.meta.roles[role] for role in taken] == [*taken]
    assert "event_id" in found.columns  # the attribute's; the file's own is kept beside it
    first = found.events.filter(pl.col("ocel:event_id") == "e1").collect().row(0, named=True)
    assert sum(v == "x" for v in first.values()) == len(names)
    assert first["case:concept:name (attribute)"] == "Anna"


def test_types_that_disagree_about_an_attribute_give_text_that_keeps_every_value(tmp_path):
    log = ocel.shop()
    log["types"]["event"]["pay"]["score"] = "string"
    log["events"][4]["values"]["score"] = "high"
    found = pm.read(ocel.write(log, tmp_path / "shop", "json"), case_object="customers")
    assert sorted(found.events.collect()["score (source)"].drop_nulls()) == ["7", "high", "high"]


def test_a_log_is_appended_to_with_the_same_choice(tmp_path):
    log = ocel.shop()
    first = ocel.write(log | {"events": log["events"][:3]}, tmp_path / "first", "json")
    second = ocel.write(log | {"events": log["events"][3:]}, tmp_path / "second", "xml")
    pm.read(first, case_object="customers", depth=2, into=tmp_path / "log.parquet")
    grown = pm.append(tmp_path / "log.parquet", second, case_object="customers", depth=2)
    assert grown.size == pm.read([first, second], case_object="customers", depth=2).size == (6, 2)


def test_spark_says_that_it_reads_none():
    from procmine.on_spark import Settings

    with pytest.raises(UnavailableError, match="--engine polars"):
        Settings.of({"case_object": "customers"})


def drop(path, statement):
    with closing(sqlite3.connect(path)) as database:
        database.execute(statement)
        database.commit()


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("DROP TABLE event_object", "lacks the table 'event_object'"),
        ("DROP TABLE event_T1", "lacks the table 'event_T1'"),
        ("ALTER TABLE object DROP COLUMN ocel_type", "lacks the column 'ocel_type' of 'object'"),
        ("INSERT INTO event VALUES ('e1', 'place')", "1 event has the id of another"),
        ("INSERT INTO event_T0 SELECT * FROM event_T0", "stands twice"),
        ("INSERT INTO object VALUES ('anna', 'items')", "1 object has the id of another"),
        ("INSERT INTO event VALUES (NULL, 'place')", "1 event has no id"),
    ],
)
def test_a_database_that_is_not_whole_is_said(tmp_path, statement, word):
    path = shop(tmp_path, "sqlite")
    drop(path, statement)
    with pytest.raises(InputError, match=word) as error:
        pm.read(path, case_object="customers")
    assert "'shop'" in str(error.value)


def test_a_database_whose_pages_are_damaged_is_said(tmp_path):
    path = shop(tmp_path, "sqlite")
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(InputError, match="'shop' is damaged"):
        pm.read(path, case_object="customers")


def changed(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("form", "old", "new", "word"),
    [
        ("json", '"id": "e1"', '"id": e1', "JSON breaks off at line"),
        ("json", '"events": [', '"incidents": [', "lacks 'events'"),
        ("json", '"id": "e2"', '"id": "e1"', "1 event has the id of another"),
        ("json", '"id": "e2",', "", "1 event has no id"),
        ("json", '"relationships": [', '"relationships": "none", "x": [', "another form"),
        ("json", '"objectId"', '"object"', "another form"),
        ("xml", "</events>", "", "XML breaks off"),
        ("xml", '<object id="i1"', '<object id="i2"', "1 object has the id of another"),
    ],
)
def test_a_document_that_is_malformed_is_said_in_a_sentence(tmp_path, form, old, new, word):
    path = shop(tmp_path, form)
    changed(path, old, new)
    with pytest.raises(InputError, match=word) as error:
        pm.read(path, case_object="customers")
    assert "'shop'" in str(error.value)
    assert "e1" not in str(error.value)


@pytest.mark.parametrize("end", [0.3, 0.6, 0.99])
@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_document_that_breaks_off_is_said(tmp_path, form, end):
    path = shop(tmp_path, form)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * end)])
    with pytest.raises(InputError, match="breaks off"):
        pm.read(path, case_object="customers")


@pytest.mark.parametrize("form", ocel.FORMATS)
def test_a_time_that_cannot_be_read_sets_its_event_aside(tmp_path, form):
    log = ocel.shop()
    log["events"][0]["time"] = "yesterday"
    found = ingest(ocel.write(log, tmp_path / "shop", form), case_object="customers", tolerance=1)
    assert found.quality.reasons["unreadable_timestamp"] == 1


def test_a_log_without_an_object_is_said(tmp_path):
    log = {"objectTypes": [], "eventTypes": [], "objects": [], "events": []}
    (tmp_path / "log").write_text(json.dumps(log))
    with pytest.raises(InputError, match="holds no object"):
        pm.read(tmp_path / "log", case_object="customers")


def test_a_minified_document_and_members_in_any_order_are_read(tmp_path):
    path, document = tmp_path / "log", ocel.as_json(ocel.shop())
    turned = {"comment": "x", **dict(reversed(document.items())), "version": 2.0}
    path.write_text(json.dumps(turned, separators=(",", ":")))
    assert len(parse_json(path, packed=False).events) == 6
    path.write_text(json.dumps(document, separators=(",", ":")))
    assert len(pairs(path, "customers")) == 4


def test_an_element_longer_than_what_is_read_at_once_is_whole(tmp_path):
    log = ocel.shop()
    log["events"][0]["values"]["channel"] = "w" * 3_000_000
    path = ocel.write(log, tmp_path / "shop", "json")
    assert parse_json(path, packed=False).event_values["value"][0] == "w" * 3_000_000


def test_the_first_version_of_the_standard_is_named(tmp_path):
    (tmp_path / "log").write_text('{"ocel:global-log": {"ocel:version": "1.0"}}')
    with pytest.raises(InputError, match=r"OCEL 1\.0"):
        pm.read(tmp_path / "log")


def test_another_database_asks_for_a_query(tmp_path):
    with closing(sqlite3.connect(tmp_path / "shop.db")) as database:
        database.execute("CREATE TABLE event (id)")
    with pytest.raises(InputError, match="query="):
        pm.read(tmp_path / "shop.db")


IDS = st.sampled_from(["a", "b", "1", "é", "x y", "0042"])
KINDS = st.sampled_from(["customers", "orders", "items"])


@st.composite
def logs(draw):
    """Any object-centric log: references to what isn't there, circles, several at once."""
    objects = draw(st.dictionaries(IDS, KINDS, min_size=1))
    links = st.lists(st.tuples(IDS, st.sampled_from(["p", "q"])), max_size=4, unique=True)
    return {
        "types": {
            "event": {"ask": {"n": "integer"}, "answer": {}},
            "object": {kind: {} for kind in ("customers", "orders", "items")},
        },
        "objects": [ocel.object_(i, kind, {}, draw(links)) for i, kind in objects.items()],
        "events": [
            ocel.event(f"e{i}", draw(st.sampled_from(["ask", "answer"])),
                       f"2026-01-0{draw(st.integers(1, 9))}T09:00:00Z", {}, draw(links))
            for i in range(draw(st.integers(0, 6)))
        ],
    }  # fmt: skip


@given(logs(), KINDS, st.integers(0, 3), st.sampled_from(ocel.FORMATS))
def test_flattening_is_what_a_plain_search_finds(tmp_path_factory, log, kind, depth, form):
    path = ocel.write(log, tmp_path_factory.mktemp("ocel") / "log", form)
    expected = ocel.nearest(log, kind, depth)
    ids = {o["id"] for o in log["objects"]}
    missing = sum(
        i not in ids for one in (*log["objects"], *log["events"]) for i, _ in one["links"]
    )
    if not expected:
        with pytest.raises(OptionError):
            read_ocel(path, case_object=kind, depth=depth)
        return
    raw = read_ocel(path, case_object=kind, depth=depth)
    found = raw.frame.select("event_id", "case_id").collect().rows()
    assert len(found) == len(set(found))
    assert set(found) == expected
    assert raw.objects["missing_references"] == missing
    assert raw.aside.height == missing + len(log["events"]) - len({e for e, _ in expected})


def queried(path, kind, depth):
    """Count the rows with SQL alone: the objects around each event, ring by ring."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        database.executescript("""
            CREATE TEMP TABLE link AS
                SELECT ocel_source_id a, ocel_target_id b FROM object_object
                UNION SELECT ocel_target_id, ocel_source_id FROM object_object;
            CREATE INDEX temp.by_a ON link (a);
            CREATE TEMP TABLE owner AS
                SELECT ocel_id o, ocel_id c, 0 hops FROM object WHERE 0;
        """)
        database.execute(
            "INSERT INTO owner SELECT ocel_id, ocel_id, 0 FROM object WHERE ocel_type = ?", (kind,)
        )
        for hop in range(1, depth + 1):
            database.execute(
                "INSERT INTO owner SELECT DISTINCT b, c, ? FROM owner JOIN link ON a = o "
                "WHERE hops = ? - 1 AND b NOT IN (SELECT o FROM owner)",
                (hop, hop),
            )
        (rows,) = database.execute("""
            WITH touched AS (
                SELECT DISTINCT ocel_event_id e, c, hops
                FROM event_object JOIN owner ON ocel_object_id = o
            )
            SELECT count(DISTINCT e || char(0) || c) FROM touched t
            WHERE hops = (SELECT min(hops) FROM touched u WHERE u.e = t.e)
        """).fetchone()
    return rows


class TestRealLogs:
    def test_three_formats_give_one_answer(self, real_logs):
        for kind in ("Invoice", "Payment", "Purchase Order", "Purchase Requisition"):
            for depth in range(3):
                first, *others = (
                    pm.read(real_logs / f"ocel20_example.{ending}", case_object=kind, depth=depth,
                            timezone="Europe/Berlin").events.collect()
                    for ending in ("jsonocel", "xmlocel", "sqlite")
                )  # fmt: skip
                for other in others:
                    assert_frame_equal(other, first)

    def test_times_that_name_no_zone_are_those_of_the_zone_that_is_said(self, real_logs):
        path = real_logs / "ocel20_example.sqlite"
        raw = read_ocel(path, case_object="Invoice")
        assert any("'1970-01-01 01:00:00' instead of midnight" in note for note in raw.notes)

    def test_nothing_is_lost_that_other_readers_lose(self, real_logs):
        log = parse_sqlite(real_logs / "order_management_ocel2.sqlite")
        assert (log.events.height, log.objects.height) == (18_211, 10_031)
        assert (log.e2o.height, log.o2o.height) == (35_857, 25_336)
        assert log.objects.filter(pl.col("type") == "products").height == 20

    @pytest.mark.slow
    @pytest.mark.parametrize(("depth", "rows"), [(0, 4_000), (1, 6_484), (2, 17_170), (3, 18_211)])
    def test_customers_have_the_events_that_sql_counts(self, real_logs, depth, rows):
        path = real_logs / "order_management_ocel2.sqlite"
        raw = read_ocel(path, case_object="customers", depth=depth)
        assert raw.rows == rows
        if depth < 3:
            assert queried(path, "customers", depth) == rows
        assert raw.objects["missing_references"] == 0

    @pytest.mark.slow
    @pytest.mark.filterwarnings("ignore")
    def test_what_is_touched_is_what_pm4py_flattens(self, real_logs):
        import pm4py

        for name in ("ocel20_example.sqlite", "order_management_ocel2.sqlite"):
            reference = pm4py.read_ocel2_sqlite(str(real_logs / name))
            for kind in reference.objects["ocel:type"].unique():
                if kind in set(reference.relations["ocel:type"]) - {"items", "employees"}:
                    flat = pm4py.ocel_flattening(reference, kind)
                    raw = read_ocel(real_logs / name, case_object=kind)
                    assert raw.rows == len(flat)
                    cases = raw.frame.select("case_id").collect()["case_id"]
                    assert set(cases) == set(flat["case:concept:name"])
