"""Pseudonyms: figures stay, names go, and the same key gives the same names."""

import json
import subprocess
import sys
from hashlib import blake2b
from pathlib import Path

import polars as pl
import pytest

import procmine as pm
from procmine.errors import ColumnError, InputError, OptionError
from procmine.pseudonyms import read_key
from procmine.registry import registered
from procmine.sample import write_sample
from tests.engines import ANALYSES
from tests.test_privacy import LOGS, ROWS, log_of, peopled

KEY = b"correct horse battery staple"


def hashed(name):
    return blake2b(name.encode(), key=KEY, digest_size=16).hexdigest()


@pytest.mark.parametrize("seed", range(LOGS // 4))
def test_figures_are_the_same_but_for_the_names(seed):
    rows = peopled(seed)
    log = log_of(rows)
    other = log.pseudonymise(KEY)
    names = {r["case_id"]: hashed(r["case_id"]) for r in rows}
    for name in ANALYSES:
        found, plain = (registered()[name].run(each) for each in (other, log))
        assert (found.headline, found.caveats) == (plain.headline, plain.caveats)
        for table, expected in plain.tables.items():
            if "case_id" in expected.columns:
                named = expected.with_columns(pl.col("case_id").replace(names)).sort("case_id")
                assert found.tables[table].sort("case_id").equals(named)
            else:
                assert found.tables[table].equals(expected)


def test_only_the_key_ties_a_pseudonym_to_a_name_and_joins_two_logs():
    log = pm.read(pl.DataFrame(ROWS))
    other = pm.read(pl.DataFrame([r | {"case": f"x{r['case']}"} for r in ROWS[:4]]))

    one, two, three = log.pseudonymise(KEY), other.pseudonymise(KEY), log.pseudonymise(KEY[::-1])

    people = [set(each.events.collect()["customer_id"]) for each in (one, two, three)]
    assert people[1] == {hashed("c0"), hashed("c1")} < people[0]
    assert not people[0] & people[2]
    assert KEY.decode() not in one.meta.to_json() + repr(one)
    assert one.meta.pseudonyms == ("case_id", "customer_id")


def test_columns_can_be_chosen_and_numbers_are_names_too():
    table = pl.DataFrame(ROWS).with_columns(number=pl.int_range(pl.len()), paid=pl.lit(1.5))
    log = pm.read(table)

    events = log.pseudonymise(KEY, columns=["number"]).events.collect()

    assert hashed("0") in events["number"].to_list()
    assert set(events["case_id"]) == {r["case"] for r in ROWS}
    with pytest.raises(ColumnError, match="Did you mean 'number'"):
        log.pseudonymise(KEY, columns=["numbr"])
    with pytest.raises(OptionError, match="neither names nor numbers"):
        log.pseudonymise(KEY, columns=["paid"])


@pytest.mark.parametrize("key", [b"", b"secret", b"x" * 65])
def test_a_key_that_can_be_guessed_or_used_by_nobody_is_refused(key):
    with pytest.raises(OptionError, match="Give 16 to 64 bytes"):
        pm.read(pl.DataFrame(ROWS)).pseudonymise(key)


def test_events_with_names_cant_be_added_to_pseudonyms(tmp_path):
    path = pm.read(pl.DataFrame(ROWS)).pseudonymise(KEY).write(tmp_path / "log.parquet")

    with pytest.raises(OptionError, match="holds pseudonyms"):
        pm.append(path, pl.DataFrame(ROWS))


@pytest.mark.slow
def test_of_a_mapping_each_identifier_gets_its_pseudonym_and_the_key_stays_out(tmp_path):
    write_sample("broadband", events=600, output=tmp_path)
    (tmp_path / "key").write_bytes(KEY + b"\n")
    path = tmp_path / "log.parquet"
    command = [sys.executable, "-m", "procmine", "prepare", "--mapping", tmp_path / "mapping.toml"]
    options = ["--output", path, "--pseudonyms", tmp_path / "key", "--protect", "5"]

    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    log = pm.read(path)
    plain = pm.read_sources(tmp_path / "mapping.toml")
    secret = {"email", "phone", "customerNo", "contact", "caller", "cust_ref", "key:order"}
    assert secret | {"case_id", "customer_id", "resource"} <= set(log.meta.pseudonyms)
    names = set(plain.events.select(pl.col("email", "phone", "key:order")).collect().to_series(0))
    text = json.dumps(log.events.collect().cast(pl.String).to_dicts()) + log.meta.to_json()
    assert not [n for n in names if n and n in text]
    assert KEY.decode() not in text + done.stdout + done.stderr
    assert log.meta.protected == 5
    assert log.size == plain.size
    assert not list(tmp_path.glob("log.parquet.partial"))


def test_spark_is_refused_before_a_name_lies_on_disk(tmp_path):
    pl.DataFrame(ROWS).write_parquet(tmp_path / "raw.parquet")
    (tmp_path / "key").write_bytes(KEY)
    path = tmp_path / "log.parquet"
    command = [sys.executable, "-m", "procmine", "prepare", tmp_path / "raw.parquet"]
    options = ["--output", path, "--pseudonyms", tmp_path / "key", "--engine", "spark"]

    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)

    assert done.returncode == 3
    assert "Spark puts no pseudonyms into a log." in done.stderr
    assert not list(tmp_path.glob("log.parquet*"))


def test_a_key_file_that_isnt_there_is_said():
    with pytest.raises(InputError, match="can't be read from 'nowhere'"):
        read_key(Path("nowhere"))
