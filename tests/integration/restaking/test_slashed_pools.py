"""What happens to stake when…: DelegationManager, SlashEscrow and ExposureBook as they are, with numbers.

Everybody stakes 1,000,000 units; a review lasts seven days, seizures are given back after the exit window of fourteen.
"""

from __future__ import annotations

from itertools import permutations

import boa
import pytest
from eth_utils import keccak
from tests.support.delegation import DELEGATORS, OPERATORS, START, STRANGER, ZERO, DelegationWorld, source, subject_word

from surety.models.delegation import WAD, WEEK

pytestmark = pytest.mark.integration

OPERATOR, SECOND = OPERATORS
STAYER, LEAVER, MOVER, JOINER = DELEGATORS[:4]
POOL, BOND_POOL = (OPERATOR, 0), (OPERATOR, 2)
WORD = subject_word(POOL)
STAKE = 1_000_000
DAY = 86_400
TENTH = WAD // 10
ADMIN, VETOER, CONFIRMER, JUDGE, PROVER, TREASURY, INSURANCE = (
    boa.env.generate_address(name)
    for name in ("admin", "vetoer", "confirmer", "judge", "prover", "treasury", "insurance")
)
INSURANCE_PART, TREASURY_PART = 2, 3


class Stage:
    """The prover's slashes are machine-proven and take what ExposureBook says; the judge's take parts of the whole."""

    def __init__(self) -> None:
        policy = (7 * DAY, 3 * DAY, 1_000, 10**24, 0, 10_000, 500, False, 0, 0, TREASURY, INSURANCE)
        blueprints = [source(f"slashing/{name}").deploy_as_blueprint() for name in ("SlashEscrow", "JudgementBonds")]
        self.terms = source("slashing/SlashingTerms").deploy(*blueprints, ADMIN, ZERO, VETOER, CONFIRMER, policy)
        self.escrow = source("slashing/SlashEscrow").at(self.terms.escrow())
        self.world = DelegationWorld.create(escrow=self.escrow)
        self.manager = self.world.manager
        self.book = source("restaking/ExposureBook").deploy(self.manager, self.world.registry, ADMIN)
        self.book.grantRole(keccak(text="SERVICES_ROLE"), ADMIN, sender=ADMIN)
        self.terms.set_slashable(self.manager, True, sender=ADMIN)
        self.terms.set_proposer(PROVER, 2, self.book, sender=ADMIN)
        self.terms.set_proposer(JUDGE, 1, ZERO, sender=ADMIN)
        self.world.tokens[0].mint(JUDGE, 10 * STAKE)
        self.world.tokens[0].approve(self.escrow.bonds(), 2**256 - 1, sender=JUDGE)
        for owner in (OPERATOR, STAYER, LEAVER, MOVER):
            self.deposit(owner)

    def go_to(self, t: int) -> None:
        self.world.go_to(t)

    def wait(self, seconds: int) -> None:
        self.world.wait(seconds)

    @property
    def now(self) -> int:
        return self.world.now

    def deposit(self, owner: str, pool=POOL, amount: int = STAKE) -> None:
        self.manager.deposit(owner, subject_word(pool), amount, sender=owner)

    def queue(self, owner: str, target: str = ZERO, pool=POOL) -> int:
        return self.manager.queue(owner, subject_word(pool), 2**256 - 1, target, sender=owner)

    def stake(self, owner: str, pool=POOL) -> int:
        return self.manager.stake(subject_word(pool), owner)[0]

    def slash(self, fraction: int, proposer: str = JUDGE, service: int = 0, at: int | None = None, pool=POOL) -> int:
        offence = self.now if at is None else at
        arguments = (self.manager, subject_word(pool), service, fraction, offence, ZERO, ZERO, b"\x01" * 32, 2**255)
        return self.escrow.propose(*arguments, sender=proposer)

    def veto(self, slash: int) -> None:
        self.escrow.veto(slash, "not so", sender=VETOER)

    def collected(self) -> int:
        """All that was paid out of the pool of the ERC-20 for slashes."""
        token = self.world.tokens[0]
        return sum(token.balanceOf(one) for one in (PROVER, TREASURY, INSURANCE)) + token.balanceOf(JUDGE)


@pytest.fixture(scope="module")
def made():
    with boa.env.anchor():
        yield Stage()


@pytest.fixture
def stage(made):
    with boa.env.anchor():
        made.go_to(START)
        yield made


def bring_exposure(stage: Stage, service: int, fraction: int) -> None:
    stage.book.announce(service, WORD, fraction, WEEK, sender=ADMIN)
    stage.wait(2 * WEEK)


def test_inv_del_3_veto__stayer_leaver_mover_and_joiner__as_if_it_had_not_been(stage):
    leaving, moving = stage.queue(LEAVER), stage.queue(MOVER, SECOND)
    slash = stage.slash(TENTH)
    assert [stage.stake(one) for one in (OPERATOR, STAYER)] == [900_000, 900_000]
    stage.deposit(JOINER)
    stage.veto(slash)
    with boa.reverts("slash_escrow: stake is held until its end"):
        stage.escrow.release(slash)
    stage.go_to((leaving + 1) * WEEK)
    assert stage.manager.complete(LEAVER, WORD, leaving, ZERO, LEAVER, sender=LEAVER) == 900_000
    stage.manager.arrive(MOVER, WORD, moving, SECOND, sender=MOVER)
    stage.wait(2 * WEEK)
    joined = stage.stake(JOINER)
    assert STAKE - 1 <= joined <= STAKE
    assert stage.escrow.release(slash) == 400_000
    assert stage.stake(JOINER) == joined
    assert stage.manager.claim_refund(STAYER, slash, ZERO, STAYER, sender=STAYER) >= 100_000
    assert stage.manager.claim_refund(LEAVER, slash, ZERO, LEAVER, sender=LEAVER) >= 100_000
    assert stage.manager.claim_refund(MOVER, slash, SECOND, MOVER, sender=MOVER) >= 100_000
    with boa.reverts("delegation_manager: nothing to refund"):
        stage.manager.claim_refund(JOINER, slash, ZERO, JOINER, sender=JOINER)


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 4, 0, 3, 1)])
def test_t24_five_tenths__proposed_together_and_ended_in_any_order__take_the_same(stage, order):
    for service in (4, 5):
        bring_exposure(stage, service, TENTH)
    before = stage.collected()
    slashes = [stage.slash(TENTH, service=service) for service in (1, 2, 3)]
    slashes += [stage.slash(WAD, PROVER, service) for service in (4, 5)]
    paid = before - stage.collected()  # bonds of judgements
    seized = 4 * STAKE - stage.manager.pool(WORD).assets
    exact = 4 * STAKE * (10**5 - 9**5) // 10**5
    assert 0 <= seized - exact <= 5
    stage.wait(7 * DAY)
    for number in order:
        stage.escrow.finalise(slashes[number])
    for slash in slashes:
        for part in range(4):
            if stage.escrow.parts(slash)[part]:
                finder = JUDGE if slash in slashes[:3] else PROVER
                stage.escrow.pull(slash, part, (finder, finder, INSURANCE, TREASURY)[part])
    assert stage.collected() + paid - before == seized
    assert stage.manager.self_stake(WORD) == stage.stake(OPERATOR)


@pytest.mark.parametrize("first", ["vetoed", "finalised"])
def test_inv_slh_2_friendly_slash_of_everything__before_a_real_one__shelters_nothing(stage, first):
    friendly = stage.slash(WAD, service=1)
    real = stage.slash(WAD // 2, service=2)
    assert stage.manager.pool(WORD).assets == 0
    stage.deposit(JOINER)  # one for one into the emptied pool
    assert stage.stake(JOINER) == STAKE
    if first == "vetoed":
        stage.veto(friendly)
    stage.wait(7 * DAY)
    if first == "finalised":
        stage.escrow.finalise(friendly)
    stage.escrow.finalise(real)
    stage.wait(8 * DAY)
    if first == "vetoed":
        assert stage.escrow.release(friendly) == 2 * STAKE  # half of the four millions; the rest is the real one's
        assert stage.escrow.collect(real, friendly) == 2 * STAKE
        refund = stage.manager.refund(friendly, STAYER, ZERO)
        assert refund >= STAKE // 2
    assert stage.stake(JOINER) == STAKE


def test_s4_leaving_operator__slashed_in_the_last_second__and_not_after(stage):
    epoch = stage.queue(LEAVER)
    offence = stage.now
    stage.go_to((epoch + 1) * WEEK - 1)
    with boa.env.anchor():
        stage.slash(WAD, at=offence)
        stage.go_to((epoch + 1) * WEEK)
        assert stage.manager.ticket(WORD, epoch, LEAVER, ZERO).amount == 0
    stage.go_to((epoch + 1) * WEEK)
    stage.slash(WAD, at=offence)
    assert stage.manager.complete(LEAVER, WORD, epoch, ZERO, LEAVER, sender=LEAVER) == STAKE


def test_t5_slash_of_two_fifths__of_a_quarter_at_risk__takes_a_tenth_once(stage):
    bring_exposure(stage, 3, WAD // 4)
    stage.slash(WAD * 2 // 5, PROVER, 3)
    assert stage.manager.pool(WORD).assets == 4 * STAKE * 9 // 10


def test_inv_exp_1_slash__offence_before_the_service_bound__takes_nothing(stage):
    stage.book.announce(3, WORD, WAD // 4, WEEK, sender=ADMIN)
    stage.wait(2 * WEEK - 1)
    with boa.reverts("slash_escrow: nothing at risk"):
        stage.slash(WAD, PROVER, 3)
    offence = stage.now
    stage.wait(1)
    with boa.reverts("slash_escrow: nothing at risk"):
        stage.slash(WAD, PROVER, 3, at=offence)
    loss = stage.book.worst_loss(WORD, STAYER)
    stage.slash(WAD, PROVER, 3)
    assert STAKE - stage.stake(STAYER) == loss.amount == STAKE // 4


@pytest.mark.parametrize(("faulty", "taken"), [(1, 56_250), (2, 200_000)])
def test_inv_slh_15_correlated_fault__shares_by_the_book__takes_nine_times_their_square(stage, faulty, taken):
    """Four pools of the same worth behind a service: of one faulty pool it takes 9/16, of two everything."""
    people = (OPERATOR, SECOND, *DELEGATORS[4:6])
    words = [subject_word((one, 1)) for one in people]
    stage.world.registry.set_price(1, 1)
    for one, word in zip(people, words, strict=True):
        if one not in OPERATORS:
            stage.manager.open_pool(1, 1, 0, 0, sender=one)
        stage.manager.deposit(one, word, 100_000, sender=one)
        stage.book.announce(7, word, WAD, WEEK, sender=ADMIN)
        assert stage.book.weight(7, word)[0] == 100_000
    policy = (7 * DAY, 3 * DAY, 1_000, 10**24, 0, 10_000, 500, False, 2 * DAY, 0, TREASURY, INSURANCE)
    number = stage.terms.add_policy(policy, sender=ADMIN)
    stage.terms.set_policy(stage.manager, 1, 7, number, sender=ADMIN)
    stage.wait(2 * WEEK)
    slashes = [
        stage.escrow.propose(stage.manager, word, 7, WAD, stage.now, ZERO, ZERO, b"\x01" * 32, 0, sender=PROVER)
        for word in words[:faulty]
    ]
    stage.wait(9 * DAY)
    for slash in slashes:
        stage.escrow.finalise(slash)
    assert sum(sum(stage.escrow.parts(slash)) for slash in slashes) == taken


def test_bond_pool__finalised__is_paid_in_kind(stage):
    for owner in (OPERATOR, STAYER):
        stage.deposit(owner, BOND_POOL)
    bring = subject_word(BOND_POOL)
    stage.book.announce(3, bring, WAD // 2, WEEK, sender=ADMIN)
    stage.wait(2 * WEEK)
    slash = stage.slash(WAD, PROVER, 3, pool=BOND_POOL)
    stage.wait(7 * DAY)
    stage.escrow.finalise(slash)
    parts = stage.escrow.parts(slash)
    assert sum(parts) == STAKE
    for part, receiver in enumerate((PROVER, PROVER, INSURANCE, TREASURY)):
        if parts[part]:
            stage.escrow.pull(slash, part, receiver)
    assert sum(stage.world.balance(2, one) for one in (PROVER, INSURANCE, TREASURY)) == STAKE
    assert stage.world.balance(2, stage.manager) == STAKE
    epoch = stage.queue(STAYER, pool=BOND_POOL)
    stage.wait(2 * WEEK)
    assert stage.manager.complete(STAYER, bring, epoch, ZERO, STAYER, sender=STAYER) == STAKE // 2


def test_inv_opr_5_self_stake__while_a_slash_is_open__counts_what_it_holds(stage):
    slash = stage.slash(TENTH)
    assert stage.manager.self_stake(WORD) == STAKE
    stage.wait(7 * DAY)
    stage.escrow.finalise(slash)
    assert stage.manager.self_stake(WORD) == STAKE - STAKE // 10


def test_inv_slh_19_self_stake__seizure_partly_taken__counts_what_is_still_held(stage):
    """Own place, and a shared seizure of all the rest from which one of two claims is taken."""
    slashes = [stage.slash(TENTH, service=1) for _ in range(3)]
    assert stage.manager.pool(WORD).assets == 0
    assert stage.manager.self_stake(WORD) == STAKE
    stage.wait(7 * DAY)
    stage.escrow.finalise(slashes[1])
    taken = stage.escrow.parts(slashes[1])
    assert sum(taken) == 4 * STAKE * 9 // 100
    held, own = stage.escrow.held(stage.manager, WORD)
    assert held == 4 * STAKE - sum(taken)
    assert stage.manager.self_stake(WORD) == own == STAKE - STAKE * 9 // 100


def test_everybody__after_slashes_of_every_end__leaves(stage):
    """Three slashes with liens, one vetoed in turn: all exit with their refunds, and what remains is dust."""
    for ends in permutations(("veto", "finalise", "finalise")):
        with boa.env.anchor():
            stage.go_to(START)
            slashes = [stage.slash(WAD // 3, service=service) for service in (1, 2, 3)]
            epochs = {owner: stage.queue(owner) for owner in (LEAVER, MOVER)}
            for slash, end in zip(slashes, ends, strict=True):
                if end == "veto":
                    stage.veto(slash)
            stage.wait(7 * DAY)
            for slash, end in zip(slashes, ends, strict=True):
                if end == "finalise":
                    stage.escrow.finalise(slash)
            epochs |= {owner: stage.queue(owner) for owner in (STAYER, OPERATOR)}
            stage.wait(17 * DAY)
            for slash, end in zip(slashes, ends, strict=True):
                if end == "veto":
                    stage.escrow.release(slash)
            got = 0
            for owner, epoch in epochs.items():
                got += stage.manager.complete(owner, WORD, epoch, ZERO, owner, sender=owner)
                for slash in slashes:
                    if stage.manager.refund(slash, owner, ZERO):
                        got += stage.manager.claim_refund(owner, slash, ZERO, owner, sender=owner)
            # The two that were finalised leave two thirds of two thirds, whichever was vetoed; its bond comes on top.
            fair = 4 * STAKE * 4 // 9
            assert -20 <= got - fair <= 4 * STAKE // 3 * 500 // 10_000
    assert stage.stake(STRANGER) == 0
