"""A first mapping from files: it loads as it stands where roles are recognised."""

import pytest

import procmine as pm
from procmine.errors import InputError
from procmine.journeys.draft import draft

ORDERS = """customer_no,Order No,e-mail,segment,status,timestamp
1,A1,a@x.org,B2B,placed,2026-01-05 09:00
1,A1,a@x.org,B2B,paid,2026-01-06 09:00
2,A2,b@x.org,B2C,placed,2026-01-07 09:00
2,A2,b@x.org,B2C,paid,2026-01-08 09:00
"""
PARCELS = """order,activity,completed at
A1,sent,2026-01-06 10:00
A1,arrived,2026-01-07 10:00
A2,sent,2026-01-08 10:00
A2,arrived,2026-01-09 10:00
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "parcels.csv").write_text(PARCELS)
    return [tmp_path / "orders.csv", tmp_path / "parcels.csv"]


def test_a_draft_of_recognisable_files_can_be_read_as_it_stands(files, tmp_path):
    (tmp_path / "m.toml").write_text(draft(files, tmp_path))

    log = pm.read_sources(tmp_path / "m.toml")

    assert log.size == (8, 2)
    assert log.meta.identity["customers"] == 2
    assert pm.journeys(log).headline == "2 journeys: 2 closed."


def test_identifiers_are_found_by_the_names_of_columns(files, tmp_path):
    text = draft(files, tmp_path)

    for line in ('customer = "customer_no"', 'order = "Order No"', 'email = "e-mail"'):
        assert line in text
    assert 'order = "order"' in text
    assert 'segment = "segment"' in text


def test_the_activities_are_listed_to_choose_from(files, tmp_path):
    text = draft(files, tmp_path)

    assert 'triggers = ["placed"]' in text
    assert 'outcomes = ["arrived"]' in text
    assert '# parcels.csv: "sent", "arrived"' in text


def test_what_is_not_recognised_is_said_where_it_has_to_be_filled_in(tmp_path):
    (tmp_path / "x.csv").write_text("foo,bar\n1,2\n")

    text = draft([tmp_path / "x.csv"], tmp_path)

    assert '# activity = "…"  # which of foo, bar' in text
    assert '# customer = "…"  # which of foo, bar' in text


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(InputError, match=r"no file 'x\.csv'"):
        draft([tmp_path / "x.csv"], tmp_path)
