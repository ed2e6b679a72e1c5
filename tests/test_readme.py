"""Everything a person is told to type in the README works, in the order in which it stands there.

The blocks run one after another in one folder that holds no more than the sample logs and an empty
`out`, so a later one may use what an earlier one wrote. In a console block a line after `$ ` is a
command, and the other lines must be in what it prints.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"```(?P<language>\w+)\n(?P<text>.*?)```", re.DOTALL)
SHELLS = {"bash", "sh", "shell"}
ELSEWHERE = {
    "make demo": "CI runs it",
    "make test": "this is it",
    "make bench": "takes a quarter of an hour",
    "procmine app": "serves until it is stopped; test_packaging.py serves it",
}


@dataclass(frozen=True)
class Block:
    """A block of code in the README and where it begins."""

    line: int
    language: str
    text: str


def blocks(text):
    """Return the blocks of a Markdown text in order."""
    return [
        Block(
            text.count("\n", 0, found.start("language")) + 1,
            found["language"],
            found["text"],
        )
        for found in BLOCK.finditer(text)
    ]


def here(text):
    """Return the lines of a shell block without those that are tried elsewhere."""
    lines = text.splitlines()
    return "\n".join(line for line in lines if not line.startswith(tuple(ELSEWHERE)))


def run(command, folder):
    """Run a shell command with this environment's procmine first on PATH."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder, env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def run_console(text, folder):
    """Run each command of a console block and look for the lines shown below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        while command.endswith("\\"):
            command = command[:-1] + shown.pop(0)
        done = run(command, folder)
        assert done.returncode == 0, done.stderr
        said = " ".join((done.stdout + done.stderr).split())
        for line in shown:
            for piece in line.split("…"):
                assert " ".join(piece.split()) in said, f"{command} doesn't print: {piece}"


@pytest.mark.slow
def test_what_the_readme_tells_to_type_works(tmp_path, monkeypatch):
    names = {"__name__": "readme"}
    monkeypatch.chdir(tmp_path)
    shutil.copytree(README.parent / "sample_logs", tmp_path / "sample_logs")
    (tmp_path / "out").mkdir()  # by `make demo`, the first command
    ran = 0

    for block in blocks(README.read_text()):
        try:
            if block.language == "python":
                exec(compile(block.text, f"README.md:{block.line}", "exec"), names)  # noqa: S102
            elif block.language == "console":
                run_console(block.text, tmp_path)
            elif block.language in SHELLS:
                done = run(here(block.text), tmp_path)
                assert done.returncode == 0, done.stderr
            else:
                continue
        except Exception as error:
            raise AssertionError(f"README.md, block at line {block.line}: {error}") from error
        ran += 1

    assert ran >= 2


def test_a_command_that_is_tried_elsewhere_is_left_out_alone():
    (block,) = blocks("\n```sh\nmake demo\nprocmine app x.csv\nprocmine sample y\n```\n")

    assert (block.line, here(block.text)) == (2, "procmine sample y")


def test_a_console_block_that_shows_what_is_not_printed_fails(tmp_path):
    run_console("$ echo one two\none  two\n", tmp_path)

    with pytest.raises(AssertionError, match="doesn't print: three"):
        run_console("$ echo one two\nthree\n", tmp_path)


def test_the_pictures_that_the_readme_shows_are_there():
    pictures = re.findall(r"!\[[^\]]*\]\(([^)\s]+)\)", README.read_text())

    assert pictures
    assert [name for name in pictures if not (README.parent / name).is_file()] == []
