"""A log that is read in a process of its own: it can be stopped, and its memory is given back."""

import json
import subprocess
import sys
import time
import weakref
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import polars as pl
from texts import wizard as said
from waiting import STEP, Watch

import procmine as pm
from procmine.errors import InputError
from procmine.eventlog import EventLog
from procmine.holding import Storage
from procmine.wording import ENGLISH, Style

_WORKER = Path(__file__).parent / "worker.py"


class Process:
    """Something that is being read in a process of its own.

    Attributes:
        folder: Where it puts what it makes.
    """

    def __init__(self, source: Path, folder: Path, style: Style) -> None:
        """Begin to read.

        Args:
            source: A raw log, or a mapping.
            folder: Where it puts what it makes.
            style: How figures in its sentences are written.
        """
        self.folder, self._said = folder, folder / "said.jsonl"
        places = [source, folder / "log.parquet", folder / "aside.parquet"]
        # -P: the app's own modules mustn't hide others
        command = [sys.executable, "-P", str(_WORKER), *map(str, places), *astuple(style)]
        with self._said.open("wb") as lines:
            self._process = subprocess.Popen(command, stdout=lines, stderr=subprocess.DEVNULL)
        weakref.finalize(self, _end, self._process)

    @property
    def finished(self) -> bool:
        """Whether it is read, or can't be."""
        return self._process.poll() is not None

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        last = self._lines()[-1:] or [{}]
        return min(1.0, last[0].get("done", 0) / max(1, last[0].get("steps", 1)))

    @property
    def error(self) -> str | None:
        """Why it couldn't be read; None if it was."""
        if self._process.poll() == 0:
            return None
        return next(
            (line["error"] for line in self._lines() if "error" in line), said.READING_FAILED
        )

    @property
    def log(self) -> EventLog:
        """The log, once it is read."""
        return pm.read(self.folder / "log.parquet")

    @property
    def set_aside(self) -> pl.DataFrame:
        """The first rows that were set aside."""
        path = self.folder / "aside.parquet"
        return pl.read_parquet(path) if path.exists() else pl.DataFrame()

    def stop(self) -> None:
        """End it."""
        _end(self._process)

    def _lines(self) -> list[dict[str, Any]]:
        whole = self._said.read_text(encoding="utf-8").split("\n")[:-1]
        return [json.loads(line) for line in whole if line.startswith("{")]


def read_apart(source: Path, watch: Watch) -> EventLog:
    """Read a raw log in a process of its own, which ends when nobody waits for it any more.

    Args:
        source: The log.
        watch: Knows whether somebody waits, and is told how far it is.

    Raises:
        InputError: It can't be read.
        StoppedError: Nobody waits any more.
    """
    storage = Storage()
    process = Process(source, storage.path, ENGLISH)
    try:
        while not process.finished:
            watch.check()
            watch.share = process.share
            time.sleep(STEP)
    finally:
        process.stop()
    if process.error:
        raise InputError(process.error)
    return replace(process.log, storage=storage)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
        process.wait()
