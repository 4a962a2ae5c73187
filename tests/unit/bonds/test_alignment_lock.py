"""AlignmentLock call by call: each reason beside the call that goes through, each boundary at M - 1, M and M + 1."""

import boa
import pytest
from tests.support.alignment import DAY, LOCK_SOURCE, OWNERS, START, TREASURY, AlignmentWorld, bond, week_after

from surety.models.alignment import FACE_LIMIT, MAX_TENOR, NOBODY, WEEK, WINDOW

FACE = 10**21 + 7
MATURITY = week_after(START, 10)
OWNER, OTHER, DELEGATEE = OWNERS
STRANGER = boa.env.generate_address("stranger")
MAX_WEEKS = 255


@pytest.fixture
def world():
    with boa.env.anchor():
        yield AlignmentWorld.create()


# -- lock -------------------------------------------------------------------------------------------------------------


def test_init__zero_token__reverts():
    with boa.reverts("alignment_lock: zero token"):
        LOCK_SOURCE.deploy(NOBODY)


def test_lock__of_a_token__names_it(world):
    assert world.lock.token() == world.token.address


def test_inv_aln_1_lock__approved_bonds__moves_them_and_tells(world):
    made = world.give(OWNER, MATURITY, FACE)
    world.token.setOperator(world.lock, False, sender=OWNER)
    with boa.reverts("bond_token: insufficient allowance"):
        world.lock.lock(made, FACE, sender=OWNER)
    world.token.approve(world.lock, made, FACE, sender=OWNER)
    world.lock.lock(made, FACE, sender=OWNER)
    event = world.lock.get_logs()[-1]
    assert (type(event).__name__, event.owner, event.id, event.face) == ("BondsLocked", OWNER, made, FACE)
    assert world.token.balanceOf(world.lock, made) == world.lock.locked(OWNER, made) == FACE
    assert world.token.balanceOf(OWNER, made) == 0


def test_lock__more_than_held__reverts(world):
    made = world.give(OWNER, MATURITY, FACE)
    assert not world.call_lock(OWNER, made, FACE + 1)
    assert world.call_lock(OWNER, made, FACE)


def test_lock__zero_face__reverts(world):
    made = world.give(OWNER, MATURITY, FACE)
    with boa.reverts("alignment_lock: zero face"):
        world.lock.lock(made, 0, sender=OWNER)
    assert world.call_lock(OWNER, made, 1)


@pytest.mark.parametrize("kind", [0, 2, 3, 257])
def test_lock__another_kind__reverts(world, kind):
    made = bond(MATURITY, kind)
    world.token.mint(OWNER, made, FACE, sender=TREASURY)
    with boa.reverts("alignment_lock: not a fixed bond"):
        world.lock.lock(made, FACE, sender=OWNER)
    with boa.reverts("alignment_lock: not a fixed bond"):
        world.lock.withdraw(made, OWNER, sender=OWNER)
    assert world.lock.locked(OWNER, made) == 0


@pytest.mark.parametrize("off", [-1, 1])
def test_lock__maturity_off_the_grid__reverts(world, off):
    made = bond(MATURITY + off)
    world.token.mint(OWNER, made, FACE, sender=TREASURY)
    with boa.reverts("alignment_lock: maturity not on the grid"):
        world.lock.lock(made, FACE, sender=OWNER)
    with boa.reverts("alignment_lock: maturity not on the grid"):
        world.lock.withdraw(made, OWNER, sender=OWNER)
    assert world.lock.locked(OWNER, made) == 0


@pytest.mark.parametrize(("ahead", "taken"), [(1, True), (0, False), (-1, False)])
def test_lock__around_maturity__only_before_it(world, ahead, taken):
    made = world.give(OWNER, MATURITY, FACE)
    world.go_to(MATURITY - ahead)
    assert world.call_lock(OWNER, made, FACE) == taken
    assert world.lock.own_weight_at(OWNER, MATURITY - ahead) == (FACE if taken else 0)


@pytest.mark.parametrize(("extra", "taken"), [(0, True), (1, True), (-1, False)])
def test_lock__around_255_weeks__only_within(world, extra, taken):
    maturity = week_after(START, 300)
    made = world.give(OWNER, maturity, FACE)
    world.go_to(maturity - MAX_TENOR + extra)
    assert world.call_lock(OWNER, made, FACE) == taken


def test_lock__week_that_fits_no_word__reverts(world):
    for weeks, reason in ((2**16, "alignment_lock: maturity too far"), (2**16 - 1, None)):
        maturity = weeks * WEEK
        made = world.give(OWNER, maturity, FACE)
        world.go_to(maturity - DAY)
        if reason:
            with boa.reverts(reason):
                world.lock.lock(made, FACE, sender=OWNER)
        else:
            assert world.call_lock(OWNER, made, FACE)
            world.compare(OWNERS, maturity - DAY)


def test_lock__total_face_at_its_limit__reverts(world):
    far = week_after(START, 255)
    first = world.give(OWNER, far, FACE_LIMIT)
    second = world.give(OTHER, far, FACE_LIMIT)
    for face in (FACE_LIMIT, 2**256 - 1):
        with boa.reverts("weight_ledger: face out of range"):
            world.lock.lock(first, face, sender=OWNER)
    assert world.call_lock(OWNER, first, FACE_LIMIT - 2)
    assert not world.call_lock(OTHER, second, 2)
    assert world.call_lock(OTHER, second, 1)
    assert world.call_delegate(OTHER, OWNER)
    world.compare(OWNERS, world.now)
    world.go_to(far)
    again = world.give(OTHER, far + WEEK, FACE_LIMIT)
    assert world.call_lock(OTHER, again, FACE_LIMIT - 1)  # what has matured counts no more


def test_lock_withdraw__token_that_refuses__reverts():
    with boa.env.anchor():
        boa.env.evm.patch.timestamp = START
        token = boa.load("contracts/mocks/MockFalseBondToken.vy")
        lock = LOCK_SOURCE.deploy(token)
        with boa.reverts("alignment_lock: token refused the transfer"):
            lock.lock(bond(MATURITY), FACE, sender=OWNER)
        token.set_answer(True)
        lock.lock(bond(MATURITY), FACE, sender=OWNER)
        token.set_answer(False)
        boa.env.evm.patch.timestamp = MATURITY
        with boa.reverts("alignment_lock: token refused the transfer"):
            lock.withdraw(bond(MATURITY), OWNER, sender=OWNER)
        assert lock.locked(OWNER, bond(MATURITY)) == FACE


def test_inv_aln_2_lock__twice_and_two_maturities__adds_up(world):
    later = MATURITY + 3 * WEEK
    world.hold(OWNER, MATURITY, FACE)
    world.go_to(START + DAY)
    made = world.hold(OWNER, MATURITY, 5)
    world.hold(OWNER, later, 11)
    assert world.lock.locked(OWNER, made) == FACE + 5
    now = START + DAY
    assert world.lock.own_weight_at(OWNER, now) == (FACE + 5) * (MATURITY - now) + 11 * (later - now)


def test_inv_aln_1_donation__bonds_sent_without_lock__count_for_nothing(world):
    made = world.give(OWNER, MATURITY, FACE)
    world.token.transfer(world.lock, made, FACE, sender=OWNER)
    assert world.lock.locked(OWNER, made) == world.lock.locked(world.lock.address, made) == 0
    assert world.lock.total_weight_at(START) == 0
    world.go_to(MATURITY)
    with boa.reverts("alignment_lock: nothing locked"):
        world.lock.withdraw(made, OWNER, sender=OWNER)


# -- withdraw ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "given"), [(-1, False), (0, True), (1, True)])
def test_inv_aln_7_withdraw__around_maturity__from_it_on(world, after, given):
    made = world.hold(OWNER, MATURITY, FACE)
    world.go_to(MATURITY + after)
    assert world.call_withdraw(OWNER, made, DELEGATEE) == given
    assert world.token.balanceOf(DELEGATEE, made) == (FACE if given else 0)
    assert world.lock.locked(OWNER, made) == (0 if given else FACE)
    assert world.lock.own_weight_at(OWNER, MATURITY + after) == (0 if given else FACE)


def test_inv_aln_7_withdraw__twice__reverts(world):
    made = world.hold(OWNER, MATURITY, FACE)
    world.hold(OTHER, MATURITY, FACE)
    world.go_to(MATURITY)
    assert world.lock.withdraw(made, OWNER, sender=OWNER) == FACE
    event = world.lock.get_logs()[-1]
    assert (event.owner, event.receiver, event.id, event.face) == (OWNER, OWNER, made, FACE)
    with boa.reverts("alignment_lock: nothing locked"):
        world.lock.withdraw(made, OWNER, sender=OWNER)
    assert world.lock.locked(OTHER, made) == FACE


def test_inv_aln_7_withdraw__by_another__reverts(world):
    made = world.hold(OWNER, MATURITY, FACE)
    world.call_delegate(OWNER, DELEGATEE)
    world.go_to(MATURITY)
    for caller in (OTHER, DELEGATEE, STRANGER):
        with boa.reverts("alignment_lock: nothing locked"):
            world.lock.withdraw(made, caller, sender=caller)
    assert world.call_withdraw(OWNER, made, OWNER)


def test_withdraw__zero_receiver__reverts_and_keeps_the_lock(world):
    made = world.hold(OWNER, MATURITY, FACE)
    world.go_to(MATURITY)
    assert not world.call_withdraw(OWNER, made, NOBODY)
    assert world.lock.locked(OWNER, made) == FACE


def test_inv_aln_4_withdraw__history__stays(world):
    made = world.hold(OWNER, MATURITY, FACE)
    world.go_to(MATURITY + WEEK)
    before = [world.lock.own_weight_at(OWNER, t) for t in (START, MATURITY - 1, MATURITY)]
    world.call_withdraw(OWNER, made, OWNER)
    assert [world.lock.own_weight_at(OWNER, t) for t in (START, MATURITY - 1, MATURITY)] == before
    assert before == [FACE * (MATURITY - START), FACE, 0]


# -- weights ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["own_weight_at", "delegated_weight_at", "weight_at", "vote_weight_at", "delegate_at"])
def test_view__future__reverts(world, view):
    read = getattr(world.lock, view)
    with boa.reverts("alignment_lock: time in the future"):
        read(OWNER, START + 1)
    assert read(OWNER, START) == (OWNER if view == "delegate_at" else 0)
    assert read(OWNER, 0) == (OWNER if view == "delegate_at" else 0)


def test_total_weight_at__future__reverts(world):
    with boa.reverts("alignment_lock: time in the future"):
        world.lock.total_weight_at(START + 1)
    assert world.lock.total_weight_at(START) == 0


def test_inv_aln_2_own_weight_at__each_side_of_lock_and_maturity__is_the_formula(world):
    world.hold(OWNER, MATURITY, FACE)
    world.go_to(MATURITY + WEEK)
    for t in (START - 1, START, START + 1, MATURITY - WEEK, MATURITY - 1, MATURITY, MATURITY + 1, MATURITY + WEEK):
        expected = FACE * max(MATURITY - t, 0) if t >= START else 0
        assert world.lock.own_weight_at(OWNER, t) == world.lock.total_weight_at(t) == expected


def test_inv_aln_6_vote_weight_at__new_lock__counts_seven_days_later(world):
    world.hold(OWNER, MATURITY, FACE)
    world.go_to(START + WINDOW + 1)
    votes = [world.lock.vote_weight_at(OWNER, START + WINDOW + off) for off in (-WINDOW, -1, 0, 1)]
    assert votes == [0, 0, FACE * (MATURITY - START - WINDOW), FACE * (MATURITY - START - WINDOW - 1)]


def test_inv_aln_6_vote_weight_at__buyer_for_one_block__gains_nothing(world):
    """Bought and locked, the bonds can't leave; delegated and taken back, the weight never counted."""
    world.hold(OTHER, MATURITY, 3)
    world.go_to(START + 2 * WINDOW)
    made = world.hold(OWNER, MATURITY, FACE)
    world.call_delegate(OWNER, DELEGATEE)
    assert world.lock.weight_at(DELEGATEE, world.now) == FACE * (MATURITY - world.now)
    assert world.lock.vote_weight_at(DELEGATEE, world.now) == world.lock.vote_weight_at(OWNER, world.now) == 0
    assert not world.call_withdraw(OWNER, made, OWNER)
    world.go_to(world.now + 12)
    world.call_delegate(OWNER, OWNER)
    assert world.lock.weight_at(DELEGATEE, world.now) == world.lock.vote_weight_at(DELEGATEE, world.now) == 0
    assert world.lock.vote_weight_at(OWNER, world.now) == 0
    world.compare(OWNERS, world.now)


def test_inv_aln_5_vote_weight_at__dip_in_the_window__is_the_dip(world):
    world.hold(OWNER, MATURITY, FACE)
    world.hold(OTHER, MATURITY, 9)
    world.go_to(START + 10 * DAY)
    world.call_delegate(OWNER, DELEGATEE)
    world.go_to(START + 11 * DAY)
    world.call_delegate(OWNER, NOBODY)
    for days, dipped in ((11, True), (17, True), (18, False)):
        world.go_to(START + days * DAY)
        votes = world.lock.vote_weight_at(OWNER, world.now)
        assert votes == (0 if dipped else FACE * (MATURITY - world.now))
    world.go_to(START + 18 * DAY + 1)
    assert world.lock.vote_weight_at(OWNER, START + 18 * DAY - 1) == 0


def test_inv_aln_5_vote_weight_at__dip_within_one_second__is_none(world):
    world.hold(OWNER, MATURITY, FACE)
    world.go_to(START + WINDOW)
    world.call_delegate(OWNER, DELEGATEE)
    world.call_delegate(OWNER, OWNER)
    assert world.lock.vote_weight_at(OWNER, world.now) == FACE * (MATURITY - world.now)
    assert world.lock.vote_weight_at(DELEGATEE, world.now) == 0


# -- delegation -------------------------------------------------------------------------------------------------------


def test_inv_aln_3_delegate__to_another__moves_the_right_to_speak_alone(world):
    world.hold(OWNER, MATURITY, FACE)
    world.hold(DELEGATEE, MATURITY, 7)
    world.lock.delegate(DELEGATEE, sender=OWNER)
    event = world.lock.get_logs()[-1]
    assert (event.owner, event.previous, event.delegatee) == (OWNER, OWNER, DELEGATEE)
    left = MATURITY - START
    assert world.lock.own_weight_at(OWNER, START) == FACE * left
    assert world.lock.weight_at(OWNER, START) == 0
    assert world.lock.own_weight_at(DELEGATEE, START) == 7 * left
    assert world.lock.delegated_weight_at(DELEGATEE, START) == FACE * left
    assert world.lock.weight_at(DELEGATEE, START) == (FACE + 7) * left
    assert world.lock.delegate_at(OWNER, START) == DELEGATEE


@pytest.mark.parametrize("back", [OWNER, NOBODY])
def test_delegate__unchanged__reverts(world, back):
    with boa.reverts("alignment_lock: delegate is unchanged"):
        world.lock.delegate(back, sender=OWNER)
    assert world.call_delegate(OWNER, DELEGATEE)
    assert not world.call_delegate(OWNER, DELEGATEE)
    assert world.call_delegate(OWNER, back)
    assert world.lock.delegate_at(OWNER, START) == OWNER


def test_inv_aln_3_delegate__one_step_only__is_not_passed_on(world):
    world.hold(OWNER, MATURITY, FACE)
    world.hold(OTHER, MATURITY, 5)
    world.call_delegate(OWNER, OTHER)
    world.call_delegate(OTHER, DELEGATEE)
    left = MATURITY - START
    assert world.lock.weight_at(OTHER, START) == FACE * left
    assert world.lock.weight_at(DELEGATEE, START) == 5 * left
    world.compare(OWNERS, START)


def test_inv_aln_3_lock__after_delegating__speaks_for_the_delegatee(world):
    world.call_delegate(OWNER, DELEGATEE)
    world.go_to(START + 5)
    world.hold(OWNER, MATURITY, FACE)
    assert world.lock.weight_at(DELEGATEE, world.now) == world.lock.own_weight_at(OWNER, world.now) > 0
    world.compare(OWNERS, world.now)


def test_inv_aln_4_delegate__seconds_before__stay_with_the_old_speaker(world):
    world.hold(OWNER, MATURITY, FACE)
    for days, delegatee in ((3, DELEGATEE), (6, OTHER), (9, OWNER)):
        world.go_to(START + days * DAY)
        world.call_delegate(OWNER, delegatee)
    speakers = [(0, OWNER), (3, DELEGATEE), (6, OTHER), (9, OWNER)]
    for days, speaker in speakers:
        for account in OWNERS:
            t = START + days * DAY
            assert world.lock.weight_at(account, t) == (FACE * (MATURITY - t) if account == speaker else 0)
            assert world.lock.weight_at(account, t - 1) == world.model.weight_at(account, t - 1)


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_inv_aln_3_delegate__around_a_maturity__moves_what_is_alive(world, off):
    world.hold(OWNER, MATURITY, FACE)
    world.hold(OWNER, MATURITY + WEEK, 3)
    world.call_delegate(OWNER, DELEGATEE)
    world.go_to(MATURITY + off)
    world.call_delegate(OWNER, OTHER)
    world.go_to(MATURITY + 3 * WEEK)
    for t in (START, MATURITY - 2, MATURITY - 1, MATURITY, MATURITY + 1, MATURITY + WEEK):
        world.compare(OWNERS, t)


def test_inv_aln_8_delegate__nothing_locked__leaves_no_trace_at_the_delegatee(world):
    before = world.lock.eval(f"self._counts[{DELEGATEE}]")
    world.call_delegate(STRANGER, DELEGATEE)
    assert world.lock.eval(f"self._counts[{DELEGATEE}]") == before == 0


def test_inv_aln_8_delegate__dust_from_many__leaves_views_exact(world):
    """Each second another one delegates a unit: votes stay the minimum, history is one entry longer each time."""
    world.hold(DELEGATEE, MATURITY, FACE)
    world.hold(OWNER, MATURITY, 1)
    world.go_to(START + WINDOW)
    for turn in range(60):
        world.go_to(world.now + 1)
        assert world.call_delegate(OWNER, OWNER if turn % 2 else DELEGATEE)
    assert world.lock.vote_weight_at(DELEGATEE, world.now) == FACE * (MATURITY - world.now)
    world.compare(OWNERS, world.now)


# -- bounds -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def full():
    """An owner with a lock in each of the 255 weeks there are, by now a delegator; and the faces by maturity."""
    with boa.env.anchor():
        world = AlignmentWorld.create()
        faces = {week_after(START, weeks): FACE + weeks for weeks in range(1, MAX_WEEKS + 1)}
        for maturity, face in faces.items():
            world.hold(OWNER, maturity, face)
        yield world, faces


def weight(faces, t):
    return sum(face * max(maturity - t, 0) for maturity, face in faces.items())


def test_inv_aln_8_delegate__255_live_weeks__moves_all(full):
    world, faces = full
    for delegatee, previous in ((DELEGATEE, OWNER), (OTHER, DELEGATEE), (OWNER, OTHER)):
        world.go_to(world.now + 1)
        world.lock.delegate(delegatee, sender=OWNER)
        assert world.lock.weight_at(delegatee, world.now) == weight(faces, world.now)
        assert world.lock.weight_at(previous, world.now) == 0


@pytest.mark.parametrize("weeks", [1, 128, 253, 254, 255, 256, 600])
def test_inv_aln_2_8_own_weight_at__untouched_for_weeks__catches_up(full, weeks):
    world, faces = full
    world.lock.delegate(DELEGATEE, sender=OWNER)
    for t in (week_after(START, weeks) - 1, week_after(START, weeks), week_after(START, weeks) + 1):
        world.go_to(t)
        expected = weight(faces, t)
        assert world.lock.own_weight_at(OWNER, t) == world.lock.delegated_weight_at(DELEGATEE, t) == expected
        assert world.lock.total_weight_at(t) == world.lock.weight_at(DELEGATEE, t) == expected
        assert world.lock.vote_weight_at(DELEGATEE, t) == (expected if t >= START + WINDOW else 0)
    again = world.give(OWNER, week_after(world.now), FACE)
    world.lock.lock(again, FACE, sender=OWNER)
    added = FACE * (week_after(world.now) - world.now)
    assert world.lock.own_weight_at(OWNER, world.now) == weight(faces, world.now) + added


def test_inv_aln_9_withdraw__all_matured__everybody_leaves(full):
    world, faces = full
    world.lock.delegate(DELEGATEE, sender=OWNER)
    world.go_to(week_after(START, MAX_WEEKS))
    assert world.lock.total_weight_at(world.now) == world.lock.weight_at(DELEGATEE, world.now) == 0
    for maturity in reversed(faces):
        world.lock.withdraw(bond(maturity), OWNER, sender=OWNER)
        assert world.token.balanceOf(world.lock, bond(maturity)) == 0
