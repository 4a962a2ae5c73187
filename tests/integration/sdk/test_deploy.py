"""Deployments that are killed anywhere and resumed, on a chain with history and on one without."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest
from tests.support.world import changed_config

from surety.config import load_config
from surety.sdk.deploy import deploy
from surety.sdk.engines import dev_account, make_engine
from surety.sdk.engines.rpc_engine import KeySigner, RpcEngine
from surety.sdk.errors import ChainError, ConfigError, RecordError, SetupError, UsageError
from surety.sdk.record import Record, record_path
from surety.sdk.verify import verify

pytestmark = pytest.mark.integration

BOND_STEPS = (
    *("asset", "timelock", "bounds", "lens", "token_blueprint", "variable_blueprint", "treasury_blueprint", "market"),
    *("wrapper_blueprint", "wrappers", "exchange", "lock"),
    *("observer", "rolling_blueprint", "classes", "first_class", "vault"),
    *("mint_asset", "approve_reserve", "fund_reserve", "fund_interest"),
)
RESTAKING_STEPS = (
    *("price_feed", "bond_feed", "assets", "escrow_blueprint", "judgement_blueprint", "slashing_terms", "slashes"),
    *("signer_blueprint", "operators", "pools", "exposure", "rewards"),
    *("liquid_blueprint", "liquid_rewards_blueprint", "ticket_blueprint", "liquid_factory"),
    *("list_asset", "list_bonds", "set_minimum", "list_pools", "list_judge"),
)
COMMITMENT_STEPS = (
    *("machine", "desk_blueprint", "appraiser", "commitments", "bonding", "prover"),
    *("plugin_prover", "header_predicate", "challenges", "beacon", "liveness"),
    *("payout_formula", "payouts"),
    *("list_bonding", "list_prover", "list_plugin_prover", "list_challenges", "set_ties", "list_rolling", "list_vault"),
)
HANDED_OVER = (
    *("hand_over_assets", "leave_assets", "hand_over_slashing_terms", "leave_slashing_terms"),
    *("hand_over_operators", "leave_operators", "hand_over_desk", "leave_desk"),
)
STEPS = BOND_STEPS + RESTAKING_STEPS + COMMITMENT_STEPS + HANDED_OVER
KILLED_AT = (
    *BOND_STEPS,
    *("slashing_terms", "operators", "pools", *RESTAKING_STEPS[-5:]),
    *("commitments", "bonding", *COMMITMENT_STEPS[-7:]),
    *HANDED_OVER[:2],
)
"""Of the steps that only create, those where more is known by their result."""
FEW = {"market", "fund_reserve", "slashing_terms", "pools", "bonding", "list_prover", HANDED_OVER[0], HANDED_OVER[1]}
"""A creation, one that makes others, one at a foretold address, a transfer, a call, a hand-over: always tried."""
KILLS = [step if step in FEW else pytest.param(step, marks=pytest.mark.slow) for step in KILLED_AT]
COUNT = len(STEPS)
KILLING = """
import os, signal, sys
from pathlib import Path
from surety.config import load_config
from surety.sdk.deploy import deploy
from surety.sdk.engines.rpc_engine import RpcEngine
url, config, record, step, state = sys.argv[1:]
def told(at, what, number, count):
    if (at, what) == (step, state):
        os.kill(os.getpid(), signal.SIGKILL)
deploy(RpcEngine(url).prepare(), load_config(Path(config)), Path(record), progress=told)
"""


class KilledError(Exception):
    """Stands for a process that ends between two instructions."""


def kill_at(step, state):
    def told(at, what, number, count):
        if (at, what) == (step, state):
            raise KilledError

    return told


def failed(engine, record, config):
    return [check for check in verify(engine, record, config) if not check.ok]


def check_whole(engine, config, path, nonce, sent=COUNT):
    """The record at `path` is complete and right, and each step was sent once."""
    record = Record.load(path)
    assert record is not None
    assert record.complete
    assert tuple(record.steps) == STEPS
    assert not failed(engine, record, config)
    assert engine.nonce(record.deployer) - nonce == sent
    return record


@pytest.mark.parametrize("state", ["pending", "sent"])
@pytest.mark.parametrize("step", KILLS)
def test_deploy__killed_at_a_step__resumes_and_sends_each_once(chain, config, tmp_path, step, state):
    path, nonce = tmp_path / "record.yaml", chain.nonce(chain.accounts[0])
    with pytest.raises(KilledError):
        deploy(chain, config, path, progress=kill_at(step, state))
    half = Record.load(path)
    assert half is not None
    assert not half.complete
    assert half.steps[step].state == "pending"
    deploy(RpcEngine(chain.web3).prepare(), config, path)
    record = check_whole(chain, config, path, nonce)
    for name, kept in record.steps.items():
        receipt = chain.request("eth_getTransactionReceipt", kept.tx)
        assert int(receipt["blockNumber"], 16) == kept.block, name
        assert (kept.contract or "0x").lower() == (receipt["contractAddress"] or "0x")


@pytest.mark.parametrize("state", ["pending", "sent", "done"])
@pytest.mark.parametrize("step", KILLS)
def test_deploy__killed_on_an_engine_without_history__resumes(config, tmp_path, step, state):
    engine, path = make_engine(), tmp_path / "record.yaml"
    with pytest.raises(KilledError):
        deploy(engine, config, path, progress=kill_at(step, state))
    deploy(engine, config, path)
    check_whole(engine, config, path, 0)


@pytest.mark.parametrize(("step", "state"), [("market", "sent"), ("fund_reserve", "pending")])
def test_deploy__process_killed_by_sigkill__resumes(chain, config, tmp_path, step, state):
    path, nonce = tmp_path / "record.yaml", chain.nonce(chain.accounts[0])
    url = chain.web3.provider.endpoint_uri
    command = [sys.executable, "-c", KILLING, url, str(config.path), str(path), step, state]
    assert subprocess.run(command, timeout=120, check=False).returncode == -signal.SIGKILL
    assert not list(tmp_path.glob(".record.yaml.*")), "no half-written file stays"
    engine = RpcEngine(url).prepare()
    deploy(engine, config, path)
    check_whole(engine, config, path, nonce)


def test_deploy__killed_several_times__resumes_each_time(chain, config, tmp_path):
    path, nonce = tmp_path / "record.yaml", chain.nonce(chain.accounts[0])
    for step in STEPS[::3]:
        with pytest.raises(KilledError):
            deploy(chain, config, path, progress=kill_at(step, "sent"))
    deploy(chain, config, path)
    check_whole(chain, config, path, nonce)


def test_deploy__nonce_used_by_something_else__sends_the_step_anew(chain, config, tmp_path):
    path, nonce = tmp_path / "record.yaml", chain.nonce(chain.accounts[0])
    with pytest.raises(KilledError):
        deploy(chain, config, path, progress=kill_at("market", "pending"))
    chain.transact(chain.accounts[0], chain.accounts[5], value=1)
    deploy(chain, config, path)
    check_whole(chain, config, path, nonce, sent=len(STEPS) + 1)


def test_deploy__pending_in_the_node__waits_for_it(chain, config, tmp_path):
    path, nonce = tmp_path / "record.yaml", chain.nonce(chain.accounts[0])
    with pytest.raises(KilledError):
        deploy(chain, config, path, progress=kill_at("bounds", "pending"))
    from surety.sdk.artefacts import artefact

    chain.request("evm_setAutomine", False)
    try:
        creation = {"from": chain.accounts[0], "data": "0x" + artefact("ProfileBounds").initcode.hex()}
        chain.request("eth_sendTransaction", creation | {"gas": hex(30_000_000), "gasPrice": "0x0"})
        mine = threading.Timer(1, lambda: (chain.request("evm_setAutomine", True), chain.request("evm_mine")))
        mine.start()
        deploy(RpcEngine(chain.web3).prepare(), config, path)
        mine.join()
    finally:
        chain.request("evm_setAutomine", True)
    check_whole(RpcEngine(chain.web3), config, path, nonce)


def test_deploy__again__sends_nothing_and_writes_nothing(chain, config, tmp_path):
    path = tmp_path / "record.yaml"
    first, _ = deploy(chain, config, path)
    block, text = chain.block_number, path.read_text()
    second, _ = deploy(chain, config, path)
    assert second.addresses == first.addresses
    assert (chain.block_number, path.read_text()) == (block, text)


def test_deploy__record__is_full_and_names_no_path_of_the_machine(chain, config, tmp_path):
    path = tmp_path / "record.yaml"
    _, record = deploy(chain, config, path)
    text = path.read_text()
    assert "/work" not in text
    assert str(tmp_path) not in text
    assert record.config["path"] == "config/demo.yaml"
    created = {*BOND_STEPS[:-4], *RESTAKING_STEPS[:16], *COMMITMENT_STEPS[:13]} - {"first_class"}
    made = {"treasury", "token", "variable", "wrapper", "rolling", "escrow", "judgement_bonds", "signer", "desk"}
    assert set(record.contracts) == created | made
    for name, one in record.contracts.items():
        assert one.compiler == {"name": "vyper", "version": "0.4.3", "settings": one.compiler["settings"]}, name
        assert len(one.source_hash) == 64
        assert one.tx.startswith("0x")
        assert one.block > 0
        assert one.git_commit == record.git_commit
    market = record.contracts["market"]
    assert market.arguments["label"] == "USDC"
    assert market.arguments["knots"][0]["target"] == config.terms.knots[0].target
    sent = chain.request("eth_getTransactionByHash", market.tx)["input"]
    assert sent.endswith(market.arguments_encoded[2:])
    assert record.contracts["token"].creator == record.contracts["treasury"].address


def test_deploy__changed_configuration_over_a_half_done_record__refused(chain, config, tmp_path):
    path = tmp_path / "record.yaml"
    with pytest.raises(KilledError):
        deploy(chain, config, path, progress=kill_at("lens", "sent"))
    other, block = load_config(changed_config(tmp_path, fee_bps=300)), chain.block_number
    with pytest.raises(RecordError, match=r"half-done deployment of another configuration than changed\.yaml"):
        deploy(chain, other, path)
    assert chain.block_number == block


def test_deploy__changed_sources_over_a_half_done_record__refused(chain, config, tmp_path):
    path = tmp_path / "record.yaml"
    with pytest.raises(KilledError):
        deploy(chain, config, path, progress=kill_at("lens", "sent"))
    record = Record.load(path)
    record.source_hash = "0" * 64
    record.save()
    with pytest.raises(RecordError, match="half-done deployment of other sources, of commit"):
        deploy(chain, config, path)


def test_deploy__half_done_by_somebody_else__refused(chain, config, tmp_path):
    path = tmp_path / "record.yaml"
    with pytest.raises(KilledError):
        deploy(chain, config, path, progress=kill_at("lens", "sent"))
    with pytest.raises(RecordError, match=f"was begun by {chain.accounts[0]}, not by {chain.accounts[1]}"):
        deploy(chain, config, path, deployer=chain.accounts[1])


def test_deploy__wrong_chain_id__refused_before_anything_is_sent(chain, config, tmp_path):
    other = load_config(changed_config(tmp_path, chain_id=1))
    block = chain.block_number
    with pytest.raises(ChainError, match=r"changed\.yaml is for chain 1, this is chain 31337") as caught:
        deploy(chain, other, tmp_path / "record.yaml")
    assert caught.value.exit_code == 4
    assert chain.block_number == block


def test_deploy__record_of_another_chain__refused(chain, config, tmp_path):
    path = tmp_path / "record.yaml"
    deploy(chain, config, path)
    path.write_text(path.read_text().replace("chain_id: 31337", "chain_id: 1"))
    with pytest.raises(RecordError, match="is of chain 1, this is chain 31337"):
        deploy(chain, config, path)


def test_deploy__half_written_contracts_missing__refused(chain, config, tmp_path):
    path = tmp_path / "record.yaml"
    _, record = deploy(chain, config, path)
    chain.request("anvil_setCode", record.addresses["market"], "0x")
    with pytest.raises(RecordError, match="where this chain has no code"):
        deploy(chain, config, path)


def test_deploy__local_chain_started_anew__replaces_its_dead_record(config, tmp_path):
    path = tmp_path / "record.yaml"
    deploy(make_engine(), config, path)
    engine = make_engine()
    deploy(engine, config, path)
    check_whole(engine, config, path, 0)


@pytest.mark.parametrize("text", ["{", "[]", "version: 9", "version: 1\nsteps: 3\ncontracts: {}"])
def test_load__damaged_record__one_line_error(tmp_path, text):
    path = tmp_path / "record.yaml"
    path.write_text(text)
    with pytest.raises(RecordError) as caught:
        Record.load(path)
    assert "\n" not in str(caught.value)


class Network(RpcEngine):
    """A chain that can't be told apart from a network: nobody sends without a key, nothing can be set."""

    def __init__(self, url, signers=()):
        super().__init__(url, signers)
        self.local = False


def test_deploy__network_without_roles__asks_for_them(chain, config, tmp_path):
    network = Network(chain.web3, [KeySigner(dev_account(0))])
    with pytest.raises(ConfigError, match=r"roles\.proposers: name its holder"):
        deploy(network, config, tmp_path / "record.yaml")


def test_deploy__network_without_asset__asks_for_it(chain, config, tmp_path):
    network = Network(chain.web3, [KeySigner(dev_account(0))])
    people = network_roles()
    with pytest.raises(ConfigError, match=r"asset\.address: name the asset"):
        deploy(network, load_config(changed_config(tmp_path, roles=people)), tmp_path / "record.yaml")


def network_roles():
    person = dev_account(9).address
    return {
        "proposers": [person],
        "executors": [person],
        "curator": person,
        "guardian": person,
        "treasurer": person,
    }


def test_deploy__network_with_a_key__signs_every_step(chain, tmp_path):
    from surety.sdk.artefacts import artefact

    me = chain.accounts[0]
    asset = chain.create(me, artefact("MockERC20").creation("USDC", "USDC", 6)).contract
    feed = chain.create(me, artefact("FixedFeed").creation(10**8, 8)).contract
    chain.request("anvil_autoImpersonateAccount", False)
    external = {"label": "USDC", "decimals": 6, "address": asset}
    unfunded = {"reserve": 0, "variable": {"reserve": 0}}
    judges = dict(zip(("vetoer", "confirmer", "insurance"), chain.accounts[7:10], strict=True)) | {"price_feed": feed}
    given = {"roles": network_roles(), "restaking": judges} | unfunded
    written = changed_config(tmp_path, asset=external, chain_id=31_337, **given)
    config, path = load_config(written), tmp_path / "record.yaml"
    try:
        network = Network(chain.web3, [KeySigner(dev_account(0))])
        nonce = network.nonce(me)
        with pytest.raises(KilledError):
            deploy(network, config, path, progress=kill_at("market", "sent"))
        _, record = deploy(Network(chain.web3, [KeySigner(dev_account(0))]), config, path)
        given = {"asset", "mint_asset", "approve_reserve", "fund_reserve", "fund_interest", "price_feed", "list_judge"}
        assert network.nonce(me) - nonce == len(STEPS) - len(given)
        assert not failed(network, record, config)
        assert record.network == "chain-31337"
        assert record_path(network).name == "chain-31337.yaml"
        with pytest.raises(UsageError, match="no key for"):
            network.transact(chain.accounts[1], me)
        with pytest.raises(UsageError, match="only a local anvil does that"):
            network.set_time(network.timestamp + 1)
    finally:
        chain.request("anvil_autoImpersonateAccount", True)


def test_deploy__network_without_an_account__says_so(chain, tmp_path):
    with pytest.raises(SetupError, match="nobody to deploy from"):
        deploy(Network(chain.web3), load_config(changed_config(tmp_path)), tmp_path / "record.yaml")


def test_deploy__address_of_the_asset_has_no_code__refused(chain, tmp_path):
    external = {"label": "USDC", "decimals": 6, "address": dev_account(8).address}
    with pytest.raises(ChainError, match=r"asset\.address: chain 31337 has no contract there"):
        deploy(chain, load_config(changed_config(tmp_path, asset=external)), tmp_path / "record.yaml")


def test_key_signer__shown__hides_its_key():
    account = dev_account(0)
    shown = repr(KeySigner(account)) + str(vars(KeySigner(account)))
    assert account.key.hex() not in shown
