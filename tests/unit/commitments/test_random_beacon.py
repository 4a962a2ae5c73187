"""RandomBeacon and its module commit_reveal: times, secrets, deposits, seeds to the bit. specs/commit-reveal.md."""

import boa
import pytest
from eth_utils.crypto import keccak
from tests.support.challenges import (
    BEACON,
    CHALLENGER,
    DEPOSIT,
    KEEPER,
    SECOND,
    SINK,
    STRANGER,
    THIRD,
    ZERO,
    ChallengeWorld,
)

from surety.models.beacon import REVEAL, ROUND, evasion, evasion_cost

SECRETS = {one: bytes(keccak(text=f"secret {number}")) for number, one in enumerate((CHALLENGER, SECOND, THIRD))}
RANDAO = bytes(keccak(text="a block"))


@pytest.fixture(scope="module")
def ground():
    with boa.env.anchor():
        yield ChallengeWorld.create()


@pytest.fixture
def world(ground):
    with ground.undone() as world:
        yield world


@pytest.fixture
def round_(world):
    """The next one to commit for, at its first second."""
    found = (world.now + REVEAL) // ROUND + 2
    world.go_to(found * ROUND - REVEAL - ROUND)
    return found


def reveal_time(world, round_):
    world.go_to(round_ * ROUND - REVEAL)


def everybody_commits(world, round_, accounts=SECRETS):
    for account in accounts:
        assert world.commit(account, SECRETS[account], round_) is None


# -- creation ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [0, 1, 2])
def test_create__something_missing__refuses(world, wrong):
    arguments = [world.token.address, DEPOSIT, SINK]
    arguments[wrong] = 0 if wrong == 1 else ZERO
    with boa.reverts("random_beacon: zero address or deposit"):
        BEACON.deploy(*arguments)
    assert tuple(world.beacon.terms()) == (world.token.address, DEPOSIT, SINK)


# -- times ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("offset", "allowed"), [(-1, False), (0, True), (ROUND - 1, True), (ROUND, False)])
def test_inv_rnd_1_commit__edges_of_its_time__count_to_the_second(world, offset, allowed):
    found = world.now // ROUND + 3
    world.go_to(found * ROUND - REVEAL - ROUND + offset)
    reason = world.commit(CHALLENGER, SECRETS[CHALLENGER], found)
    assert reason == (None if allowed else "commit_reveal: not the time to commit")


@pytest.mark.parametrize(("offset", "allowed"), [(-REVEAL - 1, False), (-REVEAL, True), (-1, True), (0, False)])
def test_inv_rnd_1_reveal__edges_of_its_time__count_to_the_second(world, round_, offset, allowed):
    everybody_commits(world, round_)
    world.go_to(round_ * ROUND + offset)
    reason = world.reveal(CHALLENGER, SECRETS[CHALLENGER], round_)
    assert reason == (None if allowed else "commit_reveal: not the time to reveal")


def test_inv_rnd_1_settle__a_second_before_the_round__refuses(world, round_):
    world.go_to(round_ * ROUND - 1)
    assert world.settle(round_) == "commit_reveal: round has not begun"
    world.wait(1)
    assert isinstance(world.settle(round_), bytes)


@pytest.mark.parametrize("far", [2**200, 2**256 - 1])
def test_inv_rnd_1_round__beyond_all_time__refuses_with_its_reason(world, far):
    assert world.commit(CHALLENGER, SECRETS[CHALLENGER], far) == "commit_reveal: not the time to commit"
    assert world.reveal(CHALLENGER, SECRETS[CHALLENGER], far) == "commit_reveal: not the time to reveal"
    assert world.settle(far) == "commit_reveal: round has not begun"


def test_inv_rnd_8_reveal__round_before_not_settled__settles_it_on_its_day(world, round_):
    everybody_commits(world, round_)
    reveal_time(world, round_)
    for account in (CHALLENGER, SECOND):
        assert world.reveal(account, SECRETS[account], round_) is None
    world.go_to((round_ + 1) * ROUND - REVEAL - 1)
    everybody_commits(world, round_ + 1, [THIRD])
    assert tuple(world.beacon.seed(round_)) == (bytes(32), False, 0)
    world.go_to((round_ + 2) * ROUND - 1)
    assert world.reveal(THIRD, SECRETS[THIRD], round_ + 1) == "commit_reveal: not the time to reveal"
    assert tuple(world.beacon.seed(round_)) == (bytes(32), False, 0), "a reveal that is refused settles nothing"


@pytest.mark.parametrize("offset", [-REVEAL, -1])
def test_inv_rnd_8_reveal__any_of_the_next_round__fixes_seed_and_forfeits_what_is_missing(world, round_, offset):
    everybody_commits(world, round_)
    reveal_time(world, round_)
    for account in (CHALLENGER, SECOND):
        assert world.reveal(account, SECRETS[account], round_) is None
    world.go_to((round_ + 1) * ROUND - REVEAL - 1)
    everybody_commits(world, round_ + 1, [THIRD])
    world.go_to((round_ + 1) * ROUND + offset)
    assert world.reveal(THIRD, SECRETS[THIRD], round_ + 1) is None
    seed, weak, at = world.beacon.seed(round_)
    assert (bytes(seed), weak, at) == (world.seeds.seeds[round_].value, False, world.now)
    assert at // ROUND == round_
    assert world.beacon.owed(SINK) == DEPOSIT
    assert world.settle(round_) == "commit_reveal: settled already"


def test_inv_rnd_8_reveal__round_before_settled__leaves_it(world, round_):
    everybody_commits(world, round_)
    world.go_to(round_ * ROUND - 1)
    assert world.reveal(CHALLENGER, SECRETS[CHALLENGER], round_) is None  # which settles the one before, weak
    assert world.beacon.seed(round_ - 1)[1] is True
    before = tuple(world.beacon.seed(round_ - 1))
    assert world.reveal(SECOND, SECRETS[SECOND], round_) is None
    assert tuple(world.beacon.seed(round_ - 1)) == before


def test_inv_rnd_1_commit__twice_or_empty__refuses(world, round_):
    everybody_commits(world, round_, [CHALLENGER])
    assert world.commit(CHALLENGER, SECRETS[SECOND], round_) == "commit_reveal: committed already"
    with boa.reverts("commit_reveal: empty commitment"):
        world.beacon.commit(round_, bytes(32), sender=SECOND)


# -- secrets ----------------------------------------------------------------------------------------------------------


def test_inv_rnd_2_reveal__another_secret_account_or_round__refuses(world, round_):
    everybody_commits(world, round_)
    reveal_time(world, round_)
    assert world.reveal(CHALLENGER, SECRETS[SECOND], round_) == "commit_reveal: not what was committed to"
    assert world.reveal(STRANGER, SECRETS[CHALLENGER], round_) == "commit_reveal: not what was committed to"
    assert world.reveal(CHALLENGER, SECRETS[CHALLENGER], round_) is None
    assert world.reveal(CHALLENGER, SECRETS[CHALLENGER], round_) == "commit_reveal: not what was committed to"


def test_inv_rnd_2_reveal__commitment_copied_from_another__refuses(world, round_):
    everybody_commits(world, round_, [CHALLENGER])
    copied = world.seeds.commitment_of(round_, CHALLENGER, SECRETS[CHALLENGER])
    world.beacon.commit(round_, copied, sender=SECOND)
    world.seeds.commit(SECOND, round_, copied)
    reveal_time(world, round_)
    assert world.reveal(CHALLENGER, SECRETS[CHALLENGER], round_) is None
    assert world.reveal(SECOND, SECRETS[CHALLENGER], round_) == "commit_reveal: not what was committed to"


def test_inv_rnd_2_reveal__committed_in_another_beacon_or_chain__refuses(world, round_):
    other = BEACON.deploy(world.token, DEPOSIT, SINK)
    commitment = other.commitment_of(round_, CHALLENGER, SECRETS[CHALLENGER])
    here = world.beacon.commitment_of(round_, CHALLENGER, SECRETS[CHALLENGER])
    assert here == world.seeds.commitment_of(round_, CHALLENGER, SECRETS[CHALLENGER])
    assert commitment != here
    world.beacon.commit(round_, commitment, sender=CHALLENGER)
    reveal_time(world, round_)
    with boa.reverts("commit_reveal: not what was committed to"):
        world.beacon.reveal(round_, CHALLENGER, SECRETS[CHALLENGER])
    world.seeds.chain_id += 1
    assert world.seeds.commitment_of(round_, CHALLENGER, SECRETS[CHALLENGER]) != here


def test_inv_rnd_3_seed__any_order__is_the_same(world, round_):
    seeds = set()
    for order in (list(SECRETS), list(SECRETS)[::-1]):
        with boa.env.anchor():
            for account in order:
                world.beacon.commit(
                    round_, world.seeds.commitment_of(round_, account, SECRETS[account]), sender=account
                )
            boa.env.evm.patch.timestamp = round_ * ROUND - 1
            for account in order[1:] + order[:1]:
                world.beacon.reveal(round_, account, SECRETS[account])
            boa.env.evm.patch.timestamp = round_ * ROUND
            seeds.add(world.beacon.settle(round_))
    assert seeds == {world.seeds.seed_of(round_, list(SECRETS.items()))}
    boa.env.evm.patch.timestamp = world.now


# -- seeds ------------------------------------------------------------------------------------------------------------


def test_inv_rnd_4_settle__two_reveals__seed_has_no_part_of_the_block(world, round_):
    everybody_commits(world, round_)
    reveal_time(world, round_)
    for account in (CHALLENGER, SECOND):
        world.reveal(account, SECRETS[account], round_)
    world.go_to(round_ * ROUND + 12_345)
    seed = world.settle(round_, RANDAO)
    assert seed == world.seeds.seed_of(round_, [(one, SECRETS[one]) for one in (SECOND, CHALLENGER)])
    assert tuple(world.beacon.seed(round_)) == (seed, False, world.now)
    assert tuple(world.beacon.turnout(round_)) == (3, 2)
    assert world.settle(round_) == "commit_reveal: settled already"


@pytest.mark.parametrize(("committed", "revealed"), [(0, 0), (2, 0), (2, 1)])
def test_inv_rnd_5_settle__fewer_than_two_reveals__weak_with_the_blocks_part(world, round_, committed, revealed):
    accounts = list(SECRETS)[:committed]
    everybody_commits(world, round_, accounts)
    reveal_time(world, round_)
    for account in accounts[:revealed]:
        world.reveal(account, SECRETS[account], round_)
    world.go_to(round_ * ROUND)
    assert tuple(world.beacon.seed(round_)) == (bytes(32), False, 0)
    seed = world.settle(round_, RANDAO)
    plain = world.seeds.seed_of(round_, [(one, SECRETS[one]) for one in accounts[:revealed]])
    assert seed == bytes(keccak(plain + RANDAO))
    assert tuple(world.beacon.seed(round_)) == (seed, True, world.now)


def test_inv_rnd_6_seed__one_secret_more__is_another(world):
    known = [(one, SECRETS[one]) for one in (CHALLENGER, SECOND)]
    seeds = {world.seeds.seed_of(1, [*known, (THIRD, bytes(keccak(number.to_bytes(32))))]) for number in range(100)}
    assert len(seeds | {world.seeds.seed_of(1, known)}) == 101


# -- money ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("token", "decimals"), [("MockERC20", 6), ("MockERC20", 18), ("MockNoReturnERC20", 8)])
def test_inv_rnd_7_deposits__revealed_or_not__are_owed_once(token, decimals):
    with boa.env.anchor():
        world = ChallengeWorld.create(token=token, decimals=decimals)
        round_ = world.now // ROUND + 3
        world.go_to(round_ * ROUND - REVEAL - ROUND)
        everybody_commits(world, round_)
        assert world.balance(world.beacon) == 3 * DEPOSIT
        reveal_time(world, round_)
        for account in (CHALLENGER, SECOND):
            world.reveal(account, SECRETS[account], round_)
            assert world.beacon.owed(account) == DEPOSIT
        world.go_to(round_ * ROUND)
        world.settle(round_)
        assert (world.beacon.owed(SINK), world.beacon.owed(KEEPER)) == (DEPOSIT, 0)
        for account in (CHALLENGER, SECOND, SINK):
            before = world.balance(account)
            assert world.beacon.withdraw(account, account, sender=STRANGER) == DEPOSIT
            assert world.balance(account) == before + DEPOSIT
        assert world.balance(world.beacon) == 0


def test_withdraw__to_another_at_a_strangers_call_or_nothing_owed__refuses(world, round_):
    everybody_commits(world, round_, [CHALLENGER])
    reveal_time(world, round_)
    world.reveal(CHALLENGER, SECRETS[CHALLENGER], round_)
    with boa.reverts("random_beacon: owed to somebody else"):
        world.beacon.withdraw(CHALLENGER, STRANGER, sender=STRANGER)
    world.beacon.withdraw(CHALLENGER, STRANGER, sender=CHALLENGER)
    with boa.reverts("random_beacon: nothing owed"):
        world.beacon.withdraw(CHALLENGER, CHALLENGER, sender=CHALLENGER)


def test_commit__token_takes_a_fee_or_says_no__refuses(world, round_):
    fee = boa.load_partial("contracts/mocks/MockFeeERC20.vy").deploy("Fee", "FEE", 18)
    false = boa.load_partial("contracts/mocks/MockFalseERC20.vy").deploy("False", "NO", 18)
    for token, reason in ((fee, "deposit arrived short"), (false, "token refused")):
        beacon = BEACON.deploy(token, DEPOSIT, SINK)
        token.mint(CHALLENGER, DEPOSIT)
        token.approve(beacon, DEPOSIT, sender=CHALLENGER)
        if token is false:
            token.refuse(True)
        with boa.reverts(f"random_beacon: {reason}"):
            beacon.commit(round_, b"\1" * 32, sender=CHALLENGER)


def test_evasion__last_one_to_reveal__as_the_specification_says():
    table = {0.5: (0.25, 0.25, 0.0625), 0.25: (0.0625, 0.1875, 0.00390625), 0.1: (0.01, 0.09, 0.0001)}
    for chance, (one, cost, two) in table.items():
        assert evasion(chance, 0) == chance
        assert evasion(chance, 1) == pytest.approx(one)
        assert evasion(chance, 2) == pytest.approx(two)
        assert evasion_cost(chance) == pytest.approx(cost)
