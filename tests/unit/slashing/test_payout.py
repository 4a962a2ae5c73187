"""What finalised slashes pay: the split, its caps, liens, pulls in kind."""

import boa
import pytest
from tests.support.slashing import (
    DELEGATOR,
    HARMED,
    INSURANCE,
    MEMBERS,
    OPERATOR,
    POLICY,
    PROVER,
    REPORTER,
    STRANGER,
    SUBJECT,
    TREASURY,
    ZERO,
    SlashingWorld,
    collected,
    everything_out,
    share,
)

from surety.models.slashing import BOUNTY, COMPENSATION, DAY, WAD, Policy
from surety.models.slashing import TREASURY as REST

from .conftest import OWN, STAKES

TOTAL = sum(STAKES.values())


def changed(**changes):
    return Policy(**{**vars(POLICY), **changes})


def final(world, **terms):
    """One finalised slash of a tenth."""
    id = world.propose(**({"fraction": share(10)} | terms))
    world.wait(7 * DAY)
    assert world.finalise(id) is None
    return id


# -- split ------------------------------------------------------------------------------------------------------------


def test_inv_slh_9_split__listed_service__bounty_compensation_insurance_treasury(world):
    world.set_policy(1, changed(listed=True))
    id = final(world)
    taken = world.lens.slash(id).amount
    bounty, compensation = taken // 10, taken * 3 // 10
    insurance = (taken - bounty - compensation) // 2
    assert world.escrow.parts(id) == [bounty, compensation, insurance, taken - bounty - compensation - insurance]


def test_inv_slh_9_split__unlisted_service__capped_by_the_operators_own_loss(world):
    id = final(world)
    taken = world.lens.slash(id).amount
    own = world.lens.seizure(id).own
    bounty, compensation, insurance, treasury = world.escrow.parts(id)
    assert bounty + compensation == own < taken * 4 // 10
    assert 0 <= OWN // 10 - own <= TOTAL // 10**9
    excess = taken // 10 + taken * 3 // 10 - own
    assert insurance == excess + (taken - taken // 10 - taken * 3 // 10) // 2
    assert bounty + compensation + insurance + treasury == taken


def test_inv_slh_9_split__bounty_above_its_cap__is_cut_and_blocks_nothing(world):
    world.set_policy(1, changed(listed=True, bounty_bps=2_000, bounty_cap=12_345))
    id = final(world)
    assert world.escrow.parts(id)[BOUNTY] == 12_345
    assert world.pull(id, BOUNTY) == 12_345
    assert world.balance(REPORTER) == 12_345


def test_inv_slh_9_split__nobody_harmed__no_compensation(world):
    world.set_policy(1, changed(listed=True))
    id = final(world, harmed=None)
    taken = world.lens.slash(id).amount
    assert world.escrow.parts(id)[:2] == [taken // 10, 0]
    assert sum(world.escrow.parts(id)) == taken
    # nobody is the account, so nobody can name another receiver
    with boa.reverts("slash_escrow: receiver is not the account"):
        world.escrow.pull(id, COMPENSATION, STRANGER, sender=STRANGER)


def test_parts__not_finalised__zeros(world):
    world.propose(share(10))
    assert world.escrow.parts(1) == [0, 0, 0, 0]


# -- pulls ------------------------------------------------------------------------------------------------------------


def test_inv_slh_10_pull__before_finalised_or_unknown_part__reverts(world):
    world.propose(share(10))
    assert world.pull(1, BOUNTY) == "slash_escrow: slash is not finalised"
    world.wait(7 * DAY)
    world.finalise(1)
    with boa.reverts("slash_escrow: unknown part"):
        world.escrow.pull(1, 4, STRANGER)


def test_inv_slh_10_pull__anybody_to_the_account__the_account_to_anybody(world):
    id = final(world)
    amount = world.escrow.parts(id)[BOUNTY]
    with boa.reverts("slash_escrow: receiver is not the account"):
        world.escrow.pull(id, BOUNTY, STRANGER, sender=STRANGER)
    with boa.reverts("slash_escrow: zero receiver"):
        world.escrow.pull(id, BOUNTY, ZERO, sender=REPORTER)
    assert world.escrow.pull(id, BOUNTY, STRANGER, sender=REPORTER) == amount
    paid = world.escrow.get_logs()[0]
    assert (paid.id, paid.part, paid.receiver, paid.amount) == (id, BOUNTY, STRANGER, amount)
    assert world.balance(STRANGER) == amount
    assert list(world.lens.pulled(id)) == [True, False, False, False]
    with boa.reverts("slash_escrow: nothing to pull"):
        world.escrow.pull(id, BOUNTY, REPORTER, sender=STRANGER)
    world.escrow.pull(id, REST, TREASURY, sender=STRANGER)
    assert world.balance(TREASURY) == world.escrow.parts(id)[REST]


def test_pull__no_reporter__bounty_is_the_proposers(world):
    id = final(world, reporter=None)
    before = world.balance(PROVER)
    assert world.lens.slash(id).reporter == ZERO
    world.model.slashes[id].reporter = PROVER
    assert world.pull(id, BOUNTY) == world.balance(PROVER) - before > 0


@pytest.mark.parametrize(
    ("asset", "decimals"),
    [("MockERC20", 6), ("MockERC20", 8), ("MockERC20", 18), ("MockNoReturnERC20", 6), ("bond", 6)],
)
def test_inv_slh_8_10_pull__every_asset__all_is_paid_in_kind_or_handed_back(asset, decimals):
    with boa.env.anchor():
        world = SlashingWorld.create(decimals=decimals, asset=asset)
        unit = 10**decimals
        world.deposit(OPERATOR, 1_000 * unit + 1)
        world.deposit(DELEGATOR, 333 * unit + 1)
        total = 1_333 * unit + 2
        assert world.balance(world.pool) == total
        world.propose(share(10), proven=False)
        world.propose(share(33), service=2)
        world.propose(share(50), proven=False, service=3)
        world.veto(1)
        everything_out(world)
        world.compare()
        for account in (OPERATOR, DELEGATOR):
            world.leave(account, world.model.pools[SUBJECT].stake[account])
            world.pool.withdraw(account)
        paid = sum(map(world.balance, (REPORTER, HARMED, INSURANCE, TREASURY)))
        assert 0 <= collected(world.model) - paid <= 4
        assert 0 <= world.balance(world.pool) <= 4
        assert world.balance(world.bonds) == 0


def test_inv_slh_10_pull_all__some_pulled_before__sends_the_others_to_their_accounts(world):
    world.set_policy(1, changed(listed=True))
    world.propose(share(10))
    with boa.reverts("slash_escrow: slash is not finalised"):
        world.escrow.pull_all(1)
    with boa.reverts("slash_escrow: unknown slash"):
        world.escrow.pull_all(2)
    world.wait(7 * DAY)
    world.finalise(1)
    parts = world.escrow.parts(1)
    assert all(parts)
    assert world.pull(1, COMPENSATION) == parts[COMPENSATION]
    assert world.escrow.pull_all(1, sender=STRANGER) == [parts[0], 0, parts[2], parts[3]]
    told = [one for one in world.escrow.get_logs() if type(one).__name__ == "SlashPaid"]
    assert [(one.part, one.receiver, one.amount) for one in told] == [
        (0, REPORTER, parts[0]), (2, INSURANCE, parts[2]), (3, TREASURY, parts[3])
    ]  # fmt: skip
    assert [world.balance(one) for one in (REPORTER, HARMED, INSURANCE, TREASURY)] == parts
    assert list(world.lens.pulled(1)) == [True] * 4
    assert world.escrow.pull_all(1) == [0, 0, 0, 0]
    with boa.reverts("slash_escrow: nothing to pull"):
        world.escrow.pull(1, REST, TREASURY)


def test_inv_slh_8_pull_all__claims_from_a_shared_seizure__each_takes_its_own(world):
    world.propose(share(10))
    for _ in range(2):
        world.propose(share(10))
    for _ in range(2):
        world.propose(share(10), harmed=None, reporter=None)
    world.wait(7 * DAY)
    for id in range(1, 6):
        world.finalise(id)
        assert sum(world.escrow.pull_all(id)) == world.lens.slash(id).amount == sum(world.escrow.parts(id))


# -- liens ------------------------------------------------------------------------------------------------------------


def test_inv_slh_2_friendly_slash_of_all__vetoed__real_one_takes_its_part_of_it(world):
    world.propose(WAD, proven=False)
    world.propose(share(50), service=2)
    assert world.lens.seizure(2).seized == 0
    world.veto(1)
    world.wait(7 * DAY)
    assert world.finalise(2) is None
    raised = next(one for one in world.escrow.get_logs() if type(one).__name__ == "LienRaised")
    assert (raised.id, raised.earlier, raised.amount) == (2, 1, TOTAL // 2)
    assert world.collect(2, 1) == "slash_escrow: escrow is not released"
    world.wait(8 * DAY)
    assert world.release(1) == TOTAL - TOTAL // 2
    assert world.collect(2, 1) == TOTAL // 2
    told = next(one for one in world.escrow.get_logs() if type(one).__name__ == "LienCollected")
    assert (told.id, told.earlier, told.amount, sum(told.parts)) == (2, 1, TOTAL // 2, TOTAL // 2)
    assert world.collect(2, 1) == "slash_escrow: no lien to collect"
    own = OWN * (TOTAL // 2) // TOTAL
    # the operator's own part is known to 1e-9, rounded down
    assert 0 <= own - world.escrow.owed(1, REPORTER) - world.escrow.owed(1, HARMED) <= TOTAL // 10**9
    world.compare()
    with boa.reverts("slash_escrow: receiver is not the account"):
        world.escrow.pull_lien(1, REPORTER, STRANGER, sender=STRANGER)
    with boa.reverts("slash_escrow: zero receiver"):
        world.escrow.pull_lien(1, REPORTER, ZERO, sender=REPORTER)
    owed = world.escrow.owed(1, REPORTER)
    assert world.escrow.pull_lien(1, REPORTER, STRANGER, sender=REPORTER) == owed
    told = next(one for one in world.escrow.get_logs() if type(one).__name__ == "LienPaid")
    assert (told.seizure, told.account, told.receiver, told.amount) == (1, REPORTER, STRANGER, owed)
    with boa.reverts("slash_escrow: nothing to pull"):
        world.escrow.pull_lien(1, REPORTER, REPORTER, sender=REPORTER)


def test_collect__earlier_wholly_taken__credits_nothing(world):
    world.propose(share(50))
    world.wait(DAY)
    world.propose(share(50), service=2)
    world.wait(7 * DAY)
    world.finalise(2)
    assert world.collect(2, 1) == "slash_escrow: escrow is not released"
    world.finalise(1)
    assert world.collect(2, 1) == 0
    world.compare()


def test_inv_slh_9_collect__bounty_cap_counts_own_seizure_and_liens_together(world):
    cap = 10**20
    world.set_policy(2, changed(listed=True, bounty_bps=2_000, bounty_cap=cap))
    world.propose(share(90), proven=False)
    world.propose(share(80), service=2)
    world.veto(1)
    everything_out(world)
    world.compare()
    assert world.balance(REPORTER) == cap


def test_inv_slh_9_collect__two_liens__share_one_bounty_cap(world):
    """Bounties of 32.4, 36 and 21.6 by the rate; 60 is the most of a slash, however it is come by."""
    cap = 60 * 10**18
    world.set_policy(3, changed(listed=True, bounty_bps=2_000, bounty_cap=cap))
    world.propose(share(40), proven=False)
    world.propose(share(40), proven=False, service=2)
    world.propose(share(10), service=3)
    world.veto(1)
    world.veto(2)
    everything_out(world)
    world.compare()
    assert world.balance(REPORTER) == cap


def test_inv_slh_2_liens__on_two_earlier__each_gives_its_part(world):
    world.propose(share(50), proven=False)
    world.propose(share(50), proven=False, service=2)
    world.propose(share(50), service=3)
    world.veto(1)
    world.veto(2)
    everything_out(world)
    world.compare()
    assert abs(collected(world.model) - TOTAL // 2) <= 3


def test_inv_slh_2_lien__on_a_shared_seizure__takes_of_what_that_gives_back(world):
    world.propose(share(10))
    for _ in range(2):
        world.propose(share(10), proven=False)
    world.propose(share(10), proven=False)
    world.propose(share(50), service=2)
    world.veto(3)
    everything_out(world)
    world.compare()
    expected = TOTAL * (1 - 0.9 * 0.9 * 0.9 * 0.5)
    assert abs(collected(world.model) - expected) <= expected / 10**8


def test_members__after_all_is_over__nobody_lost_more_than_his_part(world):
    world.propose(share(10))
    world.propose(share(20), proven=False, service=2)
    world.propose(share(30), service=3)
    world.veto(2)
    everything_out(world)
    lost = collected(world.model)
    for account in MEMBERS:
        kept = world.pool.stake(SUBJECT, account) + world.pool.free(account)
        bonds = 5 * TOTAL // 100  # at most, from the vetoed judgement
        assert STAKES[account] - kept <= -(-lost * STAKES[account] // TOTAL) + 3
        assert kept <= STAKES[account] - lost * STAKES[account] // TOTAL + bonds
