"""LiquidDelegation call by call: each reason beside the call that goes through, and what each phase allows."""

import boa
import pytest
from eth_utils import keccak
from tests.support.delegation import CAP, DAY, OPERATORS, OWNERS, STRANGER, WEEK, ZERO, source, subject_word
from tests.support.liquid import DIRECT, GOVERNOR, HOLDERS, MAX, NOTICE, LiquidWorld, rewards_blueprint

from surety.models.delegation import ALLOWLIST, CLOSED, OPEN, WAD

STAKE = 10**21 + 7
OPERATOR, SECOND = OPERATORS
HOLDER, OTHER, THIRD = HOLDERS[:3]
ACTIVE, LEAVING, INACTIVE = 1, 2, 3
STAKED, WINDING, CASH = 0, 1, 2


@pytest.fixture(scope="module")
def made():
    """Over 18 decimals; stateful and fuzz tests have 6 that return nothing too."""
    with boa.env.anchor():
        yield LiquidWorld.create()


@pytest.fixture
def world(made):
    with boa.env.anchor():
        yield made.again()


def logged(contract):
    """Names and fields of the contract's own events of the last call."""
    return [(type(one).__name__, one) for one in contract.get_logs() if one.address == contract.address]


def deploy(world, subject=None, names=None, notice=NOTICE):
    return source("restaking/LiquidDelegation").deploy(
        world.base.manager,
        world.base.escrow,
        subject_word(world.subject) if subject is None else subject,
        list(world.model.names) if names is None else names,
        GOVERNOR,
        notice,
        "Liquid stake",
        "LQD",
        rewards_blueprint(),
        world.pools,
    )


# -- creation ---------------------------------------------------------------------------------------------------------


def test_init__wiring_and_names__are_kept(world):
    vault = world.vault
    assert vault.wiring() == (
        world.base.manager.address,
        world.base.escrow.address,
        *world.model.names,
        GOVERNOR,
        NOTICE,
    )
    assert vault.asset() == world.token.address
    assert (vault.name(), vault.symbol(), vault.decimals()) == ("Liquid stake", "LQD", world.token.decimals())
    assert vault.share() == vault.address
    assert (vault.subject(), vault.phase()) == (subject_word(world.subject), STAKED)


def test_init__no_pool__reverts(world):
    with boa.reverts("liquid_delegation: no such pool"):
        deploy(world, subject=subject_word((STRANGER, world.number)))
    with boa.reverts("liquid_delegation: no such pool"):
        deploy(world, names=[world.model.names[0], STRANGER])


def test_init__a_bond__reverts(world):
    with boa.reverts("liquid_delegation: asset is not an ERC-20"):
        deploy(world, subject=subject_word((OPERATOR, 2)))


def test_init__one_name_for_all__reverts(world):
    with boa.reverts("liquid_delegation: bad names for tickets"):
        deploy(world, names=[world.model.names[0]] * 2)


@pytest.mark.parametrize("notice", [0, 2 * WEEK - 1, 90 * DAY + 1])
def test_init__notice_out_of_range__reverts(world, notice):
    with boa.reverts("liquid_delegation: notice out of range"):
        deploy(world, notice=notice)
    deploy(world, notice=2 * WEEK)
    deploy(world, notice=90 * DAY)


def test_ticket_name__its_pool__takes_no_stake(world):
    word = subject_word((world.model.names[0], world.number))
    with boa.reverts("delegation_manager: operator is not active"):
        world.base.manager.deposit(HOLDER, word, STAKE, sender=HOLDER)


@pytest.mark.parametrize("interface_id", ["01ffc9a7", "2f0a18c5", "e3bc4e65", "620ee8e4"])
def test_supports_interface__the_standards__and_no_other(world, interface_id):
    assert world.vault.supportsInterface(bytes.fromhex(interface_id))
    assert not world.vault.supportsInterface(bytes.fromhex("ffffffff"))
    assert not world.vault.supportsInterface(bytes.fromhex("ce3bbe50"))  # asynchronous deposits


# -- deposits ---------------------------------------------------------------------------------------------------------


def test_inv_lqd_1_deposit__first__a_share_a_unit_and_staked(world):
    assert world.vault.previewDeposit(STAKE) == STAKE
    assert world.vault.convertToShares(STAKE) == world.vault.convertToAssets(STAKE) == STAKE
    assert world.deposit(HOLDER, STAKE) == STAKE
    (_, transfer), (name, event) = logged(world.vault)
    assert (transfer.receiver, transfer.value) == (HOLDER, STAKE)
    assert (name, event.sender, event.owner, event.assets, event.shares) == ("Deposit", HOLDER, HOLDER, STAKE, STAKE)
    assert world.base.manager.stake(subject_word(world.subject), world.vault) == (STAKE, STAKE)
    assert world.token.balanceOf(world.vault) == 0
    world.compare()


def test_deposit__zero__reverts(world):
    assert world.deposit(HOLDER, 0) is None
    with boa.reverts("liquid_delegation: amount is worth nothing"):
        world.vault.requestRedeem(0, HOLDER, HOLDER, sender=HOLDER)
    assert world.mint(HOLDER, 0) is None


def test_deposit__to_nobody_or_the_vault__reverts(world):
    for receiver, reason in (
        (ZERO, "erc20: mint to the zero address"),
        (world.vault, "async_vault: the vault holds no shares"),
    ):
        assert world.vault.maxDeposit(receiver) == world.vault.maxMint(receiver) == 0
        with boa.reverts(reason):
            world.vault.deposit(STAKE, receiver, sender=HOLDER)


def test_mint__after_a_seizure__costs_what_shares_are_worth(world):
    world.deposit(HOLDER, STAKE)
    world.seize(1, WAD // 4)
    assert world.vault.previewMint(STAKE) == world.mint(OTHER, STAKE)
    assert abs(world.vault.convertToAssets(STAKE) - STAKE * 3 // 4) <= 2
    world.compare()


def test_max_deposit__follows_the_pool(world):
    vault, base, number = world.vault, world.base, world.number
    world.deposit(HOLDER, STAKE)
    assert vault.maxDeposit(OTHER) == CAP - STAKE
    for mode, minimum, cap, most in (
        (OPEN, 0, 3 * STAKE, 2 * STAKE),
        (OPEN, STAKE, STAKE, 0),
        (OPEN, STAKE, 2 * STAKE, 0),
        (OPEN, STAKE, 2 * STAKE + 4, STAKE + 4),
        (OPEN, 2 * STAKE, 2 * STAKE, 0),
        (CLOSED, 0, 0, 0),
        (ALLOWLIST, 0, 0, 0),
        (OPEN, 0, STAKE // 2, 0),
    ):
        base.set_pool((OPERATOR, number), mode, minimum, cap)
        assert vault.maxDeposit(OTHER) == vault.maxMint(OTHER) == most
        if most:
            with boa.env.anchor():
                assert vault.mint(vault.maxMint(OTHER), OTHER, sender=OTHER) <= most
        if most or minimum < cap - STAKE or mode != OPEN:
            assert world.again().deposit(OTHER, most + 1 if most else STAKE) is None
    base.set_pool((OPERATOR, number), ALLOWLIST)
    base.allow(OPERATOR, vault.address)
    assert vault.maxDeposit(OTHER) == CAP - STAKE
    base.set_pool((OPERATOR, number))
    world.leave(OPERATOR, LEAVING)
    assert vault.maxDeposit(OTHER) == 0


def test_max_mint__room_is_about_the_minimum__never_more_than_goes(world):
    """What the most shares cost may be less than the most assets by a few units: then none are offered."""
    world.deposit(HOLDER, STAKE)
    world.seize(1, WAD // 3)
    held = world.base.model.pots[world.subject, 0].assets
    offered = 0
    for slack in range(8):
        world.base.set_pool((OPERATOR, world.number), OPEN, 1_000, held + 1_000 + slack)
        most = world.vault.maxMint(OTHER)
        assert world.vault.maxDeposit(OTHER) == (1_000 + slack if slack >= 4 else 0)
        if most:
            offered += 1
            with boa.env.anchor():
                world.vault.mint(most, OTHER, sender=OTHER)
    assert offered == 4


def test_max_deposit__asset_is_shut__is_nothing(world):
    world.base.registry.set_asset(world.number, world.token, 0, CAP, 2)
    world.base.manager.sync_asset(world.number)
    assert world.vault.maxDeposit(OTHER) == 0
    with boa.reverts("delegation_manager: asset is shut to deposits"):
        world.vault.deposit(STAKE, OTHER, sender=OTHER)


# -- T10, T21: prices that nobody moves -------------------------------------------------------------------------------


def test_inv_lqd_2_t21_first_deposit_and_gifts__attacker_gets_nothing(world):
    """A first depositor of one unit gives 10^21 units wherever it can, before the victim deposits as much less one."""
    attacker, victim = HOLDER, OTHER
    world.deposit(attacker, 1)
    for receiver in (world.vault, world.base.manager):
        world.token.transfer(receiver, STAKE, sender=attacker)
    assert world.vault.totalAssets() == 1
    assert world.vault.deposit(STAKE - 1, victim, sender=victim) == STAKE - 1
    assert world.vault.convertToAssets(1) == 1
    assert world.vault.convertToAssets(STAKE - 1) == STAKE - 1


@pytest.mark.parametrize("fraction", [WAD // 3, WAD - WAD // 10**5])
def test_inv_lqd_2_t21_shares_rounded_away__no_share_becomes_dear(world, fraction):
    """After a seizure: leave one share, whatever that is worth, and try to have the next deposit rounded away."""
    attacker, victim = HOLDER, OTHER
    world.deposit(attacker, STAKE)
    world.seize(1, fraction)
    while world.model.shares[attacker] > 1:
        shares = world.model.shares[attacker]
        if world.request(attacker, max(shares - 1, 1)) is None:
            break
    assert world.vault.totalAssets() <= 2
    got = world.deposit(victim, 1_000)
    assert world.model.total_assets() * got // world.model.supply >= 997


def test_inv_lqd_2_t10_slash_with_a_redemption_open__no_share_inflation(world):
    """T10: pending redemptions have no part in the price of shares, before and after a slash larger than the rest."""
    world.deposit(HOLDER, 100 * STAKE)
    world.request(HOLDER, 99 * STAKE)
    assert world.vault.totalAssets() == STAKE == world.vault.totalSupply()
    world.seize(1, WAD * 99 // 100)
    assert world.vault.totalAssets() == STAKE - -(-STAKE * 99 // 100)
    got = world.deposit(OTHER, STAKE)
    assert got <= 101 * STAKE
    assert abs(world.vault.convertToAssets(got) - STAKE) <= 2
    world.wait(2 * WEEK)
    # the request lost its 99 % too, and nothing of what came later
    assert world.redeem(HOLDER, 99 * STAKE) == 99 * STAKE - -(-99 * STAKE * 99 // 100)


# -- seizures and refunds ---------------------------------------------------------------------------------------------


def test_inv_lqd_4_veto__joiner_neither_gains_nor_loses_and_holder_gets_all(world):
    """60 % are seized, OTHER joins, the slash is vetoed. At par OTHER would have paid HOLDER 30 % of its stake."""
    world.deposit(HOLDER, STAKE)
    world.seize(1, WAD * 6 // 10)
    joined = world.deposit(OTHER, STAKE)
    assert abs(world.vault.convertToAssets(joined) - STAKE) <= 2
    world.veto(1)
    assert world.model.refund(1, OTHER) == 0
    assert world.claim_refund(1, OTHER) is None
    seized = world.base.model.seizures[1].seized
    assert world.claim_refund(1, HOLDER) == seized
    assert abs(world.vault.convertToAssets(joined) - STAKE) <= 2
    assert world.claim_refund(1, HOLDER) is None
    world.compare()
    world.compare_refunds()


def test_inv_lqd_4_finalised__joiner_pays_nothing(world):
    world.deposit(HOLDER, STAKE)
    world.seize(1, WAD * 6 // 10)
    joined = world.deposit(OTHER, STAKE)
    world.finalise(1)
    assert abs(world.vault.convertToAssets(joined) - STAKE) <= 2
    for holder in HOLDERS:
        assert world.claim_refund(1, holder) is None


def test_inv_lqd_4_in_one_block__who_held_at_the_seizure_gets_it(world):
    """Everything at one timestamp: the count of slashes tells before from after."""
    world.deposit(HOLDER, STAKE)
    world.seize(1)
    world.transfer(HOLDER, OTHER, STAKE)
    world.seize(2)
    world.transfer(OTHER, THIRD, STAKE)
    world.veto(1)
    world.veto(2)
    refunds = [[world.model.refund(slash, one) for one in HOLDERS[:3]] for slash in (1, 2)]
    first, second = (world.base.model.seizures[slash].seized for slash in (1, 2))
    assert refunds == [[first, 0, 0], [0, second, 0]]
    world.compare_refunds()


def test_inv_lqd_5_seizure_heard_of_long_after_its_end__history_is_exact(world):
    """Nothing happens here from before the seizure until after its release, when shares move before the claim."""
    world.deposit(HOLDER, STAKE)
    world.deposit(OTHER, 3 * STAKE)
    world.seize(1, WAD // 4)
    world.wait(3 * WEEK)
    world.veto(1)
    world.transfer(HOLDER, THIRD, STAKE)
    world.request(OTHER, STAKE)
    assert world.claim_refund(1, THIRD) is None
    assert world.claim_refund(1, HOLDER) == STAKE // 4
    assert world.model.refund(1, OTHER) == 3 * STAKE // 4
    world.compare_refunds()


def test_inv_lqd_4_leavers_and_requests__each_gets_its_part(world):
    """HOLDER has requested before the seizure, OTHER requests after it into the same bucket, THIRD stays."""
    for one in (HOLDER, OTHER, THIRD):
        world.deposit(one, STAKE)
    world.request(HOLDER, STAKE)
    world.seize(1, WAD // 2)
    world.request(OTHER, STAKE)
    world.wait(2 * WEEK)
    for one in (HOLDER, OTHER):
        assert abs(world.redeem(one, STAKE) - STAKE // 2) <= 1
    world.veto(1)
    for one in (HOLDER, OTHER, THIRD):
        assert abs(world.claim_refund(1, one) - STAKE // 2) <= 1
    world.compare()


def test_inv_lqd_4_compensation_first_then_restored__both_are_paid_by_the_seizure(world):
    world.deposit(HOLDER, STAKE)
    world.deposit(OTHER, STAKE)
    world.seize(1)
    world.base.compensate(1, 2 * 10**6)
    assert world.claim_refund(1, HOLDER) == 10**6
    world.veto(1)
    seized = world.base.model.seizures[1].seized
    assert world.claim_refund(1, HOLDER) == seized // 2
    assert world.claim_refund(1, OTHER) == seized // 2 + 10**6


def test_inv_lqd_4_older_offence__reaches_both_buckets_and_each_is_refunded(world):
    for one in (HOLDER, OTHER, THIRD):
        world.deposit(one, STAKE)
    world.request(HOLDER, STAKE)
    world.to_epoch(world.base.epoch + 1)
    world.request(OTHER, STAKE)
    world.seize(1, WAD // 2, age=DAY)
    world.seize(2, WAD // 2)  # of today: what was queued last week doesn't answer
    for slash in (2, 1):
        world.veto(slash)
    world.compare_refunds()
    assert [abs(world.model.refund(1, one) - STAKE // 2) <= 1 for one in HOLDERS[:3]] == [True] * 3
    assert world.model.refund(2, HOLDER) == 0
    assert [abs(world.model.refund(2, one) - STAKE // 4) <= 1 for one in (OTHER, THIRD)] == [True] * 2


def test_inv_lqd_4_earlier_bucket_of_the_same_parity__gets_nothing_of_a_later_seizure(world):
    """A ripe ticket, claimed or not, has no part in what is refunded for the bucket two weeks later."""
    world.deposit(HOLDER, STAKE)
    world.deposit(OTHER, STAKE)
    world.request(HOLDER, STAKE)
    world.wait(2 * WEEK)
    world.request(OTHER, STAKE)
    world.seize(1, WAD // 2)
    world.veto(1)
    assert world.claim_refund(1, HOLDER) is None
    assert abs(world.claim_refund(1, OTHER) - STAKE // 2) <= 1


def test_inv_lqd_4_later_bucket_of_the_same_parity__takes_no_refund_away(world):
    """The seizure reached one bucket; two weeks on, before another slash, a request opens the next but one."""
    world.deposit(HOLDER, STAKE)
    world.deposit(OTHER, STAKE)
    world.request(HOLDER, STAKE)
    world.seize(1, WAD // 2)
    world.wait(2 * WEEK)
    world.request(OTHER, STAKE)
    world.veto(1)
    world.compare_refunds()
    for one in (HOLDER, OTHER):
        assert abs(world.claim_refund(1, one) - STAKE // 2) <= 1


def test_claim_refund__for_another__goes_to_the_account_alone(world):
    world.deposit(HOLDER, STAKE)
    world.seize(1)
    world.veto(1)
    with boa.reverts("async_vault: caller is not the controller"):
        world.vault.claim_refund(1, HOLDER, OTHER, sender=OTHER)
    before = world.token.balanceOf(OTHER)
    world.vault.setOperator(OTHER, True, sender=HOLDER)
    amount = world.vault.claim_refund(1, HOLDER, OTHER, sender=OTHER)
    names = [name for name, _ in logged(world.vault)]
    assert names == ["RefundPaid"]
    assert world.token.balanceOf(OTHER) == before + amount


def test_claim_refund__nothing_there__reverts(world):
    world.deposit(HOLDER, STAKE)
    for slash in (0, 1):
        assert world.vault.refund(slash, HOLDER) == 0
        with boa.reverts("async_vault: nothing to refund"):
            world.vault.claim_refund(slash, HOLDER, HOLDER)
    world.seize(1)
    world.veto(1)
    for nobody in (world.vault.address, ZERO):
        assert world.vault.refund(1, nobody) == 0
        with boa.reverts("async_vault: nothing to refund"):
            world.vault.claim_refund(1, nobody, nobody)


# -- near-full slashes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("left", [WAD // 10**4, WAD // 10**5, WAD // 10**8])
def test_inv_lqd_7_t23_near_full_slash_and_refill__old_shares_keep_the_residue(world, left):
    world.deposit(HOLDER, STAKE)
    world.seize(1, WAD - left)
    residue = world.vault.totalAssets()
    assert 0 < residue <= STAKE * left // WAD
    world.deposit(OTHER, STAKE)
    world.compare()
    assert abs(world.vault.convertToAssets(world.model.shares[OTHER]) - STAKE) <= 1
    assert abs(world.vault.convertToAssets(STAKE) - residue) <= 1
    world.veto(1)
    assert world.claim_refund(1, HOLDER) == world.base.model.seizures[1].seized
    assert world.claim_refund(1, OTHER) is None


@pytest.mark.parametrize("fraction", [WAD, WAD - 1])
def test_inv_lqd_7_t23_full_slash__no_deposit_is_diluted_and_a_veto_pays_all(world, fraction):
    world.deposit(HOLDER, STAKE)
    world.request(HOLDER, STAKE // 2)
    world.seize(1, fraction)
    assert world.vault.maxDeposit(OTHER) == world.vault.maxMint(OTHER) == 0
    for call in (world.vault.previewDeposit, world.vault.previewMint):
        with boa.reverts("liquid_delegation: worn out, use another vault"):
            call(STAKE)
    assert world.deposit(OTHER, STAKE) is None
    assert world.mint(OTHER, STAKE) is None
    if fraction == WAD:
        with boa.reverts("liquid_delegation: worn out, use another vault"):
            world.vault.convertToShares(STAKE)
        assert world.vault.convertToAssets(STAKE) == 0
    world.wait(2 * WEEK)
    assert world.redeem(HOLDER, STAKE // 2) <= 500
    world.veto(1)
    assert abs(world.claim_refund(1, HOLDER) - STAKE) <= 1_001


def test_inv_lqd_7_t23_emptied_bucket__later_requests_are_not_shared_with_the_dead(world):
    """All that was requested is seized; the same week others deposit, request, and get all of theirs."""
    world.deposit(HOLDER, STAKE)
    world.request(HOLDER, STAKE)
    world.seize(1, WAD)
    assert world.deposit(OTHER, STAKE) == STAKE
    world.request(OTHER, STAKE)
    world.compare()
    world.seize(2, WAD // 2)
    world.wait(2 * WEEK)
    assert world.redeem(OTHER, STAKE) == STAKE // 2
    assert world.redeem(HOLDER, STAKE) == 0
    world.veto(1)
    world.veto(2)
    assert world.claim_refund(1, HOLDER) == STAKE
    assert abs(world.claim_refund(2, OTHER) - STAKE // 2) <= 1
    assert world.claim_refund(2, HOLDER) is None
    world.compare()


def test_inv_lqd_7_bucket_worn_down__its_tickets_are_converted_for_all(world):
    world.deposit(HOLDER, STAKE)
    world.deposit(OTHER, STAKE)
    world.request(HOLDER, STAKE // 2)
    world.seize(1, WAD - WAD // 10**5)
    world.request(OTHER, STAKE)
    world.request(HOLDER, STAKE - STAKE // 2)
    world.compare()
    world.wait(2 * WEEK)
    world.compare()
    assert abs(world.redeem(HOLDER, STAKE) - STAKE // 10**5) <= 2
    assert abs(world.redeem(OTHER, STAKE) - STAKE // 10**5) <= 2
    world.veto(1)
    for one in (HOLDER, OTHER):
        assert abs(world.claim_refund(1, one) - (STAKE - STAKE // 10**5)) <= 2


# -- requests ---------------------------------------------------------------------------------------------------------


def test_inv_lqd_6_request__waits_then_is_claimed_in_parts(world):
    world.deposit(HOLDER, STAKE)
    epoch = world.base.epoch
    assert world.request(HOLDER, STAKE) == 0
    (_, burnt), (name, event) = logged(world.vault)
    assert (burnt.sender, burnt.receiver, burnt.value) == (HOLDER, ZERO, STAKE)
    assert (name, event.controller, event.owner, event.requestId) == ("RedeemRequest", HOLDER, HOLDER, 0)
    assert (event.sender, event.shares) == (HOLDER, STAKE)
    assert world.vault.pendingRedeemRequest(1, HOLDER) == world.vault.claimableRedeemRequest(1, HOLDER) == 0
    world.base.go_to((epoch + 2) * WEEK - 1)
    world.compare()
    assert world.vault.pendingRedeemRequest(0, HOLDER) == STAKE
    assert world.redeem(HOLDER, STAKE) is None
    world.base.go_to((epoch + 2) * WEEK)
    world.compare()
    assert world.vault.maxRedeem(HOLDER) == world.vault.maxWithdraw(HOLDER) == STAKE
    assert world.redeem(HOLDER, STAKE // 3) == STAKE // 3
    assert world.withdraw(HOLDER, STAKE // 3) == STAKE // 3
    name, event = logged(world.vault)[-1]
    assert (name, event.owner, event.assets, event.shares) == ("Withdraw", HOLDER, STAKE // 3, STAKE // 3)
    assert world.redeem(HOLDER, STAKE) is None
    assert world.withdraw(HOLDER, STAKE) is None
    assert world.redeem(HOLDER, 0) is None
    assert world.withdraw(HOLDER, 0) is None
    assert world.redeem(HOLDER, STAKE - 2 * (STAKE // 3)) == STAKE - 2 * (STAKE // 3)
    world.compare()


def test_inv_lqd_6_requests_of_three_weeks__are_folded_and_none_is_blocked(world):
    world.deposit(HOLDER, 10 * STAKE)
    for _ in range(5):
        world.request(HOLDER, STAKE)
        world.request(HOLDER, STAKE // 2)
        world.compare()
        world.wait(WEEK)
    world.wait(2 * WEEK)
    assert world.redeem(HOLDER, world.model.claimable_of(HOLDER)[0]) == 5 * (STAKE + STAKE // 2)


def test_inv_lqd_6_dust_requests_for_another__do_not_hinder_it(world):
    """Griefing: a stranger requests for the holder every week."""
    world.deposit(HOLDER, STAKE)
    world.deposit(OTHER, STAKE)
    for _ in range(4):
        world.request(OTHER, 1, HOLDER)
        world.wait(WEEK)
    assert world.request(HOLDER, STAKE) == 0
    world.wait(2 * WEEK)
    assert world.redeem(HOLDER, STAKE + 4) == STAKE + 4


def test_request__nothing_or_more_than_held__reverts(world):
    world.deposit(HOLDER, STAKE)
    assert world.request(HOLDER, 0) is None
    assert world.request(HOLDER, STAKE + 1) is None
    for nobody in (ZERO, world.vault.address):
        with boa.reverts("async_vault: controller is zero or the vault"):
            world.vault.requestRedeem(STAKE, nobody, HOLDER, sender=HOLDER)
    world.seize(1, WAD - WAD // 10**5)
    assert world.request(HOLDER, 1) is None


def test_request__of_another__needs_an_operator_or_an_allowance(world):
    vault = world.vault
    world.deposit(HOLDER, STAKE)
    with boa.reverts("erc20: insufficient allowance"):
        vault.requestRedeem(STAKE, OTHER, HOLDER, sender=OTHER)
    vault.approve(OTHER, 10, sender=HOLDER)
    vault.requestRedeem(10, OTHER, HOLDER, sender=OTHER)
    assert vault.allowance(HOLDER, OTHER) == 0
    assert vault.setOperator(OTHER, True, sender=HOLDER)
    name, event = logged(vault)[-1]
    assert (name, event.controller, event.operator, event.approved) == ("OperatorSet", HOLDER, OTHER, True)
    assert vault.isOperator(HOLDER, OTHER)
    vault.requestRedeem(10, OTHER, HOLDER, sender=OTHER)
    vault.setOperator(OTHER, False, sender=HOLDER)
    with boa.reverts("erc20: insufficient allowance"):
        vault.requestRedeem(10, OTHER, HOLDER, sender=OTHER)
    assert vault.pendingRedeemRequest(0, OTHER) == 20


def test_set_operator__oneself__reverts(world):
    with boa.reverts("async_vault: operator of oneself"):
        world.vault.setOperator(HOLDER, True, sender=HOLDER)


def test_redeem__of_another__needs_an_operator(world):
    world.deposit(HOLDER, STAKE)
    world.request(HOLDER, STAKE)
    world.wait(2 * WEEK)
    world.vault.approve(OTHER, MAX, sender=HOLDER)  # of no use here
    for call in (world.vault.redeem, world.vault.withdraw):
        with boa.reverts("async_vault: caller is not the controller"):
            call(1, OTHER, HOLDER, sender=OTHER)
    world.vault.setOperator(OTHER, True, sender=HOLDER)
    before = world.token.balanceOf(THIRD)
    assert world.vault.redeem(STAKE, THIRD, HOLDER, sender=OTHER) == STAKE
    assert world.token.balanceOf(THIRD) == before + STAKE


def test_preview_redeem_and_withdraw__revert(world):
    for call in (world.vault.previewRedeem, world.vault.previewWithdraw):
        with boa.reverts("liquid_delegation: redemptions are requested"):
            call(1)


def test_transfer_from__allowance__moves_shares(world):
    world.deposit(HOLDER, STAKE)
    with boa.reverts("erc20: insufficient allowance"):
        world.vault.transferFrom(HOLDER, OTHER, 5, sender=OTHER)
    world.vault.approve(OTHER, 5, sender=HOLDER)
    assert world.vault.transferFrom(HOLDER, OTHER, 5, sender=OTHER)
    assert world.vault.balanceOf(OTHER) == 5


def test_transfer__too_much_or_to_the_vault__reverts(world):
    world.deposit(HOLDER, STAKE)
    world.transfer(HOLDER, OTHER, STAKE + 1)
    world.transfer(HOLDER, world.vault.address, 1)
    with boa.reverts("erc20: transfer to the zero address"):
        world.vault.transfer(ZERO, 1, sender=HOLDER)
    world.transfer(HOLDER, HOLDER, STAKE)
    world.compare()


# -- winding down -----------------------------------------------------------------------------------------------------


def test_wind_down__operator_is_active__reverts(world):
    world.deposit(HOLDER, STAKE)
    with boa.reverts("liquid_delegation: operator is active"):
        world.vault.wind_down(sender=HOLDER)
    with boa.reverts("liquid_delegation: no window to return in"):
        world.vault.resume()


@pytest.mark.parametrize("status", [LEAVING, INACTIVE])
def test_inv_lqd_8_operator_leaves__shares_become_a_claim_on_the_queue_then_on_cash(world, status):
    world.deposit(HOLDER, STAKE)
    world.deposit(OTHER, STAKE)
    world.leave(OPERATOR, status)
    epoch = world.wind_down()
    assert epoch == world.base.epoch + 1
    name, event = logged(world.vault)[-1]
    assert (name, event.subject, event.epoch) == ("WoundDown", subject_word(world.subject), epoch)
    assert event.status == status
    world.compare()
    assert world.vault.phase() == WINDING
    for call in (
        lambda: world.vault.wind_down(sender=THIRD),
        lambda: world.vault.deposit(STAKE, THIRD, sender=THIRD),
    ):
        with boa.reverts("liquid_delegation: not staked"):
            call()
    assert world.vault.maxDeposit(THIRD) == world.vault.maxMint(THIRD) == 0
    assert world.request(HOLDER, STAKE) == 0
    world.compare()
    world.base.go_to((epoch + 1) * WEEK - 1)
    # slashed at the last second, for an offence of the week before: request and share answer alike
    world.seize(1, WAD // 2, age=WEEK)
    world.settle()
    assert world.vault.phase() == WINDING
    world.base.go_to((epoch + 1) * WEEK)
    assert world.seize(2, WAD // 2)[0] == 0
    world.settle()
    name, event = logged(world.vault)[-1]
    assert (name, event.amount) == ("CashReceived", world.model.cash)
    assert world.vault.phase() == CASH
    world.compare()
    world.request(OTHER, STAKE)
    assert world.vault.pendingRedeemRequest(0, OTHER) == 0
    for one in (HOLDER, OTHER):
        assert abs(world.redeem(one, STAKE) - STAKE // 2) <= 1
    world.veto(1)
    for one in (HOLDER, OTHER):
        assert abs(world.claim_refund(1, one) - STAKE // 2) <= 1
    assert world.model.tokens <= 3


def test_inv_lqd_8_request_when_the_window_has_ended__settles_by_itself(world):
    world.deposit(HOLDER, STAKE)
    world.leave(OPERATOR)
    world.wind_down()
    world.wait(2 * WEEK)
    assert world.vault.totalAssets() == STAKE
    world.request(HOLDER, STAKE)
    assert world.redeem(HOLDER, STAKE) == STAKE
    assert world.vault.phase() == CASH


def test_inv_lqd_8_resume__within_the_window__stakes_again_but_requests_stay(world):
    world.deposit(HOLDER, STAKE)
    world.deposit(OTHER, STAKE)
    world.leave(OPERATOR)
    epoch = world.wind_down()
    world.request(OTHER, STAKE)
    with boa.reverts("liquid_delegation: operator is not active"):
        world.vault.resume()
    world.leave(OPERATOR, ACTIVE)
    world.resume()
    name, event = logged(world.vault)[-1]
    assert (name, event.epoch) == ("Resumed", epoch)
    world.compare()
    assert world.vault.phase() == STAKED
    assert world.model.pending_of(OTHER) == STAKE
    assert world.base.manager.stake(subject_word(world.subject), world.vault)[0] == STAKE
    assert world.deposit(THIRD, STAKE) is not None


def test_inv_lqd_8_resume__window_has_ended__reverts(world):
    world.deposit(HOLDER, STAKE)
    world.leave(OPERATOR)
    epoch = world.wind_down()
    world.leave(OPERATOR, ACTIVE)
    world.base.go_to((epoch + 1) * WEEK)
    with boa.reverts("liquid_delegation: no window to return in"):
        world.vault.resume()


def test_inv_lqd_8_nothing_staked__winds_down_to_no_cash_and_back(world):
    world.leave(OPERATOR)
    assert world.wind_down() == 0
    assert world.vault.phase() == CASH
    assert world.vault.totalAssets() == 0
    world.leave(OPERATOR, ACTIVE)
    world.resume()
    assert world.deposit(HOLDER, STAKE) == STAKE


# -- moving -----------------------------------------------------------------------------------------------------------


def test_inv_lqd_8_move__after_the_notice_and_from_cash__stakes_behind_another(world):
    world.deposit(HOLDER, STAKE)
    world.deposit(OTHER, STAKE)
    assert world.vault.announced() == (ZERO, 0)
    with boa.reverts("liquid_delegation: no move announced"):
        world.vault.move()
    world.announce(SECOND)
    name, event = logged(world.vault)[-1]
    assert (name, event.operator, event.ready_at) == ("MoveAnnounced", SECOND, world.base.now + NOTICE)
    assert world.vault.announced() == (SECOND, world.base.now + NOTICE)
    world.base.go_to(world.base.now + NOTICE - 1)
    with boa.reverts("liquid_delegation: notice runs"):
        world.vault.move()
    world.wait(1)
    with boa.reverts("liquid_delegation: stake has not come back"):
        world.vault.move()
    world.leave(OPERATOR)
    world.wind_down()
    world.request(OTHER, STAKE)
    with boa.reverts("liquid_delegation: stake has not come back"):
        world.vault.move()
    world.wait(2 * WEEK)
    world.move()
    name, event = logged(world.vault)[-1]
    assert (name, event.subject, event.amount) == ("Moved", subject_word((SECOND, world.number)), STAKE)
    world.compare()
    assert world.vault.phase() == STAKED
    assert world.base.manager.stake(subject_word((SECOND, world.number)), world.vault)[0] == STAKE
    assert world.redeem(OTHER, STAKE) == STAKE
    # the new operator's slashes reach it, the old one's don't
    assert world.seize(1, WAD // 2, subject=(OPERATOR, world.number))[0] == 0
    world.seize(2, WAD // 2)
    world.veto(2)
    assert abs(world.claim_refund(2, HOLDER) - STAKE // 2) <= 1
    world.request(HOLDER, STAKE)
    world.wait(2 * WEEK)
    assert world.redeem(HOLDER, STAKE) == STAKE // 2


def test_move__operator_takes_no_stake__reverts_and_cash_stays_claimable(world):
    world.deposit(HOLDER, STAKE)
    world.announce(SECOND)
    world.leave(OPERATOR)
    world.leave(SECOND)
    world.wind_down()
    world.wait(2 * WEEK)
    with boa.reverts("delegation_manager: operator is not active"):
        world.vault.move()
    world.request(HOLDER, STAKE)
    assert world.redeem(HOLDER, STAKE) == STAKE


def test_move__all_was_seized__has_nothing_to_move(world):
    world.deposit(HOLDER, STAKE)
    world.announce(SECOND)
    world.leave(OPERATOR)
    world.wind_down()
    world.seize(1, WAD)
    world.wait(2 * WEEK)
    with boa.reverts("liquid_delegation: nothing to move"):
        world.vault.move()
    assert world.request(HOLDER, STAKE) is None
    world.veto(1)
    assert world.claim_refund(1, HOLDER) == STAKE


def test_move__nobody_left__reopens_the_vault(world):
    world.announce(SECOND)
    world.leave(OPERATOR)
    world.wind_down()
    world.wait(2 * WEEK)
    world.move()
    assert world.deposit(HOLDER, STAKE) == STAKE
    world.compare()


def test_announce_move__only_the_governor_and_no_ticket_name(world):
    with boa.reverts("liquid_delegation: caller is not the governor"):
        world.vault.announce_move(SECOND, sender=HOLDER)
    for name in world.model.names:
        with boa.reverts("liquid_delegation: bad names for tickets"):
            world.vault.announce_move(name, sender=GOVERNOR)
    world.announce(SECOND)
    world.announce(None)
    assert world.vault.announced() == (ZERO, 0)
    world.wait(NOTICE)
    with boa.reverts("liquid_delegation: no move announced"):
        world.vault.move()


# -- tokens -----------------------------------------------------------------------------------------------------------


def with_token(world, name):
    """A vault over an asset of another kind, number 3."""
    token = source(f"mocks/{name}").deploy("Strange", "ODD", 18)
    world.base.registry.set_asset(3, token, 0, CAP, 1)
    tokens = (*world.base.tokens, token)
    world.base.tokens = tokens
    world.base.model.asset_caps[3] = CAP
    for operator in OPERATORS:
        world.base.open_pool(operator, 3)
    for owner in OWNERS:
        token.mint(owner, 2**90)
        token.approve(world.base.manager, MAX, sender=owner)
    return LiquidWorld.create(3, base=world.base), token


def test_deposit__fee_on_transfer__reverts(world):
    world, _ = with_token(world, "MockFeeERC20")
    with boa.reverts("liquid_delegation: asset moved a wrong amount"):
        world.vault.deposit(STAKE, HOLDER, sender=HOLDER)


def test_deposit__token_says_false__reverts(world):
    world, token = with_token(world, "MockFalseERC20")
    world.deposit(HOLDER, STAKE)
    world.request(HOLDER, STAKE // 2)
    world.wait(2 * WEEK)
    world.redeem(HOLDER, 1)
    token.refuse(True)
    with boa.reverts("liquid_delegation: asset refused the transfer"):
        world.vault.deposit(STAKE, HOLDER, sender=HOLDER)
    with boa.reverts("liquid_delegation: asset refused the transfer"):
        world.vault.redeem(1, HOLDER, HOLDER, sender=HOLDER)
    # a token that stops stops no request, and no seizure
    world.request(HOLDER, STAKE // 4)
    world.seize(1)
    world.compare()


@pytest.mark.parametrize("call", ["requestRedeem(uint256,address,address)", "deposit(uint256,address)", "settle()"])
def test_callbacks__into_the_vault__are_refused(world, call):
    world, token = with_token(world, "MockCallbackERC20")
    world.deposit(HOLDER, STAKE)
    words = [1, int(HOLDER, 16), int(HOLDER, 16)]
    payload = keccak(text=call)[:4] + b"".join(word.to_bytes(32, "big") for word in words)
    token.call_back(world.vault, payload)
    world.vault.deposit(STAKE, HOLDER, sender=HOLDER)
    assert token.calls() > 0
    assert not token.succeeded()


def test_direct_delegator__beside_the_vault__same_loss_same_refund(world):
    """INV-LQD-3: what the vault's holder has is what a direct delegator has."""
    world.deposit(HOLDER, STAKE)
    world.base.deposit(DIRECT, world.subject, STAKE)
    world.seize(1, WAD // 7)
    world.request(HOLDER, STAKE)
    world.base.queue(DIRECT, world.subject, STAKE)
    world.seize(2, WAD // 9)
    world.wait(2 * WEEK)
    epoch = max(world.model.asked[HOLDER])
    assert abs(world.redeem(HOLDER, STAKE) - world.base.complete(DIRECT, world.subject, epoch)) <= 1
    for slash in (2, 1):
        world.veto(slash)
        assert abs(world.claim_refund(slash, HOLDER) - world.base.claim_refund(DIRECT, slash)) <= 1
