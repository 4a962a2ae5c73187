"""What attackers of challenges and draws gain, in numbers: specs/challenge-game.md, specs/commit-reveal.md."""

from itertools import combinations

import boa
import pytest
from eth_abi import encode
from eth_utils.crypto import keccak
from tests.support.challenges import (
    ANSWERS,
    BASE,
    BEATS,
    CHALLENGER,
    ENDLESS,
    KEYS,
    OPERATOR,
    OTHER,
    SECOND,
    SINK,
    STRANGER,
    THIRD,
    WAD,
    ChallengeWorld,
    compact,
    person,
)
from tests.support.slashing import ADMIN as SLASH_ADMIN
from tests.support.slashing import DELEGATOR, SlashingWorld

from surety.models.beacon import evasion
from surety.models.challenges import PLACES
from surety.models.liveness import DAY, WEEK
from surety.sdk.messages import Message

HOUR = 3_600


@pytest.fixture(scope="module")
def ground():
    with boa.env.anchor():
        yield ChallengeWorld.create()


@pytest.fixture
def world(ground):
    with ground.undone() as world:
        yield world


def settle(world, *accounts):
    """What each has of the bonds' token in all, withdrawn or owed."""
    return [world.balance(account) + world.game.owed(account) for account in accounts]


# -- floods -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("challengers", [(CHALLENGER,), (CHALLENGER, SECOND, THIRD, STRANGER)])
def test_inv_chg_5_flood__by_one_or_by_many__pays_for_every_answer_and_255_times_the_base(world, challengers):
    attackers = settle(world, *challengers)
    before = settle(world, OPERATOR, SINK)
    ids = [world.challenge(challengers[number % len(challengers)]) for number in range(PLACES)]
    assert world.challenge(challengers[0]) == "challenge_game: operator has too many open"
    for id in ids:
        assert world.answer(id) is None
    lost = sum(attackers) - sum(settle(world, *challengers))
    operator, sink = (now - then for now, then in zip(settle(world, OPERATOR, SINK), before, strict=True))
    assert lost == 255 * BASE
    assert operator == 8 * (BASE // 2)
    assert sink == lost - operator


def test_flood__one_at_a_time__costs_half_a_base_more_than_each_answer_earns(world):
    before = settle(world, CHALLENGER, OPERATOR)
    for _ in range(10):
        assert world.answer(world.challenge()) is None
    lost, earned = before[0] - settle(world, CHALLENGER)[0], settle(world, OPERATOR)[0] - before[1]
    assert (lost, earned) == (10 * BASE, 10 * (BASE // 2))


# -- self-dealing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("open_by_others", [0, 1, 4])
def test_inv_chg_7_self_challenge__answered__loses_at_least_half_of_the_bond(world, open_by_others):
    for _ in range(open_by_others):
        world.challenge(SECOND)
    before = sum(settle(world, OPERATOR))
    bond = BASE << open_by_others
    assert world.answer(world.challenge(OPERATOR)) is None
    assert before - sum(settle(world, OPERATOR)) == bond - BASE // 2
    assert bond - BASE // 2 >= bond / 2


def test_inv_chg_7_self_challenge__to_keep_honest_challengers_out_for_a_day__costs_what_the_specification_says(world):
    helper = person("the operator's own")
    world.token.mint(helper, 2**120)
    world.token.approve(world.game, ENDLESS, sender=helper)
    before = sum(settle(world, helper, OPERATOR))
    for _ in range(3):  # three spans; each costs the same
        ids = [world.challenge(helper) for _ in range(PLACES)]
        assert world.challenge(CHALLENGER) == "challenge_game: operator has too many open"
        world.wait(HOUR)
        for id in ids:
            assert world.answer(id) is None
    a_span = (before - sum(settle(world, helper, OPERATOR))) // 3
    assert a_span == 255 * BASE - 8 * (BASE // 2)
    assert 24 * (255 * 20 - 8 * 10) == 120_480
    assert isinstance(world.challenge(CHALLENGER), bytes)


def test_self_challenge__missed__is_a_fault_like_any_other(world):
    id = world.challenge(OPERATOR)
    world.wait(HOUR + 1)
    assert world.miss(id) is True
    assert world.fault(id).reporter == OPERATOR


def test_self_challenge__left_open_by_an_operator_that_went_and_came_back__blocks_nobody(world):
    """Places of challenges that are out of reach are freed by whoever wants one; nobody is punished for them."""
    dead = [world.challenge(OPERATOR) for _ in range(PLACES)]
    world.leave(OPERATOR)
    world.wait(3 * DAY)  # beyond the cooldown
    world.enter(OPERATOR)
    assert world.challenge() == "challenge_game: operator has too many open"
    assert [world.miss(id) for id in dead] == [False] * PLACES
    assert isinstance(world.challenge(max_bond=BASE), bytes)


@pytest.mark.parametrize(("own", "bounty"), [(0, 0), (10**19, 5 * 10**17), (10**21, 10**19)])
def test_self_challenge__missed_for_the_bounty__earns_no_more_than_the_operator_loses(own, bounty):
    """Stake that others placed behind an operator is no purse for it: the bounty is at most its own part."""
    with boa.env.anchor():
        slashing = SlashingWorld.create()
        world = ChallengeWorld.create(escrow=slashing.escrow)
        now = max(world.now, slashing.now)
        slashing.go_to(now)
        world.go_to(now)
        slashing.terms.set_proposer(world.game, 2, slashing.exposure, sender=SLASH_ADMIN)
        subject = (5 << 160) | int(OPERATOR, 16)
        for owner, amount in ((DELEGATOR, 10**21), (OPERATOR, own)):
            slashing.token.mint(owner, amount)
            slashing.approve(owner, slashing.pool)
            if amount:
                slashing.pool.deposit(subject, owner, amount, sender=owner)
        slashing.exposure.set_exposure(world.registry.number_of(world.service), WAD)
        world.bonding.back(world.service, OPERATOR, slashing.pool, subject)
        id = world.challenge(OPERATOR)
        world.wait(HOUR + 1)
        assert world.miss(id) is True
        world.wait(30 * DAY)
        slashing.escrow.finalise(1)
        before = slashing.token.balanceOf(OPERATOR)
        slashing.escrow.pull_all(1)
        earned = slashing.token.balanceOf(OPERATOR) - before
        assert bounty - bounty // 10**7 <= earned <= bounty
        assert earned <= own * 5 // 100


# -- theft and griefing -----------------------------------------------------------------------------------------------


def test_inv_chg_4_answer__copied_from_the_mempool__pays_the_operator(world):
    id = world.challenge()
    before = settle(world, STRANGER)
    assert world.answer(id, caller=STRANGER) is None
    assert settle(world, STRANGER) == before
    assert world.game.owed(OPERATOR) == BASE // 2


def test_answer__too_little_gas_for_the_machine__changes_nothing(world):
    id = world.challenge()
    asked, reply = world.asked[id], world.reply(world.asked[id].message)
    arguments = (asked.question, *asked.arguments, reply.encoded, world.signature(reply), [])
    for gas in (30_000, 40_000, 60_000):
        with pytest.raises(boa.BoaError):
            world.game.answer(*arguments, gas=gas)
        world.compare()
    assert world.answer(id) is None


def test_miss__answer_sent_in_the_same_second__whoever_is_first(world):
    first, second = world.challenge(), world.challenge()
    world.wait(HOUR)
    assert world.miss(first) == "challenge_game: answer is not overdue"
    assert world.answer(first) is None
    world.wait(1)
    assert world.miss(second) is True
    assert world.answer(second) == "challenge_game: no such open challenge"


def test_inv_chg_8_token_calls_back__in_the_midst_of_a_challenge__is_kept_out():
    with boa.env.anchor():
        world = ChallengeWorld.create(token="MockCallbackERC20")
        id = world.challenge()
        world.wait(HOUR + 1)
        world.token.call_back(world.game, world.game.miss.prepare_calldata(world.asked[id].question))
        assert isinstance(world.challenge(SECOND), bytes)
        assert world.game.open_challenge(id)[2] == BASE
        assert world.miss(id) is True


def test_inv_chg_8_token_calls_back__in_the_midst_of_a_withdrawal__pays_once():
    with boa.env.anchor():
        world = ChallengeWorld.create(token="MockCallbackERC20")
        ids = [world.challenge(), world.challenge(SECOND)]
        world.wait(HOUR + 1)
        for id in ids:
            assert world.miss(id) is True
        for payload in (
            world.game.withdraw.prepare_calldata(CHALLENGER),
            world.game.miss.prepare_calldata(world.asked[ids[0]].question),
        ):
            world.token.call_back(world.game, payload)
            calls = world.token.calls()
            owner = CHALLENGER if world.model.owed[CHALLENGER] else SECOND
            assert world.withdraw(owner) > 0
            assert (world.token.calls(), world.token.succeeded()) == (calls + 1, False)
        assert world.balance(world.game) == 0


def test_inv_chg_4_answer__right_in_another_service_or_of_another_operator__refuses(world):
    """Fields alike, and even one digest: a message says which service it is for, and who speaks."""
    id = world.challenge()
    asked = world.asked[id]
    reply = world.reply(asked.message)
    elsewhere = reply.model_copy(update={"service": world.open_service(salt=b"\7" * 32)})
    with boa.reverts("predicate_machine: message of another service"):
        world.game.answer(asked.question, *asked.arguments, elsewhere.encoded, world.signature(elsewhere), [])
    another = reply.model_copy(update={"sender": OTHER})
    with boa.reverts("predicate_machine: not the operator's message"):
        world.game.answer(
            asked.question, *asked.arguments, another.encoded, world.signature(another, KEYS[OPERATOR]), []
        )
    assert world.answer(id) is None


@pytest.mark.parametrize("size", [0, 32, 191, 192, 223, 448])
def test_answer_and_miss__bytes_that_are_no_challenge__refuse_with_a_reason(world, size):
    id = world.challenge()
    asked = world.asked[id]
    reply = world.reply(asked.message)
    for filler in (b"\0", b"\xff"):
        question = (filler * size, *asked.question[1:])
        formed = size >= 192 and size % 32 == 0 and filler == b"\0"
        reason = "challenge_game: no such open challenge" if formed else "predicate_machine: malformed message"
        with boa.reverts(reason):
            world.game.answer(question, *asked.arguments, reply.encoded, world.signature(reply), [])
        with boa.reverts(reason):
            world.game.miss(question)
    world.wait(HOUR + 1)
    assert world.miss(id) is True


# -- draws ------------------------------------------------------------------------------------------------------------


def drawn_today(world):
    """A round in which all are drawn, settled at the second after the day began; its number."""
    round_ = world.now // DAY + 1
    world.go_to(round_ * DAY + 1)
    assert isinstance(world.settle(round_), bytes)
    return round_


@pytest.fixture
def watched():
    with boa.env.anchor():
        world = ChallengeWorld.create(odds=WAD)
        world.watch()
        world.go_to((world.now // WEEK + 1) * WEEK)
        yield world


@pytest.mark.parametrize("away", [1, HOUR - 1, HOUR, DAY])
def test_inv_liv_6_draw__left_until_the_deadline_is_over__owes_the_answer_on_return(watched, away):
    world = watched
    epoch = world.now // WEEK
    drawn_today(world)
    world.leave(OPERATOR)
    world.wait(away)
    world.enter(OPERATOR)
    world.go_to((epoch + 1) * WEEK + 2 * DAY + 1)
    assert world.tally(OPERATOR, ANSWERS, epoch) == (1, 0)


@pytest.mark.parametrize(("stays", "due"), [(HOUR - 1, 0), (HOUR, 1)])
def test_inv_liv_5_draw__left_for_good_before_its_deadline__is_not_due(watched, stays, due):
    world = watched
    epoch = world.now // WEEK
    drawn_today(world)
    world.wait(stays)
    world.leave(OPERATOR)
    world.go_to((epoch + 1) * WEEK + 2 * DAY + 1)
    assert world.tally(OPERATOR, ANSWERS, epoch) == (due, 0)


def test_inv_liv_5_draw__entered_at_the_second_of_settlement_or_later__is_due_or_not(watched):
    world = watched
    epoch = world.now // WEEK
    round_ = world.now // DAY + 1
    world.go_to(round_ * DAY)
    world.enter(STRANGER)
    world.settle(round_)
    world.enter(SECOND)
    world.wait(1)
    world.enter(THIRD)
    world.go_to((epoch + 1) * WEEK + 2 * DAY + 1)
    assert world.tally(STRANGER, ANSWERS, epoch) == world.tally(SECOND, ANSWERS, epoch) == (1, 0)
    assert world.tally(THIRD, ANSWERS, epoch) == (0, 0)


def test_inv_liv_9_draw__first_and_last_day_of_an_epoch__belong_to_the_epoch_of_their_day(watched):
    world = watched
    epoch = world.now // WEEK
    for day in (0, 6, 7):
        world.go_to((epoch * 7 + day) * DAY + (DAY - 1 if day == 6 else 0))
        world.settle(epoch * 7 + day)
    world.go_to((epoch + 2) * WEEK + 2 * DAY + 1)
    assert world.tally(OPERATOR, ANSWERS, epoch) == (2, 0)
    assert world.tally(OPERATOR, ANSWERS, epoch + 1) == (1, 0)


@pytest.mark.parametrize("length", [2**128, 2**128 + DAY, 2**200 + DAY, 2**256 - 1])
def test_inv_liv_1_beat__length_that_no_promise_has__counts_for_none(watched, length):
    """Lengths are kept in 128 bits: what wraps around is the first period of 1970, whatever its message says."""
    world = watched
    epoch = world.now // WEEK
    assert world.beat(span=length) is None
    world.wait(DAY)
    assert world.beat() is None
    world.go_to((epoch + 1) * WEEK + 2 * DAY + 1)
    assert world.tally(OPERATOR, BEATS, epoch) == (7, 1)
    assert world.score(OPERATOR, epoch) == 0


def test_inv_liv_4_beat__sent_in_by_another_with_another_span__takes_nothing_away(watched):
    world = watched
    message = world.message("Beat", number=1, time=world.now)
    signature = compact(world.signature(message))
    for span in (HOUR, WEEK, 3 * DAY):
        world.book.beat(message.encoded, span, *signature, sender=STRANGER)
    world.book.beat(message.encoded, DAY, *signature, sender=OPERATOR)
    assert tuple(world.book.tally(world.service, OPERATOR, BEATS, world.now // WEEK)) == (7, 1)


# -- with the escrow as it is -----------------------------------------------------------------------------------------


def test_inv_chg_3_miss__real_escrow__seizes_once_and_names_the_challenger():
    with boa.env.anchor():
        slashing = SlashingWorld.create()
        world = ChallengeWorld.create(escrow=slashing.escrow)
        now = max(world.now, slashing.now)
        slashing.go_to(now)
        world.go_to(now)
        slashing.terms.set_proposer(world.game, 2, slashing.exposure, sender=SLASH_ADMIN)
        subject = (5 << 160) | int(OPERATOR, 16)
        slashing.approve(DELEGATOR, slashing.pool)
        slashing.pool.deposit(subject, DELEGATOR, 10**21, sender=DELEGATOR)
        number = world.registry.number_of(world.service)
        slashing.exposure.set_exposure(number, WAD)
        world.bonding.back(world.service, OPERATOR, slashing.pool, subject)
        id = world.challenge()
        world.wait(HOUR + 1)
        assert world.miss(id) is True
        assert slashing.escrow.slash_count() == 1
        seen = slashing.lens.slash(1)
        assert (seen.proven, seen.service) == (True, number)
        assert slashing.lens.seizure(1).seized == 5 * 10**19
        fault = world.game.fault_id(world.service, OPERATOR, ANSWERS, keccak_id(world, id))
        assert world.game.slash_of(fault, slashing.pool, subject) == 1
        with boa.reverts("fault_book: proposed before"):
            world.game.slash(world.service, OPERATOR, ANSWERS, keccak_id(world, id), slashing.pool, subject)


def test_inv_cmt_9_self_challenge__missed_while_only_dust_is_bonded__leaves_the_cap_of_what_comes_later():
    with boa.env.anchor():
        slashing = SlashingWorld.create()
        world = ChallengeWorld.create(escrow=slashing.escrow)
        world.service = world.open_service(cap=8 * 10**16, salt=b"\1" * 32)
        world.enter(OPERATOR)
        window = 30 * 86_400
        start = (max(world.now, slashing.now) // window + 1) * window
        slashing.go_to(start)
        world.go_to(start)
        slashing.terms.set_proposer(world.game, 2, slashing.exposure, sender=SLASH_ADMIN)
        slashing.exposure.set_exposure(world.registry.number_of(world.service), WAD)
        slashing.approve(DELEGATOR, slashing.pool)
        for asset, amount in ((5, 100), (6, 10**21)):
            subject = (asset << 160) | int(OPERATOR, 16)
            slashing.pool.deposit(subject, DELEGATOR, amount, sender=DELEGATOR)
            world.bonding.back(world.service, OPERATOR, slashing.pool, subject)
            ids = [world.challenge(), world.challenge(SECOND)]
            world.wait(HOUR + 1)
            assert [world.miss(id) for id in ids] == [True, True]
        taken = [slashing.lens.slash(id).fraction for id in range(1, slashing.escrow.slash_count() + 1)]
        assert taken == [5 * 10**16, 3 * 10**16, 5 * 10**16, 3 * 10**16]


def test_inv_chg_9_miss__escrow_that_refuses__records_all_the_same_and_can_be_tried_again():
    with boa.env.anchor():
        slashing = SlashingWorld.create()
        world = ChallengeWorld.create(escrow=slashing.escrow)
        now = max(world.now, slashing.now)
        slashing.go_to(now)
        world.go_to(now)
        subject = (5 << 160) | int(OPERATOR, 16)
        slashing.approve(DELEGATOR, slashing.pool)
        slashing.pool.deposit(subject, DELEGATOR, 10**21, sender=DELEGATOR)
        slashing.exposure.set_exposure(world.registry.number_of(world.service), WAD)
        world.bonding.back(world.service, OPERATOR, slashing.pool, subject)
        id = world.challenge()
        world.wait(HOUR + 1)
        assert world.miss(id) is True  # the game is no proposer yet
        assert slashing.escrow.slash_count() == 0
        slashing.terms.set_proposer(world.game, 2, slashing.exposure, sender=SLASH_ADMIN)
        arguments = (world.service, OPERATOR, ANSWERS, keccak_id(world, id), slashing.pool, subject)
        assert world.game.slash(*arguments) == 1


def keccak_id(world, id):
    """Key of the fault: the challenge's message."""
    return Message.decode(world.asked[id].message).id


# -- the last one to reveal -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("chance", "withheld"), [(0.5, 1), (0.5, 2), (0.25, 1), (0.25, 2)])
def test_last_reveal__picks_the_best_of_two_to_the_m_seeds__as_the_table_says(world, chance, withheld):
    rounds, drawn, forfeited = 400, 0, 0
    for round_ in range(rounds):
        honest = [(STRANGER, bytes(keccak(text=f"honest {round_}")))]
        own = [(CHALLENGER, bytes(keccak(text=f"own {number} {round_}"))) for number in range(withheld)]
        choices = [kept for count in range(withheld, -1, -1) for kept in combinations(own, count)]
        for kept in choices:
            seed = world.seeds.seed_of(round_, [*honest, *kept])
            words = ("bytes32", "address", "bytes32", "address", "uint256")
            ticket = keccak(encode(words, (seed, world.book.address, world.service, OPERATOR, ANSWERS)))
            if int.from_bytes(ticket, "big") % WAD >= chance * WAD:
                forfeited += withheld - len(kept)
                break
        else:
            drawn += 1
    expected = evasion(chance, withheld)
    spread = 4 * (expected * (1 - expected) / rounds) ** 0.5
    assert abs(drawn / rounds - expected) <= spread
    if withheld == 1:
        assert abs(forfeited / rounds - chance * (1 - chance)) <= 4 * (0.25 / rounds) ** 0.5
