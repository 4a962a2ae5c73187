"""LivenessBook call by call beside its model: beats, draws, scores. specs/liveness.md."""

import boa
import pytest
from eth_abi import encode
from eth_utils.crypto import keccak
from tests.support.challenges import (
    ANSWERS,
    BEATS,
    BOOK,
    CONTROLLER,
    KEYS,
    ODDS,
    OPERATOR,
    ORDERS,
    OTHER,
    STRANGER,
    STRAY_KEY,
    WAD,
    WATCHMAN,
    WEEKLY,
    ZERO,
    ChallengeWorld,
    compact,
    promise,
)
from tests.support.templates import template_of
from tests.support.worked import library

from surety.models.liveness import DAY, SETTLEMENT, WEEK, Duty
from surety.models.sequencer import Uptime
from surety.sdk.messages import HALF_ORDER, sign_message

HOUR = 3_600


@pytest.fixture(scope="module")
def ground():
    with boa.env.anchor():
        world = ChallengeWorld.create(odds=WAD)
        world.watch()
        yield world


@pytest.fixture
def world(ground):
    """Every round draws everybody; the service is watched, and its answers are drawn."""
    with ground.undone() as world:
        yield world


def next_epoch(world):
    """To the first second of the next one; its number."""
    epoch = world.now // WEEK + 1
    world.go_to(epoch * WEEK)
    return epoch


def finish(world, epoch):
    world.go_to((epoch + 1) * WEEK + SETTLEMENT + 1)


# -- creation ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", range(4))
def test_create__something_missing__refuses(world, wrong):
    arguments = [world.registry, world.keys, world.machine, world.beacon, ZERO, ODDS]
    arguments[wrong] = ZERO
    with boa.reverts("liveness_book: zero address"):
        BOOK.deploy(*arguments)
    expected = (*(one.address for one in (world.registry, world.keys, world.machine, world.beacon)), ZERO, WAD)
    assert tuple(world.book.setting()) == expected


@pytest.mark.parametrize("odds", [0, WAD + 1])
def test_create__odds_out_of_bounds__refuses(world, odds):
    with boa.reverts("liveness_book: odds out of bounds"):
        BOOK.deploy(world.registry, world.keys, world.machine, world.beacon, ZERO, odds)


# -- watching ---------------------------------------------------------------------------------------------------------


def test_watch__twice_or_of_nothing__refuses(world):
    with boa.reverts("liveness_book: watched already"):
        world.book.watch(world.service)
    with boa.reverts("liveness_book: no such service"):
        world.book.watch(b"\1" * 32)
    assert world.book.is_watched(world.service)


def test_watch__with_little_gas__never_learns_a_part(world):
    service = world.open_service(salt=b"\2" * 32)
    seen = set()
    for gas in (100_000, 200_000, 260_000, 300_000, 400_000):
        with boa.env.anchor():
            try:
                world.book.watch(service, gas=gas)
            except boa.BoaError as error:
                seen.add("liveness_book: not enough gas for the registry" in str(error))
                assert not world.book.is_watched(service)
            else:
                world.book.enable_draws(
                    service,
                    ORDERS - 1,
                    promise(ANSWERS).program.words,
                    promise(ANSWERS).program.constants,
                    sender=CONTROLLER,
                )
    assert True in seen
    with boa.reverts("liveness_book: not enough gas for the registry"):
        world.book.watch(service, gas=200_000)


def test_enable_draws__by_another_twice_or_unwatched__refuses(world):
    program = promise(ANSWERS).program
    arguments = (program.words, program.constants)
    with boa.reverts("liveness_book: not the controller"):
        world.book.enable_draws(world.service, ORDERS, *arguments, sender=STRANGER)
    with boa.reverts("liveness_book: draws enabled already"):
        world.book.enable_draws(world.service, ANSWERS, *arguments, sender=CONTROLLER)
    fresh = world.open_service(salt=b"\2" * 32)
    with boa.reverts("liveness_book: service is not watched"):
        world.book.enable_draws(fresh, ANSWERS, *arguments, sender=CONTROLLER)
    with boa.reverts("liveness_book: service is not watched"):
        world.book.tally(fresh, OPERATOR, 0, 1)


def test_enable_draws__property_that_no_draw_suits__refuses(world):
    answers, orders = promise(ANSWERS).program, promise(ORDERS).program
    for number, program, reason in (
        (BEATS, answers, "property asks for no answer"),
        (ORDERS, answers, "not the property's program"),
        (ORDERS, orders, "challenge can't be drawn"),
    ):
        with boa.reverts(f"liveness_book: {reason}"):
            world.book.enable_draws(world.service, number, program.words, program.constants, sender=CONTROLLER)


@pytest.mark.parametrize(
    ("span", "words", "kind", "reason"),
    [
        (2 * DAY + 1, None, None, "span above two days"),
        (HOUR, [0xF0 << 248], None, "challenge can't be drawn"),
        (HOUR, [0x91FF << 240 | 0xF0 << 232], None, "challenge can't be drawn"),
        (HOUR, None, b"\5" * 32, "challenge can't be drawn"),
        (2 * DAY, None, None, None),
    ],
)
def test_enable_draws__template_by_hand__refuses(world, span, words, kind, reason):
    one = library("retrievability").responses[0].program
    words = words or one.words
    program = bytes(keccak(encode(("uint256[]", "bytes32[]"), (words, one.constants))))
    template = template_of(library("retrievability"))
    changed = template.properties[0]._replace(program=program, span=span)
    changed = changed._replace(message=kind or changed.message)
    id = world.registry.register(template.terms, [changed], [], "by hand")
    service = world.registry.open(id, CONTROLLER, bytes(32))
    world.book.watch(service)
    if reason is None:
        world.book.enable_draws(service, 0, words, one.constants, sender=CONTROLLER)
        return
    with boa.reverts(f"liveness_book: {reason}"):
        world.book.enable_draws(service, 0, words, one.constants, sender=CONTROLLER)


# -- beats ------------------------------------------------------------------------------------------------------------


def test_inv_liv_1_beat__once_a_period__counts(world):
    assert world.beat() is None
    assert world.beat() == "liveness_book: period has its beat"
    assert world.beat(span=WEEK) is None
    assert world.beat(OTHER) is None
    world.wait(DAY)
    assert world.beat() is None


@pytest.mark.parametrize("key", [STRAY_KEY, KEYS[OTHER]])
def test_inv_liv_1_beat__signed_by_another__refuses(world, key):
    assert world.beat(key=key) == "liveness_book: not signed by the operator"
    assert world.beat(OTHER) is None  # whose key is known from now on
    assert world.beat(key=key) == "liveness_book: not signed by the operator"


@pytest.mark.parametrize(("offset", "counts"), [(-1, False), (0, True), (DAY - 1, True), (DAY, False)])
def test_inv_liv_1_beat__time_at_the_edges_of_the_period__counts_within(world, offset, counts):
    start = world.now // DAY * DAY
    world.go_to(start + HOUR)
    reason = world.beat(time=start + offset)
    assert reason == (None if counts else "liveness_book: not of the period that runs")


def test_inv_liv_1_beat__replayed_in_the_next_period__refuses(world):
    sent = world.now
    assert world.beat() is None
    world.wait(DAY)
    assert world.beat(time=sent) == "liveness_book: not of the period that runs"


def test_beat__shorter_than_an_hour__is_of_the_hour(world):
    assert world.beat(span=60) is None
    world.wait(60)
    assert world.beat(span=HOUR) == "liveness_book: period has its beat"
    world.wait(HOUR)
    assert world.beat(span=1) is None


# -- draws ------------------------------------------------------------------------------------------------------------


def settled(world, later=5):
    """A round of tomorrow, settled."""
    round_ = world.now // DAY + 1
    world.go_to(round_ * DAY + later)
    assert isinstance(world.settle(round_, keccak(text=str(round_))), bytes)
    return round_


def test_inv_liv_2_answer__right_and_in_time__counts_once(world):
    round_ = settled(world)
    message, due = world.book.draw(world.service, OPERATOR, ANSWERS, round_)
    assert (due, len(message)) == (world.now + HOUR, 256)
    assert world.answer_draw(round_) is None
    assert world.answer_draw(round_) == "liveness_book: answered already"
    assert world.answer_draw(round_, OTHER) is None


def test_inv_liv_2_answer__wrong_late_or_by_another__refuses(world):
    round_ = settled(world)
    assert world.answer_draw(round_, right=False, digest=bytes(32)) == "liveness_book: answer is not right"
    assert world.answer_draw(round_, key=STRAY_KEY) == "liveness_book: not signed by the operator"
    world.wait(HOUR)
    assert world.answer_draw(round_) is None
    world.wait(1)
    assert world.answer_draw(round_, OTHER) == "liveness_book: too late for an answer"


def test_inv_liv_2_answer__other_program_or_parameters__refuses(world):
    round_ = settled(world)
    message, _ = world.book.draw(world.service, OPERATOR, ANSWERS, round_)
    reply = world.reply(message)
    program, constants, parameters = world.arguments(ANSWERS)
    for reason, *arguments in (
        ("not the property's program", program, constants[:1], parameters),
        ("not the operator's parameters", program, constants, []),
    ):
        with boa.reverts(f"liveness_book: {reason}"):
            world.book.answer(
                world.service, OPERATOR, ANSWERS, round_, *arguments, reply.encoded, world.signature(reply), []
            )


@pytest.mark.parametrize(("chain", "registry"), [(2, None), (None, STRANGER)])
def test_inv_liv_1_2_beat_and_answer__signed_for_another_chain_or_registry__refuse(world, chain, registry):
    round_ = settled(world)
    message, _ = world.book.draw(world.service, OPERATOR, ANSWERS, round_)
    place = (chain or world.seeds.chain_id, registry or world.registry.address)
    beat, reply = world.message("Beat", number=1, time=world.now), world.reply(message)
    with boa.reverts("liveness_book: not signed by the operator"):
        world.book.beat(beat.encoded, DAY, *compact(sign_message(beat, KEYS[OPERATOR], *place).signature))
    signature = sign_message(reply, KEYS[OPERATOR], *place).signature
    arguments = (world.service, OPERATOR, ANSWERS, round_, *world.arguments(ANSWERS), reply.encoded)
    with boa.reverts("liveness_book: not signed by the operator"):
        world.book.answer(*arguments, signature, [])
    assert world.answer_draw(round_) is None


def test_inv_liv_2_answer__mirrored_signature_or_malformed_bytes__refuses(world):
    round_ = settled(world)
    message, _ = world.book.draw(world.service, OPERATOR, ANSWERS, round_)
    reply = world.reply(message)
    signature = world.signature(reply)
    high = (HALF_ORDER * 2 + 1 - int.from_bytes(signature[32:64], "big")).to_bytes(32, "big")
    arguments = (world.service, OPERATOR, ANSWERS, round_, *world.arguments(ANSWERS))
    for reason, encoded, signed in (
        ("ecdsa: invalid signature `s` value", reply.encoded, signature[:32] + high + bytes([signature[64] ^ 7])),
        ("liveness_book: not signed by the operator", reply.encoded, signature[:63]),  # 64 may be EIP-2098's
        ("predicate_machine: malformed message", reply.encoded[:-1], signature),
        ("predicate_machine: malformed message", b"", signature),
    ):
        with boa.reverts(reason):
            world.book.answer(*arguments, encoded, signed, [])
    beat = world.message("Beat", number=1, time=world.now)
    for encoded in (beat.encoded[:-1], beat.encoded[:160], b"", b"\xff" * 448):
        with boa.reverts("predicate_machine: malformed message"):
            world.book.beat(encoded, DAY, *compact(world.signature(beat)))
    with boa.reverts():  # more bytes than any message has: refused where calldata is read
        world.book.beat(beat.encoded + bytes(448), DAY, *compact(world.signature(beat)))
    assert world.beat() is None


def test_inv_liv_2_answer__sequencer_came_back__has_its_span_anew_but_no_final_epoch_is_touched():
    with boa.env.anchor():
        world = ChallengeWorld.create(odds=WAD, feed=True)
        world.watch()
        epoch = next_epoch(world)
        first = settled(world)
        opened = world.now
        world.wait(3 * HOUR)
        world.set_uptime(Uptime(since=world.now))
        assert world.book.draw(world.service, OPERATOR, ANSWERS, first)[1] == world.now + HOUR
        world.wait(HOUR)
        assert world.answer_draw(first) is None
        world.wait(1)
        assert world.answer_draw(first, OTHER) == "liveness_book: too late for an answer"
        assert world.now > opened + 3 * HOUR
        world.go_to((epoch * 7 + 6) * DAY)
        last = world.now // DAY
        world.settle(last)
        world.go_to((epoch + 1) * WEEK + SETTLEMENT)
        world.set_uptime(Uptime(down=True, since=world.now - HOUR))
        with world.undone() as other:
            assert other.answer_draw(last) is None
        world.wait(1)
        assert world.answer_draw(last) == "liveness_book: too late for an answer"


def test_inv_liv_9_answer__round_that_drew_nobody__refuses(world):
    late = world.now // DAY + 1
    world.go_to((late + 1) * DAY)
    world.settle(late)
    assert world.answer_draw(late) == "liveness_book: not drawn"
    assert world.answer_draw(late + 1) == "liveness_book: not drawn"  # not settled
    assert tuple(world.book.draw(world.service, OPERATOR, ANSWERS, late)) == (b"", 0)


def test_inv_liv_9_draw__settled_before_it_was_enabled__draws_nobody():
    with boa.env.anchor():
        world = ChallengeWorld.create(odds=WAD)
        world.watch(draws=False)
        round_ = settled(world)
        program = promise(ANSWERS).program
        world.liveness.enable_draws(world.service, ANSWERS)
        world.book.enable_draws(world.service, ANSWERS, program.words, program.constants, sender=CONTROLLER)
        assert world.answer_draw(round_) == "liveness_book: not drawn"
        assert world.answer_draw(settled(world)) is None


def test_draw__half_the_odds__draws_about_half():
    with boa.env.anchor():
        world = ChallengeWorld.create(odds=WAD // 2)
        world.watch()
        drawn = 0
        for _ in range(24):
            round_ = settled(world)
            for operator in (OPERATOR, OTHER):
                message, _ = world.book.draw(world.service, operator, ANSWERS, round_)
                assert bool(message) == (world.liveness.drawn(world.service, operator, ANSWERS, round_) is not None)
                drawn += bool(message)
        assert 12 <= drawn <= 36


# -- scores -----------------------------------------------------------------------------------------------------------


def test_inv_liv_3_score__before_the_settlement_is_over__refuses(world):
    epoch = next_epoch(world)
    world.go_to((epoch + 1) * WEEK + SETTLEMENT)
    assert world.score(OPERATOR, epoch) == "liveness_book: epoch is not final"
    assert not world.book.is_final(epoch)
    world.wait(1)
    assert world.score(OPERATOR, epoch) == 0
    assert world.book.is_final(epoch)
    fresh = world.open_service(salt=b"\2" * 32)
    with boa.reverts("liveness_book: service is not watched"):
        world.book.score(fresh, OPERATOR, epoch)


def test_score__all_done__is_one_and_the_worst_property_counts(world):
    epoch = next_epoch(world)
    for day in range(7):
        for operator in (OPERATOR, OTHER):
            assert world.beat(operator) is None
        assert day or world.beat(span=WEEK) is None
        world.settle(world.now // DAY)
        for operator in (OPERATOR, OTHER)[: 2 if day < 5 else 1]:
            assert world.answer_draw(world.now // DAY, operator) is None
        world.wait(DAY)
    assert world.tally(OPERATOR, BEATS, epoch) == world.tally(OPERATOR, ANSWERS, epoch) == (7, 7)
    assert world.tally(OTHER, ANSWERS, epoch) == (7, 5)
    assert world.tally(OTHER, WEEKLY, epoch) == (1, 0)
    assert world.tally(OTHER, ORDERS, epoch) == world.tally(OTHER, 7, epoch) == (0, 0)
    finish(world, epoch)
    assert world.score(OPERATOR, epoch) == WAD
    assert world.score(OTHER, epoch) == 0  # the weekly beat
    assert world.score(STRANGER, epoch) == 0


def test_inv_liv_5_score__entered_within_the_epoch__owes_what_lies_wholly_in_its_service(world):
    epoch = next_epoch(world)
    world.wait(4 * DAY + 1)
    world.enter(STRANGER)
    world.wait(1)
    finish(world, epoch)
    assert world.tally(STRANGER, BEATS, epoch) == (2, 0)
    assert world.tally(STRANGER, WEEKLY, epoch) == (0, 0)
    assert world.score(STRANGER, epoch) == 0


def test_inv_liv_5_score__nothing_due__is_one(world):
    epoch = next_epoch(world)
    world.go_to((epoch + 1) * WEEK - HOUR)
    world.enter(STRANGER)
    finish(world, epoch)
    assert world.score(STRANGER, epoch) == WAD


def test_inv_liv_6_score__leave_and_enter_before_each_miss__erases_nothing(world):
    epoch = next_epoch(world)
    world.go_to((epoch + 1) * WEEK - 10)
    for _ in range(4):
        world.leave(OPERATOR)
        world.wait(1)
        world.enter(OPERATOR)
        world.wait(1)
    finish(world, epoch)
    assert world.tally(OPERATOR, BEATS, epoch) == world.tally(OTHER, BEATS, epoch) == (7, 0)
    assert world.tally(OPERATOR, WEEKLY, epoch) == (1, 0)
    assert world.score(OPERATOR, epoch) == 0


@pytest.mark.parametrize(("pieces", "score"), [(5, WAD), (6, 0)])
def test_inv_liv_6_score__more_than_five_pieces__is_nothing(world, pieces, score):
    epoch = next_epoch(world)
    world.go_to((epoch + 1) * WEEK - DAY + 1)
    for _ in range(pieces):
        world.enter(STRANGER)
        world.wait(1)
        world.leave(STRANGER)
        world.wait(1)
    finish(world, epoch)
    assert world.score(STRANGER, epoch) == score


def test_inv_liv_3_score__final_once__whatever_happens_later(world):
    epoch = next_epoch(world)
    for _ in range(3):
        world.beat()
        world.wait(DAY)
    finish(world, epoch)
    before = [world.score(one, epoch) for one in (OPERATOR, STRANGER)]
    world.leave(OPERATOR)
    world.enter(STRANGER)
    world.wait(1)
    world.enter(OPERATOR)
    world.beat()
    assert [world.score(one, epoch) for one in (OPERATOR, STRANGER)] == before


def test_inv_liv_4_score__whatever_others_do__follows_the_operators_own_acts(world):
    """Challenges that nobody answers don't lower it, and what others sign doesn't raise it."""
    epoch = next_epoch(world)
    assert world.beat(span=WEEK) is None
    for day in range(7):
        assert isinstance(world.challenge(OPERATOR), bytes)
        assert world.beat(key=STRAY_KEY) == "liveness_book: not signed by the operator"
        assert world.beat(key=KEYS[OTHER]) == "liveness_book: not signed by the operator"
        assert day >= 3 or world.beat() is None
        world.wait(DAY)
    finish(world, epoch)
    assert world.tally(OPERATOR, BEATS, epoch) == (7, 3)
    assert world.tally(OPERATOR, WEEKLY, epoch) == (1, 1)
    assert world.tally(OPERATOR, ANSWERS, epoch) == (0, 0), "no round was settled, so nothing was drawn"
    assert world.score(OPERATOR, epoch) == 3 * WAD // 7


def test_inv_liv_8_score__own_challenges_answered__change_nothing(world):
    epoch = next_epoch(world)
    other = world.score(OTHER, epoch - 2)
    ids = [world.challenge(OPERATOR) for _ in range(3)]
    for id in ids:
        assert world.answer(id) is None
    assert isinstance(world.challenge(), bytes)
    finish(world, epoch)
    assert world.score(OPERATOR, epoch) == world.score(OTHER, epoch) == 0
    assert world.tally(OPERATOR, ANSWERS, epoch) == world.tally(OTHER, ANSWERS, epoch) == (0, 0)
    assert other == 0


def long_service(world, *spans):
    """A service of heartbeats alone, one property a span, of the same kind of message; nobody serves."""
    template = template_of(WATCHMAN)
    properties = [template.properties[BEATS]._replace(span=span) for span in spans]
    id = world.registry.register(template.terms, properties, [], "by hand")
    world.service = bytes(world.registry.open(id, CONTROLLER, bytes(32)))
    world.liveness.duties[world.service] = tuple(Duty(2, one.span, one.message) for one in properties)
    world.liveness.watched.add(world.service)
    world.book.watch(world.service)


def test_score__properties_that_evidence_or_a_contract_judges__are_no_duty(world):
    """Eight properties of several kinds: nothing of one runs into another's place."""
    template = template_of(WATCHMAN)
    beats = template.properties[BEATS]
    never, plugin = (
        beats._replace(kind=kind, program=bytes([kind]) * 32, message=bytes(32), span=0) for kind in (1, 4)
    )
    year, ten = (beats._replace(span=days * DAY) for days in (366, 10))
    properties = [plugin, never, beats, plugin, year, plugin, ten, plugin]
    id = world.registry.register(template.terms, properties, [], "by hand")
    world.service = bytes(world.registry.open(id, CONTROLLER, bytes(32)))
    world.liveness.duties[world.service] = tuple(Duty(one.kind, one.span, one.message) for one in properties)
    world.liveness.watched.add(world.service)
    world.book.watch(world.service)
    world.enter(OPERATOR, chosen=())
    epoch = next_epoch(world)
    for _ in range(7):
        assert world.beat() is None
        assert world.beat(span=10 * DAY) in (None, "liveness_book: period has its beat")
        world.wait(DAY)
    finish(world, epoch)
    due = [world.tally(OPERATOR, number, epoch)[0] for number in range(8)]
    assert due[2] == 7
    assert [number for number, one in enumerate(due) if one] in ([2], [2, 6])
    assert world.score(OPERATOR, epoch) == WAD


@pytest.mark.parametrize("long", [30 * DAY, 366 * DAY])
def test_inv_liv_5_score__came_back_after_weeks__owes_no_day_of_its_absence(world, long):
    """However long the longest heartbeat: what was served before the epoch is no service within it."""
    long_service(world, DAY, long)
    world.wait(-world.now % long)  # a long period begins
    world.enter(OPERATOR, chosen=())
    world.wait(1)
    world.leave(OPERATOR)
    epoch = next_epoch(world)
    world.wait(4 * DAY)
    world.enter(OPERATOR, chosen=())
    for _ in range(3):
        assert world.beat() is None
        world.wait(DAY)
    finish(world, epoch)
    assert world.tally(OPERATOR, 0, epoch) == (3, 3)
    assert world.tally(OPERATOR, 1, epoch) == (0, 0)
    assert world.score(OPERATOR, epoch) == WAD


def test_inv_liv_6_score__many_pieces_within_a_long_period__count_where_it_ends_alone(world):
    long = 30 * DAY
    long_service(world, DAY, long)
    world.wait(-world.now % long)
    for _ in range(6):
        world.enter(OPERATOR, chosen=())
        world.wait(HOUR)
        world.leave(OPERATOR)
        world.wait(HOUR)
    world.enter(OPERATOR, chosen=())
    epoch = next_epoch(world)
    for _ in range(7):
        assert world.beat() is None
        world.wait(DAY)
    ends = ((epoch * WEEK // long + 1) * long - 1) // WEEK
    finish(world, ends)
    assert epoch < ends
    assert world.score(OPERATOR, epoch) == WAD
    assert world.score(OPERATOR, ends) == 0
    assert world.tally(OPERATOR, 1, ends) == (0, 0)


def test_inv_liv_5_score__left_as_the_epoch_began__owes_from_its_return(world):
    long_service(world, DAY, 10 * DAY)
    world.wait(-world.now % (10 * DAY))
    world.enter(OPERATOR, chosen=())
    epoch = next_epoch(world)
    world.leave(OPERATOR)
    world.wait(3 * DAY)
    world.enter(OPERATOR, chosen=())
    finish(world, epoch)
    assert world.tally(OPERATOR, 0, epoch) == (4, 0)


@pytest.mark.parametrize("after", [0, 1])
def test_score__left_before_the_epoch_began__is_nothing_or_one_for_a_second(world, after):
    """Of a service whose only heartbeat is longer than an epoch."""
    long_service(world, 10 * DAY)
    world.wait(-world.now % (10 * DAY))
    world.enter(OPERATOR, chosen=())
    epoch = next_epoch(world)
    world.wait(after)
    world.leave(OPERATOR)
    finish(world, epoch)
    assert world.tally(OPERATOR, 0, epoch) == (0, 0)
    assert world.score(OPERATOR, epoch) == (WAD if after else 0)


@pytest.mark.parametrize("long", [10 * DAY, 2 * WEEK])
def test_inv_liv_6_score__left_within_a_long_period__owes_it_where_it_ends(world, long):
    long_service(world, DAY, long)
    world.wait(-world.now % long)
    world.enter(OPERATOR, chosen=())
    world.wait(2 * DAY)
    world.leave(OPERATOR)
    world.wait(DAY)
    world.enter(OPERATOR, chosen=())
    end = world.now // long * long + long
    epoch = (end - 1) // WEEK
    finish(world, epoch)
    assert world.tally(OPERATOR, 1, epoch) == (1, 0)


@pytest.mark.parametrize("span", [HOUR, 3 * HOUR, DAY, WEEK, 2 * WEEK, 3 * WEEK, 10 * DAY])
def test_tally__periods_of_any_length__belong_to_the_epoch_in_which_they_end(world, span):
    long_service(world, span)
    world.enter(OPERATOR, chosen=())
    first = next_epoch(world)
    for number in range(5):
        world.go_to((first + number) * WEEK + number * DAY)
        world.beat(span=span)
        world.wait(HOUR)
        world.beat(span=span)
    due = [world.tally(OPERATOR, 0, first + number)[0] for number in range(5)]
    world.go_to((first + 6) * WEEK)
    due = [world.tally(OPERATOR, 0, first + number)[0] for number in range(6)]
    periods = (first + 6) * WEEK // span - max(first * WEEK, -(-(first - 1) * WEEK // span) * span) // span
    assert sum(due) <= periods + 1
    assert sum(due) >= 6 * WEEK // span - 2
