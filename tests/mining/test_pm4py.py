"""Models discovered from variants, against pm4py's own nets and exact alignments by r4pm."""

import subprocess
import sys
import uuid
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from r4pm.bindings import align_empty_trace, align_trace

from procmine.errors import InputError, OptionError
from procmine.mining.model import describe
from procmine.mining.net import Arc, Net, Transition
from procmine.mining.pm4py import _typed_net, _untyped_net, discover, read_model, write_model

CLAIM = pl.DataFrame(
    {
        "activities": [
            ["register", "check", "examine", "decide", "pay"],
            ["register", "examine", "check", "decide", "pay"],
            ["register", "check", "examine", "decide", "reject"],
            ["register", "check", "examine", "decide", "redo", "check", "examine", "decide", "pay"],
        ],
        "cases": [5, 4, 3, 1],
    }
)
MINERS = ["inductive", "heuristics", "dfg"]

variant_tables = st.dictionaries(
    st.lists(st.sampled_from("abcde"), min_size=1, max_size=6).map(tuple),
    st.integers(1, 20),
    min_size=1,
    max_size=8,
).map(
    lambda found: pl.DataFrame(
        {"activities": [list(v) for v in found], "cases": list(found.values())}
    ).sort("cases", descending=True, maintain_order=True)
)


def for_r4pm(net: Net) -> dict:
    ids = {n: str(uuid.uuid4()) for n in [*net.places, *(t.id for t in net.transitions)]}
    places = set(net.places)
    return {
        "places": {ids[p]: {"id": ids[p]} for p in net.places},
        "transitions": {ids[t.id]: {"id": ids[t.id], "label": t.label} for t in net.transitions},
        "arcs": [
            {
                "from_to": {
                    "type": "PlaceTransition" if a.source in places else "TransitionPlace",
                    "nodes": [ids[a.source], ids[a.target]],
                },
                "weight": a.weight,
            }
            for a in net.arcs
        ],
        "initial_marking": {ids[p]: n for p, n in net.initial},
        "final_markings": [{ids[p]: n for p, n in net.final}],
    }


def costs(net: Net, variants: pl.DataFrame) -> list[int]:
    ready = for_r4pm(net)
    return [align_trace(ready, v)["cost"] for v in variants["activities"].to_list()]


def fitness(net: Net, variants: pl.DataFrame) -> dict[str, float]:
    shortest = align_empty_trace(for_r4pm(net))["cost"]
    table = variants.with_columns(
        cost=pl.Series(costs(net, variants)), worst=pl.col("activities").list.len() + shortest
    )
    cases = pl.col("cases")
    return table.select(
        average=((1 - pl.col("cost") / pl.col("worst")) * cases).sum() / cases.sum(),
        log=1 - (pl.col("cost") * cases).sum() / (pl.col("worst") * cases).sum(),
        fitting=cases.filter(pl.col("cost") == 0).sum() / cases.sum(),
    ).row(0, named=True)


def written(model, path: Path):
    write_model(model, path)
    return read_model(path)


# The references were measured apart from this project, on pm4py's inductive miner (noise 0.2)
# with exact alignments, to four or five digits that were cut or rounded.
@pytest.mark.parametrize(
    ("log", "measure", "expected", "fitting"),
    [
        ("receipt", "log", 0.8277, 0.4972),
        ("sepsis", "average", 0.9340, 0.6667),
        pytest.param("road_fines", "average", 0.99824, 0.9908, marks=pytest.mark.slow),
    ],
)
def test_the_inductive_miner_on_all_variants_has_the_published_fitness(
    real_variants, log, measure, expected, fitting
):
    variants = real_variants(log)
    model = discover(variants, noise=0.2, coverage=1.0)
    found = fitness(model.net, variants)
    assert found[measure] == pytest.approx(expected, abs=1e-4)
    assert found["fitting"] == pytest.approx(fitting, abs=5.1e-5)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("log", ["receipt", "helpdesk", "sepsis"])
def test_the_net_is_the_one_that_pm4py_finds_in_the_events(real_logs, real_variants, log):
    import pm4py

    events = pm4py.read_xes(str(real_logs / f"{log}.xes.gz"))
    theirs = _typed_net(*pm4py.discover_petri_net_inductive(events, noise_threshold=0.2))
    assert discover(real_variants(log), noise=0.2, coverage=1.0).net == theirs


@pytest.mark.parametrize("miner", MINERS)
@pytest.mark.parametrize("ending", ["bpmn", "pnml"])
def test_a_model_of_a_real_log_that_was_written_and_read_fits_each_variant_alike(
    real_variants, tmp_path, miner, ending
):
    variants = real_variants("receipt")
    model = discover(variants, miner=miner)
    again = written(model, tmp_path / f"model.{ending}")
    assert costs(again.net, variants) == costs(model.net, variants)


@pytest.mark.parametrize("miner", ["inductive", "dfg"])
@pytest.mark.parametrize("ending", ["bpmn", "pnml"])
@given(variants=variant_tables)
def test_whatever_the_variants_a_model_that_was_written_and_read_fits_them_alike(
    tmp_path_factory, miner, ending, variants
):
    model = discover(variants, miner=miner, noise=0.0, coverage=1.0)
    again = written(model, tmp_path_factory.mktemp("model") / f"model.{ending}")
    assert costs(again.net, variants) == costs(model.net, variants)


@pytest.mark.parametrize("miner", ["inductive", "dfg"])
@given(variants=variant_tables)
def test_without_noise_all_variants_fit_perfectly(miner, variants):
    model = discover(variants, miner=miner, noise=0.0, coverage=1.0)
    assert set(costs(model.net, variants)) == {0}


def steps(net: Net) -> dict[frozenset, dict[str, frozenset]]:
    """All reachable markings, and where each transition that can fire leads."""
    takes: dict[str, Counter] = {t.id: Counter() for t in net.transitions}
    puts: dict[str, Counter] = {t.id: Counter() for t in net.transitions}
    for arc in net.arcs:
        if arc.target in takes:
            takes[arc.target][arc.source] += arc.weight
        else:
            puts[arc.source][arc.target] += arc.weight
    found: dict[frozenset, dict[str, frozenset]] = {}
    waiting = [frozenset(net.initial)]
    while waiting and len(found) < 5000:
        marking = waiting.pop()
        if marking in found:
            continue
        tokens = Counter(dict(marking))
        found[marking] = {
            t: frozenset((tokens - takes[t] + puts[t]).items())
            for t in takes
            if all(tokens[p] >= n for p, n in takes[t].items())
        }
        waiting.extend(found[marking].values())
    assert not waiting, "the net is not bounded, or too large for this test"
    return found


def is_sound(net: Net) -> bool:
    found = steps(net)
    final = frozenset(net.final)
    ending = {final}
    while grown := {m for m, after in found.items() if ending & set(after.values())} - ending:
        ending |= grown
    fired = {t for after in found.values() for t in after}
    clean = all(m == final or not Counter(dict(m)) >= Counter(dict(final)) for m in found)
    return set(found) <= ending and fired == {t.id for t in net.transitions} and clean


@given(variants=variant_tables, noise=st.sampled_from([0.0, 0.2, 0.5]))
def test_the_inductive_miners_nets_are_sound(variants, noise):
    assert is_sound(discover(variants, noise=noise, coverage=1.0).net)


def test_a_net_that_gets_stuck_is_not_sound():
    net = Net(
        places=("p1", "p2", "p3", "p4"),
        transitions=(Transition("t1", "a"), Transition("t2", "b"), Transition("t3", "c")),
        arcs=(
            *(Arc("p1", "t1"), Arc("t1", "p2"), Arc("p1", "t2"), Arc("t2", "p3")),
            *(Arc("p2", "t3"), Arc("p3", "t3"), Arc("t3", "p4")),
        ),
        initial=(("p1", 1),),
        final=(("p4", 1),),
    )
    assert not is_sound(net)


@pytest.mark.parametrize("miner", MINERS)
@given(variants=variant_tables, noise=st.sampled_from([0.0, 0.2, 0.9]))
def test_every_activity_is_in_the_model_or_said_to_be_left_out(miner, variants, noise):
    model = discover(variants, miner=miner, noise=noise, coverage=1.0)
    known = {a for activities in variants["activities"].to_list() for a in activities}
    assert set(model.activities) | set(model.origin.left_out) == known
    assert not set(model.activities) & set(model.origin.left_out)
    assert model.diagram.activities == model.activities


@pytest.mark.parametrize("miner", ["heuristics", "dfg"])
@given(variants=variant_tables, noise=st.sampled_from([0.0, 0.2, 0.9]))
def test_these_miners_cut_no_activity_off(miner, variants, noise):
    model = discover(variants, miner=miner, noise=noise, coverage=1.0)
    alone = {v[0] for v in variants["activities"].to_list() if len(v) == 1}
    assert model.net.is_connected
    assert set(model.origin.left_out) <= (alone if miner == "heuristics" else set())


@pytest.mark.parametrize("miner", MINERS)
@given(variants=variant_tables, seed=st.randoms(use_true_random=False))
def test_the_order_of_the_variants_does_not_change_the_model(miner, variants, seed):
    order = list(range(variants.height))
    seed.shuffle(order)
    assert discover(variants[order], miner=miner) == discover(variants, miner=miner)


SCRIPT = """
import sys
import polars as pl
from procmine.mining.pm4py import discover, write_model
variants = pl.read_json(sys.argv[1])
for miner in ("inductive", "heuristics", "dfg"):
    for ending in ("bpmn", "pnml"):
        write_model(discover(variants, miner=miner), f"{sys.argv[2]}/{miner}.{ending}")
"""


def in_a_new_process(script: str, *arguments: str, seed: str = "0"):
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.mark.slow
def test_another_process_writes_the_same_bytes(real_variants, tmp_path):
    real_variants("receipt").write_json(tmp_path / "variants.json")
    for seed in ("1", "2"):
        (tmp_path / seed).mkdir()
        in_a_new_process(SCRIPT, f"{tmp_path}/variants.json", f"{tmp_path}/{seed}", seed=seed)
    files = sorted(path.name for path in (tmp_path / "1").iterdir())
    assert len(files) == 6
    for name in files:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


@pytest.mark.slow
def test_nothing_reaches_standard_output(tmp_path):
    CLAIM.write_json(tmp_path / "variants.json")
    ended = in_a_new_process(SCRIPT, f"{tmp_path}/variants.json", str(tmp_path))
    assert not ended.stdout


def test_what_pm4py_prints_on_import_is_kept_off_standard_output(tmp_path):
    (tmp_path / "pm4py.py").write_text("print('licence')\nraise SystemExit\n")
    script = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
import polars as pl
from procmine.mining.pm4py import discover
discover(pl.DataFrame({{"activities": [["a"]], "cases": [1]}}))
"""
    ended = in_a_new_process(script)
    assert "licence" in ended.stderr
    assert not ended.stdout


def test_importing_the_module_does_not_import_pm4py():
    script = "import sys, procmine.mining.pm4py; print({'pm4py', 'pandas'} & set(sys.modules))"
    assert in_a_new_process(script).stdout.strip() == "set()"


def test_pm4py_itself_reads_our_files_with_the_same_language(tmp_path):
    import pm4py

    model = discover(CLAIM, noise=0.0, coverage=1.0)
    write_model(model, tmp_path / "model.bpmn")
    write_model(model, tmp_path / "model.pnml")
    bpmn = pm4py.read_bpmn(str(tmp_path / "model.bpmn"))
    by_bpmn = _typed_net(*pm4py.convert_to_petri_net(bpmn))
    by_pnml = _typed_net(*pm4py.read_pnml(str(tmp_path / "model.pnml")))
    assert by_pnml == model.net
    assert costs(by_bpmn, CLAIM) == [0, 0, 0, 0]


def test_our_reader_understands_pm4pys_files(tmp_path):
    import pm4py

    model = discover(CLAIM, noise=0.0, coverage=1.0)
    net = _untyped_net(model.net)
    pm4py.write_pnml(*net, str(tmp_path / "theirs.pnml"))
    pm4py.write_bpmn(pm4py.convert_to_bpmn(*net), str(tmp_path / "theirs.bpmn"))
    for name in ("theirs.pnml", "theirs.bpmn"):
        assert costs(read_model(tmp_path / name).net, CLAIM) == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"miner": "inductve"}, "There is no miner 'inductve'. Did you mean 'inductive'?"),
        ({"miner": "alpha"}, "There is no miner 'alpha'."),
        ({"noise": 1.2}, "The noise 1.2 isn't a share."),
        ({"coverage": -0.1}, "The coverage -0.1 isn't a share."),
        ({"noise": float("nan")}, "The noise nan isn't a share."),
    ],
)
def test_an_option_that_makes_no_sense_is_named(options, sentence):
    with pytest.raises(OptionError) as caught:
        discover(CLAIM, **options)
    assert str(caught.value).startswith(sentence)


def test_a_log_without_cases_has_no_model():
    with pytest.raises(InputError, match="The log has no cases"):
        discover(CLAIM.clear())


def test_the_sentences_say_what_was_used_and_what_was_left_out():
    rare = pl.DataFrame({"activities": [["a", "b"], ["a", "c"], ["a"]], "cases": [90, 9, 1]})
    sentences = describe(discover(rare, noise=0.0, coverage=0.9))
    assert sentences[0] == (
        "Discovered by the inductive miner (noise 0) from the 1 commonest variant of 3, which "
        "covers 90.0% of 100 cases (0.9 was asked for)."
    )
    assert sentences[1:] == [
        "The model has 2 activities; as a Petri net 3 places and 2 transitions, 0 of them silent.",
        "As BPMN it has 2 tasks and 0 gateways.",
    ]


def test_the_heuristics_miner_says_when_it_lowered_the_noise():
    variants = pl.DataFrame({"activities": [["a", "b"], ["a", *10 * "x", "b"]], "cases": [99, 1]})
    model = discover(variants, miner="heuristics", noise=0.2, coverage=1.0)
    assert model.origin.used_noise == 0.1
    assert describe(model)[1] == (
        "Noise 0.2 would have cut activities off from the beginning or the end, so 0.1 was used."
    )
