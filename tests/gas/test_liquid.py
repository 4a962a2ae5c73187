"""LiquidDelegation over DelegationManager as it is; a mock escrow and registries.

The operator has stake of its own in the pool. Approvals are unlimited, weeks are epochs, nobody had
redeemed before. What an account pays once after a slash, for its history, is measured apart.
"""

from __future__ import annotations

import pytest
from tests.gas.conftest import Check

from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.engines.base import rolled_back
from surety.sdk.suite import MAX_UINT, WEEK

pytestmark = pytest.mark.gas

STAKE = 10**21 + 123_456_789_123_456_789
WAD = 10**18
DAY = 86_400
ACTIVE, LEAVING = 1, 2
OPEN = 1


class House:
    """One vault behind one operator."""

    def __init__(self, engine, people) -> None:
        self.engine = engine
        self.deployer, self.operator, self.holder, self.second, self.fresh = people[:5]
        self.asset = self.create("MockERC20", "Dai", "DAI", 18)
        self.registry = self.create("MockStakeRegistry")
        self.escrow = self.create("MockSlashEscrow")
        self.registry.set_asset(0, self.asset.address, 0, 2**95 - 1, 1, sender=self.deployer)
        blueprint = engine.create(self.deployer, artefact("DelegationSigner").blueprint_initcode).contract
        registry = self.registry.address
        self.manager = self.create("DelegationManager", registry, registry, self.escrow.address, blueprint)
        self.pools = self.create("PoolRewards", self.manager.address)
        rewards = engine.create(self.deployer, artefact("LiquidRewards").blueprint_initcode).contract
        names = [self.create("TicketName", self.manager.address, 0).address for _ in range(2)]
        self.set_status(ACTIVE)
        self.manager.open_pool(0, OPEN, 0, 0, sender=self.operator)
        self.vault = self.create(
            "LiquidDelegation",
            self.manager.address,
            self.escrow.address,
            self.subject,
            names,
            self.deployer,
            2 * WEEK,
            "Liquid stake",
            "LQD",
            rewards,
            self.pools.address,
        )
        self.rewards = Contract(engine, self.vault.rewards(), artefact("LiquidRewards"))
        for one in people[:5]:
            self.asset.mint(one, 10**27, sender=one)
            self.asset.approve(self.vault.address, MAX_UINT, sender=one)
            self.asset.approve(self.manager.address, MAX_UINT, sender=one)
        engine.set_time((engine.timestamp // WEEK + 1) * WEEK + DAY)
        self.manager.deposit(self.operator, self.subject, STAKE, sender=self.operator)

    def create(self, name, *arguments) -> Contract:
        kind = artefact(name)
        return Contract(self.engine, self.engine.create(self.deployer, kind.creation(*arguments)).contract, kind)

    @property
    def subject(self) -> int:
        return int(self.operator, 16)

    def set_status(self, status) -> None:
        self.registry.set_status(self.manager.address, self.operator, status, sender=self.deployer)

    def deposit(self, one, amount=STAKE) -> int:
        return self.vault.deposit(amount, one, sender=one).gas_used

    def request(self, one, shares=STAKE // 3) -> int:
        return self.vault.requestRedeem(shares, one, one, sender=one).gas_used

    def redeem(self, one, shares=STAKE // 3) -> int:
        return self.vault.redeem(shares, one, one, sender=one).gas_used

    def transfer(self, one, to, amount=STAKE // 3) -> int:
        return self.vault.transfer(to, amount, sender=one).gas_used

    def seize(self, slash) -> None:
        self.escrow.seize(
            self.manager.address, slash, self.subject, WAD // 10, self.engine.timestamp, sender=self.deployer
        )

    def veto(self, slash) -> None:
        self.escrow.restore(self.manager.address, slash, STAKE // 10, sender=self.deployer)


@pytest.fixture(scope="module")
def made(chain, people) -> House:
    return House(chain, people)


@pytest.fixture
def house(made, engine) -> House:
    made.engine = engine
    return made


def test_deposit__first_new_and_again__within_aim(house, check: Check) -> None:
    check("deposit into a liquid delegation, first of all", house.deposit(house.holder))
    check("deposit into a liquid delegation, new holder", house.deposit(house.second))
    check("deposit into a liquid delegation, top-up", house.deposit(house.second))


def test_transfer__before_and_after_a_slash__within_aim(house, check: Check) -> None:
    house.deposit(house.holder)
    house.deposit(house.second)
    check("transfer liquid shares", house.transfer(house.holder, house.second))
    house.seize(1)
    check("transfer liquid shares, both first after a slash", house.transfer(house.holder, house.second))
    check("transfer liquid shares, both again after a slash", house.transfer(house.holder, house.second))
    house.engine.advance(WEEK)
    check("transfer liquid shares, both first of an epoch", house.transfer(house.second, house.holder))


def test_request__first_of_epoch_and_later__within_aim(house, check: Check) -> None:
    house.deposit(house.holder)
    house.deposit(house.second)
    check("request a redemption, first of an epoch", house.request(house.holder))
    check("request a redemption, later in an epoch", house.request(house.second))
    check("request a redemption, again in an epoch", house.request(house.second))


def test_redeem__first_of_bucket_and_later__within_aim(house, check: Check) -> None:
    for one in (house.holder, house.second):
        house.deposit(one)
        house.request(one)
    house.engine.advance(2 * WEEK)
    check("claim a redemption, first of its bucket", house.redeem(house.holder))
    check("claim a redemption, later of its bucket", house.redeem(house.second))


def test_claim_refund__first_and_later__within_aim(house, check: Check) -> None:
    house.deposit(house.holder)
    house.deposit(house.second)
    house.seize(1)
    house.veto(1)

    def claim(one) -> int:
        return house.vault.claim_refund(1, one, one, sender=one).gas_used

    check("claim a refund of liquid shares, first of a slash", claim(house.holder))
    check("claim a refund of liquid shares, later", claim(house.second))


def test_harvest_and_claim__own_asset_and_another__within_aim(house, check: Check) -> None:
    pay = house.create("MockERC20", "Pay", "PAY", 18)
    for token in (pay, house.asset):
        token.mint(house.deployer, 10**27, sender=house.deployer)
        token.approve(house.pools.address, MAX_UINT, sender=house.deployer)
    house.manager.enable_rewards(0, sender=house.operator)
    house.deposit(house.holder)
    house.deposit(house.second)

    def harvest(token) -> int:
        house.engine.advance(WEEK)
        house.pools.post(house.subject, token.address, STAKE // 100, sender=house.deployer)
        return house.rewards.harvest(house.subject, token.address, sender=house.fresh).gas_used

    def claim(stream) -> int:
        return house.rewards.claim(stream, house.holder, house.holder, sender=house.fresh).gas_used

    house.engine.advance(WEEK)
    harvest(pay)
    check("harvest an epoch's rewards in another token", harvest(pay))
    claim(1)
    harvest(pay)
    check("claim liquid rewards in another token", claim(1))
    harvest(house.asset)
    check("harvest an epoch's rewards in the asset and stake them", harvest(house.asset))
    claim(2)
    harvest(house.asset)
    check("claim liquid rewards in shares, first change of an epoch", claim(2))


def test_wind_down__any_number_of_holders__costs_the_same(house, check: Check) -> None:
    house.deposit(house.holder)
    house.set_status(LEAVING)
    check("wind a liquid delegation down", house.vault.wind_down(sender=house.fresh).gas_used)
    house.engine.advance(2 * WEEK)
    check("take the cash of a liquid delegation in", house.vault.settle(sender=house.fresh).gas_used)


def test_wind_down_and_refund__with_a_hundred_holders__same_gas(house) -> None:
    """INV-LQD-9: no work grows with the number of holders."""

    def costs() -> tuple[int, int]:
        house.seize(1)
        house.veto(1)
        refund = house.vault.claim_refund(1, house.holder, house.holder, sender=house.fresh).gas_used
        house.set_status(LEAVING)
        return refund, house.vault.wind_down(sender=house.fresh).gas_used

    for one in (house.holder, house.second):
        house.deposit(one)
    with rolled_back(house.engine):
        few = costs()
    for number in range(100):
        house.transfer(house.second, "0x" + f"{0x5001 + number:040x}", STAKE // 1_000)
    assert costs() == few
