"""From the files of several silos to one log of customers' journeys."""

import random
from collections import Counter
from datetime import UTC, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import procmine as pm
from procmine import keeping
from procmine.errors import ConfigurationError, InputError, OptionError
from procmine.schema import MADE


def cases(log):
    """Return event_id to its case."""
    return dict(log.events.select("event_id", "case_id").collect().iter_rows())


def test_the_silos_become_journeys_of_one_log(shop):
    log = pm.read_sources(shop / "shop.toml")

    assert cases(log) == {
        1: "C000001-1",
        7: "C000001-1",
        3: "C000001-2",
        4: "C000001-2",
        8: "C000001-2",
        2: "C000002-1",
        5: "C000002-1",
        6: "U000006",
    } or cases(log) == {
        1: "C000002-1",
        7: "C000002-1",
        3: "C000002-2",
        4: "C000002-2",
        8: "C000002-2",
        2: "C000001-1",
        5: "C000001-1",
        6: "U000006",
    }
    states = dict(log.events.select("event_id", "journey_state").collect().iter_rows())
    assert Counter(states.values()) == {"closed": 5, "open": 2, "outside": 1}
    assert log.meta.identity["customers"] == 2
    assert log.meta.identity["unreached_events"] == 1


def test_events_are_called_what_the_mapping_calls_them(shop):
    events = pm.read_sources(shop / "shop.toml").events.collect().sort("event_id")

    assert events["activity"].to_list() == [
        *["Order placed"] * 3,
        *["Call"] * 3,
        *["Delivered"] * 2,
    ]
    assert events["department"].to_list() == [*["Sales"] * 3, *["Care"] * 3, *["Courier"] * 2]
    assert events["source"].to_list() == [*["crm"] * 3, *["calls"] * 3, *["courier"] * 2]
    assert events["customer_facing"].to_list() == [True] * 6 + [False] * 2
    assert events["by_customer"].to_list() == [True] * 3 + [False] * 5
    assert events["cost"].to_list() == [None] * 6 + [1204.5, 3.9]


def test_each_source_keeps_its_own_clock(shop):
    events = pm.read_sources(shop / "shop.toml").events.collect().sort("event_id")

    berlin, london = events["timestamp"][0], events["timestamp"][3]
    assert (berlin, london) == (
        datetime(2025, 3, 1, 9, tzinfo=UTC),
        datetime(2025, 3, 6, 10, tzinfo=UTC),
    )


def test_the_order_of_rows_and_of_sources_does_not_matter(shop):
    before = pm.read_sources(shop / "shop.toml")
    for name in ("crm", "calls", "courier"):
        head, *rows = (shop / f"{name}.csv").read_text().splitlines()
        random.Random(3).shuffle(rows)
        (shop / f"{name}.csv").write_text("\n".join([head, *rows]) + "\n")
    top, *parts = (shop / "shop.toml").read_text().split("[[sources]]")
    last, journeys = parts[-1].split("[[journeys]]")
    sources = [*parts[:-1], last][::-1]
    text = top + "".join(f"[[sources]]{s}\n" for s in sources) + "[[journeys]]" + journeys
    (shop / "shop.toml").write_text(text)

    after = pm.read_sources(shop / "shop.toml")

    assert {e: c for e, c in cases(after).items() if e != 6} == {
        e: c for e, c in cases(before).items() if e != 6
    }


def test_no_row_is_lost(shop):
    with (shop / "crm.csv").open("a") as file:
        file.write("9,9,A-9,,OP,\n")
    (shop / "shop.toml").write_text("tolerance = 0.5\n" + (shop / "shop.toml").read_text())

    log = pm.read_sources(shop / "shop.toml")

    quality = log.meta.quality
    assert (quality["rows_read"], quality["accepted"], quality["set_aside"]) == (9, 8, 1)
    assert log.size[0] == 8
    assert log.set_aside.collect()["source"].to_list() == ["crm.csv"]


def test_in_parts_it_is_the_same_log(shop, tmp_path, monkeypatch):
    whole = pm.read_sources(shop / "shop.toml").events.collect()
    monkeypatch.setattr(keeping, "plan", lambda _, events, __: keeping.Plan(events, 5, 0))

    log = pm.read_sources(shop / "shop.toml", into=tmp_path / "log.parquet")

    assert (tmp_path / "log.parquet").is_dir()
    text = [c for c, t in whole.schema.items() if t == pl.Categorical]
    parts, one = (
        t.with_columns(pl.col(text).cast(pl.String)).sort("order")
        for t in (log.events.collect(), whole)
    )
    assert_frame_equal(parts, one)


def test_a_mapping_is_read_wherever_a_log_is(shop):
    assert pm.read(shop / "shop.toml").size == pm.read_sources(shop / "shop.toml").size
    with pytest.raises(OptionError, match="department can't be given"):
        pm.read(shop / "shop.toml", department="what")


def test_events_can_not_be_added_to_journeys(shop, tmp_path):
    pm.read_sources(shop / "shop.toml", into=tmp_path / "log.parquet")

    with pytest.raises(OptionError, match="Prepare it again from its mapping"):
        pm.append(tmp_path / "log.parquet", shop / "crm.csv")


def test_analyses_leave_out_what_belongs_to_no_journey_and_say_so(shop):
    found = pm.overview(pm.read_sources(shop / "shop.toml"))

    assert found.summary["events"].item() == 7
    assert "1 event belongs to no journey and is left out." in found.caveats


def test_journeys_are_chosen_by_kind_and_state(shop):
    log = pm.read_sources(shop / "shop.toml")

    assert log.filter_cases(where={"journey_state": "closed"}).size == (5, 2)
    assert log.filter_cases(where={"journey_type": "order to delivery"}).size == (7, 3)
    outside = log.filter_cases(where={"journey_state": "outside"})
    assert pm.overview(outside).summary["events"].item() == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('activity = "what"', 'activty = "what"', "sources[0].columns.activty|'activity'"),
        ('activity = "what"', 'activity = "whta"', "sources[0].columns.activity|'whta'|'what'"),
        ('activity = "what"', "", "sources[0] (source 'crm')|sources[0].columns.activity"),
        ('phone = "caller"', 'phone = "calller"', "sources[1].identifiers.phone|'caller'"),
        ('path = "calls.csv"', 'glob = "cals*.csv"', "sources[1].glob: no file|'calls.csv'"),
        ('path = "calls.csv"', 'path = "cals.csv"', "sources[1]|'calls.csv'"),
        ('path = "crm.csv"', 'path = "a"\nglob = "b"', "one of path, glob and url"),
        ('"Europe/London"', '"Europe/Lodnon"', "sources[1].timezone|'Europe/London'"),
        ("[sources.values.activity]", "[sources.values.segment]", "sources[0].values.segment"),
        ('= ["Order placed"]\noutcomes', '= ["Oder placed"]\noutcomes',
         "journeys[0].triggers|'Order placed'"),
        ('outcomes = ["Delivered"]', 'outcomes = ["delivered "]', "[0].outcomes|'Delivered'"),
        ('triggers = ["Order placed"]', "", "journeys[0].triggers"),
        ('"Call"]', '"CALL"]', "customer_facing|'Call'"),
        ('key = "order"', 'key = "ordr"', "journeys[0].key|'order'"),
        ('patience = "60 days"', 'patience = "soon"', "journeys[0].patience|'soon'"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_mapping_is_named_with_its_key(remapped, old, new, said):
    path = remapped(old, new)

    with pytest.raises((ConfigurationError, InputError)) as error:
        pm.read_sources(path)

    assert [words for words in said.split("|") if words not in str(error.value)] == []


def test_what_may_only_not_have_happened_yet_is_noted(remapped):
    path = remapped('outcomes = ["Delivered"]', 'outcomes = ["Delivered", "Cancelled"]')

    notes = pm.read_sources(path).meta.notes

    assert any("journeys[0].outcomes: the activity 'Cancelled' never occurs" in n for n in notes)


def shop_with_phones(folder, customers, phone_of):
    """Write orders of so many customers, each with a phone number."""
    lines = ["event_id,cust,order,tel,what,time"]
    lines += [f"{n},{n},A-{n},{phone_of(n)},OP,2025-03-01 10:00" for n in range(customers)]
    (folder / "crm.csv").write_text("\n".join(lines) + "\n")
    path = folder / "shop.toml"
    path.write_text(path.read_text().replace('outcomes = ["Delivered"]', ""))


def test_a_placeholder_that_joins_a_tenth_of_the_customers_is_refused_with_its_value(shop):
    shop_with_phones(shop, 100, lambda n: "Unknown" if n < 12 else f"0199/{n:06}")

    with pytest.raises(InputError, match=r"The phone 'Unknown' joins 12 of .* null_values"):
        pm.read_sources(shop / "shop.toml")


def test_a_placeholder_named_among_the_null_values_joins_nobody(shop, remapped):
    shop_with_phones(shop, 100, lambda n: "Unknown" if n < 12 else f"0199/{n:06}")
    path = remapped('path = "crm.csv"', 'path = "crm.csv"\nnull_values = ["unknown"]')

    assert pm.read_sources(path).meta.identity["customers"] == 100 + 2


def test_a_number_that_many_share_is_capped_and_the_rest_goes_on(shop):
    shop_with_phones(shop, 400, lambda n: "0199/000000" if n < 25 else f"0199/{n:06}")

    log = pm.read_sources(shop / "shop.toml")

    assert log.meta.identity["capped"] == {"phone": 1}
    assert log.meta.identity["customers"] == 400 + 2
    assert any("phone: 1" in c for c in pm.overview(log).caveats)


def test_a_customer_may_order_as_often_as_he_likes(shop):
    lines = ["event_id,cust,order,tel,what,time"]
    lines += [f"{n},1,A-{n},,OP,2025-03-01 10:00" for n in range(50)]
    (shop / "crm.csv").write_text("\n".join(lines) + "\n")

    identity = pm.read_sources(shop / "shop.toml").meta.identity

    assert (identity["capped"], identity["largest_events"]) == ({}, 52)


def test_nothing_but_the_account_changes_where_events_are_prepared_again(shop):
    log = pm.read_sources(shop / "shop.toml")
    again = log.filter_events(department=["Sales", "Care", "Courier"])

    made = [c for c in log.columns if c in MADE]
    assert_frame_equal(again.events.select(made).collect(), log.events.select(made).collect())
