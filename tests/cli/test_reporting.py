"""`procmine report CONFIG.toml` as a scheduler runs it: streams and exit codes."""

import os
import subprocess
import sys

import pytest

from tests.report.conftest import CONFIGURATION, EVENTS, FEBRUARY, JANUARY

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path):
    """Run procmine in the folder of a configured report."""
    (tmp_path / "events.csv").write_text(EVENTS)
    (tmp_path / "questions.toml").write_text(CONFIGURATION)

    def procmine(*arguments, **environment):
        return subprocess.run(
            [sys.executable, "-m", "procmine", *arguments],
            cwd=tmp_path,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return procmine


def test_sentences_go_to_standard_output_and_the_exit_code_says_what_broke(run):
    kept = run("report", "questions.toml", "--as-of", JANUARY)
    assert (kept.returncode, len(kept.stdout.splitlines())) == (0, 3)
    assert "Wrote out/report.html." in kept.stderr
    broken = run("report", "questions.toml", "--as-of", FEBRUARY)
    assert broken.returncode == 1
    assert "2 of 2 checks" in broken.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("questons.toml",), "There is no file 'questons.toml'"),
        (("events.csv",), "--output FILE.html"),
        (("questions.toml", "--segment", "x"), "Say it there, under [reading]."),
        (("questions.toml", "--as-of", "soon"), "'soon' isn't a date."),
        (("events.csv", "--output", "x.html", "--as-of", JANUARY), "Leave --as-of out."),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_a_sentence(run, arguments, sentence):
    done = run("report", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
