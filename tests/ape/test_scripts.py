"""The scripts under ape, as a person runs them, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.world import changed_config

from surety.sdk.anvil import Anvil, free_port
from surety.sdk.root import repository_root

pytestmark = pytest.mark.ape

FOUNDRY = "ethereum:local:foundry"


def ape(*arguments):
    command = [str(Path(sys.executable).parent / "ape"), "run", *map(str, arguments)]
    return subprocess.run(command, cwd=repository_root(), capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def network():
    with Anvil() as node:
        yield f"ethereum:local:{node.url}"


def test_deploy_then_verify__on_a_running_anvil__idempotent_and_rehearsed(network, tmp_path):
    record = tmp_path / "record.yaml"
    first = ape("deploy", "--network", network, "--record", record)
    assert first.returncode == 0, first.stderr
    assert "checks passed; recorded in record.yaml" in first.stdout
    text = record.read_text()
    again = ape("deploy", "--network", network, "--record", record)
    assert again.returncode == 0, again.stderr
    assert "done" not in again.stdout
    assert record.read_text() == text
    verified = ape("verify", "--network", network, "--record", record)
    assert verified.returncode == 0, verified.stderr
    assert "ok      rehearsal: redeem at par" in verified.stdout
    assert "FAILED" not in verified.stdout
    other = changed_config(tmp_path, fee_bps=300)
    differs = ape("verify", "--network", network, "--record", record, "--config", other)
    assert differs.returncode == 4
    assert "FAILED  fee: 200 on the chain, 300 expected" in differs.stdout
    assert differs.stderr.splitlines()[-1].startswith("Error: verification failed: fee")


def test_deploy__on_apes_own_foundry__finds_anvil(tmp_path):
    done = ape("deploy", "--network", FOUNDRY, "--record", tmp_path / "record.yaml")
    assert done.returncode == 0, done.stderr
    assert "fund_reserve: done" in done.stdout
    assert "checks passed" in done.stdout


@pytest.mark.slow
def test_simulate__on_apes_own_foundry__accounts_for_everything(tmp_path):
    done = ape("simulate", "--network", FOUNDRY, "--weeks", 16, "--out", tmp_path / "report")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report" / "index.html").exists()


@pytest.mark.slow
def test_verify__nothing_deployed__one_line_and_4(network, tmp_path):
    done = ape("verify", "--network", network, "--record", tmp_path / "none.yaml")
    assert done.returncode == 4
    assert done.stderr.splitlines()[-1] == "Error: no deployment is recorded in none.yaml: deploy first"


@pytest.mark.slow
def test_deploy__no_node__one_line_and_2(tmp_path):
    url = f"ethereum:local:http://127.0.0.1:{free_port()}"
    done = ape("deploy", "--network", url, "--record", tmp_path / "record.yaml")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("Error: ")


def test_deploy__malformed_configuration__one_line_and_1(network, tmp_path):
    done = ape("deploy", "--network", network, "--config", changed_config(tmp_path, fee_bps=-1))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "Error: changed.yaml: fee_bps: must be from 0 to 1000, not -1"
