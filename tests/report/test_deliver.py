"""Messages to a real SMTP server and a real webhook on this machine: when, to whom, with what."""

import json
import socket
import threading
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller

from procmine.errors import ConfigurationError
from procmine.report.account import account
from procmine.report.make import make_report
from tests.report.conftest import FEBRUARY, JANUARY

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning"),  # in apprise
]


@pytest.fixture
def hook():
    """A webhook: what it was sent, and whether it takes it."""
    got = SimpleNamespace(bodies=[], status=200)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            content = self.rfile.read(int(self.headers["Content-Length"]))
            if got.status == 200:
                got.bodies.append(json.loads(content))
            self.send_response(got.status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    got.url = f"json://127.0.0.1:{server.server_port}/hook"
    yield got
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def smtp():
    """An SMTP server: the messages that it was given."""
    got = SimpleNamespace(messages=[])

    class Handler:
        async def handle_DATA(self, server, session, envelope):  # noqa: N802, ARG002
            message = message_from_bytes(envelope.content, policy=default)
            got.messages.append((envelope.rcpt_tos, message))
            return "250 OK"

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        got.port = probe.getsockname()[1]
    controller = Controller(Handler(), hostname="127.0.0.1", port=got.port, ready_timeout=60)
    controller.start()
    yield got
    controller.stop()


def receiver(url, more=""):
    return f'\n[[delivery]]\nname = "operations"\nurl = "{url}"\n{more}'


def test_a_change_is_told_once_and_no_change_is_not(configured, hook):
    path = configured(receiver(hook.url))
    assert make_report(path, JANUARY).notes == ()
    assert hook.bodies == []

    told = make_report(path, FEBRUARY)
    assert told.notes == ("Told 'operations'.",)
    (message,) = hook.bodies
    assert message["title"] == "Questions: 2 of 2 checks broke"
    assert message["message"].splitlines()[:3] == told.sentences
    assert "- broke: “Care is quick” is at 1.4 d (was 4 h)" in message["message"]
    assert message["type"] == "failure"

    assert make_report(path, FEBRUARY).notes == ()
    assert make_report(path, "2026-03-02").notes == ()
    assert len(hook.bodies) == 1

    mended = make_report(path, "2026-02-03")
    assert mended.notes == ("Told 'operations'.",)
    assert hook.bodies[-1]["title"] == "Questions: nothing is broken again"
    assert account(path).deliveries["told"].to_list() == [True, True]


def test_one_who_asks_is_told_each_run_but_none_twice(configured, hook):
    path = configured(receiver(hook.url, "always = true"))
    for date in (JANUARY, "2026-02-02", "2026-02-02"):
        make_report(path, date)
    assert [b["title"] for b in hook.bodies] == ["Questions: nothing is broken"] * 2


def test_a_failed_message_fails_no_run_is_said_and_comes_with_the_next(configured, hook):
    path = configured(receiver(hook.url))
    make_report(path, JANUARY)
    hook.status = 500
    (said,) = make_report(path, FEBRUARY).notes
    assert said.startswith("'operations' couldn't be told: it can't be reached")
    assert account(path).deliveries.select("told", "said").rows() == [
        (False, "it can't be reached, or refused the message")
    ]

    hook.status = 200
    assert make_report(path, "2026-03-02").notes == ("Told 'operations'.",)
    (message,) = hook.bodies
    assert "The message on the run as of 2026-03-01 couldn't be delivered." in message["message"]
    assert make_report(path, "2026-03-03").notes == ()


def test_a_mail_carries_the_report_and_its_password_comes_from_outside(
    configured, smtp, monkeypatch
):
    url = "mailto://127.0.0.1:${PORT}?mode=insecure&from=procmine@example.com&to=owner@example.com"
    monkeypatch.setenv("PORT", str(smtp.port))
    path = configured(receiver(url, 'attach = ["html"]'))
    made = make_report(path, FEBRUARY)
    assert made.notes == ("Told 'operations'.",)
    ((to, message),) = smtp.messages
    assert to == ["owner@example.com"]
    assert message["Subject"] == "Questions: 2 of 2 checks broke"
    text = message.get_body(("plain", "html")).get_content()
    assert "Business customers wait longest" in text
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "report.html"
    assert b"</html>" in attached.get_payload(decode=True)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", r"delivery\[0\].url: the address of 'operations' can't be read"),
        ("${NO_SUCH_WORD}", r"delivery\[0\].url takes \$\{NO_SUCH_WORD\} from the environment"),
        ("json://u:${NO_SUCH_WORD}@h", "it isn't set. Set it: export NO_SUCH_WORD"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_before_the_work(
    configured, tmp_path, url, sentence
):
    path = configured(receiver(url))
    with pytest.raises(ConfigurationError, match=sentence):
        make_report(path, JANUARY)
    assert not (tmp_path / "out" / "report.html").exists()


def test_a_secret_is_quoted_inside_an_address_and_never_shown(configured, monkeypatch, capfd):
    monkeypatch.setenv("WORD", "p@ss/word:1")
    path = configured(receiver("json://me:${WORD}@127.0.0.1:9/x"))
    (said,) = make_report(path, FEBRUARY).notes
    told = json.dumps(account(path).to_dict()) + said + "".join(capfd.readouterr())
    assert "couldn't be told" in said
    assert "p@ss" not in told
    assert "p%40ss" not in told
