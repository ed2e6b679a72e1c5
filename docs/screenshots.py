"""Photograph every page of the app, wide and narrow, by day and by night, to look at one by one.

    python docs/screenshots.py LOG FOLDER

It starts the app on the log, opens each page in Debian's Chromium and writes PNG files. Pages are
found by their links, so a new one is photographed too.
"""

import shutil
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from procmine.app import app_script

WIDTHS: Final = (1280, 390)
THEMES: Final = ("light", "dark")
FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
HIGH: Final = 900
HIGHEST: Final = 8000
SETTLED: Final = 700
"""Milliseconds in which pictures come to rest."""
PATIENCE: Final = 120_000


def photograph(log: Path, folder: Path) -> None:
    """Photograph every page.

    Args:
        log: The log that the pages show.
        folder: Where the pictures go.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with served(log) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS])
        for theme in THEMES:
            for width in WIDTHS:
                for name, page in pages(browser, address, theme, width):
                    page.screenshot(path=folder / f"{name}-{width}-{theme}.png")
        browser.close()


@contextmanager
def served(log: Path) -> Iterator[str]:
    """Start the app on a log; give its address, and end it afterwards.

    Args:
        log: The log.
    """
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    settings = ("--server.headless=true", "--server.address=localhost", f"--server.port={port}")
    command = [sys.executable, "-m", "streamlit", "run", app_script(), *settings, "--", log]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        await_health(f"http://localhost:{port}/_stcore/health")
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def await_health(url: str) -> None:
    """Wait until the app answers."""
    for _ in range(200):
        try:
            urlopen(url, timeout=2)  # noqa: S310  (our own server)
        except (URLError, OSError):
            time.sleep(0.3)
        else:
            return
    sys.exit("The app didn't start within a minute.")


def pages(browser: Browser, address: str, theme: str, width: int) -> Iterator[tuple[str, Page]]:
    """Open every page in turn, as high as it is.

    Args:
        browser: The browser.
        address: Where the app is.
        theme: `light` or `dark`.
        width: In pixels.

    Yields:
        What the page is called, and the page.
    """
    context = browser.new_context(
        viewport={"width": width, "height": HIGH},
        color_scheme="dark" if theme == "dark" else "light",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    opened(page, address)
    side = page.locator("[data-testid=stSidebar] a[data-testid=stPageLink-NavLink]")
    side.last.wait_for(state="attached")
    paths = [urlsplit(link.get_attribute("href") or "").path for link in side.all()]
    for path in dict.fromkeys(paths):
        opened(page, f"{address}/{path.strip('/')}")
        name = path.strip("/") or "overview"
        yield name, page
        if name == "journeys":
            page.locator(".st-key-_questions a").first.click()
            page.locator(".lanes svg").wait_for()
            settle(page)
            yield "journey", page
    context.close()


def opened(page: Page, url: str) -> None:
    """Open a page and wait until it has come to rest."""
    page.set_viewport_size({"width": page.viewport_size["width"], "height": HIGH})  # type: ignore[index]
    page.goto(url)
    page.locator(".pm-headline").first.wait_for()
    settle(page)


def settle(page: Page) -> None:
    """Wait until nothing is being asked any more, and make the page as high as it is."""
    page.wait_for_timeout(SETTLED)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(SETTLED)
    high = page.locator("[data-testid=stMain]").evaluate("main => main.scrollHeight")
    size = {"width": page.viewport_size["width"], "height": min(max(HIGH, high), HIGHEST)}  # type: ignore[index]
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.wait_for_timeout(SETTLED)


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    photograph(given.log.resolve(), given.folder)
