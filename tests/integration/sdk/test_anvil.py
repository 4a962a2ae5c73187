"""The node as a child process: its own port, its own end, errors in one line."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from surety.sdk import anvil
from surety.sdk.anvil import Anvil
from surety.sdk.engines.rpc_engine import RpcEngine
from surety.sdk.errors import SetupError, UsageError

pytestmark = pytest.mark.integration


def test_start__port_taken__refused_and_the_other_left_alone():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(SetupError, match=f"port {port} on 127.0.0.1 is taken") as caught:
            Anvil(port).start()
        assert caught.value.exit_code == 2


def test_stop__twice__process_gone_and_port_free():
    node = Anvil().start()
    pid = node.pid
    node.stop()
    node.stop()
    assert node.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with Anvil(node.port):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux to end the child")
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_start__parent_killed__node_ends_too(by):
    program = "import time; from surety.sdk.anvil import Anvil; print(Anvil().start().pid, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        parent.send_signal(by)
        parent.wait(10)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and Path(f"/proc/{pid}").exists():
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()


def test_start__clock__is_the_given_one_and_stands_still():
    with Anvil(timestamp=1_700_000_000) as node:
        engine = RpcEngine(node.url).prepare()
        time.sleep(1.1)
        engine.transact(engine.accounts[0], engine.accounts[1], value=1)
        assert engine.timestamp == 1_700_000_000
        assert engine.block_number == 1


def test_prepare__earlier_time_on_a_fresh_chain__sets_the_clock_back():
    with Anvil(timestamp=1_900_000_000) as node:
        assert RpcEngine(node.url).prepare(1_700_000_000).timestamp == 1_700_000_000
        with pytest.raises(UsageError, match="has 1 blocks already"):
            RpcEngine(node.url).prepare(1_600_000_000)


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads the sockets of Linux")
def test_listen__loopback_only():
    with Anvil() as node:
        assert node.url.startswith("http://127.0.0.1:")
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        listening = [row[1].split(":") for row in rows if row[3] == "0A"]
        assert [address for address, port in listening if int(port, 16) == node.port] == ["0100007F"]


def test_binary__not_installed__tells_the_command(monkeypatch, tmp_path):
    (tmp_path / "contracts").mkdir()
    monkeypatch.setenv("SURETY_ROOT", str(tmp_path))
    monkeypatch.delenv("SURETY_ANVIL", raising=False)
    with pytest.raises(SetupError, match="run `npm install --no-save`"):
        anvil.binary()


def test_binary__named_but_missing__refused(monkeypatch):
    monkeypatch.setenv("SURETY_ANVIL", "no-such-anvil")
    with pytest.raises(SetupError, match="no-such-anvil, which can't be run"):
        anvil.binary()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://user:secret@127.0.0.1:9/v3/key?token=secret"])
def test_engine__no_node__one_line_without_the_key(url):
    with pytest.raises(SetupError) as caught:
        RpcEngine(url)
    message = str(caught.value)
    assert message.startswith("no Ethereum node answers at http://127.0.0.1:9 ")
    assert "secret" not in message
    assert "key" not in message
    assert caught.value.exit_code == 2


def test_engine__not_a_node__one_line_error():
    import http.server
    import threading

    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(SetupError, match="no Ethereum node answers"):
            RpcEngine(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
