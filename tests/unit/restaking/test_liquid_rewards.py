"""LiquidRewards call by call: who earned what, just-in-time deposits and early leavers with numbers, each reason."""

import boa
import pytest
from eth_utils import keccak
from tests.support.delegation import DAY, OPERATORS, OWNERS, STRANGER, WEEK, ZERO, source, subject_word
from tests.support.liquid import DIRECT, GOVERNOR, HOLDERS, MAX, NOTICE, LiquidWorld, rewards_blueprint

from surety.models.delegation import ALLOWLIST, OPEN, WAD

STAKE = 10**21
PAY = 3 * 10**18
OPERATOR, SECOND = OPERATORS
HOLDER, OTHER, JOINER = HOLDERS[:3]
KEEPER = OWNERS[-1]
LEAVING = 2


@pytest.fixture(scope="module")
def made():
    with boa.env.anchor():
        world = LiquidWorld.create()
        world.earn()
        yield world


@pytest.fixture
def world(made):
    """HOLDER has 2,000 shares and OTHER 1,000, and a new epoch begins."""
    with boa.env.anchor():
        world = made.again()
        world.deposit(HOLDER, 2 * STAKE)
        world.deposit(OTHER, STAKE)
        world.next_epoch()
        yield world


@pytest.fixture(scope="module")
def pay(made):
    """Another token, of six decimals, that returns nothing."""
    token = source("mocks/MockNoReturnERC20").deploy("Pay", "PAY", 6)
    token.mint(KEEPER, 2**100)
    token.approve(made.pools, MAX, sender=KEEPER)
    return token


def near(expected, rewards=1):
    """To a unit for each rounding: of the pool's reward, of the vault's, and of a claim."""
    return pytest.approx(expected, abs=3 * rewards)


def due(world, stream):
    return [world.rewards.due(stream, one) for one in (HOLDER, OTHER, JOINER)]


def claim(world, stream, account):
    return world.pull(stream, account)


# -- creation ---------------------------------------------------------------------------------------------------------


def test_init__wiring__vault_and_companion_know_each_other(world):
    assert world.vault.rewards() == world.rewards.address
    assert world.rewards.wiring() == (
        world.vault.address,
        world.base.manager.address,
        world.pools.address,
        world.token.address,
    )
    assert world.token.allowance(world.rewards, world.vault) == MAX


def test_claim_rewards__anybody_but_the_companion__reverts(world):
    with boa.reverts("liquid_delegation: only for its rewards"):
        world.vault.claim_rewards(world.pools, subject_word(world.subject), world.token, 1, sender=KEEPER)


# -- the vault's own asset --------------------------------------------------------------------------------------------


def test_inv_lqd_10_11_harvest_own_asset__staked_for_all_at_once_and_no_price_moves(world):
    world.next_epoch()
    world.post(PAY)
    price = world.vault.convertToAssets(10**30)
    assert world.harvest() == near(PAY)
    stream = world.stream(world.token, world.vault)
    assert (stream, world.rewards.stream_count()) == (1, 1)
    assert world.rewards.streams(stream) == (subject_word(world.subject), world.token.address, world.vault.address, 0)
    # staked, owned by the companion, and worth a unit a share as before
    assert world.vault.totalAssets() == world.vault.totalSupply() == near(3 * STAKE + PAY)
    assert world.vault.balanceOf(world.rewards) == world.rewards.held(world.vault) == near(PAY)
    assert world.vault.convertToAssets(10**30) == price
    assert due(world, stream) == near([PAY * 2 // 3, PAY // 3, 0])
    assert claim(world, stream, HOLDER) == near(PAY * 2 // 3)
    assert world.vault.balanceOf(HOLDER) == near(2 * STAKE + PAY * 2 // 3)
    assert claim(world, stream, HOLDER) == 0
    assert claim(world, stream, OTHER) == near(PAY // 3)
    assert world.rewards.held(world.vault) == world.vault.balanceOf(world.rewards) <= 3


def test_inv_lqd_10_just_in_time_deposit__gains_nothing(world):
    """JOINER brings nine times the vault's stake a second before the post, and again before the harvest: 0 of 3 units.

    Shared by the shares at the harvest it would have got 2.7; by a drip over the week that follows as much.
    """
    world.next_epoch()
    world.to_epoch(world.base.epoch + 1)
    world.go_to(world.base.now + DAY)
    world.deposit(JOINER, 18 * STAKE)
    world.post(PAY)
    world.deposit(JOINER, 9 * STAKE)
    world.harvest()
    stream = world.stream(world.token, world.vault)
    assert due(world, stream) == near([PAY * 2 // 3, PAY // 3, 0])
    assert claim(world, stream, JOINER) == 0
    # and it gets out with what it brought, not more
    world.request(JOINER, 27 * STAKE)
    world.go_to(world.base.now + 2 * WEEK)
    assert world.redeem(JOINER, 27 * STAKE) == 27 * STAKE


def test_inv_lqd_10_joined_before_the_epoch_began__earns_what_a_delegator_earns(world):
    """The bound: what JOINER gets it has answered for through the whole epoch, as DIRECT has beside the vault."""
    world.deposit(JOINER, STAKE)
    world.base.deposit(DIRECT, world.subject, STAKE)
    world.next_epoch()
    world.request(JOINER, STAKE)  # in the epoch's first second: within reach to its end
    world.base.queue(DIRECT, world.subject, STAKE)
    world.next_epoch()
    world.post(5 * PAY)
    world.harvest()
    stream = world.stream(world.token, world.vault)
    direct = world.pools.due(subject_word(world.subject), world.token, DIRECT)
    assert due(world, stream) == near([2 * direct, direct, direct])
    assert direct == near(PAY)


def test_inv_lqd_10_early_leaver__keeps_what_it_earned_and_earns_no_more(world):
    """HOLDER asks to leave in the middle of an epoch: all of that one (2 of 3), nothing of the next (OTHER: 3 of 3)."""
    world.go_to(world.base.now + 3 * DAY)
    world.request(HOLDER, 2 * STAKE)
    world.next_epoch()
    world.post(PAY)
    world.next_epoch()
    world.post(PAY)
    assert world.harvest() == near(2 * PAY)
    stream = world.stream(world.token, world.vault)
    assert due(world, stream) == near([2 * PAY // 3, PAY // 3 + PAY, 0])
    assert world.redeem(HOLDER, 2 * STAKE) == 2 * STAKE
    assert claim(world, stream, HOLDER) == near(2 * PAY // 3)
    assert world.vault.balanceOf(HOLDER) == near(2 * PAY // 3)


def test_inv_lqd_10_shares_sold__the_seller_keeps_what_they_earned(world):
    world.base.deposit(DIRECT, world.subject, 1)  # so that the pool has a snapshot of this epoch
    world.transfer(HOLDER, JOINER, 2 * STAKE)
    for _ in range(2):
        world.next_epoch()
        world.post(PAY)
    world.harvest()
    stream = world.stream(world.token, world.vault)
    # the first epoch began with HOLDER's shares, the second with JOINER's
    assert due(world, stream) == near([2 * PAY // 3, 2 * PAY // 3, 2 * PAY // 3])


def test_inv_lqd_10_harvested_late__each_epoch_goes_to_its_holders(world):
    """Six epochs, harvested in two calls: JOINER came in the fourth, and earned in the last two."""
    world.base.deposit(DIRECT, world.subject, 1)  # so that the pool has a snapshot of this epoch
    for number in range(6):
        if number == 3:
            world.deposit(JOINER, 3 * STAKE)
        world.next_epoch()
        world.post(PAY)
    assert [world.harvest(), world.harvest()] == near([4 * PAY, 2 * PAY], rewards=4)
    with boa.reverts("liquid_rewards: nothing earned"):
        world.harvest()
    stream = world.stream(world.token, world.vault)
    assert due(world, stream) == near([10 * PAY // 3, 5 * PAY // 3, PAY], rewards=6)


def test_inv_lqd_10_two_posts_for_one_epoch__a_claim_between_them_loses_nothing(world):
    world.next_epoch()
    world.post(PAY)
    world.harvest()
    stream = world.stream(world.token, world.vault)
    claim(world, stream, HOLDER)
    world.post(PAY)
    world.harvest()
    assert due(world, stream) == near([PAY * 2 // 3, PAY * 2 // 3, 0])


def test_inv_lqd_11_waiting_shares__their_rewards_are_everybody_elses(world):
    """Of the second reward nobody's waiting shares get a part: the two holders share all of it."""
    world.next_epoch()
    world.post(PAY)
    world.harvest()
    world.next_epoch()
    world.next_epoch()
    world.post(PAY)
    world.harvest()
    stream = world.stream(world.token, world.vault)
    assert due(world, stream) == near([2 * PAY * 2 // 3, 2 * PAY // 3, 0])
    with boa.reverts("liquid_rewards: account can't hold shares"):
        world.rewards.claim(stream, world.rewards, world.rewards, sender=KEEPER)
    assert world.rewards.due(stream, world.rewards) == 0


def test_inv_lqd_11_t21_rewards_to_one_share__no_share_becomes_dear(world):
    """The only holder has one share, and is paid 10^21: the next deposit is a share a unit all the same."""
    for holder, shares in ((HOLDER, 2 * STAKE - 1), (OTHER, STAKE)):
        world.request(holder, shares)
    world.next_epoch()
    world.next_epoch()
    world.post(STAKE)
    world.harvest()
    assert world.vault.deposit(STAKE - 1, JOINER, sender=JOINER) == STAKE - 1
    assert world.vault.convertToAssets(1) == 1
    stream = world.stream(world.token, world.vault)
    assert due(world, stream) == near([STAKE, 0, 0])


# -- other tokens -----------------------------------------------------------------------------------------------------


def test_inv_lqd_10_other_token__is_kept_and_pulled(world, pay):
    world.next_epoch()
    world.post(3_000_000, pay)
    assert world.harvest(pay) == near(3_000_000)
    stream = world.stream(pay, pay)
    assert due(world, stream) == near([2_000_000, 1_000_000, 0])
    assert world.rewards.claim(stream, HOLDER, STRANGER, sender=HOLDER) == near(2_000_000)
    assert pay.balanceOf(STRANGER) == near(2_000_000)
    assert claim(world, stream, OTHER) == near(1_000_000)
    assert pay.balanceOf(OTHER) == near(1_000_000)
    assert world.vault.totalAssets() == world.vault.totalSupply() == 3 * STAKE


def test_harvest__events__say_stream_epoch_and_carried(world, pay):
    world.base.deposit(DIRECT, world.subject, 1)  # so that the pool has a snapshot of this epoch
    world.next_epoch()
    world.post(3_000_001, pay)
    world.rewards.harvest(subject_word(world.subject), pay)
    logs = [one for one in world.rewards.get_logs() if one.address == world.rewards.address]
    opened, harvested = logs
    assert (opened.stream, opened.subject) == (1, subject_word(world.subject))
    assert (opened.source, opened.token) == (pay.address, pay.address)
    assert (harvested.stream, harvested.epoch) == (1, world.base.epoch - 1)
    assert harvested.amount == harvested.credited == near(3_000_001)
    assert harvested.carried == near(0)
    world.rewards.claim(1, HOLDER, HOLDER)
    (paid,) = [one for one in world.rewards.get_logs() if one.address == world.rewards.address]
    assert (paid.stream, paid.account, paid.receiver, paid.amount) == (1, HOLDER, HOLDER, near(2_000_000))


def test_harvest__nothing_posted__reverts(world, pay):
    with boa.reverts("liquid_rewards: nothing earned"):
        world.harvest(pay)


def test_claim__receiver_of_somebody_else__reverts_but_for_an_operator(world, pay):
    world.next_epoch()
    world.post(3_000_000, pay)
    world.harvest(pay)
    with boa.reverts("liquid_rewards: caller is not the holder"):
        world.rewards.claim(1, HOLDER, STRANGER, sender=STRANGER)
    world.vault.setOperator(STRANGER, True, sender=HOLDER)
    assert world.rewards.claim(1, HOLDER, STRANGER, sender=STRANGER) == near(2_000_000)


def test_claim__account_zero__reverts_though_it_stands_for_all_shares(world, pay):
    world.next_epoch()
    world.post(3_000_000, pay)
    world.harvest(pay)
    assert world.rewards.due(1, ZERO) == 0
    with boa.reverts("liquid_rewards: account can't hold shares"):
        world.rewards.claim(1, ZERO, ZERO, sender=STRANGER)


def test_claim__token_refuses__reverts_and_can_be_repeated(world):
    token = source("mocks/MockFalseERC20").deploy("False", "NO", 18)
    token.mint(KEEPER, 2**100)
    token.approve(world.pools, MAX, sender=KEEPER)
    world.next_epoch()
    world.post(PAY, token)
    world.harvest(token)
    token.refuse(True)
    with boa.reverts("liquid_rewards: token refused"):
        claim(world, 1, HOLDER)
    token.refuse(False)
    assert claim(world, 1, HOLDER) == near(PAY * 2 // 3)


def test_inv_lqd_12_harvest__token_that_begins_to_take_a_fee__what_arrived_is_shared(world):
    token = source("mocks/MockFickleERC20").deploy("Fickle", "FKL", 6)
    token.mint(KEEPER, 2**100)
    token.approve(world.pools, MAX, sender=KEEPER)
    world.next_epoch()
    world.post(3_000_000, token)
    token.take(True)
    assert world.harvest(token) == near(2_970_000)
    assert due(world, 1) == near([1_980_000, 990_000, 0])
    assert world.rewards.held(token) == token.balanceOf(world.rewards) == near(2_970_000)


@pytest.mark.parametrize(
    "call", ["claim(uint256,address,address)", "harvest(uint256,address)", "collect(address)", "due(uint256,address)"]
)
def test_callbacks__of_a_token_into_the_companion__are_refused(world, call):
    """A token that calls back when a claim is paid gets in nowhere, and the claim is paid once."""
    token = source("mocks/MockCallbackERC20").deploy("Callback", "CBK", 18)
    token.mint(KEEPER, 2**100)
    token.approve(world.pools, MAX, sender=KEEPER)
    world.next_epoch()
    world.post(PAY, token)
    world.harvest(token)
    words = (
        [1, int(HOLDER, 16), int(HOLDER, 16)] if call[0] in "cd" and "uint256" in call else [int(token.address, 16)] * 2
    )
    token.call_back(world.rewards, keccak(text=call)[:4] + b"".join(word.to_bytes(32, "big") for word in words))
    assert claim(world, 1, HOLDER) == near(PAY * 2 // 3)
    assert token.calls() > 0
    assert not token.succeeded()
    assert token.balanceOf(HOLDER) == near(PAY * 2 // 3)


def test_claim__more_than_sixteen_stretches__in_two_calls(world, pay):
    """MAX_STRETCHES at its limit: HOLDER's shares change in each of 20 epochs."""
    world.base.deposit(DIRECT, world.subject, 1)  # so that the pool has a snapshot of this epoch
    for _ in range(20):
        world.transfer(HOLDER, JOINER, 1)
        world.next_epoch()
        world.post(3_000, pay)
        world.harvest(pay)
    expected = sum(3_000 * (2 * STAKE - number) // (3 * STAKE) for number in range(20))
    first, second, third = (world.rewards.claim(1, HOLDER, HOLDER, sender=KEEPER) for _ in range(3))
    assert first // 1_990 == world.rewards.MAX_STRETCHES() == 16
    assert abs(first + second - expected) <= 20
    assert third == 0


def test_harvest__vault_younger_than_rewards__skips_what_was_before(world, pay):
    """A second vault: the pool earned twenty epochs long without it, and with other holders coming and going."""
    for _ in range(20):
        world.base.deposit(DIRECT, world.subject, STAKE)
        world.next_epoch()
        world.post(3_000, pay)
    vault = deploy_beside(world)
    vault.deposit(STAKE, HOLDER, sender=HOLDER)
    rewards = source("restaking/LiquidRewards").at(vault.rewards())
    world.next_epoch()
    with boa.reverts("liquid_rewards: nothing earned"):
        rewards.harvest(subject_word(world.subject), pay, sender=KEEPER)
    world.next_epoch()
    world.post(24_000, pay)
    assert rewards.harvest(subject_word(world.subject), pay, sender=KEEPER) == near(1_000)
    assert rewards.due(1, HOLDER) == near(1_000)


def test_harvest__vault_empty_at_the_beginning_of_many_epochs__walks_on(world, pay):
    """In seventeen epochs shares came and went after the beginning: sixteen stretches of nothing a step, and on."""
    for holder, shares in ((HOLDER, 2 * STAKE), (OTHER, STAKE)):
        world.request(holder, shares)
    world.base.deposit(DIRECT, world.subject, STAKE)
    for number in range(17):
        world.next_epoch()
        world.deposit(HOLDER, STAKE)
        world.seize(1 + number, 1)  # a snapshot at which there were shares
        world.request(HOLDER, world.model.shares[HOLDER])
        world.base.deposit(DIRECT, world.subject, 1)
        world.post(3_000, pay)
    world.deposit(HOLDER, STAKE)
    world.next_epoch()
    world.base.deposit(DIRECT, world.subject, 1)
    world.next_epoch()
    word = subject_word(world.subject)
    stamp, epoch = world.pools.next_stamp(word, pay, world.vault)
    assert stamp > 0
    assert epoch < world.base.epoch - 2
    world.post(4_000, pay)
    with boa.env.anchor():
        world.vault.claim_rewards(world.pools, word, pay, stamp, sender=world.rewards.address)
        empty, later = world.pools.next_stamp(word, pay, world.vault)
        assert world.base.manager.stretch(word, world.vault, empty)[0] == 0
        assert later > epoch + 13
    # what was posted for its first epoch, when OTHER and HOLDER still had shares, and for its last
    assert world.harvest(pay) >= 2_000
    with boa.reverts("liquid_rewards: nothing earned"):
        world.harvest(pay)
    assert world.rewards.due(1, HOLDER) >= 2_000


def deploy_beside(world):
    """Another vault over the same pool."""
    vault = source("restaking/LiquidDelegation").deploy(
        world.base.manager,
        world.base.escrow,
        subject_word(world.subject),
        list(world.model.names),
        GOVERNOR,
        NOTICE,
        "Second",
        "LQ2",
        rewards_blueprint(),
        world.pools,
    )
    world.token.approve(vault, MAX, sender=HOLDER)
    return vault


# -- deposits that the vault does not take ----------------------------------------------------------------------------


@pytest.mark.parametrize("why", ["cap", "minimum", "allowlist", "leaving"])
def test_inv_lqd_10_own_asset_cannot_be_staked__is_kept_as_cash(world, why):
    world.next_epoch()
    if why == "leaving":
        world.leave(OPERATOR, LEAVING)
    else:
        mode = ALLOWLIST if why == "allowlist" else OPEN
        limits = {"cap": (0, 3 * STAKE + PAY // 2), "minimum": (PAY + 1, 0)}.get(why, (0, 0))
        world.base.set_pool(world.subject, mode, *limits)
    world.post(PAY)
    assert world.harvest() == near(PAY)
    assert world.stream(world.token, world.vault) == 0
    stream = world.stream(world.token, world.token)
    assert due(world, stream) == near([PAY * 2 // 3, PAY // 3, 0])
    before = world.token.balanceOf(HOLDER)
    claim(world, stream, HOLDER)
    assert world.token.balanceOf(HOLDER) == near(before + PAY * 2 // 3)
    if why != "leaving":
        # what comes later is staked again
        world.base.set_pool(world.subject)
        world.next_epoch()
        world.post(PAY)
        world.harvest()
        assert due(world, world.stream(world.token, world.vault)) == near([PAY * 2 // 3, PAY // 3, 0])


def test_inv_lqd_10_winding_down__rewards_of_its_last_epochs_reach_the_holders(world):
    """The operator leaves in the middle of an epoch that is paid for later, and the stake has moved by then."""
    world.go_to(world.base.now + DAY)
    world.leave(OPERATOR, LEAVING)
    world.wind_down()
    world.request(HOLDER, 2 * STAKE)
    world.next_epoch()
    world.post(PAY)
    world.harvest()
    stream = world.stream(world.token, world.token)
    assert due(world, stream) == near([PAY * 2 // 3, PAY // 3, 0])
    assert claim(world, stream, HOLDER) == near(PAY * 2 // 3)
    old = world.subject
    world.announce(SECOND)
    world.go_to(world.base.now + 2 * WEEK)
    world.move()
    assert world.vault.subject() == subject_word((SECOND, world.number))
    assert claim(world, stream, OTHER) == near(PAY // 3)
    # both pools pay: nothing is due of the old one, and one share earns behind the new one
    world.next_epoch()
    world.next_epoch()
    world.post(PAY)
    assert world.harvest() == near(PAY)
    assert due(world, world.stream(world.token, world.vault)) == near([0, PAY, 0])
    with boa.reverts("liquid_rewards: nothing earned"):
        world.harvest(subject=old)


# -- nobody there, gifts and refunds ----------------------------------------------------------------------------------


def test_inv_lqd_12_only_waiting_shares_left__rewards_are_carried_to_the_next_holder(world):
    world.next_epoch()
    world.post(PAY)
    world.harvest()
    stream = world.stream(world.token, world.vault)
    for holder, shares in ((HOLDER, 2 * STAKE), (OTHER, STAKE)):
        world.request(holder, shares)
    world.next_epoch()
    world.next_epoch()
    world.post(PAY)
    world.harvest()
    assert world.rewards.streams(stream)[3] == near(PAY)
    assert due(world, stream) == near([PAY * 2 // 3, PAY // 3, 0])
    claim(world, stream, OTHER)
    world.next_epoch()
    world.next_epoch()
    world.post(PAY)
    world.harvest()
    assert world.rewards.streams(stream)[3] == near(0)
    assert due(world, stream) == near([PAY * 2 // 3, 2 * PAY, 0])


def test_collect__gifts__go_to_the_holders_at_the_beginning_of_the_epoch(world, pay):
    world.deposit(JOINER, STAKE)
    pay.transfer(world.rewards, 3_000_000, sender=KEEPER)
    assert world.collect(pay) == near(3_000_000)
    stream = world.rewards.stream_of(0, pay, pay)
    assert due(world, stream) == near([2_000_000, 1_000_000, 0])
    with boa.reverts("liquid_rewards: nothing to collect"):
        world.rewards.collect(pay, sender=STRANGER)
    # shares of the vault are a gift like any other
    world.transfer(HOLDER, world.rewards.address, 6_000)
    assert world.collect(world.vault) == near(6_000)
    assert due(world, world.rewards.stream_of(0, world.vault, world.vault)) == near([4_000, 2_000, 0])


def test_inv_lqd_12_refund_of_waiting_shares__is_collected_for_the_holders(world):
    """A tenth of the vault is seized while rewards wait; vetoed, what the waiting shares lost goes to the holders."""
    world.next_epoch()
    world.post(PAY)
    world.harvest()
    world.seize(1, WAD // 10)
    world.veto(1)
    back = world.vault.claim_refund(1, world.rewards, world.rewards, sender=STRANGER)
    world.model.claim_refund(1, world.rewards.address)
    assert back == near(PAY // 10)
    assert world.collect(world.token) == near(back)
    stream = world.rewards.stream_of(0, world.token, world.vault)
    shares = world.vault.convertToShares(back)
    assert due(world, stream) == near([shares * 2 // 3, shares // 3, 0])


# -- the view that moved here -----------------------------------------------------------------------------------------


def test_room__as_the_vault_says(world):
    assert world.rewards.room(subject_word(world.subject)) == world.vault.maxDeposit(JOINER)
    world.leave(OPERATOR, LEAVING)
    assert world.rewards.room(subject_word(world.subject)) == 0


def test_stretch__shares_at_the_beginning_of_epochs__never_change(world):
    """INV-LQD-5 for epochs: HOLDER bought in one, had 2,000 for two, and sold in the fourth."""
    first = world.base.epoch
    world.next_epoch()
    world.next_epoch()
    world.transfer(HOLDER, JOINER, STAKE)
    world.transfer(HOLDER, JOINER, 1)
    world.next_epoch()

    def told(account):
        return [world.vault.stretch(0, account, epoch) for epoch in range(first - 1, first + 4)]

    ever = 2**40 - 1
    assert told(HOLDER) == [
        (0, first - 1),
        (2 * STAKE, first + 2),
        (2 * STAKE, first + 2),
        (2 * STAKE, first + 2),
        (STAKE - 1, ever),
    ]
    assert told(JOINER) == [(0, first + 2)] * 4 + [(STAKE + 1, ever)]
    assert told(ZERO) == [(0, first - 1)] + [(3 * STAKE, ever)] * 4
