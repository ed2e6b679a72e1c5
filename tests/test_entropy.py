"""Entropies of journeys: published figures of a real log, and plain counting."""

from collections import Counter
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

import procmine as pm
from procmine.entropy import entropies


def counted(parts):
    counts = Counter(parts)
    whole = counts.total()
    return -sum(n / whole * log2(n / whole) for n in counts.values()) if whole else None


@given(st.dictionaries(st.text("abc", max_size=6), st.integers(1, 4), min_size=1))
def test_each_entropy_is_that_of_the_parts_written_out(ways):
    def runs(way, lengths):
        return [way[i : i + n] for n in lengths for i in range(len(way) - n + 1)]

    journeys = [way for way, n in ways.items() for _ in range(n)]
    expected = {
        "trace": counted(journeys),
        "prefix": counted(w[:n] for w in journeys for n in range(1, len(w) + 1)),
        "2-block": counted(r for w in journeys for r in runs(w, [2])),
        "3-block": counted(r for w in journeys for r in runs(w, [3])),
        "block": counted(r for w in journeys for r in runs(w, range(1, len(w) + 1))),
    }
    found = dict(entropies([(list(w), n) for w, n in ways.items()]).rows())
    assert found.keys() == expected.keys()
    for measure, bits in expected.items():
        assert found[measure] == (bits if bits is None else pytest.approx(bits, abs=1e-9))


@pytest.mark.slow
def test_the_receipt_log_is_as_various_as_published(real_logs):
    table = pm.variants(pm.read(real_logs / "receipt.xes.gz"), entropy=True).entropy
    assert [round(bits, 4) for bits in table["bits"]] == [3.2089, 4.7459, 3.7701, 4.4524, 7.0188]
