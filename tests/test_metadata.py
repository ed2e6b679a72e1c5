"""The prepared log's account of itself survives being written down."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.errors import InputError
from procmine.metadata import VERSION, Metadata, Sample

TEXTS = st.lists(st.text(), max_size=3).map(tuple)
METADATA = st.builds(
    Metadata,
    name=st.text(),
    events=st.none() | st.integers(0),
    cases=st.none() | st.integers(0),
    roles=st.dictionaries(st.text(), st.text()),
    timezone=st.text(),
    sources=st.lists(st.dictionaries(st.text(), st.text() | st.integers()), max_size=2).map(tuple),
    quality=st.dictionaries(st.text(), st.integers()),
    notes=TEXTS,
    null_lookalikes=st.dictionaries(st.text(), TEXTS),
    outcomes=TEXTS,
    selection=TEXTS,
    sample=st.none()
    | st.builds(Sample, st.text(), st.integers(1), st.integers(1), st.booleans(), st.integers(0)),
)


@given(meta=METADATA)
def test_it_comes_back_from_json_as_it_was(meta):
    assert Metadata.from_json(meta.to_json()) == meta


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", "null", "3", '{"version": "x"}', '{"version": null}']
)
def test_text_that_is_no_metadata_is_refused_in_a_sentence(text):
    with pytest.raises(InputError, match="can't be read"):
        Metadata.from_json(text)


def test_a_later_layout_asks_for_an_upgrade():
    text = json.dumps({"version": VERSION + 1})
    with pytest.raises(InputError, match="later procmine"):
        Metadata.from_json(text)


def test_unknown_entries_of_a_sibling_version_are_left_alone():
    assert Metadata.from_json(json.dumps({"version": VERSION, "name": "x", "extra": 1})).name == "x"


def test_a_selection_forgets_the_counts_and_adds_its_sentence():
    part = Metadata(events=5, cases=2, selection=("first",)).selected("second")
    assert (part.events, part.cases, part.selection) == (None, None, ("first", "second"))
