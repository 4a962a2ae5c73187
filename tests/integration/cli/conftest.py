"""A deployment by the command line on an anvil of each module's own, and a holder with a key file."""

import json

import pytest
from eth_account import Account
from tests.support.terminal import Terminal

from surety.sdk.anvil import Anvil
from surety.sdk.engines import dev_account
from surety.sdk.engines.rpc_engine import RpcEngine

HOLDER = dev_account(9)
PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def terminal(tmp_path_factory):
    with Anvil() as node:
        RpcEngine(node.url).prepare()
        yield Terminal(node, tmp_path_factory.mktemp("cli"))


@pytest.fixture(scope="module")
def deployed(terminal):
    """Simulated first, which must leave the chain as it was; then sent."""
    engine = RpcEngine(terminal.node.url)
    before = engine.block_number
    assert "nothing was sent" in terminal.run("deploy")
    assert engine.block_number == before
    assert not terminal.record.exists()
    assert "✓ deployed on chain 31337" in terminal.run("deploy", "--broadcast")
    return terminal


@pytest.fixture(scope="module")
def wallet(deployed, tmp_path_factory):
    """A holder with money and an encrypted key file, as a wallet has them."""
    suite = deployed.suite()
    suite.mint(HOLDER.address, 10**12)
    folder = tmp_path_factory.mktemp("keys")
    keystore, password = folder / "key.json", folder / "password"
    keystore.write_text(json.dumps(Account.encrypt(HOLDER.key, PASSWORD, iterations=2)))
    password.write_text(PASSWORD + "\n")
    return ["--keystore", str(keystore), "--password-file", str(password)]
