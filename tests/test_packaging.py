"""What is shipped: the wheel alone, in an empty folder, gives all three users what they need."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import tarfile
import time
import tomllib
import zipfile
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

import procmine
from procmine.app import app_script

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def normal(requirement):
    """Return the name in a requirement, as registries compare names."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def test_the_version_is_the_same_everywhere():
    assert procmine.__version__ == PROJECT["version"] == version("procmine")


def test_constraints_hold_names_and_versions_only():
    marker = r"[a-z_]+ [<>=!]+ '[\w.]+'"
    line = re.compile(rf"[a-z0-9-]+==[0-9a-z.]+( ; {marker}( (and|or) {marker})*)?")

    lines = (ROOT / "constraints.txt").read_text().splitlines()

    assert [x for x in lines if not line.fullmatch(x)] == []


def test_every_dependency_has_a_version_in_the_constraints():
    asked = chain(PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())

    locked = {normal(x) for x in (ROOT / "constraints.txt").read_text().splitlines()}

    assert {normal(x) for x in asked} - locked == {"procmine"}  # its extras, for development


def test_the_app_is_found_in_the_repository():
    assert app_script() == ROOT / "apps" / "streamlit" / "main.py"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The wheel built from the sdist, so that the sdist is proved complete too."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return next(folder.glob("*.whl")), next(folder.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """Run a command of the installed wheel in an empty folder; its libraries are borrowed."""
    home = tmp_path_factory.mktemp("elsewhere")
    venv = home / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    pip = [sys.executable, "-m", "pip", "--quiet", "--python", venv / "bin" / "python", "install"]
    subprocess.run([*pip, "--no-deps", "--no-index", built[0]], check=True)
    borrowed = sysconfig.get_paths(vars={"base": str(venv), "platbase": str(venv)})["purelib"]
    # A .pth within a borrowed folder isn't followed, so an editable procmine there stays unseen.
    Path(borrowed, "borrowed.pth").write_text(sysconfig.get_paths()["purelib"])
    work = home / "work"
    work.mkdir()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PROCMINE"))}

    def start(name, *arguments, **options):
        command = [venv / "bin" / name, *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=work, env=environment, **pipes, **options)

    return start


def output(process):
    """Wait for a command and return what it printed; whatever it said is in the failure."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


@pytest.mark.slow
def test_the_wheel_carries_the_app_the_samples_and_nothing_of_the_workshop(built):
    names = zipfile.ZipFile(built[0]).namelist()

    app = ("_app/main.py", "_app/style.css", "_app/.streamlit/config.toml")
    for needed in ("py.typed", *app, "_sample_logs/broadband/__init__.py"):
        assert f"procmine/{needed}" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"procmine"}
    assert not [name for name in names if "__pycache__" in name]


@pytest.mark.slow
def test_the_sdist_carries_what_its_tests_need(built):
    with tarfile.open(built[1]) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}

    assert {"Makefile", "constraints.txt", "README.md", "tests/conftest.py", ".ci/run"} <= names
    assert not [name for name in names if name.startswith((".venv", "out/", ".git/"))]


@pytest.mark.slow
def test_the_installed_wheel_is_what_the_tests_here_run(installed):
    where = output(installed("python", "-c", "import procmine; print(procmine.__file__)"))

    assert "elsewhere" in where


@pytest.mark.slow
def test_the_installed_wheel_makes_a_sample_and_answers(installed):
    assert "handoffs" in output(installed("procmine", "--help"))
    written = output(installed("procmine", "sample", "broadband", "--output", "here")).split()
    answer = json.loads(output(installed("procmine", "overview", written[0], "--format", "json")))

    assert answer["analysis"] == "overview"
    assert answer["tables"]["summary"][0]["departments"] == 5


@pytest.mark.slow
def test_the_installed_app_shows_its_first_page(installed):
    program = """
import sys
from streamlit.testing.v1 import AppTest
from procmine.app import app_script
sys.path.insert(0, str(app_script().parent))  # as `streamlit run` does
shown = AppTest.from_file(app_script(), default_timeout=60).run()
assert not shown.exception, shown.exception
print(app_script())
"""

    assert "elsewhere" in output(installed("python", "-c", program))


@pytest.mark.slow
def test_the_installed_wheel_serves_the_app(installed):
    output(installed("procmine", "sample", "broadband", "--events", "500", "--output", "for_app"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = installed(
        "procmine", "app", "for_app/mapping.toml", "--headless", "--port", str(port),
        start_new_session=True,
    )  # fmt: skip
    try:
        assert fetched(f"http://localhost:{port}/_stcore/health", app) == "ok"
        assert "<title>" in fetched(f"http://localhost:{port}/", app)
    finally:
        os.killpg(app.pid, signal.SIGTERM)
        app.communicate(timeout=30)


def fetched(address, server, seconds=60):
    """Return the page of a server that is starting."""
    until = time.monotonic() + seconds
    while True:
        assert server.poll() is None, server.communicate()[1]
        try:
            with urlopen(address, timeout=5) as page:  # noqa: S310  (loopback)
                return page.read().decode()
        except (URLError, ConnectionError):
            assert time.monotonic() < until, f"no answer within {seconds} s"
            time.sleep(0.2)
