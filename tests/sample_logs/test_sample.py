"""`write_sample`: the command's logic."""

from pathlib import Path

import pytest

from procmine.errors import OptionError
from procmine.sample import DEFAULT_SEED, SAMPLES, write_sample
from sample_logs import broadband

KEPT = Path(__file__).parents[2] / "sample_logs"


def test_without_a_size_it_writes_the_kept_log_into_a_folder_it_makes(tmp_path):
    written = write_sample("broadband", output=tmp_path / "new" / "folder")
    assert [path.name for path in written] == ["broadband.csv", "broadband_truth.json"]
    assert written[0].read_bytes() == (KEPT / "broadband.csv").read_bytes()


def test_size_and_seed_reach_the_generator(tmp_path):
    here, there = tmp_path / "a", tmp_path / "b"
    there.mkdir()
    written = write_sample("broadband", events=300, seed=6, output=here)
    expected = broadband.write(there, events=300, seed=6)
    assert [p.read_bytes() for p in written] == [p.read_bytes() for p in expected]


def test_its_seed_is_the_generators():
    assert broadband.DEFAULT_SEED == DEFAULT_SEED
    assert set(SAMPLES) == {"broadband"}


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
