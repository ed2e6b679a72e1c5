"""What happens with files that aren't models, and with folders that can't be written to."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.errors import InputError, OptionError
from procmine.mining.pm4py import discover, read_model, write_model

ONE = pl.DataFrame({"activities": [["a", "b"]], "cases": [1]})
BPMN = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">{}'
    "</process></definitions>"
)
START, END, TASK = '<startEvent id="s"/>', '<endEvent id="e"/>', '<task id="t" name="Call"/>'
FLOWS = (
    '<sequenceFlow id="f1" sourceRef="s" targetRef="t"/>'
    '<sequenceFlow id="f2" sourceRef="t" targetRef="e"/>'
)
PNML = "<pnml><net><page>{}</page></net></pnml>"
PLACE = '<place id="p1"><initialMarking><text>{}</text></initialMarking></place>'


@pytest.mark.parametrize(
    ("name", "content", "fact"),
    [
        ("a.bpmn", "", "isn't XML"),
        ("a.bpmn", "<definitions>", "isn't XML"),
        ("a.bpmn", "\0\1\2", "isn't XML"),
        ("a.bpmn", '<?xml version="1.0" encoding="x"?><definitions/>', "isn't XML"),
        ("a.bpmn", '<!DOCTYPE d [<!ENTITY x SYSTEM "a.xml">]><d>&x;</d>', "isn't XML"),
        ("a.bpmn", "<html/>", "holds <html>, not a model in BPMN"),
        ("a.bpmn", BPMN.format(""), "has no start event"),
        ("a.bpmn", BPMN.format(START), "has no end event"),
        ("a.bpmn", BPMN.format(START + END + FLOWS), "sequence flow whose ends"),
        ("a.bpmn", BPMN.format(START + START + END), "uses one id twice"),
        ("a.bpmn", BPMN.format(START + END + '<subProcess name="Pay"/>'), r"subProcess \(Pay"),
        ("a.pnml", "<definitions/>", "holds <definitions>, not a model in PNML"),
        ("a.pnml", "<pnml/>", "holds no transition"),
        ("a.pnml", PNML.format('<transition id="t1"/>'), "where a case begins"),
        ("a.pnml", PNML.format("<place/>"), "without an id"),
        ("a.pnml", PNML.format(PLACE.format("x")), "a number that isn't one"),
        (
            "a.pnml",
            PNML.format(PLACE.format(1) + '<transition id="t"/><arc source="p1" target="p1"/>'),
            "whose ends aren't in the net",
        ),
    ],
)  # fmt: skip
def test_a_file_that_is_no_model_is_one_sentence(tmp_path, name, content, fact):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(InputError, match=fact) as caught:
        read_model(path)
    assert str(path) in str(caught.value)
    assert caught.value.help


def test_a_folder_is_no_model(tmp_path):
    (tmp_path / "a.bpmn").mkdir()
    with pytest.raises(InputError, match="can't be read"):
        read_model(tmp_path / "a.bpmn")


@given(content=st.binary(max_size=200), name=st.sampled_from(["a.bpmn", "a.pnml"]))
def test_whatever_is_in_the_file_there_is_no_other_error(tmp_path_factory, content, name):
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(content)
    with pytest.raises(InputError):
        read_model(path)


@pytest.mark.parametrize("name", ["model.xml", "model", "model.bpnm"])
def test_an_unknown_ending_names_the_known_ones(tmp_path, name):
    for act in (read_model, lambda path: write_model(discover(ONE), path)):
        with pytest.raises(OptionError, match=r"\.bpmn") as caught:
            act(tmp_path / name)
        assert name in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(OptionError, match="can't be written"):
        write_model(discover(ONE), tmp_path / "no" / "model.bpmn")


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch):
    path = tmp_path / "model.bpmn"
    path.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OptionError, match="No space left on device"):
        write_model(discover(ONE), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_written_file_has_the_rights_of_any_new_file(tmp_path):
    write_model(discover(ONE), tmp_path / "model.bpmn")
    (tmp_path / "other").touch()
    rights = [(tmp_path / name).stat().st_mode for name in ("model.bpmn", "other")]
    assert rights[0] == rights[1]


@pytest.mark.parametrize("ending", ["bpmn", "pnml"])
@pytest.mark.parametrize(
    "name", ['Say "no" & <go>', "Prüfung\nzwei", " two  spaces ", "確認", "tau_1", "p1", "t1"]
)
def test_a_name_survives_whatever_it_holds(tmp_path, ending, name):
    model = discover(pl.DataFrame({"activities": [[name, "b"]], "cases": [1]}))
    write_model(model, tmp_path / f"model.{ending}")
    assert read_model(tmp_path / f"model.{ending}").activities == tuple(sorted([name, "b"]))


def test_a_name_that_xml_cannot_hold_is_made_readable(tmp_path):
    model = discover(pl.DataFrame({"activities": [["bell\a"]], "cases": [1]}))
    for ending in ("bpmn", "pnml"):
        write_model(model, tmp_path / f"model.{ending}")
        assert read_model(tmp_path / f"model.{ending}").activities == ("bell\ufffd",)


def test_events_between_and_other_tasks_are_read_from_an_editors_file(tmp_path):
    path = tmp_path / "a.bpmn"
    path.write_text(
        BPMN.format(
            START + END + '<userTask id="t" name="Call"/><intermediateCatchEvent id="i"/>'
            '<sequenceFlow id="f1" sourceRef="s" targetRef="i"/>'
            '<sequenceFlow id="f2" sourceRef="i" targetRef="t"/>'
            '<sequenceFlow id="f3" sourceRef="t" targetRef="e"/>'
        )
    )
    model = read_model(path)
    assert model.activities == ("Call",)
    assert len([t for t in model.net.transitions if t.label == "Call"]) == 1
