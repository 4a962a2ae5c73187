"""A market of one's own: started, traded on, moved in time, ended."""

import signal
import socket
import subprocess
import sys

import pytest
from click.testing import CliRunner

from surety.cli.app import cli
from surety.cli.errors import guarded
from surety.sdk.anvil import free_port
from surety.sdk.engines import dev_account

pytestmark = pytest.mark.integration
TRADER = dev_account(5).address


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    """Options that lead to a node in a process of its own; interrupted at the end."""
    port, record = free_port(), tmp_path_factory.mktemp("node") / "record.yaml"
    command = [sys.executable, "-c", "from surety.cli import main; main()", "node"]
    with subprocess.Popen(
        [*command, "--port", str(port), "--record", str(record)], stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout:
            if "interrupt to end it" in line:
                break
        yield ["--rpc-url", f"http://127.0.0.1:{port}", "--record", str(record)]
        process.send_signal(signal.SIGINT)
        assert "ended" in process.communicate(timeout=30)[0]
        assert process.returncode == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def run(options, *command):
    result = CliRunner().invoke(cli, [*command, *options], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_node__trader_without_a_key__buys_and_is_paid_after_time_has_passed(market):
    me = ("--broadcast", "--as", TRADER)
    assert "1000000" in run(market, "market", "holdings", TRADER, "--output", "json")
    run(market, "market", "approve", "1000", *me)
    run(market, "market", "buy", "4w", "100", *me)
    assert "it is 2024-11-11 00:00" in run(market, "advance", "5w")
    assert "redeem" in run(market, "market", "holdings", TRADER)
    run(market, "market", "redeem", "2024-11-07", *me)
    assert "✓" in run(market, "verify")


def test_advance__no_duration__usage(market, capsys):
    assert guarded(lambda: cli.main(["advance", "2024-01-01", *market], standalone_mode=False)) == 1
    assert "write hours, days" in capsys.readouterr().err


def test_node__port_taken__environment(market, capsys):
    port = market[1].rsplit(":", 1)[1]
    assert guarded(lambda: cli.main(["node", "--port", port, *market[2:]], standalone_mode=False)) == 2
    assert "is taken" in capsys.readouterr().err
