"""Who may see what: by claims, and refused where nothing is said."""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import procmine as pm
from tests.apps.serving import answering, free_port

ACCESS = {
    "claim": "groups",
    "roles": {"owners": "viewer", "team": "analyst", "it": "operator"},
    "scope": {"segment": {"claim": "segments"}},
}


@pytest.fixture
def app_modules(open_app, small_log):
    """The app's own modules, which are found once it has run."""
    open_app(small_log)
    return sys.modules["access"], sys.modules["data"]


@pytest.mark.parametrize(
    ("claims", "role", "scope"),
    [
        ({"groups": ["owners"], "segments": ["Business"]}, "viewer", (("segment", ("Business",)),)),
        ({"groups": ["owners", "team"], "segments": ["*"]}, "analyst", ()),
        ({"groups": "it", "segments": "*"}, "operator", ()),
        ({"groups": ["owners"]}, None, None),
        ({"groups": ["strangers"], "segments": ["*"]}, None, None),
        ({"groups": [], "segments": ["*"]}, None, None),
        ({}, None, None),
    ],
)
def test_claims_give_a_role_and_rows_or_nothing(app_modules, claims, role, scope):
    person = app_modules[0].person_of(claims, ACCESS)

    assert (person and person.role, person and person.scope) == (role, scope)


@pytest.mark.parametrize(
    "access",
    [{}, {"roles": {}}, {"claim": "groups"}],
)
def test_without_roles_nobody_is_let_in(app_modules, access):
    assert app_modules[0].person_of({"groups": ["it"], "roles": ["operator"]}, access) is None


@pytest.mark.parametrize(
    "access",
    [
        {"role": {"it": "viewer"}},
        {"roles": {"it": "admin"}},
        {"roles": {"it": "viewer"}, "scope": {"segment": {"claims": "x"}}},
        {"roles": {"it": "viewer"}, "scope": {"segment": "x"}},
    ],
)
def test_a_slip_in_access_lets_nobody_in(app_modules, access):
    with pytest.raises(pm.ConfigurationError):
        app_modules[0].person_of({"roles": ["it"]}, access)


def test_rows_out_of_scope_are_gone_before_anything_is_asked(app_modules, small_log):
    data = app_modules[1]
    opened = data.open_path(str(small_log))
    seen = data.within(opened, (("segment", ("Business", "Nobody's")),))

    assert seen.log.size == (5, 2)
    assert data.choices(seen).values == {"department": ("Care", "Credit", "Sales")}
    assert seen.key != opened.key
    for scope in ((("segment", ("Nobody's",)),), (("region", ("*",)),)):
        with pytest.raises(pm.InputError, match="no rows"):
            data.within(opened, scope)


def test_the_source_can_be_had_from_the_app(app_modules):
    names = zipfile.ZipFile(io.BytesIO(app_modules[0].source())).namelist()

    assert {"procmine/eventlog.py", "streamlit/main.py", "streamlit/components/map.js"} <= {*names}


SECRETS = """
[auth]
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "only for this test, thirty-two bytes and more"
client_id = "procmine"
client_secret = "known to all"
server_metadata_url = "http://localhost:{provider}/.well-known/openid-configuration"
[access]
claim = "groups"
[access.roles]
owners = "viewer"
[access.scope.segment]
claim = "segments"
"""


@pytest.fixture
def signed_in_as(browser, small_log, tmp_path):
    """Start app and provider; return the page that somebody of these claims sees."""
    running, pages = [], []

    def start(claims):
        port, provider = free_port(), free_port()
        secrets = tmp_path / "secrets.toml"
        secrets.write_text(SECRETS.format(port=port, provider=provider))
        fake = Path(__file__).with_name("fake_provider.py")
        app = ["-m", "procmine", "app", small_log, "--port", str(port), "--headless"]
        running.extend(map(begun, ([fake, str(provider), claims], [*app, "--access", secrets])))
        answering(f"http://localhost:{provider}/")
        answering(f"http://localhost:{port}/_stcore/health")
        page = browser.new_page()
        pages.append(page)
        page.set_default_timeout(60_000)
        page.goto(f"http://localhost:{port}")
        page.get_by_role("button", name="Sign in").wait_for()
        assert page.locator(".pm-cards").count() == 0
        page.get_by_role("button", name="Sign in").click()
        return page

    yield start
    for page in pages:
        page.close()
    for process in running:
        os.killpg(process.pid, 15)
        process.wait(timeout=20)


def begun(arguments):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.Popen(command, start_new_session=True, **quiet)


@pytest.mark.slow
def test_a_viewer_signs_in_and_sees_the_rows_of_one_segment_alone(signed_in_as):
    page = signed_in_as('{"name": "Ada", "groups": ["owners"], "segments": ["Business"]}')
    page.wait_for_selector(".pm-cards")

    assert page.locator(".pm-cards").inner_text().split("\n")[:2] == ["Journeys", "2"]
    assert page.get_by_text("Signed in: Ada (viewer)").is_visible()
    page.get_by_text("Export, or do the same elsewhere").click()
    page.get_by_role("tab", name="Journeys").click()
    page.get_by_text("not take the journeys along").wait_for()
    assert page.get_by_role("button", name="Prepared log").count() == 0


@pytest.mark.slow
def test_whoever_has_no_role_is_refused(signed_in_as):
    page = signed_in_as('{"name": "Mallory", "groups": ["guests"], "segments": ["*"]}')
    page.get_by_text("Mallory may see nothing here").wait_for()

    assert page.locator(".pm-cards").count() == 0
