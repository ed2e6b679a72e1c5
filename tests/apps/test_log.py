"""The page of the log itself: the account adds up, and what is said to be missing would tell."""

import sys

import pytest

import procmine as pm
from procmine.app import app_script
from procmine.registry import registered

sys.path.insert(0, str(app_script().parent))
from texts.log import COLUMNS, FILES


def test_the_rows_add_up_and_each_reason_is_said(open_app, said, tmp_path):
    path = tmp_path / "orders.csv"
    rows = [f"{n},ask,2026-01-05T09:{n:02}Z" for n in range(40)]
    path.write_text("\n".join(["case,activity,time", *rows, "41,ask,", ",ask,2026-01-06T09:00Z"]))

    text = said(open_app(path, page="log"))

    assert "42 rows read = 40 accepted + 2 set aside." in text
    assert "1 row: No timestamp" in text
    assert "1 row: No case" in text
    assert "orders.csv csv 42" in text


def test_roles_zone_and_journeys_are_said_in_people_s_words(open_app, said, small_log):
    text = said(open_app(small_log, page="log"))

    assert "What happened activity" in text
    assert "UTC (the data name their own offsets)" in text
    assert "no: figures may speak of single customers" in text


def test_what_is_missing_is_named_with_what_it_would_show(open_app, said, small_log, sample):
    plain_log = said(open_app(small_log, page="log"))
    full = said(open_app(sample("airline"), page="log"))

    assert "When work on it began work told from waiting" in plain_log
    assert "the file reasons.toml" in plain_log
    assert "When work on it began work told" not in full
    assert "the file reasons.toml" not in full


ASKED = {"cost_shift": {"date": "2025-07-01", "changed": "Warehouse"}}
SAMPLE = {"score": "airline"}


@pytest.mark.slow
def test_it_says_how_a_column_is_named(open_app, small_log):
    app = open_app(small_log, page="log")

    how = " ".join(caption.value for caption in app.caption)
    assert "--department COLUMN" in how
    assert "customer_facing = [" in how


@pytest.mark.parametrize("column", [*COLUMNS])
def test_what_a_column_would_show_isn_t_shown_without_it(sample, column):
    events = pm.read(sample(SAMPLE.get(column, "broadband"))).events.collect()
    raw = events.drop(c for c in pm.schema.MADE if c in events.columns)
    roles = {role: role for role in ("case_id", "activity", "timestamp")}
    whole, less = (pm.read(table, **roles) for table in (raw, raw.drop(column)))

    for name in COLUMNS[column][1]:
        asked = ASKED.get(name, {})
        one, other = (registered()[name].run(log, **asked).to_dict() for log in (whole, less))
        assert one["tables"] != other["tables"], name


def test_every_analysis_that_is_named_is_there():
    named = {name for _, analyses in (*COLUMNS.values(), *FILES.values()) for name in analyses}

    assert named <= registered().keys()


def test_who_sees_a_part_isn_t_told_how_much_the_whole_is(open_app, said, small_log, look_as):
    look_as("viewer", (("segment", ("Business",)),))

    text = said(open_app(small_log, page="log"))

    assert "You see the part of this log" in text
    assert "9 rows" not in text


def test_a_protected_log_says_that_it_is(open_app, said, small_log, tmp_path):
    path = pm.read(small_log).protect(customers=2).write(tmp_path / "log.parquet")

    assert "no figure speaks of fewer than 2 customers" in said(open_app(path, page="log"))
