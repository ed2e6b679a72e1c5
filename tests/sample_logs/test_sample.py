"""`write_sample`: the command's logic."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from procmine.cli import main
from procmine.errors import OptionError
from procmine.sample import DEFAULT_SEED, SAMPLES, write_sample
from sample_logs import airline, broadband, rental

KEPT = Path(__file__).parents[2] / "sample_logs"
GENERATORS = {"airline": airline, "broadband": broadband, "rental": rental}


def content(path):
    """What a file holds; of formats whose libraries sign their files, the rows alone."""
    if path.suffix == ".sqlite":
        with closing(sqlite3.connect(path)) as database:
            return list(database.iterdump())
    if path.suffix == ".parquet":
        return pl.read_parquet(path).to_dict(as_series=False)
    return path.read_bytes()


@pytest.mark.parametrize("name", SAMPLES)
def test_without_a_size_it_writes_the_kept_log_into_a_folder_it_makes(tmp_path, name):
    written = write_sample(name, output=tmp_path / "new" / "folder")
    assert {p.name for p in (KEPT / "logs" / name).iterdir()} <= {p.name for p in written}
    for path in written:
        assert content(path) == content(KEPT / "logs" / name / path.name), path.name


def test_the_kept_orders_with_a_case_id_are_those_of_the_kept_systems(tmp_path):
    broadband.write(tmp_path, joined=tmp_path / "broadband.csv")
    assert (tmp_path / "broadband.csv").read_bytes() == (KEPT / "broadband.csv").read_bytes()


@pytest.mark.parametrize("name", SAMPLES)
def test_the_kept_log_is_small_enough_to_commit(name):
    assert sum(path.stat().st_size for path in (KEPT / "logs" / name).iterdir()) < 2_000_000


@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_size_and_seed_give_the_same_bytes_and_another_seed_others(tmp_path, name):
    folders = [tmp_path / name for name in "abc"]
    for folder, seed in zip(folders, (6, 6, 7), strict=True):
        folder.mkdir()
        write_sample(name, events=2_000, seed=seed, output=folder)
    files = [{p.name: p.read_bytes() for p in folder.iterdir()} for folder in folders]
    assert files[0] == files[1]
    same = {file for file, text in files[0].items() if text == files[2][file]}
    assert same <= {"mapping.toml", "calendars.toml", "policy.toml", "reasons.toml"}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_null_log_says_that_nothing_is_planted(tmp_path, name):
    write_sample(name, events=1_000, null=True, output=tmp_path)
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert truth["null"] is True
    assert truth["log"] == name


def test_its_seed_is_the_generators():
    assert {g.DEFAULT_SEED for g in GENERATORS.values()} == {DEFAULT_SEED}
    assert set(SAMPLES) == set(GENERATORS)


def test_an_unknown_name_is_answered_with_the_nearest(tmp_path):
    with pytest.raises(OptionError, match=r"no sample log 'brodband'.*Did you mean 'broadband'?"):
        write_sample("brodband", output=tmp_path)


@pytest.mark.parametrize(("option", "value"), [("events", 0), ("events", -5), ("seed", -1)])
def test_a_size_or_seed_that_makes_no_sense_is_refused(tmp_path, option, value):
    with pytest.raises(OptionError, match=str(value)):
        write_sample("broadband", output=tmp_path, **{option: value})
    assert not list(tmp_path.iterdir())


def test_an_output_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(OptionError, match="folder that can be written to"):
        write_sample("broadband", output=tmp_path / "taken")


def test_the_command_lists_the_samples_without_writing_any(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["procmine", "sample", "--list"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert all(f"{name}: {about}" in said for name, about in SAMPLES.items())
