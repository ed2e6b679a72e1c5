"""Every run is kept once, whole, and read back as it was, in SQLite and in PostgreSQL."""

import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procmine.errors import InputError, UnavailableError
from procmine.report.account import account
from procmine.report.changes import Run
from procmine.report.checks import Check
from procmine.report.facts import Fact
from procmine.report.history import History
from procmine.report.make import make_report
from tests.report.conftest import FEBRUARY, JANUARY

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
FILE = "sqlite:///runs.sqlite"

numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
checks = st.builds(
    Check, words, st.sampled_from(["threshold", "promise"]), words, numbers,
    st.floats(-1e9, 1e9), st.booleans(), st.none() | st.booleans(),
    st.sampled_from(["high", "low"]), st.none() | words, words,
)  # fmt: skip
facts = st.builds(
    Fact, st.sampled_from(["whole", "where", "whom"]), words, words, numbers, numbers, numbers,
    st.none() | st.integers(0, 10**9),
)  # fmt: skip


def run(days=0, **changed):
    at = NOON + timedelta(days=days)
    made = Run("Questions", at, at, "a" * 64, "b" * 64, ("journeys that ended",))
    return replace(made, **changed)


@given(st.lists(checks, max_size=4), st.lists(facts, max_size=4))
def test_a_run_is_read_back_as_it_was_written(tmp_path_factory, some, others):
    kept = run(checks=tuple(some), facts=tuple(others))
    with History.open(FILE, tmp_path_factory.mktemp("history")) as history:
        history.add(kept)
        number = history.add(run(1))
        assert history.before("Questions", number) == [kept]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def place(request, tmp_path):
    """Where a history is: a file of its own, or a database of the real server."""
    if request.param == "sqlite":
        return FILE, tmp_path
    server = request.getfixturevalue("postgres")
    server.run("drop schema public cascade; create schema public")
    return server.url(), tmp_path


def test_the_same_run_is_written_once_and_others_beside_it(place):
    check = Check("x", "threshold", "share", 0.5, 0.9, at_most=False, kept=False)
    with History.open(*place) as history:
        first = history.add(run(checks=(check,)))
        assert history.add(run(checks=(check,), at=NOON + timedelta(days=3))) == first
        others = [history.add(run(day, checks=(check,))) for day in (1, 2)]
        assert history.before("Questions", first) == []
        assert [r.as_of for r in history.before("Questions", others[-1])] == [
            NOON, NOON + timedelta(days=1)
        ]  # fmt: skip
        assert history.before("Another", others[-1]) == []
    with History.open(*place) as again:
        assert again.add(run(checks=(check,))) == first


def test_two_processes_that_write_the_same_run_leave_one(place):
    numbers = []

    def write():
        with History.open(*place) as history:
            numbers.append(history.add(run(facts=(Fact("whole", "x", "cases", 1.0),))))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(numbers) == 4
    assert len(set(numbers)) == 1


def test_a_run_that_cannot_be_written_whole_leaves_nothing(tmp_path):
    broken = Check("x", "threshold", "share", object(), 0.9, at_most=False, kept=False)
    with History.open(FILE, tmp_path) as history:
        with pytest.raises(InputError, match="The history"):
            history.add(run(facts=(Fact("whole", "y", "cases", 1.0),), checks=(broken,)))
        assert history.add(run()) == 1
    with sqlite3.connect(tmp_path / "runs.sqlite") as plain:
        assert plain.execute("select count(*) from procmine_facts").fetchone() == (0,)
    plain.close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sqlite:///no/such/runs.sqlite", "folder of the history 'runs.sqlite' isn't there"),
        ("postgresql://me:secret@127.0.0.1:1/runs", "'runs' can't be opened"),
        ("postgresql://me:${NO_SUCH_WORD}@db/runs", "NO_SUCH_WORD"),
        ("mysqll://db/runs", "can't be read"),
    ],
)
def test_a_history_that_cannot_be_opened_is_said_without_its_password(tmp_path, url, sentence):
    with pytest.raises((InputError, UnavailableError)) as said:
        History.open(url, tmp_path)
    assert sentence in str(said.value)
    assert "secret" not in str(said.value)


def test_a_report_says_what_changed_since_the_run_before_and_a_repeated_one_says_it_again(made):
    first, second, again = made(JANUARY, FEBRUARY, FEBRUARY)
    assert first.changes.last is None
    assert second.changes.last.as_of == first.changes.run.as_of
    assert again.sentences == second.sentences
    assert again.changes.last == second.changes.last
    assert "since" not in second.sentences[0]
    assert second.sentences[0].startswith("Since 1 February 2026, 2 of 2 checks broke")


def test_the_page_shows_a_trend_once_there_are_two_runs(made, tmp_path):
    page = tmp_path / "out" / "report.html"
    made(JANUARY)
    before = page.read_text().count("<polyline")
    made(FEBRUARY)
    assert page.read_text().count("<polyline") >= before + 4


def test_the_history_is_told_as_tables(configured, tmp_path):
    path = configured()
    for date in (JANUARY, FEBRUARY):
        make_report(path, date)
    told = account(path)
    assert told.runs.select("state", "broken", "checks").rows() == [
        ("kept", 0, 2),
        ("broken", 2, 2),
    ]
    assert told.checks["kept"].to_list() == [True, True, False, False]
    assert told.headline == ("2 runs; the last looked back from 2026-03-01: 2 of 2 checks broken.")
    url = f"sqlite:///{tmp_path}/out/questions.history.sqlite"
    assert account(url).runs.equals(told.runs)
    with pytest.raises(InputError, match=r"no run of 'Qestions'. Did you mean 'Questions'\?"):
        account(url, "Qestions")
    with pytest.raises(InputError, match="There is no history"):
        account(f"sqlite:///{tmp_path}/none.sqlite")


@pytest.mark.slow
def test_a_report_keeps_its_history_in_postgresql(configured, postgres, monkeypatch):
    postgres.run("drop schema public cascade; create schema public")
    monkeypatch.setenv("HISTORY", postgres.url())
    path = configured("[history]\nurl = '${HISTORY}'")
    reports = [make_report(path, date) for date in (JANUARY, FEBRUARY, FEBRUARY)]
    assert reports[1].sentences == reports[2].sentences
    counted = postgres.run("select count(*), count(distinct run_key) from procmine_runs")
    assert counted.strip() == "2|2"
    assert postgres.run("select count(*) from procmine_checks").strip() == "4"
    assert account(path).runs["state"].to_list() == ["kept", "broken"]
