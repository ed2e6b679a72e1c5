"""How long the app takes to answer a click: `python -m benchmarks.app`.

The app is started as `procmine app` starts it. Users speak to it as a browser does, over its
websocket: a click is sent, and has been answered when the script's run has ended. What a browser
then takes to draw isn't counted, nor what lies on the way. First one user alone clicks through the
pages of a fresh server, then again with other filters; then several users click at once, each with
filters of their own, so that nobody finds an answer that another asked for.
"""

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from statistics import median, quantiles

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

import procmine as pm
from benchmarks import logs
from procmine.app import app_script

PAGES = ("map", "handoffs", "variants", "time", "overview")
THROUGH, WITHOUT = "Pass through", "Never pass through"
PAUSE = 2.0
"""Seconds that each of several users looks at an answer before the next click."""
LONG = 600
"""Seconds after which an answer is given up."""


@dataclass
class User:
    """Somebody who clicks.

    Attributes:
        socket: The way to the app.
        pages: What each page is called there, by its name in the link.
        fields: The id of each field that takes several values, by its label.
        options: The values that it offers.
        chosen: What each field holds.
        page: The page that is shown.
        took: How long each click took, with its words.
    """

    socket: ClientConnection
    pages: dict[str, str] = field(default_factory=dict[str, str])
    fields: dict[str, str] = field(default_factory=dict[str, str])
    options: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    chosen: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    page: str = ""
    took: list[tuple[str, float]] = field(default_factory=list[tuple[str, float]])

    async def click(self, what: str) -> None:
        """Ask for the page with the filters that are chosen, and wait for the whole answer."""
        state = ClientState(page_script_hash=self.page)
        for label, values in self.chosen.items():
            widget = state.widget_states.widgets.add(id=self.fields[label])
            widget.string_array_value.data.extend(values)
        start = time.perf_counter()
        await self.socket.send(BackMsg(rerun_script=state).SerializeToString())
        await asyncio.wait_for(self._listen(), LONG)
        self.took.append((what, time.perf_counter() - start))

    async def _listen(self) -> None:
        while True:
            message = ForwardMsg()
            message.ParseFromString(bytes(await self.socket.recv(decode=False)))
            kind = message.WhichOneof("type")
            if kind == "navigation":
                self.pages = {
                    p.url_pathname: p.page_script_hash for p in message.navigation.app_pages
                }
            elif kind == "delta" and message.delta.new_element.HasField("multiselect"):
                shown = message.delta.new_element.multiselect
                self.fields[shown.label], self.options[shown.label] = shown.id, list(shown.options)
            elif kind == "delta" and message.delta.new_element.HasField("exception"):
                sys.exit(f"The app failed: {message.delta.new_element.exception.message}")
            elif kind == "script_finished":
                return

    async def turn_to(self, page: str) -> None:
        """Click on a page in the side bar."""
        self.page = self.pages.get(page) or self.pages[""]
        await self.click(page)

    async def choose(self, label: str, values: list[str]) -> None:
        """Choose values in a field of the side bar."""
        self.chosen[label] = values
        await self.click("a filter")


async def _arrive(address: str) -> User:
    way = await connect(f"ws://{address}/_stcore/stream", subprotocols=["streamlit"], max_size=None)  # type: ignore[list-item]
    user = User(way)
    await user.click("opening")
    return user


async def _alone(address: str) -> tuple[User, User]:
    """One user: each page of the whole log, then each page of two selections."""
    first = await _arrive(address)
    for page in PAGES:
        await first.turn_to(page)
    second = await _arrive(address)
    names = second.options[THROUGH]
    await second.choose(THROUGH, [names[1]])
    for page in PAGES:
        await second.turn_to(page)
    await second.choose(WITHOUT, [names[-1]])
    for page in PAGES:
        await second.turn_to(page)
    return first, second


async def _together(address: str, number: int) -> list[User]:
    """Several users at once, each with two filters that no other has."""
    users = [await _arrive(address) for _ in range(number)]
    names = users[0].options[THROUGH]
    pairs = list(combinations(names[:-1], 2))
    own = [pairs[place % len(pairs)] for place in range(number)]

    async def use(user: User, pair: tuple[str, str], late: float) -> None:
        user.took.clear()
        await asyncio.sleep(late)
        for label, name in zip((THROUGH, WITHOUT), pair, strict=True):
            await user.choose(label, [name])
            for page in PAGES:
                await asyncio.sleep(PAUSE)
                await user.turn_to(page)

    late = (PAUSE * place / number for place in range(number))
    await asyncio.gather(*map(use, users, own, late))
    return users


def _ten_million(folder: Path) -> Path:
    """Prepare a log of ten million events, unless it is there."""
    base, log = Path(os.environ.get("PROCMINE_REAL_LOGS", "../shared/logs")), folder / "log.parquet"
    if not log.exists():
        logs.make(base, logs.copies_of(10), folder)
        pm.read(folder / "events.parquet", into=log)
    return log


@contextmanager
def _served(log: Path) -> Iterator[tuple[str, int]]:
    """Run the app; give its address and the id of its process."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    settings = (f"--server.port={port}", "--server.address=localhost", "--server.headless=true")
    command = [sys.executable, "-m", "streamlit", "run", app_script(), *settings, "--", log]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield f"localhost:{port}", server.pid
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("localhost", port)) == 0:
                return
        time.sleep(0.2)
    sys.exit("The app didn't start within a minute.")


def _peak_mb(process: int) -> float:
    """Return the most memory that a process held (Linux)."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(x for x in lines if x.startswith("VmHWM")).split()[1]) * 1024 / 1e6


def _spent(process: int) -> float:
    """Return the processor seconds that a process used so far (Linux): no load changes them."""
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _say(what: str, took: list[tuple[str, float]], spent: float) -> None:
    seconds = [s for _, s in took]
    slow = quantiles(seconds, n=10)[-1] if len(seconds) > 1 else seconds[0]
    name, longest = max(took, key=lambda click: click[1])
    print(
        f"{what}: {len(seconds)} clicks, median {median(seconds):.2f} s, 9 in 10 within "
        f"{slow:.2f} s, the slowest ({name}) {longest:.2f} s; "
        f"{spent / len(seconds):.2f} s of processor a click"
    )


def main() -> None:
    """Measure, and say what was found; the load says whether the machine was idle."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.app", description=__doc__)
    parser.add_argument("log", type=Path, nargs="?", help="a prepared log; else one is made")
    parser.add_argument("--users", type=int, default=20, help="how many click at once")
    parser.add_argument("--each", action="store_true", help="show each click of one user")
    options = parser.parse_args()
    log = options.log or _ten_million(Path("out/bench/10-million"))
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with _served(log) as (address, process):
        first, second = asyncio.run(_alone(address))
        _say("one user", [*first.took, *second.took], _spent(process))
        if options.each:
            for user in (first, second):
                print(", ".join(f"{what} {seconds:.2f}" for what, seconds in user.took))
        print(f"memory for one user: {_peak_mb(process):,.0f} MB at the peak")
        if options.users:
            before = _spent(process)
            users = asyncio.run(_together(address, options.users))
            took = [click for user in users for click in user.took]
            what = f"{options.users} users at once, {PAUSE:.0f} s between clicks"
            _say(what, took, _spent(process) - before)
            print(f"memory for {options.users} users: {_peak_mb(process):,.0f} MB at the peak")


if __name__ == "__main__":
    main()
