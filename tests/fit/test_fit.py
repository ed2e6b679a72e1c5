"""Fitting a model that is a net or a reference log, exactly or by tokens, and always in time."""

from collections import Counter
from time import monotonic

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import procmine as pm
from procmine.errors import OptionError, UnavailableError
from procmine.fit.reference import align_with_log
from procmine.mining.pm4py import _untyped_net, discover, replay, write_model
from tests import brute

WAYS = st.lists(st.text("abcd", max_size=6), min_size=1, max_size=6, unique=True)
FOREVER = float("inf")
SLACK = 8.0
"""Seconds that a loaded machine may take to start a process and to import libraries."""


def log_of(*journeys):
    rows = [
        {"case": str(case), "activity": activity, "time": brute.at(60 * n)}
        for case, journey in enumerate(journeys)
        for n, activity in enumerate(journey)
    ]
    return pm.read(pl.DataFrame(rows))


def edits(one, other):
    """The fewest insertions and deletions, by the table of all beginnings."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row = row, [i]
        for j, b in enumerate(other, 1):
            row.append(last[j - 1] if a == b else 1 + min(last[j], row[j - 1]))
    return row[-1]


@given(WAYS, WAYS)
@settings(max_examples=50)
def test_a_reference_log_is_aligned_with_by_the_nearest_of_its_journeys(reference, variants):
    table = pl.DataFrame(
        {"activities": [list(r) for r in reference]}, schema={"activities": pl.List(pl.String)}
    )
    aligned = align_with_log(table, [list(v) for v in variants], budget=FOREVER)
    assert aligned.shortest == min(map(len, reference))
    for place, way in enumerate(variants):
        found = aligned.found[place]
        assert found.cost == min(edits(way, run) for run in reference)
        left = Counter(way) - Counter(found.log_moves) + Counter(found.model_moves)
        assert any(Counter(run) == left for run in reference)
        assert len(found.after) == len(found.log_moves)


def test_journeys_are_compared_with_those_of_a_reference_log(tmp_path):
    path = log_of("abc", "abd").write(tmp_path / "reference.parquet")
    result = pm.conformance(log_of("abc", "abxd", "ac"), model=path)
    row = result.summary.row(0, named=True)
    assert row["fitting_share"] == pytest.approx(1 / 3)
    assert row["average_fitness_low"] == pytest.approx((1 + (1 - 1 / 7) + (1 - 1 / 5)) / 3)
    assert (row["simplicity"], row["precision_measured_share"]) == (None, 1.0)
    assert sorted(result.deviations["activity"]) == ["b", "x"]
    with pytest.raises(UnavailableError, match="can't be drawn"):
        result.graph()
    with pytest.raises(OptionError, match="can't be replayed"):
        pm.conformance(log_of("abc"), model=path, method="token-replay")
    with pytest.raises(OptionError, match="Did you mean 'token-replay'"):
        pm.conformance(log_of("abc"), model=path, method="token replay")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.pnml"
    ways = pl.DataFrame({"activities": [list("abc"), list("ac")], "cases": [3, 1]})
    write_model(discover(ways, noise=0.0, coverage=1.0), path)
    return path


def test_where_journeys_leave_the_model_is_drawn_on_it(model):
    result = pm.conformance(log_of("abc", "abxc", "xab"), model=model)
    graph = result.graph()
    assert graph.caption == (
        "2 of 3 aligned journeys leave the model; most often c is missing (1 journey)."
    )
    assert result.variants.filter(pl.col("extra").list.len() > 0)["extra_after"].to_list() in (
        [[None], ["b"]],
        [["b"], [None]],
    )
    assert graph.svg().count("+ x") == 2
    assert "33 % leave it out" in graph.svg()


def test_token_replay_is_another_measure_and_says_so(model):
    result = pm.conformance(log_of("abc", "abxc", "bc"), model=model, method="token-replay")
    row = result.summary.row(0, named=True)
    assert row["method"] == "token-replay"
    assert row["solved_share"] == 1
    assert row["fitting_share"] == pytest.approx(1 / 3)
    assert result.headline.endswith("by token replay.")
    assert any("another measure" in caveat for caveat in result.caveats)


@pytest.mark.slow
@given(WAYS)
@settings(max_examples=15)
def test_token_replay_equals_pm4py_on_a_whole_log(variants):
    from pm4py.algo.conformance.tokenreplay import algorithm
    from pm4py.objects.log.obj import Event, EventLog, Trace

    ways = [list(v) for v in variants if v] or [["a"]]
    net = discover(pl.DataFrame({"activities": ways[:2], "cases": [1] * len(ways[:2])})).net
    ways = [w for w in ways if set(w) <= set(net.activities)]  # the others' events pm4py skips
    log = EventLog([Trace([Event({"concept:name": a}) for a in way]) for way in ways])
    theirs = algorithm.apply(log, *_untyped_net(net), parameters={"show_progress_bar": False})
    ours = replay(net, ways, end=FOREVER)
    assert [r.fits for r in ours if r] == [row["trace_is_fit"] for row in theirs]
    fitness = [row["trace_fitness"] for row in theirs]
    assert [r.fitness for r in ours if r] == pytest.approx(fitness)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["alignments", "token-replay"])
@pytest.mark.parametrize(
    "name", ["bpic2012.xes.gz", "road_fines.xes.gz", "bpic2013_incidents.xes.gz", "sepsis.xes.gz"]
)
def test_it_ends_within_the_budget_and_a_tenth_whatever_the_model(
    real_logs, tmp_path_factory, name, method
):
    log, path = hard_model(real_logs / name, tmp_path_factory)
    budget = 5.0
    begun = monotonic()
    result = pm.conformance(log, model=path, budget=f"{budget}s", method=method)
    assert monotonic() - begun < budget * 1.1 + SLACK
    row = result.summary.row(0, named=True)
    assert 0 <= row["average_fitness_low"] <= row["average_fitness_high"] <= 1
    if row["solved_share"] < 1:
        assert any("--budget" in caveat for caveat in result.caveats)


HARD = {}


def hard_model(path, factory):
    """The model without a noise filter of all variants: the hardest that a miner finds."""
    if path.name not in HARD:
        log = pm.read(path)
        made = factory.mktemp("hard") / "model.pnml"
        write_model(discover(pm.variants(log).variants, noise=0.0, coverage=0.8), made)
        HARD[path.name] = (log, made)
    return HARD[path.name]
