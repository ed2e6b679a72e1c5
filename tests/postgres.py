"""A PostgreSQL of our own: Debian's server, on a free port, in a folder that goes afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

USER, PASSWORD = "procmine", "s3cret/of@procmine"
ENCODED = quote(PASSWORD, safe="")


@dataclass(frozen=True)
class Server:
    """A server that runs and asks for a password, one that a URL can't hold as it is."""

    programs: Path
    folder: Path
    port: int

    def url(self, database="orders", password=ENCODED):
        return f"postgresql://{USER}:{password}@127.0.0.1:{self.port}/{database}"

    def run(self, statements, database="orders", given=""):
        """Run SQL through psql, which shares no code with what is tested."""
        where = ("-h", self.folder, "-p", str(self.port), "-U", USER, "-d", database)
        command = [self.programs / "psql", *where, "-XqAt", "-v", "ON_ERROR_STOP=1"]
        done = subprocess.run(
            [*command, "-c", statements],
            input=given,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PGCLIENTENCODING": "UTF8"},
        )
        return done.stdout


def programs():
    """The folder of the newest server's programs; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def _version(path):
    return float(path.parts[-3])


@contextmanager
def server():
    """Start a server, and stop it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="procmine-pg-"))
    try:
        yield from _running(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _running(folder):
    where = programs()
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        shutil.chown(folder / "password", "postgres")
    data, port = folder / "data", _free_port()
    logins = ("--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile", folder / "password")
    _as_user(where / "initdb", "-D", data, "-U", USER, "-E", "UTF8", "--no-sync", *logins)
    settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = (where / "pg_ctl", "-D", data, "-w", "-l", folder / "log")
    _as_user(*control, "-o", settings, "start")
    try:
        found = Server(where, folder, port)
        found.run("CREATE DATABASE orders", "postgres")
        yield found
    finally:
        _as_user(*control, "-m", "immediate", "stop")


def _as_user(*command):
    """PostgreSQL refuses to run as root: it runs as Debian's own user for it."""
    user = ()
    if os.geteuid() == 0:
        pwd.getpwnam("postgres")
        user = ("runuser", "-u", "postgres", "--")
    subprocess.run(
        [*user, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
    )


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
