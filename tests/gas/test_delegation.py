"""DelegationManager alone: an account is the escrow, a mock both registries; the manager holds some of the asset.

Approvals are unlimited. The operator has stake of its own in the pool, except where a pool is fresh. Weeks are epochs.
"""

import pytest
from tests.gas.conftest import Check

from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.suite import MAX_UINT, WEEK

pytestmark = pytest.mark.gas

STAKE = 10**21 + 123_456_789_123_456_789
WAD = 10**18
DAY = 86_400
ZERO = "0x" + "00" * 20
ACTIVE = 1
OPEN = 1


class Stakes:
    """Asset 0 is an ERC-20, asset 1 a bond. Operator 1 has a pool of each, operator 2 pools without stake."""

    def __init__(self, engine, people) -> None:
        self.engine = engine
        self.deployer, self.operator, self.second, self.delegator, self.fresh, self.escrow = people[:6]
        self.asset = self.create("MockERC20", "Dai", "DAI", 18)
        self.registry = self.create("MockStakeRegistry")
        self.registry.set_asset(0, self.asset.address, 0, 2**95 - 1, 1, sender=self.deployer)
        blueprint = engine.create(self.deployer, artefact("DelegationSigner").blueprint_initcode).contract
        registry = self.registry.address
        self.manager = self.create("DelegationManager", registry, registry, self.escrow, blueprint)
        for one in people[:6]:
            self.asset.mint(one, 10**27, sender=one)
            self.asset.approve(self.manager.address, MAX_UINT, sender=one)
        for operator in (self.operator, self.second):
            self.registry.set_status(self.manager.address, operator, ACTIVE, sender=self.deployer)
            self.manager.open_pool(0, OPEN, 0, 0, sender=operator)
        engine.set_time((engine.timestamp // WEEK + 1) * WEEK + DAY)
        self.deposit(self.operator, self.operator)
        self.deposit(self.delegator, self.operator)

    def create(self, name, *arguments) -> Contract:
        kind = artefact(name)
        return Contract(self.engine, self.engine.create(self.deployer, kind.creation(*arguments)).contract, kind)

    def subject(self, operator) -> int:
        return int(operator, 16)

    @property
    def epoch(self) -> int:
        return self.engine.timestamp // WEEK

    def deposit(self, owner, operator, amount=STAKE) -> int:
        return self.manager.deposit(owner, self.subject(operator), amount, sender=owner).gas_used

    def queue(self, owner, shares=STAKE // 3, target=ZERO) -> int:
        return self.manager.queue(owner, self.subject(self.operator), shares, target, sender=owner).gas_used

    def complete(self, owner, epoch) -> int:
        return self.manager.complete(owner, self.subject(self.operator), epoch, ZERO, owner, sender=owner).gas_used

    def seize(self, slash, age=0) -> int:
        at = self.engine.timestamp - age
        subject = self.subject(self.operator)
        return self.manager.seize(slash, subject, WAD // 10, at, sender=self.escrow).gas_used


@pytest.fixture(scope="module")
def made(chain, people) -> Stakes:
    return Stakes(chain, people)


@pytest.fixture
def stakes(made, engine) -> Stakes:
    made.engine = engine
    return made


def test_deposit__first_in_pool__within_aim(stakes, check: Check) -> None:
    check("deposit and delegate, first in a pool", stakes.deposit(stakes.delegator, stakes.second))


def test_deposit__new_delegator__within_aim(stakes, check: Check) -> None:
    check("deposit and delegate, new delegator", stakes.deposit(stakes.fresh, stakes.operator))


def test_deposit__again__within_aim(stakes, check: Check) -> None:
    check("deposit and delegate, top-up", stakes.deposit(stakes.delegator, stakes.operator))


def test_queue__first_of_epoch__within_aim(stakes, check: Check) -> None:
    check("queue a withdrawal, first of an epoch", stakes.queue(stakes.delegator))


def test_queue__later__within_aim(stakes, check: Check) -> None:
    stakes.deposit(stakes.fresh, stakes.operator)
    stakes.queue(stakes.fresh)
    check("queue a withdrawal, later in an epoch", stakes.queue(stakes.delegator))


def test_complete__last_of_bucket__within_aim(stakes, check: Check) -> None:
    stakes.queue(stakes.delegator)
    epoch = stakes.epoch + 1
    stakes.engine.set_time((epoch + 1) * WEEK)
    check("complete a withdrawal", stakes.complete(stakes.delegator, epoch))
