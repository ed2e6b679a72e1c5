"""The same on Spark Connect: a server of its own, and a client that has no Spark in its process."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

import procmine as pm
from tests.conftest import needed
from tests.strategies import EXAMPLES, frame, log_of

pytestmark = pytest.mark.slow

CLIENT = """
import json, sys, warnings
warnings.simplefilter("ignore", FutureWarning)  # pyspark's word on pandas 3
from pathlib import Path
import procmine as pm
from procmine.on_spark import Settings, prepare_with_spark, read_spark
from procmine.prepare.spark import session
raw, output, master = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
made = prepare_with_spark([raw], output, Settings({}), master=master)
held = read_spark(session(master).read.parquet(str(raw)), Settings({}))
assert "connect" in type(held.events).__module__, type(held.events)
kept = held.filter_cases(passes_through="ask")
print(json.dumps({
    "made": pm.handoffs(made).to_dict()["tables"],
    "held": pm.handoffs(held).to_dict()["tables"],
    "kept": kept.size,
    "quality": [dict(made.meta.quality), dict(held.meta.quality)],
}))
"""


@pytest.fixture(scope="module")
def server():
    """A Spark Connect server of this machine: the pyspark package brings all it needs."""
    needed("pyspark (extra: spark)", there=find_spec("pyspark") is not None)
    needed("grpcio (extra: spark)", there=find_spec("grpc") is not None)
    home = Path(find_spec("pyspark").origin).parent
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": port,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
    }
    command = [home / "sbin" / "start-connect-server.sh", "--wait", "--master", "local[2]"]
    command += [word for key, value in settings.items() for word in ("--conf", f"{key}={value}")]
    started = subprocess.Popen(
        ["bash", *map(str, command)],
        env=os.environ | {"SPARK_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(port, started)
        yield f"sc://127.0.0.1:{port}"
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def wait_for(port, started):
    """Wait until somebody answers at the port."""
    until = time.monotonic() + 180
    while time.monotonic() < until:
        assert started.poll() is None, "the Connect server ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    pytest.fail("the Connect server doesn't answer")


def test_preparing_and_asking_by_way_of_connect(server, tmp_path):
    rows = EXAMPLES["everything known"]
    frame(rows).write_parquet(tmp_path / "raw.parquet")
    output = tmp_path / "log.parquet"
    command = [sys.executable, "-c", CLIENT, str(tmp_path / "raw.parquet"), str(output), server]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    expected = json.loads(json.dumps(pm.handoffs(log_of(rows)).to_dict()["tables"]))
    assert found["made"] == found["held"] == expected
    assert found["kept"] == list(log_of(rows).filter_cases(passes_through="ask").size)
    assert found["quality"][0] == found["quality"][1]
    assert pm.read(output).size == log_of(rows).size
