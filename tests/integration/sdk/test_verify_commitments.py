"""The section of promises: deployed, left out, and what verification sees of tampering."""

from __future__ import annotations

import pytest
from tests.support.world import changed_config

from surety.config import load_config
from surety.config_commitments import CommitmentsSection
from surety.curves import ProfileError
from surety.sdk.artefacts import artefact
from surety.sdk.deploy import deploy
from surety.sdk.engines import make_engine, rolled_back
from surety.sdk.errors import ConfigError
from surety.sdk.suite import COMMITMENTS
from surety.sdk.verify import verify
from surety.sdk.verify_commitments import COMMITMENT_BLUEPRINTS

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def made(prepared, config):
    return deploy(prepared, config)


@pytest.fixture
def deployed(prepared, made):
    with rolled_back(prepared):
        yield made


def failed(engine, record, config):
    return {check.name: check.detail for check in verify(engine, record, config) if not check.ok}


def test_deploy__commitments__wired_listed_and_handed_over(prepared, config, deployed):
    suite, record = deployed
    assert not failed(prepared, record, config)
    at = record.addresses
    assert suite.operators.call("ties") == at["bonding"]
    for name in ("desk", "challenges", "payouts"):
        assert suite.contracts[name].call("hasRole", bytes(32), at["timelock"])
        assert not suite.contracts[name].call("hasRole", bytes(32), record.deployer)


def test_verify__code_or_immutable_changed__fails_by_its_name(prepared, config, deployed):
    _, record = deployed
    for name in (*COMMITMENTS, *COMMITMENT_BLUEPRINTS):
        address = record.addresses[name]
        code = prepared.code(address)
        changed = bytearray(code)
        changed[100] ^= 1
        prepared.request("anvil_setCode", address, "0x" + changed.hex())
        assert f"code of {name}" in failed(prepared, record, config)
        for item in artefact(COMMITMENTS[name]).immutables if name in COMMITMENTS else ():
            changed = bytearray(code)
            changed[len(artefact(COMMITMENTS[name]).runtime) + item.offset + 31] ^= 1
            prepared.request("anvil_setCode", address, "0x" + changed.hex())
            told = failed(prepared, record, config)[f"code of {name}"]
            assert told.startswith(f"immutable {item.name} is not"), told
        prepared.request("anvil_setCode", address, "0x" + code.hex())


def test_verify__another_judge_or_token_listed__fails(prepared, config, deployed):
    suite, record = deployed
    timelock, stranger = record.addresses["timelock"], prepared.accounts[9]
    prepared.set_balance(timelock, 10**18)
    suite.slashing_terms.send("set_proposer", stranger, 2, stranger, sender=timelock)
    suite.desk.send("list_token", record.addresses["vault"], 2, False, sender=timelock)
    assert set(failed(prepared, record, config)) == {"slashing: who proposes", "desk: vault is listed"}


def test_deploy__without_the_section__is_left_out(tmp_path):
    config = load_config(changed_config(tmp_path, commitments=None))
    engine = make_engine()
    suite, record = deploy(engine, config)
    assert not suite.has_commitments
    assert not set(COMMITMENTS) & set(record.contracts)
    assert not failed(engine, record, config)


def test_config__commitments_without_restaking__is_told(tmp_path):
    with pytest.raises(ConfigError, match="commitments needs the section restaking"):
        _ = load_config(changed_config(tmp_path, restaking=None)).terms


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"challenge_bond": 5_000}, "challenge_bond must lie between"),
        ({"draw_percent": 0}, "draw_percent"),
        ({"draw_percent": 101}, "draw_percent"),
        ({"half_value": 0}, "half_value"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_config__what_the_contracts_would_refuse__is_told_by_key(tmp_path, section, told):
    with pytest.raises(ConfigError, match=told):
        _ = load_config(changed_config(tmp_path, commitments=section)).terms


def test_config__more_than_the_contracts_count__is_told():
    with pytest.raises(ProfileError, match=r"commitments\.half_value: more than the contracts can count"):
        CommitmentsSection(half_value=10**15).terms(18)
