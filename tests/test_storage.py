"""What lies on disk is a whole log, or says why it isn't."""

import json
from dataclasses import replace

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from procmine.errors import InputError
from procmine.metadata import Metadata
from procmine.prepare.polars import prepare_frame
from procmine.storage import MANIFEST, find, is_log, write_file, write_manifest
from tests.brute import at
from tests.strategies import frame, random_events

META = Metadata(name="orders", events=120, cases=20)


def table():
    return prepare_frame(frame(random_events(3)))


@pytest.fixture
def parts(tmp_path):
    """A folder of three parts."""
    whole, names = table(), []
    for number in range(3):
        names.append(f"part-{number:05}.parquet")
        own = whole.filter(pl.col("case_id").hash() % 3 == number)
        own.write_parquet(tmp_path / names[-1])
    write_manifest(tmp_path, names, META)
    return tmp_path


def test_a_file_is_found_as_it_was_written(tmp_path):
    write_file(table().lazy(), tmp_path / "log.parquet", META)
    stored = find(tmp_path / "log.parquet")
    assert stored.meta == META
    assert_frame_equal(stored.scan().collect(), table())
    assert [f.name for f in tmp_path.iterdir()] == ["log.parquet"]


def test_a_folder_is_found_as_its_manifest_says(parts):
    (parts / "part-00009.parquet").write_bytes(b"left by a run that was killed")
    stored = find(parts)
    assert stored.meta == META
    assert [f.name for f in stored.files] == [f"part-0000{n}.parquet" for n in range(3)]
    assert_frame_equal(stored.scan().collect().sort("order"), table().sort("order"))


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_column_that_one_part_alone_has_is_null_in_the_others(parts, number):
    file = parts / f"part-0000{number}.parquet"
    pl.read_parquet(file).insert_column(3, pl.lit("red").alias("colour")).write_parquet(file)
    events = find(parts).scan().collect()
    assert events["colour"].count() == pl.read_parquet(file).height
    assert events.height == 120
    assert set(events.columns) == {*table().columns, "colour"}
    assert_frame_equal(events.select(table().columns).sort("order"), table().sort("order"))


def test_parts_of_which_one_holds_text_and_another_instants_are_text(parts):
    for number, value in enumerate((1, at(0), "red")):
        file = parts / f"part-0000{number}.parquet"
        pl.read_parquet(file).with_columns(value=pl.lit(value)).write_parquet(file)
    values = find(parts).scan().select("value").collect()["value"]
    assert sorted(set(values)) == ["1", "2026-01-05 09:00:00.000000+00:00", "red"]


def test_whole_numbers_beside_others_stay_numbers(parts):
    for number, value in enumerate((1, 1.5, None)):
        file = parts / f"part-0000{number}.parquet"
        pl.read_parquet(file).with_columns(value=pl.lit(value)).write_parquet(file)
    values = find(parts).scan().select("value").collect()["value"]
    assert set(values) == {1.0, 1.5, None}


def test_what_is_no_log_is_none_of_ours(tmp_path):
    (tmp_path / "raw.csv").write_text("case,activity\n1,ask\n")
    table().write_parquet(tmp_path / "raw.parquet")
    for path in (tmp_path, tmp_path / "raw.csv", tmp_path / "raw.parquet", tmp_path / "absent"):
        assert find(path) is None
        assert not is_log(path)


@pytest.mark.parametrize(
    "manifest", ["", "{", "[]", "null", '{"parts": []}', '{"parts": [], "metadata": {}}', "7"]
)
def test_a_manifest_that_cannot_be_read_says_so(parts, manifest):
    (parts / MANIFEST).write_text(manifest)
    with pytest.raises(InputError, match=r"manifest of '.*' can't be read"):
        find(parts)


def test_metadata_that_is_not_ours_says_so(parts):
    names = [f"part-0000{n}.parquet" for n in range(3)]
    (parts / MANIFEST).write_text(json.dumps({"parts": names, "metadata": {"version": "new"}}))
    with pytest.raises(InputError, match="metadata can't be read"):
        find(parts)


def test_a_missing_part_and_a_missing_manifest_are_said(parts):
    (parts / "part-00001.parquet").unlink()
    with pytest.raises(InputError, match=r"lacks 1 of its 3 parts, part-00001.parquet for one"):
        find(parts)
    (parts / MANIFEST).unlink()
    write_file(table().lazy(), parts / "part-00000.parquet", replace(META))
    with pytest.raises(InputError, match="was never finished"):
        find(parts)


def test_a_folder_is_not_replaced_by_a_file(parts):
    with pytest.raises(InputError, match="is a folder"):
        write_file(table().lazy(), parts, META)
    assert len(find(parts).files) == 3
