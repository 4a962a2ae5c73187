"""OperatorRegistry and AssetRegistry with DelegationManager between: what a feed, a status and a slash do to stake.

On pyrevm. The escrow is a stand-in that seizes, pays and restores as it is told.
"""

import pytest
from tests.support.restaking import ASSET, DAY, MINIMUM, Restaking

from surety.sdk.engines import make_engine
from surety.sdk.engines.base import rolled_back
from surety.sdk.errors import Reverted
from surety.sdk.suite import MAX_UINT, WEEK

pytestmark = pytest.mark.integration

WAD = 10**18
ZERO = "0x" + "00" * 20
URI = "https://operator.example/metadata.json"
ACTIVE, LEAVING, INACTIVE = 1, 2, 3
BURNS_GAS = 2


class Stage:
    """One operator with twice its minimum of own stake and a delegator with as much; slashes by number."""

    def __init__(self, engine) -> None:
        self.engine = engine
        self.admin, self.operator, self.delegator, self.late = engine.accounts[:4]
        self.it = Restaking.create(engine, self.admin, instant=True)
        self.registry, self.manager = self.it.operators, self.it.manager
        self.subject = self.it.subject(self.operator)
        self.it.stake_own(self.operator, 2 * MINIMUM)
        self.registry.register(ASSET, URI, sender=self.operator)
        for one in (self.delegator, self.late):
            self.it.asset.mint(one, 10 * MINIMUM, sender=one)
            self.it.asset.approve(self.manager.address, MAX_UINT, sender=one)
        self.deposit(self.delegator, 2 * MINIMUM)

    def deposit(self, who, amount):
        self.manager.deposit(who, self.subject, amount, sender=who)

    def queue(self, who, shares=MAX_UINT):
        """Epoch of the bucket."""
        epoch = self.engine.timestamp // WEEK + 1
        self.manager.queue(who, self.subject, shares, ZERO, sender=who)
        return epoch

    def complete(self, who, epoch):
        """What arrives."""
        before = self.it.asset.balanceOf(who)
        self.manager.complete(who, self.subject, epoch, ZERO, who, sender=who)
        return self.it.asset.balanceOf(who) - before

    def seize(self, slash, fraction=WAD // 2, age=0):
        at = self.engine.timestamp - age
        receipt = self.it.escrow.seize(self.manager.address, slash, self.subject, fraction, at, sender=self.admin)
        amount, _ = self.it.escrow.output("seize", receipt, 5)
        return amount

    def finalise(self, slash, amount):
        """Pay out all of it; the escrow holds nothing of the slash any more."""
        self.it.escrow.pay(self.manager.address, slash, self.admin, amount, sender=self.admin)
        self.it.escrow.restore(self.manager.address, slash, 0, sender=self.admin)

    def restore(self, slash, amount):
        self.it.escrow.restore(self.manager.address, slash, amount, sender=self.admin)

    @property
    def status(self):
        """The registry's, which is the pool's."""
        known = self.registry.status(self.operator)
        assert self.manager.pool(self.subject).status == known
        return known

    def refused(self, reason, call):
        with pytest.raises(Reverted) as caught:
            call()
        assert caught.value.reason == reason


@pytest.fixture(scope="module")
def made():
    return Stage(make_engine("pyrevm"))


@pytest.fixture
def stage(made):
    with rolled_back(made.engine):
        yield made


def test_inv_ast_8_inv_opr_9_exits_and_slashes__feed_burning_gas_and_asset_delisted__go_on(stage):
    """What T13 and S4.29 ask: no price is read by anything that moves stake."""
    stage.it.feed.set_mode(BURNS_GAS, sender=stage.admin)
    stage.refused("asset_registry: feed does not answer", lambda: stage.it.assets.value(ASSET, 1))
    stage.it.assets.close(ASSET, sender=stage.admin)
    stage.engine.advance(14 * DAY)
    stage.it.assets.delist(ASSET, sender=stage.admin)
    stage.manager.sync_asset(ASSET, sender=stage.late)
    stage.refused("delegation_manager: asset is shut to deposits", lambda: stage.deposit(stage.late, 1))
    epoch = stage.queue(stage.delegator)
    seized = stage.seize(1)
    assert seized == 2 * MINIMUM  # half of the active stake and of the queue
    stage.finalise(1, seized)
    assert stage.it.asset.balanceOf(stage.admin) == 2 * MINIMUM
    assert stage.registry.review(stage.operator, sender=stage.late).status == 1
    stage.registry.leave(sender=stage.operator)
    stage.registry.shut_down(sender=stage.operator)
    own = stage.queue(stage.operator)
    stage.engine.set_time((epoch + 1) * WEEK)
    assert stage.complete(stage.delegator, epoch) == MINIMUM
    assert stage.complete(stage.operator, own) == MINIMUM


def test_inv_opr_5_slash__proposed_then_finalised__status_moves_only_then(stage):
    stage.seize(1, WAD * 3 // 5)
    stage.registry.review(stage.operator, sender=stage.late)
    assert stage.status == ACTIVE  # 0.8 of the minimum left, 1.2 seized: it counts
    assert stage.registry.accepts_services(stage.operator)
    stage.finalise(1, 4 * MINIMUM * 3 // 5)
    assert not stage.registry.accepts_services(stage.operator)
    stage.registry.review(stage.operator, sender=stage.late)
    assert stage.status == INACTIVE
    stage.refused("delegation_manager: operator is not active", lambda: stage.deposit(stage.late, MINIMUM))
    stage.it.stake_own(stage.operator, MINIMUM // 5 + 1)  # own stake may come in every state; the slash rounded up
    stage.registry.review(stage.operator, sender=stage.late)
    assert stage.status == ACTIVE
    stage.deposit(stage.late, MINIMUM)


def test_inv_opr_5_slash__vetoed__status_never_moves(stage):
    seized = stage.seize(1, WAD)
    stage.registry.review(stage.operator, sender=stage.late)
    assert stage.status == ACTIVE
    stage.restore(1, seized)
    assert stage.status == ACTIVE


def test_inv_opr_3_own_stake__queued_before_the_last_step__is_refused_with_what_is_missing(stage):
    stage.it.ties.set_ties(stage.operator, 1, 1, sender=stage.admin)
    for reason, do in (
        ("operator_registry: leave first", lambda: stage.registry.leave(sender=stage.operator)),
        (
            "operator_registry: services still active",
            lambda: stage.it.ties.set_ties(stage.operator, 0, 1, sender=stage.admin),
        ),
        (
            "operator_registry: blueprints still registered",
            lambda: stage.it.ties.set_ties(stage.operator, 0, 0, sender=stage.admin),
        ),
        ("operator_registry: shut down first", lambda: stage.registry.shut_down(sender=stage.operator)),
    ):
        stage.refused(reason, lambda: stage.queue(stage.operator))
        do()
    assert stage.status == INACTIVE
    stage.queue(stage.operator)
    assert stage.registry.next_step(stage.operator) == 5


def test_inv_opr_10_customer_who_never_stops_a_service__holds_the_minimum_and_nothing_else(stage):
    """Until the ties let go, which they do against the customer after their notice; here somebody says so for them."""
    stage.it.ties.set_ties(stage.operator, 1, 1, sender=stage.admin)
    stage.registry.leave(sender=stage.operator)
    for _ in range(12):
        stage.engine.advance(WEEK)
        stage.refused(
            "operator_registry: services still active", lambda: stage.registry.shut_down(sender=stage.operator)
        )
    assert stage.status == LEAVING
    stage.refused("delegation_manager: operator is not active", lambda: stage.deposit(stage.late, MINIMUM))
    shares = stage.manager.stake(stage.subject, stage.operator)[1]
    epochs = {stage.operator: stage.queue(stage.operator, shares // 2), stage.delegator: stage.queue(stage.delegator)}
    stage.refused("operator_registry: services still active", lambda: stage.queue(stage.operator))
    assert stage.seize(1) == 2 * MINIMUM  # half of the minimum, and of both tickets
    stage.engine.advance(2 * WEEK)
    assert stage.complete(stage.operator, epochs[stage.operator]) == MINIMUM // 2
    assert stage.complete(stage.delegator, epochs[stage.delegator]) == MINIMUM
    stage.it.ties.set_ties(stage.operator, 0, 0, sender=stage.admin)
    stage.registry.shut_down(sender=stage.operator)
    epoch = stage.queue(stage.operator)
    stage.engine.advance(2 * WEEK)
    assert stage.complete(stage.operator, epoch) == MINIMUM // 2


def test_own_stake__above_the_minimum__leaves_while_active(stage):
    shares = stage.manager.stake(stage.subject, stage.operator)[1]
    stage.queue(stage.operator, shares // 2)
    assert stage.manager.self_stake(stage.subject) == MINIMUM
    stage.refused("operator_registry: leave first", lambda: stage.queue(stage.operator, shares // 100))
    assert stage.status == ACTIVE


def test_delegators__in_every_state_of_the_operator__leave(stage):
    part = stage.manager.stake(stage.subject, stage.delegator)[1] // 8
    stage.queue(stage.delegator, part)
    stage.registry.leave(sender=stage.operator)
    stage.refused("delegation_manager: operator is not active", lambda: stage.deposit(stage.late, MINIMUM))
    stage.queue(stage.delegator, part)
    stage.finalise(1, stage.seize(1, WAD * 3 // 4))
    stage.registry.review(stage.operator, sender=stage.late)
    assert stage.status == INACTIVE
    stage.queue(stage.delegator, part)
    stage.registry.shut_down(sender=stage.operator)
    epoch = stage.queue(stage.delegator)
    stage.engine.set_time((epoch + 1) * WEEK)
    assert stage.complete(stage.delegator, epoch) > 0


def test_t1_operator__shut_down_and_queued__slashed_at_the_last_second(stage):
    """T1: a leaving or inactive operator is slashable until its stake is out."""
    stage.registry.leave(sender=stage.operator)
    stage.registry.shut_down(sender=stage.operator)
    epoch = stage.queue(stage.operator)
    stage.engine.set_time((epoch + 1) * WEEK - 1)
    stage.seize(1, WAD // 2, age=WEEK)
    stage.engine.set_time((epoch + 1) * WEEK)
    assert stage.complete(stage.operator, epoch) == MINIMUM


def test_operator__back_after_its_last_step__takes_delegations_again(stage):
    stage.registry.leave(sender=stage.operator)
    stage.registry.shut_down(sender=stage.operator)
    stage.queue(stage.operator)
    stage.refused(
        "operator_registry: own stake below the minimum",
        lambda: stage.registry.register(ASSET, URI, sender=stage.operator),
    )
    stage.it.stake_own(stage.operator)
    stage.registry.register(ASSET, URI, sender=stage.operator)
    assert stage.status == ACTIVE
    stage.deposit(stage.late, MINIMUM)
