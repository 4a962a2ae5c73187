"""BondToken, called by an account that created it: what the ledger costs without market and treasury."""

import pytest
from tests.gas.conftest import Check

from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract

pytestmark = pytest.mark.gas

BOND = (1 << 64) | 1_799_884_800
FACE = 10**21 + 123_456_789_123_456_789


@pytest.fixture
def token(engine, people):
    """With bonds of the holder's outstanding."""
    treasury, holder, *_ = people
    token = artefact("BondToken")
    made = Contract(engine, engine.create(treasury, token.creation("USDC", 18)).contract, token)
    made.mint(holder, BOND, 10 * FACE, sender=treasury)
    return made


def test_transfer__fresh_receiver__within_aim(token, people, check: Check) -> None:
    _, holder, receiver, *_ = people
    check("transfer bonds, fresh receiver", token.transfer(receiver, BOND, FACE, sender=holder).gas_used)


def test_transfer__receiver_holds_some__within_aim(token, people, check: Check) -> None:
    _, holder, receiver, *_ = people
    token.transfer(receiver, BOND, FACE, sender=holder)
    check("transfer bonds, steady receiver", token.transfer(receiver, BOND, FACE, sender=holder).gas_used)


def test_mint__new_holder__within_aim(token, people, check: Check) -> None:
    treasury, _, receiver, *_ = people
    check("mint bonds, new holder", token.mint(receiver, BOND, FACE, sender=treasury).gas_used)


def test_burn__part__within_aim(token, people, check: Check) -> None:
    treasury, holder, *_ = people
    check("burn bonds", token.burn(holder, BOND, FACE, sender=treasury).gas_used)
