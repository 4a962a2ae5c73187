"""A world a test, undone afterwards."""

import boa
import pytest
from tests.support.slashing import DELEGATOR, OPERATOR, OTHER, SlashingWorld

OWN = 10**21 + 7
STAKES = {OPERATOR: OWN, DELEGATOR: 3 * 10**21 + 1, OTHER: 5 * 10**20}


@pytest.fixture
def empty():
    """Nobody with stake."""
    with boa.env.anchor():
        yield SlashingWorld.create()


@pytest.fixture
def world(empty):
    """An operator with two delegators."""
    for account, amount in STAKES.items():
        empty.deposit(account, amount)
    return empty
