"""Customers against a union-find in plain Python."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.journeys.identifiers import normalised
from procmine.journeys.identity import (
    KindOfIdentifier,
    PlaceholderError,
    hashed,
    identify,
)
from procmine.journeys.rules import CUSTOMER_NUMBER

KINDS = (
    KindOfIdentifier("customer", most=3, seed=0),
    KindOfIdentifier("order", most=None, seed=1),
    KindOfIdentifier("phone", most=3, seed=2),
)
RECORDS = st.lists(
    st.tuples(*(st.none() | st.sampled_from(tuple("abcdefgh")[: 8 - n]) for n in range(3))),
    min_size=1,
    max_size=25,
)


def table(rows):
    columns = {k.raw: pl.Series([r[n] for r in rows], dtype=pl.String) for n, k in enumerate(KINDS)}
    return pl.DataFrame(columns)


def identified(rows, most=3):
    records = table(rows).select(hashed(KINDS)).with_columns(events=pl.lit(1, pl.Int64))
    identity = identify(records, KINDS, most)
    events = identity.recognise(records.with_row_index("row").lazy()).collect().sort("row")
    return events[CUSTOMER_NUMBER].to_list(), identity


def capped(rows):
    """Identifiers that are seen with more than three customers or phones."""
    found = set()
    for kind in range(3):
        for other in {0, 2} - {kind}:
            for value in {r[kind] for r in rows} - {None}:
                others = {r[other] for r in rows if r[kind] == value} - {None}
                if len(others) > 3:
                    found.add((kind, value))
    return found


def brute_customers(rows, without):
    """Return for each row the set of rows of the same customer, by union-find."""
    parent = {}

    def root(node):
        parent.setdefault(node, node)
        while parent[node] != node:
            node = parent[node]
        return node

    for row in rows:
        own = [(k, v) for k, v in enumerate(row) if v is not None and (k, v) not in without]
        for node in own:
            parent[root(node)] = root(own[0])
    roots = []
    for row in rows:
        own = [(k, v) for k, v in enumerate(row) if v is not None and (k, v) not in without]
        roots.append(root(own[0]) if own else None)
    return roots


def partition(labels):
    groups = {}
    for row, label in enumerate(labels):
        groups.setdefault(label, set()).add(row)
    unknown = groups.pop(None, set())
    return sorted(map(sorted, groups.values())), sorted(unknown)


@given(RECORDS)
def test_customers_are_those_of_a_union_find(rows):
    try:
        found, identity = identified(rows, most=1_000)
    except PlaceholderError:
        return
    without = {
        (n, value)
        for n, kind in enumerate(KINDS)
        for value in {r[n] for r in rows} - {None}
        if table([tuple(value if m == n else None for m in range(3))])
        .select(hashed(KINDS))[kind.raw]
        .item()
        in identity.capped.get(kind.name, ())
    }

    assert without == capped(rows)
    assert partition(found) == partition(brute_customers(rows, without))


@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(rows, random):
    order = random.sample(range(len(rows)), len(rows))
    try:
        before, _ = identified(rows)
    except PlaceholderError:
        return

    after, _ = identified([rows[i] for i in order])

    assert after == [before[i] for i in order]


def test_a_phone_that_joins_customers_only_by_their_orders_is_capped_too():
    orders = [(f"c{n}", f"o{n}", None) for n in range(200)]
    calls = [(None, f"o{n}", "hidden") for n in range(15)]

    found, identity = identified(orders + calls, most=10)

    assert list(identity.capped) == ["phone"]
    assert found[200:215] == found[:15]
    assert identity.facts["customers"] == 200


def test_a_placeholder_that_joins_customers_only_by_their_orders_is_refused():
    orders = [(f"c{n}", f"o{n}", None) for n in range(100)]
    calls = [(None, f"o{n}", "hidden") for n in range(15)]

    with pytest.raises(PlaceholderError) as error:
        identified(orders + calls)

    assert (error.value.kind, error.value.customers) == ("phone", 15)
    assert str(error.value.named("hidden")).startswith("The phone 'hidden' joins 15 of ")


def test_customer_and_order_of_one_number_are_two_things():
    found, _ = identified([("17", None, None), (None, "17", None)])

    assert found[0] != found[1]


@pytest.mark.parametrize(
    "written",
    ["+49 199 0123456", "0049 199 0123456", "0199/0123456", "(0199) 0123456", "+49 (0)199-0123456"],
)
def test_phone_numbers_are_one_however_they_are_written(written):
    expression = normalised(pl.lit(written), "phone", "49")

    assert pl.select(expression).item() == "491990123456"


def test_identifiers_are_compared_without_case_and_spaces():
    texts = pl.Series(["AB 12", " ab12 ", "", "N/A", None])

    found = pl.select(normalised(pl.lit(texts), "text", nothing=["n/a"])).to_series()

    assert found.to_list() == ["ab12", "ab12", None, None, None]
