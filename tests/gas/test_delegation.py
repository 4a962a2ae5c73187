"""DelegationManager alone: an account is the escrow, a mock both registries; the manager holds some of the asset.

Approvals are unlimited. The operator has stake of its own in the pool, except where a pool is fresh. Weeks are epochs.
"""

import pytest
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from tests.gas.conftest import Check

from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.engines.base import rolled_back
from surety.sdk.suite import MAX_UINT, WEEK

pytestmark = pytest.mark.gas

STAKE = 10**21 + 123_456_789_123_456_789
WAD = 10**18
DAY = 86_400
ZERO = "0x" + "00" * 20
ACTIVE = 1
OPEN = 1
CROWD = 0xFFFF << 100  # address of the first of many


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

    def next_epoch(self) -> None:
        self.engine.set_time((self.epoch + 1) * WEEK)

    def reward(self) -> Contract:
        """The pool earns rewards; the next epoch, the first that earns, has begun."""
        self.manager.enable_rewards(0, sender=self.operator)
        rewards = self.create("PoolRewards", self.manager.address)
        self.asset.approve(rewards.address, MAX_UINT, sender=self.deployer)
        self.next_epoch()
        return rewards

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


# -- pools that earn rewards ------------------------------------------------------------------------------------------


def test_deposit__first_change_of_a_rewarded_pools_epoch__within_aim(stakes, check: Check) -> None:
    stakes.reward()
    sentence = "deposit and delegate, top-up, first of an epoch with rewards"
    check(sentence, stakes.deposit(stakes.delegator, stakes.operator))


def test_deposit__top_up_in_a_rewarded_pool__within_aim(stakes, check: Check) -> None:
    stakes.reward()
    stakes.deposit(stakes.operator, stakes.operator)
    check("deposit and delegate, top-up, pool with rewards", stakes.deposit(stakes.delegator, stakes.operator))


def test_claim__rewards_of_four_epochs__within_aim(stakes, check: Check) -> None:
    rewards = stakes.reward()
    for _ in range(4):
        stakes.next_epoch()
        last = rewards.post(stakes.subject(stakes.operator), stakes.asset.address, STAKE, sender=stakes.deployer)
    check("post rewards", last.gas_used)
    claim = rewards.claim(
        stakes.subject(stakes.operator), stakes.asset.address, stakes.delegator, sender=stakes.delegator
    )
    check("claim rewards of four epochs, first claim", claim.gas_used)
    stakes.next_epoch()
    rewards.post(stakes.subject(stakes.operator), stakes.asset.address, STAKE, sender=stakes.deployer)
    claim = rewards.claim(
        stakes.subject(stakes.operator), stakes.asset.address, stakes.delegator, sender=stakes.delegator
    )
    check("claim rewards of one epoch more", claim.gas_used)


# -- the rest of a ticket's life --------------------------------------------------------------------------------------


def test_cancel__part_of_a_ticket__within_aim(stakes, check: Check) -> None:
    stakes.queue(stakes.delegator)
    subject, owner = stakes.subject(stakes.operator), stakes.delegator
    gas = stakes.manager.cancel(owner, subject, stakes.epoch + 1, ZERO, STAKE // 9, sender=owner).gas_used
    check("cancel a part of a withdrawal", gas)


def test_arrive__behind_another_operator__within_aim(stakes, check: Check) -> None:
    stakes.deposit(stakes.fresh, stakes.second)
    stakes.queue(stakes.delegator, target=stakes.second)
    epoch = stakes.epoch + 1
    stakes.engine.set_time((epoch + 1) * WEEK)
    subject, owner = stakes.subject(stakes.operator), stakes.delegator
    check(
        "arrive behind another operator",
        stakes.manager.arrive(owner, subject, epoch, stakes.second, sender=owner).gas_used,
    )


def test_complete__another_stays_in_the_bucket__within_aim(stakes, check: Check) -> None:
    stakes.deposit(stakes.fresh, stakes.operator)
    stakes.queue(stakes.fresh)
    stakes.queue(stakes.delegator)
    epoch = stakes.epoch + 1
    stakes.engine.set_time((epoch + 1) * WEEK)
    check("complete a withdrawal, others in the bucket", stakes.complete(stakes.delegator, epoch))


# -- seizures: called by an account in the escrow's place -------------------------------------------------------------


def test_seize__no_bucket__within_aim(stakes, check: Check) -> None:
    check("seize, no queue", stakes.seize(1))


def test_seize__one_bucket__within_aim(stakes, check: Check) -> None:
    stakes.queue(stakes.delegator)
    check("seize, one bucket", stakes.seize(1))


def test_seize__two_buckets__within_aim(stakes, check: Check) -> None:
    stakes.queue(stakes.delegator)
    stakes.next_epoch()
    stakes.queue(stakes.delegator)
    check("seize, two buckets", stakes.seize(1, age=WEEK))


def test_restore__then_pay__within_aim(stakes, check: Check) -> None:
    stakes.seize(1)
    manager, half = stakes.manager, 2 * STAKE // 20
    check("restore a half", manager.restore(1, half, sender=stakes.escrow).gas_used)
    check("pay out, after a restore", manager.pay(1, stakes.fresh, half // 2, sender=stakes.escrow).gas_used)


def crowded(stakes, many: int, known: int) -> None:
    """Writes positions straight into storage, each as large as the first, the `known`-th delegator first."""
    slots = artefact("DelegationManager").layout["storage_layout"]["stake_pots"]
    subject, manager = stakes.subject(stakes.operator), stakes.manager.address
    inner = keccak(slots["_positions"]["slot"].to_bytes(32) + subject.to_bytes(32))
    for number in range(known, many):
        slot = int.from_bytes(keccak(inner + (CROWD + number).to_bytes(32)))
        stakes.engine.set_storage(manager, slot, STAKE)
    slot = int.from_bytes(keccak(slots["_pots"]["slot"].to_bytes(32) + subject.to_bytes(32)))
    word = stakes.engine.storage(manager, slot)
    stakes.engine.set_storage(manager, slot, word + (many - known) * ((STAKE << 96) + STAKE))


def seize_from_a_crowd(stakes, sizes) -> set[int]:
    """Gas of the same seizure with more and more delegators; the last of them loses its tenth."""
    stakes.queue(stakes.delegator)
    subject, known, figures = stakes.subject(stakes.operator), 1, set()
    for many in sizes:
        crowded(stakes, many, known)
        known = many
        last = to_checksum_address((CROWD + many - 1).to_bytes(20))
        with rolled_back(stakes.engine):
            figures.add(stakes.seize(1))
            left = stakes.manager.stake(subject, last)[0]
            assert many == 1 or 0 <= STAKE * 9 // 10 - left <= 1
    return figures


def test_inv_del_10_seize__one_or_a_hundred_delegators__cost_the_same(stakes, check: Check) -> None:
    (figure,) = seize_from_a_crowd(stakes, (1, 100))
    check("seize, one bucket, 100 delegators", figure)


@pytest.mark.slow
def test_inv_del_10_seize__ten_thousand_delegators__cost_the_same(stakes, check: Check) -> None:
    (figure,) = seize_from_a_crowd(stakes, (1, 10_000))
    check("seize, one bucket, 10,000 delegators", figure)
