"""Who conspires gains nothing: each scheme with its numbers, all wealth counted when everything is over.

The operator has 1,000 of its own, honest delegators 3,500 with it. Wealth is tokens, stake and refunds.
"""

import copy

import boa
import pytest
from tests.support.slashing import (
    ADMIN,
    CONFIRMER,
    DELEGATOR,
    HARMED,
    INSURANCE,
    JUDGE,
    OPERATOR,
    OTHER,
    POLICY,
    REPORTER,
    STRANGER,
    SUBJECT,
    TREASURY,
    WEALTH,
    everything_out,
    share,
)

from surety.models.slashing import DAY, WAD, Policy, Status

UNIT = 10**18
OWN = 1_000 * UNIT
HONEST = {DELEGATOR: 3_000 * UNIT, OTHER: 500 * UNIT}
DUST = 20
SHARE = 4_500 * UNIT // 10**9  # the operator's own part is known to 1e-9, rounded down


@pytest.fixture
def world(empty):
    empty.deposit(OPERATOR, OWN)
    for account, amount in HONEST.items():
        empty.deposit(account, amount)
    return empty


def wealth(world, *accounts):
    """Tokens, stake and refunds."""
    held = [
        world.balance(account) + world.pool.stake(SUBJECT, account) + world.pool.free(account) for account in accounts
    ]
    return sum(held)


def loss(world, scheme, *accounts):
    """What `accounts` lose by a scheme, played to its end and undone."""
    with boa.env.anchor():
        model = copy.deepcopy(world.model)
        before = wealth(world, *accounts)
        scheme(world)
        everything_out(world)
        world.compare()
        lost = before - wealth(world, *accounts)
    world.model = model
    return lost


# -- robbing delegators -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("percent", [1, 10, 50, 100])
@pytest.mark.parametrize("proven", [False, True])
def test_collusion__operator_and_its_own_service_or_prover__lose(world, percent, proven):
    """The service calls its accomplices harmed and reporter: they get at most what the operator loses."""
    gang = (OPERATOR, JUDGE, REPORTER, HARMED)
    greedy = Policy(**{**vars(POLICY), "bounty_bps": 2_000, "compensation_bps": 8_000, "bounty_cap": 2**95})
    world.set_policy(1, greedy)
    lost = loss(world, lambda w: w.propose(share(percent), proven=proven), *gang)
    # all of the operator's own part comes back to the gang at most; what is beyond goes to the insurance
    assert 0 <= lost <= DUST + SHARE
    victims = loss(world, lambda w: w.propose(share(percent), proven=proven), *HONEST)
    assert abs(victims - sum(HONEST.values()) * percent // 100) <= DUST
    insured = loss(world, lambda w: w.propose(share(percent), proven=proven), INSURANCE, TREASURY)
    assert abs(insured + victims) <= DUST + SHARE


def test_collusion__listed_service__would_gain__so_listing_is_governances(world):
    """The same with a service that governance vouches for: why only governance lists."""
    gang = (OPERATOR, JUDGE, REPORTER, HARMED)
    trusted = Policy(**{**vars(POLICY), "compensation_bps": 8_000, "listed": True})
    world.set_policy(1, trusted)
    lost = loss(world, lambda w: w.propose(share(50)), *gang)
    assert abs(lost - (OWN - 9 * (OWN + sum(HONEST.values())) // 10) // 2) <= DUST
    assert lost < 0


def test_collusion__operator_and_delegators_that_are_its_own__lose(world):
    """Own stake of 1,000 beside 3,000 as a delegator of itself: the cap counts the 1,000 only."""
    gang = (OPERATOR, DELEGATOR, JUDGE, REPORTER, HARMED)
    lost = loss(world, lambda w: w.propose(share(50)), *gang)
    assert lost >= 1_500 * UNIT - DUST


def test_collusion__through_a_lien__is_capped_by_the_own_loss_too(world):
    """A first slash of all, vetoed; a second one takes half of what that gives back, and pays itself."""
    gang = (OPERATOR, JUDGE, REPORTER, HARMED)

    def scheme(w):
        w.propose(WAD, proven=False, service=2)
        w.propose(share(50), service=1)
        w.veto(1)

    lost = loss(world, scheme, *gang)
    bond = 4_500 * UNIT * 5 // 100
    assert lost >= bond - bond * OWN // (4_500 * UNIT) - DUST  # the bond went to those it seized from
    assert loss(world, scheme, *HONEST) > 0


# -- vetoers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", [True, None])
def test_collusion__operator_and_vetoer__gain_nothing(world, verdict):
    """A bad vetoer spares the operator. The honest judge appeals: even a silent arbiter gives the bond back."""

    def scheme(w):
        w.propose(share(50), proven=False)
        w.veto(1)
        w.appeal(1)
        if verdict is not None:
            w.rule_appeal(1, verdict)

    assert 0 <= loss(world, scheme, OPERATOR) <= DUST
    assert loss(world, scheme, JUDGE) == 0
    assert 0 <= loss(world, scheme, *HONEST) <= DUST


def test_collusion__operator_and_vetoer__can_not_spare_a_proven_fault(world):
    def scheme(w):
        w.propose(share(50))
        w.announce(1)
        w.wait(2 * DAY)
        assert w.veto(1) == "slash_escrow: caller may not veto"

    assert abs(loss(world, scheme, OPERATOR) - OWN // 2) <= DUST


def test_collusion__judge_who_seizes_from_the_innocent__pays_them(world):
    """Griefing: half of the pool held up for two weeks costs 5 % of it, paid to those it was taken from."""

    def scheme(w):
        w.propose(share(50), proven=False)
        w.veto(1)

    bond = 2_250 * UNIT * 5 // 100
    assert loss(world, scheme, JUDGE) == bond
    assert abs(loss(world, scheme, OPERATOR, *HONEST) + bond) <= DUST


# -- sheltering stake -------------------------------------------------------------------------------------------------


def real_slash(w):
    assert isinstance(w.propose(share(40), proven=False, service=3), int)


def friendly(w, count=1, service=2, fraction=WAD):
    """Slashes by accomplices, who will have them vetoed."""
    return [w.propose(fraction, proven=False, service=service) for _ in range(count)]


def spared(w, ids):
    for id in ids:
        assert w.veto(id) is None


def bonds_of(w, ids):
    return sum(w.bonds.bond(id) for id in ids)


@pytest.mark.parametrize("first", [True, False])
def test_collusion__friendly_slash_of_all_before_or_after_a_real_one__shelters_nothing(world, first):
    """In one block, in either order: the real 40 % take 1,800 of 4,500, as if they were alone."""

    def scheme(w):
        if not first:
            real_slash(w)
        ids = friendly(w)
        if first:
            real_slash(w)
        scheme.bonds = bonds_of(w, ids)
        spared(w, ids)

    alone = loss(world, real_slash, OPERATOR, DELEGATOR, OTHER)
    assert abs(alone - 1_800 * UNIT) <= DUST
    together = loss(world, scheme, OPERATOR, DELEGATOR, OTHER)
    # they also get the forfeited bond of the friendly judge, who is of the gang
    assert abs(together + scheme.bonds - alone) <= DUST


def test_collusion__friendly_slash_vetoed_early_and_stake_leaving__shelters_nothing(world):
    """Seize all, veto, leave with what is left: the escrow is held to its end, and the real slash reaches it."""

    def scheme(w):
        ids = friendly(w)
        spared(w, ids)
        w.wait(13 * DAY)
        real_slash(w)
        w.wait(DAY)
        assert w.release(1) == "slash_escrow: a later slash is undecided"

    assert abs(loss(world, scheme, OPERATOR, *HONEST) + 4_500 * UNIT * 5 // 100 - 1_800 * UNIT) <= DUST


@pytest.mark.parametrize("count", [1, 2, 5])
def test_collusion__filled_places__leave_the_real_service_its_own(world, count):
    """Accomplices of two services and the prover fill all places but those of the third."""

    def scheme(w):
        ids = friendly(w, count, service=1, fraction=share(1)) + friendly(w, count, service=2, fraction=share(1))
        for service in (1, 2):
            w.propose(share(1), service=service)
        real_slash(w)
        spared(w, ids)
        assert len(w.escrow.open_seizures(w.pool, SUBJECT)) <= 8

    lost = loss(world, scheme, OPERATOR, *HONEST, JUDGE)
    # 40 % and the two of 1 %, which cost the accomplices their own stake
    expected = 4_500 * UNIT - int(4_500 * UNIT * 0.6 * 0.99 * 0.99)
    insurance = loss(world, scheme, INSURANCE)
    assert lost >= expected - 10**12
    assert insurance <= 0


def test_five_slashes_of_ten_percent_together__take_forty_one_not_fifty(world):
    """By three services and the prover in one block: 1 − 0.9⁵ = 40.951 %."""

    def scheme(w):
        for service in (1, 2, 3):
            w.propose(share(10), proven=False, service=service)
        for service in (4, 5):
            w.propose(share(10), service=service)

    assert abs(loss(world, scheme, OPERATOR, *HONEST) - 4_500 * UNIT * 40_951 // 100_000) <= DUST


def test_five_slashes_of_ten_percent_of_one_service__take_the_same(world):
    def scheme(w):
        for _ in range(5):
            w.propose(share(10), proven=False)

    assert abs(loss(world, scheme, OPERATOR, *HONEST) - 4_500 * UNIT * 40_951 // 100_000) <= DUST


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_races__proposals_in_one_block__any_order_costs_the_operator_the_same(world, order):
    """50 %, 20 % vetoed and 30 %: 65 % in any order, less the vetoed one's bond."""

    def scheme(w):
        plan = [(share(50), True, 1), (share(20), False, 2), (share(30), True, 3)]
        ids = {}
        for place in order:
            fraction, proven, service = plan[place]
            ids[place] = w.propose(fraction, proven, service)
        scheme.bond = w.bonds.bond(ids[1])
        spared(w, [ids[1]])

    lost = loss(world, scheme, OPERATOR, *HONEST)
    assert abs(lost + scheme.bond - 4_500 * UNIT * 65 // 100) <= DUST


# -- starving and refusing --------------------------------------------------------------------------------------------


def test_griefing__gas_starved_arbiter__no_dispute_that_it_never_heard_of(world):
    """Of every gas limit: the dispute reverts, or slash and arbiter both know of it."""
    world.propose(share(10), proven=False)
    outcomes = set()
    for gas in range(30_000, 200_000, 2_500):
        with boa.env.anchor():
            try:
                world.escrow.dispute(1, sender=OPERATOR, gas=gas)
            except Exception:
                assert world.escrow.status_of(1) == Status.OPEN
                assert world.arbiter.count() == 0
                outcomes.add("refused")
            else:
                assert world.escrow.status_of(1) == Status.DISPUTED
                assert world.arbiter.count() == 1
                outcomes.add("filed")
    assert outcomes == {"refused", "filed"}


BLACKLISTING = """
balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])
barred: HashMap[address, bool]

@external
def mint(receiver: address, amount: uint256):
    self.balanceOf[receiver] += amount

@external
def bar(account: address, barred: bool):
    self.barred[account] = barred

@external
def approve(spender: address, amount: uint256) -> bool:
    self.allowance[msg.sender][spender] = amount
    return True

@external
def transfer(receiver: address, amount: uint256) -> bool:
    assert not self.barred[msg.sender] and not self.barred[receiver], "barred"
    self.balanceOf[msg.sender] -= amount
    self.balanceOf[receiver] += amount
    return True

@external
def transferFrom(sender: address, receiver: address, amount: uint256) -> bool:
    assert not self.barred[sender] and not self.barred[receiver], "barred"
    self.allowance[sender][msg.sender] -= amount
    self.balanceOf[sender] -= amount
    self.balanceOf[receiver] += amount
    return True
"""


def test_griefing__blacklisting_token__stops_one_pull_and_nothing_else(empty):
    """The harmed is barred: all others are paid, and the harmed names another receiver."""
    token = boa.loads(BLACKLISTING)
    empty.token = token
    empty.pool.set_token(token)
    for account in (OPERATOR, DELEGATOR, JUDGE):
        token.mint(account, WEALTH)
    empty.approve(JUDGE, empty.bonds)
    empty.deposit(OPERATOR, 1_000 * UNIT)
    empty.deposit(DELEGATOR, 1_000 * UNIT)
    token.bar(HARMED, True)
    token.bar(empty.pool, True)  # even the pool itself: bookkeeping goes on
    empty.propose(share(10))
    empty.wait(7 * DAY)
    assert empty.finalise(1) is None
    token.bar(empty.pool, False)
    with boa.reverts("barred"):
        empty.escrow.pull(1, 1, HARMED, sender=STRANGER)
    for part in (0, 2, 3):
        assert empty.pull(1, part) > 0
    amount = empty.escrow.parts(1)[1]
    assert empty.escrow.pull(1, 1, STRANGER, sender=HARMED) == amount == 60 * UNIT
    assert token.balanceOf(STRANGER) == amount


def test_griefing__arbiter_and_admin_change_nothing_of_what_is_under_review(world):
    """A captured Timelock can't redirect what was proposed under other terms, nor stop its end."""

    def scheme(w):
        w.propose(share(10))
        w.terms.set_proposer(JUDGE, 0, "0x" + "00" * 20, sender=ADMIN)
        w.terms.set_vetoer(CONFIRMER, 0, sender=ADMIN)
        evil = Policy(**{**vars(POLICY), "treasury": STRANGER, "insurance": STRANGER, "listed": True})
        w.set_policy(1, evil)
        w.model.policies[1] = POLICY
        w.terms.set_slashable(w.pool, False, sender=ADMIN)

    assert loss(world, scheme, STRANGER) == 0
    assert abs(loss(world, scheme, OPERATOR, *HONEST) - 450 * UNIT) <= DUST
