"""Sources that are no files of events: a real PostgreSQL, and an object-centric log."""

import pytest

import procmine as pm
from procmine.errors import InputError

MAPPING = """
name = "orders"
timezone = "UTC"
[[sources]]
name = "shop"
url = "${{SHOP_DATABASE}}"
query = "{query}"
[sources.identifiers]
customer = "who"
[[sources]]
name = "care"
path = "care.csv"
[sources.identifiers]
customer = "caller"
[[journeys]]
type = "order to delivery"
triggers = ["ordered"]
outcomes = ["delivered"]
"""
CARE = "caller,activity,time\n7,called,2026-01-05 10:00\n8,called,2026-01-07 10:00\n"
TABLE = """
create table steps (who int, activity text, time timestamptz);
insert into steps values
  (7, 'ordered', '2026-01-05 09:00+00'), (7, 'delivered', '2026-01-06 09:00+00'),
  (8, 'ordered', '2026-01-06 12:00+01');
"""


@pytest.fixture(scope="module")
def database(postgres):
    postgres.run("create database shop")
    postgres.run(TABLE, "shop")
    return postgres.url("shop")


@pytest.fixture
def mapped(tmp_path, database, monkeypatch):
    """Return a function that writes a mapping around a query."""
    monkeypatch.setenv("SHOP_DATABASE", database)
    (tmp_path / "care.csv").write_text(CARE)

    def write(query):
        (tmp_path / "orders.toml").write_text(MAPPING.format(query=query))
        return tmp_path / "orders.toml"

    return write


@pytest.mark.slow
def test_journeys_run_through_a_database_and_a_file(mapped):
    log = pm.read_sources(mapped("select * from steps"))
    found = log.events.select("activity", "source", "journey_state").collect()
    assert sorted(found.rows()) == [
        ("called", "care", "closed"),
        ("called", "care", "open"),
        ("delivered", "shop", "closed"),
        ("ordered", "shop", "closed"),
        ("ordered", "shop", "open"),
    ]
    quality = log.meta.quality
    assert quality["rows_read"] == quality["accepted"] + quality["set_aside"] == 5


@pytest.mark.slow
def test_a_query_that_fails_names_the_source_and_no_password(mapped, database):
    with pytest.raises(InputError, match=r"sources\[0\] The query on 'shop' fails") as caught:
        pm.read_sources(mapped("select * from stepz"))
    assert "stepz" in str(caught.value)
    assert database.split("@")[0] not in str(caught.value)


OCEL = """
[[sources]]
name = "orders"
path = "{path}"
case_object = "customers"
depth = 2
[[journeys]]
type = "order"
triggers = ["place order"]
outcomes = ["package delivered"]
"""


@pytest.mark.slow
def test_journeys_of_an_object_centric_log_lose_nothing(real_logs, tmp_path):
    path = real_logs / "order_management_ocel2.sqlite"
    (tmp_path / "ocel.toml").write_text(OCEL.format(path=path))
    log = pm.read_sources(tmp_path / "ocel.toml")
    flat = pm.read(path, case_object="customers", depth=2)
    quality = log.meta.quality
    assert quality["rows_read"] == quality["accepted"] + quality["set_aside"]
    assert log.size[0] == flat.size[0]
    assert log.meta.identity["customers"] == flat.size[1]
