"""Verification sees what was tampered with: code, immutables, wiring, roles, parameters, books."""

from __future__ import annotations

import pytest
from eth_utils.crypto import keccak

from surety.sdk.artefacts import artefact
from surety.sdk.deploy import deploy
from surety.sdk.engines import make_engine
from surety.sdk.errors import ChainError, RecordError
from surety.sdk.rehearse import rehearse
from surety.sdk.report import addresses_of, demand, lines_of
from surety.sdk.suite import ALL_CONTRACTS, CONTRACTS
from surety.sdk.verify import verify
from surety.sdk.verify_code import BLUEPRINTS, RESTAKING_BLUEPRINTS
from surety.sdk.verify_commitments import COMMITMENT_BLUEPRINTS

EVERY_BLUEPRINT = BLUEPRINTS | RESTAKING_BLUEPRINTS | COMMITMENT_BLUEPRINTS
pytestmark = pytest.mark.integration


@pytest.fixture
def deployed(chain, config):
    suite, record = deploy(chain, config)
    return suite, record


def word(address):
    return bytes(12) + bytes.fromhex(address[2:])


def role_slot(role, account):
    """hasRole is the first variable of access_control: a map of maps."""
    outer = keccak(bytes(32) + role)
    return int.from_bytes(keccak(outer + word(account)), "big")


def failed_names(chain, record, config):
    checks = verify(chain, record, config)
    with pytest.raises(ChainError, match="verification failed"):
        demand(checks)
    return {check.name: check.detail for check in checks if not check.ok}


def test_verify__fresh_deployment__every_check_passes(chain, config, deployed):
    checks = verify(chain, deployed[1], config)
    assert len(checks) > 30
    assert not [check for check in checks if not check.ok]
    demand(checks)
    assert all(line.startswith("ok") for line in lines_of(checks))
    assert len(addresses_of(deployed[1])) == len(ALL_CONTRACTS) + len(EVERY_BLUEPRINT)


@pytest.mark.parametrize("engine", ["pyrevm", "titanoboa"])
def test_verify__in_process__every_check_passes(config, engine):
    on = make_engine(engine)
    _, record = deploy(on, config)
    assert not [check for check in verify(on, record, config) if not check.ok]
    assert not [check for check in rehearse(on, record) if not check.ok]


@pytest.mark.parametrize("name", sorted({*CONTRACTS, *BLUEPRINTS} - {"asset"}))
def test_verify__a_byte_of_code_changed__fails(chain, config, deployed, name):
    address = deployed[1].addresses[name]
    code = bytearray(chain.code(address))
    code[100] ^= 1
    chain.request("anvil_setCode", address, "0x" + code.hex())
    assert failed_names(chain, deployed[1], config) == {f"code of {name}": "differs from the compiled code at byte 100"}


@pytest.mark.parametrize(
    "name", sorted(n for n, made in CONTRACTS.items() if n != "asset" and artefact(made).immutables)
)
def test_verify__each_immutable_changed__fails_by_its_name(chain, config, deployed, name):
    made, address = artefact(deployed[1].contracts[name].contract.split("/")[-1][:-3]), deployed[1].addresses[name]
    code = chain.code(address)
    for item in made.immutables:
        changed = bytearray(code)
        changed[len(made.runtime) + item.offset + 31] ^= 1
        chain.request("anvil_setCode", address, "0x" + changed.hex())
        detail = failed_names(chain, deployed[1], config)[f"code of {name}"]
        assert detail.startswith(f"immutable {item.name} is not"), item


def test_verify__code_missing__fails(chain, config, deployed):
    chain.request("anvil_setCode", deployed[1].addresses["lens"], "0x")
    assert "code of lens" in failed_names(chain, deployed[1], config)


@pytest.mark.parametrize("name", ["timelock", "market", "treasury", "exchange"])
def test_verify__deployer_made_admin_behind_the_log__fails(chain, config, deployed, name):
    _, record = deployed
    chain.set_storage(record.addresses[name], role_slot(bytes(32), record.deployer), 1)
    failures = failed_names(chain, record, config)
    assert failures == {f"{name}: DEFAULT_ADMIN": f"{record.deployer} has it, the deployer"}


def test_verify__role_granted_to_a_stranger__found_in_the_log(chain, config, deployed):
    suite, record = deployed
    stranger, timelock = chain.accounts[12], record.addresses["timelock"]
    chain.set_balance(timelock, 10**18)
    suite.market.send("grantRole", keccak(text="GUARDIAN_ROLE"), stranger, sender=timelock)
    assert failed_names(chain, record, config) == {"market: GUARDIAN": f"{stranger} has it"}


def test_verify__role_taken_away__fails(chain, config, deployed):
    suite, record = deployed
    guardian = record.roles["market"]["GUARDIAN"][0]
    suite.market.send("renounceRole", keccak(text="GUARDIAN_ROLE"), guardian, sender=guardian)
    assert failed_names(chain, record, config) == {"market: GUARDIAN": f"{guardian} lacks it"}


def test_verify__limits_changed__fails(chain, config, deployed):
    suite, record = deployed
    timelock = record.addresses["timelock"]
    suite.market.send("set_limits", (10**12, 10**12, 10**12, 50, 50, 0), sender=timelock)
    failures = failed_names(chain, record, config)
    assert set(failures) == {"limits"}
    assert "on the chain" in failures["limits"]
    assert "expected" in failures["limits"]


def test_verify__fee_of_the_exchange_raised__fails(chain, config, deployed):
    suite, record = deployed
    suite.exchange.send("set_fee", config.terms.exchange_fee_cap_bps, sender=record.addresses["timelock"])
    assert set(failed_names(chain, record, config)) == {"exchange: fee"}


def test_verify__profile_changed__fails(chain, config, deployed):
    suite, record = deployed
    knots = [tuple(knot) for knot in suite.market.knots(True)]
    knots[0] = (knots[0][0] + 1_000, *knots[0][1:])
    suite.market.send("queue_profile", knots, 100, sender=record.roles["market"]["CURATOR"][0])
    assert set(failed_names(chain, record, config)) == {"knots", "fee"}


def test_verify__mint_cap_written__fails(chain, config, deployed):
    slot = artefact("BondTreasury").storage_slots["mint_cap"]
    chain.set_storage(deployed[1].addresses["treasury"], slot, 5)
    assert set(failed_names(chain, deployed[1], config)) == {"mint cap"}


def test_verify__books_written__fails_the_invariants(chain, config, deployed):
    suite, record = deployed
    slot = artefact("BondTreasury").storage_slots["_books"]
    chain.set_storage(suite.treasury.address, slot, chain.storage(suite.treasury.address, slot) + 7)
    failures = failed_names(chain, record, config)
    assert set(failures) == {"INV-TRS-1: escrow = face and value outstanding", "INV-TRS-2: balance ≥ escrow + reserves"}


def test_verify__after_trades_and_redemption__passes(chain, config, deployed):
    suite, record = deployed
    holder = chain.accounts[6]
    suite.mint(holder, suite.units(1_000_000))
    suite.approve(holder)
    near, far = suite.maturity_for(7 * 86_400), suite.maturity_for(700 * 86_400)
    for maturity in (near, far):
        suite.buy(holder, maturity, suite.units(200_000))
    suite.sell(holder, far, suite.units(50_000))
    chain.set_time(near)
    suite.redeem(holder, near, suite.units(120_000))
    checks = {check.name: check for check in verify(chain, record, config)}
    assert all(check.ok for check in checks.values())
    assert checks["INV-TRS-1: escrow = face and value outstanding"].detail == str(suite.units(230_000))


def test_verify__record_of_another_chain__refused(chain, config, deployed):
    deployed[1].chain_id = 1
    with pytest.raises(RecordError, match="the record is of chain 1"):
        verify(chain, deployed[1], config)


def test_verify__half_done__refused(chain, config, deployed):
    deployed[1].complete = False
    with pytest.raises(RecordError, match="was not finished"):
        verify(chain, deployed[1], config)
