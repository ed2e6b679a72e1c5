"""Databases as sources: a real PostgreSQL, and SQLite."""

import json
import os
import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import procmine as pm
from procmine.errors import InputError, OptionError, UnavailableError
from procmine.io.database import read_database
from procmine.io.raw import POSITION
from procmine.io.url import DatabaseUrl
from tests.postgres import PASSWORD

EVENTS = """
    CREATE TABLE events (id int PRIMARY KEY, ticket uuid, what varchar(20), at timestamptz,
                         desk char(8), paid numeric(10, 2), told boolean);
    INSERT INTO events VALUES
    (1, '00000000-0000-0000-0000-000000000001', 'ask', '2026-03-01 10:00+02', 'Sales', 1.50, true),
    (2, '00000000-0000-0000-0000-000000000001', 'answer', '2026-03-01 09:30Z', 'Field', 2, false),
    (3, '00000000-0000-0000-0000-000000000002', 'ask', '2026-03-02 10:00Z', NULL, NULL, NULL);
    CREATE TYPE mood AS ENUM ('sad', 'glad');
    CREATE DOMAIN price AS numeric(6, 2);
"""
QUERY = """
    SELECT ticket AS case_id, what AS activity, at AS timestamp, desk AS department, paid AS cost,
           told AS customer_facing
    FROM events ORDER BY id; """


@pytest.fixture(scope="session")
def orders(postgres):
    postgres.run(EVENTS)
    return postgres


def rows_of(url, query):
    return read_database(url, query).frame.collect().drop(POSITION)


def test_a_query_on_postgresql_is_read_as_a_log(orders):
    log = pm.read(orders.url(), query=QUERY)
    assert log.size == (3, 2)
    assert pm.handoffs(log).handoffs.select("department", "next_department", "count").rows() == [
        ("Sales", "Field", 1)
    ]
    events = log.events.sort("order").collect()
    assert events["cost"].to_list() == [1.5, 2.0, None]
    assert events["customer_facing"].to_list() == [True, False, None]
    assert events["timestamp"][0] == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert events["case_id"][2] == "00000000-0000-0000-0000-000000000002"


def test_what_the_log_says_of_itself_names_the_database_and_neither_user_nor_password(orders):
    meta = pm.read(orders.url(), query=QUERY).meta
    assert meta.name == "orders"
    assert meta.sources[0]["format"] == "postgresql"
    assert meta.sources[0]["rows"] == 3
    assert PASSWORD not in meta.to_json()
    assert "procmine:" not in meta.to_json()
    assert "127.0.0.1" not in meta.to_json()


@pytest.mark.parametrize(
    ("sql", "dtype", "value"),
    [
        ("true", pl.Boolean, True),
        ("7::smallint", pl.Int16, 7),
        ("7", pl.Int32, 7),
        ("7::bigint", pl.Int64, 7),
        ("1.5::real", pl.Float32, 1.5),
        ("1.5::double precision", pl.Float64, 1.5),
        ("'NaN'::double precision", pl.Float64, float("nan")),
        ("'ä'::text", pl.String, "ä"),
        ("'ä'::varchar(5)", pl.String, "ä"),
        ("'ä'::char(5)", pl.String, "ä"),
        ("'ä'::name", pl.String, "ä"),
        ("'glad'::mood", pl.String, "glad"),
        (
            "'2026-07-01 12:00+02'::timestamptz",
            pl.Datetime("us", "UTC"),
            datetime(2026, 7, 1, 10, tzinfo=UTC),
        ),
        ("'2026-07-01 12:00:00.123456'::timestamp", pl.Datetime("us"),
         datetime(2026, 7, 1, 12, 0, 0, 123456)),  # noqa: DTZ001  (it names no zone)
        ("'2026-07-01'::date", pl.Date, date(2026, 7, 1)),
        ("'infinity'::date", pl.Date, date(9999, 12, 30)),
        ("'-infinity'::timestamptz", pl.Datetime("us", "UTC"), datetime(1, 1, 2, tzinfo=UTC)),
        ("'infinity'::timestamp", pl.Datetime("us"), datetime(9999, 12, 30)),  # noqa: DTZ001
        ("12.340::numeric(8, 3)", pl.String, "12.340"),
        ("12345678901234567890.5::numeric", pl.String, "12345678901234567890.5"),
        ("'NaN'::numeric", pl.String, "NaN"),
        ("1.5::price", pl.String, "1.50"),
        ("'1234.50'::money", pl.String, "1234.50"),
        ("'2026-07-01 09:05'::time", pl.String, "09:05:00"),
        ("interval '1 month 2 days 3 hours'", pl.String, "1 mon 2 days 03:00:00"),
        ("'00000000-0000-0000-0000-00000000000a'::uuid", pl.String,
         "00000000-0000-0000-0000-00000000000a"),
        ("""'{"a": [1, null]}'::json""", pl.String, '{"a": [1, null]}'),
        ("""'{"a": 1}'::jsonb""", pl.String, '{"a": 1}'),
        (r"'\x00ff'::bytea", pl.String, r"\x00ff"),
        ("array['x', 'y z', null]", pl.String, '["x","y z",null]'),
        ("array[array[1, 2], array[3, 4]]", pl.String, "[[1,2],[3,4]]"),
        ("row(1, 'a')", pl.String, '{"f1":1,"f2":"a"}'),
        ("'10.0.0.1'::inet", pl.String, "10.0.0.1/32"),
        ("int4range(1, 5)", pl.String, "[1,5)"),
    ],
)  # fmt: skip
def test_every_type_of_postgresql_comes_over_and_so_does_its_null(orders, sql, dtype, value):
    found = rows_of(orders.url(), f'SELECT {sql} AS "a ""b""" UNION ALL SELECT NULL')
    expected = pl.DataFrame({'a "b"': [value, None]}, schema={'a "b"': dtype})
    assert_frame_equal(found, expected)


def test_decimal_numbers_are_numbers_in_the_log_as_long_as_no_digit_is_lost(orders):
    query = """SELECT '1' AS case_id, 'ask' AS activity, now() AS timestamp,
                      12.50::numeric AS fee, 12345678901234567890.5::numeric AS long"""
    events = pm.read(orders.url(), query=query).events.collect()
    assert events["fee"].to_list() == [12.5]
    assert events["long"].to_list() == ["12345678901234567890.5"]


def test_times_without_a_zone_are_read_in_the_one_that_is_said(orders):
    query = "SELECT '1' AS case_id, 'ask' AS activity, '2026-07-01 12:00'::timestamp AS timestamp"
    log = pm.read(orders.url(), query=query, timezone="Europe/Berlin")
    assert log.events.collect()["timestamp"].item() == datetime(2026, 7, 1, 10, tzinfo=UTC)


def test_an_infinite_time_is_set_aside_as_one_that_cannot_be(orders):
    query = """SELECT '1' AS case_id, 'ask' AS activity, t AS timestamp
               FROM unnest(array[now(), 'infinity', '-infinity', null]) AS t"""
    quality = pm.read(orders.url(), query=query, tolerance=1).meta.quality
    assert quality["reasons"] == {"no_timestamp": 1, "timestamp_out_of_range": 2}


def test_text_of_a_database_in_another_encoding_comes_over(orders):
    orders.run("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0", "postgres")
    orders.run("CREATE TABLE names AS SELECT 'Grün'::text AS name", "latin")
    assert rows_of(orders.url("latin"), "TABLE names").item() == "Grün"


@pytest.mark.parametrize(
    "query",
    [
        "VALUES ('1')",
        "TABLE one",
        "(SELECT 1) UNION SELECT 1",
        "WITH w AS (SELECT 1 AS a) SELECT a FROM w -- done",
        "-- what\n/* for\n*/ select 1 as a, 'x'::char(2) as b ;\n",
        "SELECT 1 WHERE '50%' LIKE '%\\%'",
    ],
)
def test_whatever_reads_is_asked(orders, query):
    orders.run("CREATE TABLE IF NOT EXISTS one AS SELECT 1")
    assert rows_of(orders.url(), query).height == 1


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("DELETE FROM events", "begins with DELETE, and a source is only read"),
        ("  ", "asks for nothing"),
        ("EXPLAIN SELECT 1", "begins with EXPLAIN"),
        ("WITH gone AS (DELETE FROM events RETURNING id) SELECT * FROM gone", "read-only"),
        ("SELECT 1 INTO copied", "read-only transaction"),
        ("SELECT set_config('transaction_read_only', 'off', false)", "read-write mode"),
        ("SELECT 1; DROP TABLE events", "multiple commands"),
    ],
)
def test_nothing_is_ever_written(orders, query, says):
    with pytest.raises(InputError, match=says):
        rows_of(orders.url(), query)
    assert orders.run("SELECT count(*) FROM events") == "3\n"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("SELECT nope FROM events", 'column "nope" does not exist'),
        ("SELECT * FROM nowhere", 'relation "nowhere" does not exist'),
        ("SELECT 'Ann'::int", "invalid input syntax for type integer."),
        ("SELECT what::int FROM events", "invalid input syntax for type integer."),
        ("SELECT 1 / (i - 200000) FROM generate_series(1, 300000) AS i", "division by zero"),
        ("SELECT ('99' || id || '999999999')::int FROM events", "value … is out of range"),
        ("SELECT 1 AS a, 2 AS a", "Two columns .* called 'a'"),
        ("SELECT 1 WHERE false", "gives no row"),
    ],
)
def test_a_query_that_fails_says_why_without_values(orders, query, says):
    with pytest.raises(InputError, match=says) as error:
        read_database(orders.url(), query, name="billing")
    assert "'billing'" in str(error.value)
    assert not any(value in str(error.value) for value in ("Ann", "ask", "999"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda url: url.replace("s3cret", "wr0ng"), "password authentication failed"),
        (lambda url: url.replace("procmine:", "nobody:"), "authentication failed"),
        (lambda url: url.replace("/orders", "/nowhere"), 'database "nowhere" does not exist'),
        (lambda url: url.rpartition(":")[0] + ":1/orders", "Connection refused"),
        (lambda url: url.replace("127.0.0.1", "nohost.invalid"), "nohost.invalid"),
        (lambda url: url + "?nonsense=1", "nonsense"),
        (lambda url: url.replace("%2F", "/"), "URL of a database can't be read"),
        (lambda url: url.replace("postgresql", "postgressql"), "Did you mean 'postgresql'"),
        (lambda url: url.replace("postgresql", "postgresql+nodriver"), "No kind of database"),
    ],
)
def test_a_database_that_cannot_be_opened_is_said_without_its_password(orders, change, says):
    with pytest.raises(InputError, match=says) as error:
        pm.read(change(orders.url()), query="SELECT 1")
    assert not any(part in str(error.value) for part in ("s3cret", "wr0ng", "of@", "of%40"))


def test_a_password_may_be_written_as_it_is_but_for_the_signs_that_end_it(orders):
    url = orders.url().replace("%40", "@")
    assert rows_of(url, "SELECT 1").item() == 1


def test_the_url_takes_variables_from_the_environment(orders, monkeypatch):
    monkeypatch.setenv("ORDERS_PASSWORD", PASSWORD)
    monkeypatch.setenv("ORDERS", orders.url())
    assert rows_of(orders.url("orders", "${ORDERS_PASSWORD}"), "SELECT 1").item() == 1
    assert pm.read("${ORDERS}", query=QUERY).size == (3, 2)
    with pytest.raises(InputError, match=r"takes \$\{NOWHERE\} from the environment"):
        pm.read(orders.url("orders", "${NOWHERE}"), query="SELECT 1")


def test_the_checksum_is_one_of_the_rows(orders):
    first, again = (read_database(orders.url(), QUERY).sha256 for _ in range(2))
    other = read_database(orders.url(), QUERY.replace("ORDER BY id", "ORDER BY id DESC")).sha256
    assert first == again != other


def test_rows_of_a_database_are_added_to_a_log_once(orders, tmp_path):
    first, rest = (
        QUERY.replace("ORDER", "WHERE id = 1 ORDER"),
        QUERY.replace("ORDER", "WHERE id > 1 ORDER"),
    )
    pm.read(orders.url(), query=first, into=tmp_path / "log.parquet")
    assert pm.append(tmp_path / "log.parquet", orders.url(), query=rest).size == (3, 2)
    with pytest.raises(InputError, match="in the log already"):
        pm.append(tmp_path / "log.parquet", orders.url(), query=rest)


def test_a_query_and_a_source_must_fit(orders, tmp_path):
    with pytest.raises(OptionError, match="read by a query"):
        pm.read(orders.url())
    pl.DataFrame({"a": [1]}).write_csv(tmp_path / "log.csv")
    with pytest.raises(OptionError, match=r"'log\.csv' isn't a database"):
        pm.read(tmp_path / "log.csv", query="SELECT 1")
    with pytest.raises(OptionError, match="isn't a database"):
        pm.read([orders.url(), orders.url()], query="SELECT 1")
    with pytest.raises(OptionError, match="isn't a database"):
        pm.read(pl.DataFrame({"a": [1]}), query="SELECT 1")


@pytest.mark.parametrize("module", ["adbc_driver_postgresql.dbapi", "sqlalchemy"])
def test_without_the_extra_the_error_names_it(monkeypatch, module, tmp_path):
    monkeypatch.setitem(sys.modules, module, None)
    url = "postgresql://db/orders" if "adbc" in module else f"sqlite:///{tmp_path}/orders.db"
    with pytest.raises(UnavailableError, match=r"Install procmine\[databases\]"):
        pm.read(url, query="SELECT 1")


def test_a_driver_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pymysql", None)
    with pytest.raises(UnavailableError, match="driver pymysql, which isn't installed"):
        pm.read("mysql+pymysql://ann:geheim@db/orders", query="SELECT 1")


@pytest.mark.slow
def test_a_real_log_gives_from_postgresql_what_its_file_gives(postgres, real_logs):
    filed = pm.read(real_logs / "road_fines.xes.gz")
    table = filed.events.select("case_id", "activity", "timestamp", "order").collect()
    types = "case_id text, activity text, timestamp timestamptz, place int"
    postgres.run(f"CREATE TABLE fines ({types})")
    postgres.run("COPY fines FROM STDIN (FORMAT csv, HEADER)", given=table.write_csv())

    query = "SELECT case_id, activity, timestamp FROM fines ORDER BY place"
    stored = pm.read(postgres.url(), query=query)

    expected = json.loads((real_logs / "expected.json").read_text())["road_fines.xes.gz"]
    assert stored.size == (expected["events"], expected["cases"]) == (561_470, 150_370)
    figures = {
        "cycle_time": ("summary", ["cases", "mean_seconds", "median_seconds", "max_seconds"]),
        "process_map": ("edges", ["activity", "next_activity", "count", "total_seconds"]),
        "variants": ("variants", ["variant", "cases", "median_seconds"]),
    }
    for name, (table, columns) in figures.items():
        of_file, of_database = (
            getattr(pm, name)(log).tables[table].select(columns) for log in (filed, stored)
        )
        assert_frame_equal(of_database, of_file)


# SQLite


@pytest.fixture
def shop(tmp_path):
    """An SQLite file whose name has a blank and a sign that URLs use."""
    path = tmp_path / "the shop #1.db"
    with sqlite3.connect(path) as connection:
        connection.executescript("""
            CREATE TABLE events (nr INTEGER, what TEXT, at TEXT, mixed, late, blob BLOB);
            INSERT INTO events VALUES
            (1, 'ask', '2026-03-01 09:00:00', 1, NULL, x'00ff'),
            (1, 'answer', '2026-03-01 10:00:00', 'two', NULL, NULL),
            (2, 'ask', '2026-03-02 09:00:00', 2.5, 'here', NULL);
        """)
    connection.close()
    return path


SHOP = "SELECT nr AS case_id, what AS activity, at AS timestamp, mixed, late, blob FROM events"


def test_sqlite_is_read_by_its_url_and_by_its_path(shop, monkeypatch):
    monkeypatch.chdir(shop.parent)
    for source in (f"sqlite:///{shop}".replace("#", "%23"), f"sqlite:///{shop.name}", shop):
        log = pm.read(source, query=SHOP)
        assert log.size == (3, 2)
        assert log.meta.name == shop.name
        assert log.meta.sources[0]["format"] == "sqlite"
    events = log.events.sort("order").collect()
    assert events["mixed"].to_list() == ["1", "two", "2.5"]
    assert events["late"].to_list() == [None, None, "here"]
    assert events["blob"].to_list() == ["00ff", None, None]


def test_columns_whose_type_changes_between_pieces_are_kept(tmp_path):
    path = tmp_path / "numbers.db"
    with sqlite3.connect(path) as connection:
        connection.execute("""
            CREATE TABLE numbers AS WITH RECURSIVE n (i) AS
            (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120000)
            SELECT i, iif(i > 60000, i + 0.5, i) AS real, iif(i > 110000, 'x', NULL) AS late,
                   iif(i > 60000, 'n' || i, i) AS mixed FROM n""")
    connection.close()
    raw = read_database(f"sqlite:///{path}", "SELECT * FROM numbers ORDER BY i")
    frame = raw.frame.collect()
    assert raw.rows == frame.height == 120_000
    assert frame[POSITION].equals(frame["i"], check_names=False)
    assert frame.schema["real"] == pl.Float64
    assert frame["late"].drop_nulls().len() == 10_000
    assert frame["mixed"][[0, -1]].to_list() == ["1", "n120000"]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("DELETE FROM events", "begins with DELETE"),
        ("WITH w AS (SELECT 1) DELETE FROM events", "attempt to write a readonly database"),
        ("SELECT nope FROM events", "no such column: nope"),
        ("SELECT * FROM nowhere", "no such table: nowhere"),
        ("SELECT 1; SELECT 2", "one statement at a time"),
        ("SELECT nr, nr FROM events", "Two columns"),
        ("SELECT nr FROM events WHERE what = ':x %s'", "gives no row"),
        ("SELECT CAST(x'ff41' AS TEXT) FROM events", "fails"),
    ],
)
def test_a_query_on_sqlite_that_fails_names_the_file_and_the_reason(shop, query, says):
    with pytest.raises(InputError, match=says) as error:
        pm.read(shop, query=query)
    assert f"'{shop.name}'" in str(error.value)
    assert str(shop.parent) not in str(error.value)
    with sqlite3.connect(shop) as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (3,)
    connection.close()


def test_a_misspelt_sqlite_file_names_the_nearest_and_makes_none(shop):
    with pytest.raises(InputError, match=r"Did you mean 'the shop #1\.db'"):
        pm.read(f"sqlite:///{shop.parent}/the shop.db", query="SELECT 1")
    assert [p.name for p in shop.parent.iterdir()] == [shop.name]


def test_a_url_shows_itself_without_its_secrets():
    url = DatabaseUrl.parse("mysql+pymysql://ann:geheim@db:3306/orders?ssl_password=heimlich")
    assert repr(url) == "DatabaseUrl(kind='mysql', name='orders')"
    said = str(url.refused("geheim and heimlich are wrong"))
    assert "geheim" not in said
    assert "heimlich" not in said


# The command line


def cli(*args, **environment):
    command = [sys.executable, "-m", "procmine", *map(str, args)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **environment},
    )


@pytest.mark.slow
def test_the_command_line_asks_databases(orders, tmp_path):
    (tmp_path / "events.sql").write_text(QUERY)
    shown = cli(
        *("handoffs", orders.url("orders", "${PW}"), "--format", "json"),
        *("--query", f"@{tmp_path}/events.sql"),
        PW=PASSWORD,
    )
    assert json.loads(shown.stdout)["log"]["events"] == 3
    kept = cli("prepare", orders.url(), "--query", QUERY, "-o", tmp_path / "log.parquet")
    assert "3 rows read = 3 accepted + 0 set aside." in kept.stderr
    assert PASSWORD not in kept.stderr
    assert pm.read(tmp_path / "log.parquet").size == (3, 2)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "query", "says"),
    [
        (lambda url: url, "SELECT nope", 'column "nope" does not exist'),
        (lambda url: url.replace("s3cret", "wr0ng"), "SELECT 1", "authentication failed"),
        (lambda url: url, "@nowhere.sql", "can't be read from 'nowhere.sql'"),
    ],
)
def test_on_the_command_line_a_database_that_fails_is_a_sentence(orders, change, query, says):
    done = cli("overview", change(orders.url()), "--query", query)
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert not any(part in done.stderr for part in ("s3cret", "wr0ng", "Traceback"))
