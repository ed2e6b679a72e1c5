"""The app as people start it: a process of its own, with an address that a browser opens."""

import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from procmine.app import app_script


def free_port():
    """Return a port that nobody listens on, another one at each call."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


@contextmanager
def served(*logs):
    """Start the app on logs; yield its address, and end it."""
    with started(*logs) as (address, _):
        yield address


@contextmanager
def started(*logs, script=None):
    """Start the app on logs; yield its address and the id of its process, and end it.

    Args:
        logs: Their paths.
        script: What is run in the app's place, and runs it in its turn.
    """
    port = free_port()
    settings = (
        f"--server.port={port}",
        "--server.address=localhost",
        "--server.headless=true",
        "--browser.gatherUsageStats=false",
    )
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        script or app_script(),
        *settings,
        "--",
        *logs,
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        answering(f"http://localhost:{port}/_stcore/health")
        yield f"http://localhost:{port}", server.pid
    finally:
        server.terminate()
        server.wait(timeout=20)


def answering(url):
    """Wait until a server answers."""
    for _ in range(300):
        try:
            urlopen(url, timeout=2)  # noqa: S310  (our own server)
        except (URLError, OSError):
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"{url} didn't answer within a minute")


def at_rest(page):
    """Wait until a page is whole: a click that comes earlier may be lost in what is still drawn."""
    page.get_by_text("Export, or do the same elsewhere").wait_for()
    page.wait_for_selector("[data-testid=stStatusWidget]", state="detached")
