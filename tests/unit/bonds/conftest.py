"""A token of its own for every test, created by an account that so becomes its treasury."""

import boa
import pytest
from tests.support.permits import account

BOND_TOKEN = boa.load_partial("contracts/bonds/BondToken.vy")


@pytest.fixture
def treasury():
    return boa.env.generate_address("treasury")


@pytest.fixture
def holder():
    """Has a key, to sign permits with."""
    return account(0x5157).address


@pytest.fixture
def receiver():
    return boa.env.generate_address("receiver")


@pytest.fixture
def spender():
    return boa.env.generate_address("spender")


@pytest.fixture
def token(treasury):
    with boa.env.prank(treasury):
        return BOND_TOKEN.deploy("USDC", 6)
