"""The app, run without a browser, on logs whose figures can be counted by hand."""

import re
import shutil
import sys
import time
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import procmine as pm
from procmine.app import app_script
from procmine.wording import without_options

LOGS = Path(__file__).parents[2] / "sample_logs" / "logs"

SMALL = """case,activity,time,department,segment
1,ask,2026-01-05T09:00Z,Sales,Business
1,check,2026-01-05T11:00Z,Credit,Business
1,answer,2026-01-06T11:00Z,Sales,Business
2,ask,2026-01-06T09:00Z,Sales,Consumer
2,answer,2026-01-06T10:00Z,Sales,Consumer
3,ask,2026-01-07T23:30Z,Sales,Consumer
3,answer,2026-01-09T10:00Z,Credit,Consumer
4,complain,2026-01-08T08:00Z,Care,Business
4,answer,2026-01-09T08:00Z,Sales,Business
"""


@pytest.fixture(scope="session", autouse=True)
def components():
    """Look once for what is installed that brings components: each app would look anew."""
    with pytest.MonkeyPatch.context() as patch:
        once = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture
def small_log(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(SMALL)
    return path


@pytest.fixture
def no_departments(tmp_path):
    path = tmp_path / "plain.csv"
    path.write_text("\n".join(line.rsplit(",", 2)[0] for line in SMALL.splitlines()))
    return path


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """Prepare a sample once, with its files beside it; return where the log lies."""

    @cache
    def prepare(name):
        folder = tmp_path_factory.mktemp(name)
        for file in ("reasons.toml", "policy.toml", "calendars.toml", "peer_survey.csv"):
            if (LOGS / name / file).exists():
                shutil.copy(LOGS / name / file, folder)
        return pm.read(LOGS / name / "mapping.toml").write(folder / f"{name}.parquet")

    return prepare


@pytest.fixture
def open_app(monkeypatch):
    """Run the app on logs; `page` is its name in the link, the rest are query parameters."""

    def run(*paths, page="overview", locale=None, **parameters):
        monkeypatch.setattr(sys, "argv", ["main.py", *map(str, paths)])
        app = AppTest.from_file(app_script(), default_timeout=60)
        app.context["locale"] = locale
        for name, value in parameters.items():
            app.query_params[name] = value
        return app.run() if page == "overview" else turn_to(app, page)

    return run


@pytest.fixture
def look_as(open_app, small_log, monkeypatch):
    """Open the app from now on as somebody with a role, who may see some rows alone."""

    def become(role, scope=()):
        open_app(small_log)  # the app's modules are found once it has run
        access = sys.modules["access"]
        monkeypatch.setattr(access, "admitted", lambda: access.Person("Ada", role, scope))

    return become


@pytest.fixture
def upload(open_app):
    """Upload a file and go through the wizard, up to the account of what was read."""

    def run(name, content, locale=None, **columns):
        app = open_app(locale=locale)
        app.file_uploader[0].set_value((name, content, "application/octet-stream")).run()
        for role, column in columns.items():
            app.selectbox(f"_role {role}").set_value(column)
        button(app, "Read the file").click().run()
        for _ in range(120):
            if not any(b.label == "Stop" for b in app.button):
                return app
            time.sleep(0.5)
            app.run()
        pytest.fail("the upload wasn't read within a minute")

    return run


@pytest.fixture
def turn():
    return turn_to


def button(app, label):
    return next(b for b in app.button if b.label == label)


def turn_to(app, page):
    """Open a page that is a function: AppTest itself only knows pages that are files."""
    app._page_hash = calc_hash(page)
    app.run()
    assert page in {info["url_pathname"] for info in app._registered_pages.values()}
    return app


@pytest.fixture
def said():
    """Return all that the app says in HTML of its own, in links and on folds, as plain text."""

    def read(app):
        bodies = [element.proto.body for element in app.get("html")]
        labels = [link.proto.label for link in app.get("page_link")]
        labels += [fold.label for fold in app.expander]
        links = [re.sub(r"\*\*|\\", "", label) for label in labels]
        text = " ".join([unescape(re.sub(r"<[^>]+>", " ", " ".join(bodies))), *links])
        return re.sub(r"(?<=\() | (?=[.,;:?%)])", "", " ".join(text.split())).replace("%", " %")

    return read


@pytest.fixture
def plain():
    """Return a sentence as pages say it, with the spaces that `said` leaves in it."""

    def clean(sentence):
        words = " ".join(without_options(sentence).split())
        return re.sub(r"(?<=\() | (?=[.,;:?%)])", "", words).replace("%", " %")

    return clean
