"""A second anvil forks the first: what is played there leaves the first as it was."""

from __future__ import annotations

import pytest
from tests.support.world import changed_config

from surety.config import load_config
from surety.sdk.anvil import Anvil
from surety.sdk.artefacts import artefact
from surety.sdk.deploy import deploy
from surety.sdk.engines.rpc_engine import RpcEngine
from surety.sdk.errors import SetupError, UsageError
from surety.sdk.rehearse import rehearse, rehearse_on_fork
from surety.sdk.rehearse_money import give
from surety.sdk.slashes import Slashes
from surety.sdk.suite import MAX_UINT
from surety.sdk.verify import verify

pytestmark = pytest.mark.fork


def fingerprint(chain, record):
    newest = chain.request("eth_getBlockByNumber", "latest", False)
    return newest["hash"], newest["stateRoot"], [chain.balance(one) for one in record.addresses.values()]


def test_rehearse_on_fork__after_trades__passes_and_leaves_the_chain(chain, node, config):
    suite, record = deploy(chain, config)
    holder = chain.accounts[6]
    suite.mint(holder, suite.units(1_000_000))
    suite.approve(holder)
    suite.buy(holder, suite.maturity_for(300 * 86_400), suite.units(300_000))
    for days in (60, 300):  # interest runs while the rehearsal does, and a maturity of others passes
        maturity, spent = suite.maturity_for(days * 86_400), suite.units(50_000)
        suite.variable.send("buy", maturity, spent, 0, holder, MAX_UINT, sender=holder)
    before = fingerprint(chain, record)
    checks = rehearse_on_fork(node.url, record)
    names = {check.name.removeprefix("rehearsal: ") for check in checks}
    assert {
        "buy",
        "sell",
        "redeem at par",
        "exchange",
        "wrapper",
        "lock",
        "variable bonds",
        "vault",
        "all paid out",
        "operator registered",
        "stake seized",
        "vetoed slash handed back",
        "slash paid out",
        "all stake out",
    } <= names
    assert not [check for check in checks if not check.ok]
    assert fingerprint(chain, record) == before


def test_rehearse_on_fork__sales_paused__says_so(chain, node, config):
    suite, record = deploy(chain, config)
    suite.market.send("set_pause", False, True, sender=record.roles["market"]["GUARDIAN"][0])
    checks = rehearse_on_fork(node.url, record)
    assert [check.detail for check in checks if not check.ok] == ["flow_limits: sales are paused"]


def test_rehearse_on_fork__nobody_may_slash__stake_still_comes_and_leaves(chain, node, config):
    suite, record = deploy(chain, config)
    guardian = record.roles["slashing_terms"]["GUARDIAN"][0]
    for judge in Slashes(suite).stakes.unbound_judges():
        suite.slashing_terms.send("suspend_proposer", judge, sender=guardian)
    checks = {check.name: check for check in rehearse_on_fork(node.url, record)}
    assert not [check for check in checks.values() if not check.ok]
    assert checks["rehearsal: stake seized"].detail == "nobody is listed who may"
    assert "rehearsal: slash paid out" not in checks


def test_verify__on_the_fork__agrees_with_the_chain(chain, node, config):
    _, record = deploy(chain, config)
    with Anvil(chain_id=None, fork_url=node.url) as second:
        fork = RpcEngine(second.url).prepare()
        assert fork.chain_id == chain.chain_id
        assert verify(fork, record, config) == verify(chain, record, config)


def test_deploy__on_the_fork__resumes_what_the_chain_began(chain, node, config, tmp_path):
    path = tmp_path / "record.yaml"

    class KilledError(Exception):
        pass

    def kill(step, state, number, count):
        if (step, state) == ("market", "pending"):
            raise KilledError

    with pytest.raises(KilledError):
        deploy(chain, config, path, progress=kill)
    block = chain.block_number
    with Anvil(chain_id=None, fork_url=node.url) as second:
        fork = RpcEngine(second.url).prepare()
        _, record = deploy(fork, config, path)
        assert not [check for check in verify(fork, record, config) if not check.ok]
    assert chain.block_number == block


def test_give__asset_nobody_can_mint__writes_its_balance(chain, config, tmp_path):
    me = chain.accounts[0]
    asset = chain.create(me, artefact("MockNoReturnERC20").creation("USDC", "USDC", 6)).contract
    external = {"label": "USDC", "decimals": 6, "address": asset}
    unfunded = changed_config(tmp_path, asset=external, reserve=0, variable={"reserve": 0})
    suite, record = deploy(chain, load_config(unfunded))
    suite.mint = refuse  # as an asset does whose minter is somebody else
    give(suite, me, 123)
    give(suite, me, 456)
    assert suite.cash(me) == 579
    assert not [check for check in rehearse(chain, record) if not check.ok]


def refuse(receiver, units):
    from surety.sdk.errors import Reverted

    raise Reverted("erc20: not the minter")


def test_rehearse__on_a_network__refused(chain, config):
    _, record = deploy(chain, config)
    network = RpcEngine(chain.web3)
    network.local = False
    with pytest.raises(UsageError, match="give it a fork"):
        rehearse(network, record)


def test_anvil__fork_of_nothing__one_line_error():
    with pytest.raises(SetupError, match="anvil") as caught, Anvil(fork_url="http://127.0.0.1:9"):
        pass
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


def test_dump__then_state__is_the_same_chain(chain, node, config, tmp_path):
    suite, record = deploy(chain, config)
    node.dump(tmp_path / "state.json")
    with Anvil(state=tmp_path / "state.json") as again:
        engine = RpcEngine(again.url)
        assert not [check for check in verify(engine, record, config) if not check.ok]
        assert engine.timestamp == suite.engine.timestamp
