"""The section of stake and slashing: deployed, handed over, left out, and what verification sees of tampering."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from tests.support.world import changed_config

from surety.config import load_config
from surety.sdk.artefacts import artefact
from surety.sdk.deploy import deploy
from surety.sdk.engines import make_engine, rolled_back
from surety.sdk.errors import ChainError, ConfigError
from surety.sdk.plan_restaking import judges_of
from surety.sdk.suite import RESTAKING
from surety.sdk.verify import verify
from surety.sdk.verify_code import RESTAKING_BLUEPRINTS

pytestmark = pytest.mark.integration

ADMIN_ROLE = bytes(32)
ZERO = "0x" + "00" * 20


@pytest.fixture(scope="module")
def made(prepared, config):
    return deploy(prepared, config)


@pytest.fixture
def deployed(prepared, made):
    with rolled_back(prepared):
        yield made


def failed(engine, record, config):
    return {check.name: check.detail for check in verify(engine, record, config) if not check.ok}


def test_deploy__restaking__handed_to_the_timelock_and_verified(prepared, config, deployed):
    suite, record = deployed
    checks = {check.name: check for check in verify(prepared, record, config)}
    assert not [check for check in checks.values() if not check.ok]
    assert checks["slashing: who proposes"].detail.startswith("[(")
    for name in ("assets", "slashing_terms", "operators", "exposure"):
        contract = suite.contracts[name]
        assert contract.call("hasRole", ADMIN_ROLE, record.addresses["timelock"])
        assert not contract.call("hasRole", ADMIN_ROLE, record.deployer)


def test_verify__restaking_code_changed__fails_by_the_name(prepared, config, deployed):
    _, record = deployed
    for name in (*RESTAKING, *RESTAKING_BLUEPRINTS):
        address = record.addresses[name]
        code = prepared.code(address)
        changed = bytearray(code)
        changed[100] ^= 1
        prepared.request("anvil_setCode", address, "0x" + changed.hex())
        assert failed(prepared, record, config) == {f"code of {name}": "differs from the compiled code at byte 100"}, (
            name
        )
        prepared.request("anvil_setCode", address, "0x" + code.hex())


def test_verify__restaking_immutable_changed__fails_by_its_name(prepared, config, deployed):
    _, record = deployed
    for name, contract in RESTAKING.items():
        kind, address = artefact(contract), record.addresses[name]
        code = prepared.code(address)
        for item in kind.immutables:
            changed = bytearray(code)
            changed[len(kind.runtime) + item.offset + 31] ^= 1
            prepared.request("anvil_setCode", address, "0x" + changed.hex())
            assert failed(prepared, record, config)[f"code of {name}"].startswith(f"immutable {item.name} is not")
        prepared.request("anvil_setCode", address, "0x" + code.hex())


def test_verify__who_may_slash_changed__fails(prepared, config, deployed):
    suite, record = deployed
    timelock, stranger = record.addresses["timelock"], prepared.accounts[12]
    prepared.set_balance(timelock, 10**18)
    for call, arguments, found in (
        ("set_proposer", (stranger, 2, ZERO), "slashing: who proposes"),
        ("set_vetoer", (stranger, 1), "slashing: who vetoes and confirms"),
        ("set_arbiter", (True, stranger), "slashing: arbiters"),
        ("set_slashable", (stranger, True), "slashing: what can be slashed"),
        ("set_slashable", (suite.pools.address, False), "slashing: pools are listed"),
    ):
        with rolled_back(prepared):
            suite.slashing_terms.send(call, *arguments, sender=timelock)
            assert set(failed(prepared, record, config)) == {found}


def test_verify__assets_changed__fails(prepared, config, deployed):
    suite, record = deployed
    timelock = record.addresses["timelock"]
    prepared.set_balance(timelock, 10**18)
    suite.assets.send("set_cap", 1, 5, sender=timelock)
    suite.operators.send("set_minimum", 1, 7, sender=timelock)
    assert set(failed(prepared, record, config)) == {"assets: cap of the asset", "operators: minimum"}


def test_deploy__deployer_sends_between_registry_and_pools__stops(prepared, config):
    with rolled_back(prepared):
        sent = []

        def meddle(step, state, number, count):
            if (step, state) == ("operators", "done"):
                deployer = prepared.accounts[0]
                sent.append(prepared.transact(deployer, deployer, b""))

        with pytest.raises(ChainError, match=r"pools would be at .* the deployer has sent something else meanwhile"):
            deploy(prepared, config, progress=meddle)
        assert sent


def test_deploy__without_the_section__no_restaking_and_verified(tmp_path):
    config = load_config(changed_config(tmp_path, restaking=None, commitments=None))  # promises stand on it
    engine = make_engine("pyrevm")
    suite, record = deploy(engine, config)
    assert not suite.has_restaking
    assert not set(RESTAKING) & set(record.addresses)
    assert not failed(engine, record, config)


def test_judges_of__network_without_names__refused(config):
    with pytest.raises(ConfigError, match=r"demo\.yaml: restaking\.vetoer: name it; only a local chain has defaults"):
        judges_of(config, SimpleNamespace(local=False))
