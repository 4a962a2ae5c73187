"""Registry, bonds, proofs, pay and escrow together, over the real market: any history, and everybody leaves at its end.

Operators double-sign, or don't; a stranger commits to what it saw and proves it; each fault counts once, and takes
of each lock that stood behind it; slashes are vetoed or paid; sponsors pay for weeks, and locks claim. Beside it runs
the model of the bonds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boa
import hypothesis.strategies as st
import pytest
from eth_account import Account
from eth_utils.crypto import keccak
from hypothesis.stateful import initialize, rule
from tests.support.bonding import ADMIN, CONTROLLER, PEOPLE, REPORTER, ZERO, BondingWorld
from tests.support.bonding_histories import Bonding, run
from tests.support.bonds import source
from tests.support.commitments import FOREVER
from tests.support.operators import sign_key
from tests.support.templates import template_of
from tests.support.worked import library

from surety.models.service_bonding import DAY, WAD, Terms
from surety.predicates import make_message
from surety.sdk.messages import sign_message, signature_words

pytestmark = pytest.mark.stateful

EPOCH = 604_800
KEYS = tuple(Account.from_key(bytes([number]) * 32) for number in (31, 32, 33))
PROMISE = library("double_sign")
SALT = b"\x05" * 32
REFUSALS = {
    "commitment_registry: operator never served",
    "fault_book: offence is too old",
    "fault_book: operator has left for good",
    "fault_book: recorded before",
}


def tried(call: Callable[[], Any]) -> tuple[Any, str]:
    """What a call answered, or why it was refused."""
    try:
        return call(), ""
    except boa.BoaError as error:
        return None, str(error)


class Promises(Bonding):
    """The machine of the bonds; its first service is a promise of the library, which is proven broken and paid for."""

    @initialize()
    def open_services(self) -> None:
        Bonding.open_services(self)
        world = self.world
        self.services[0] = self._promise()
        self.prover = source("commitments/FaultProver").deploy(world.registry, world.escrow, world.operators)
        world.terms.set_proposer(self.prover, 2, world.bonding, sender=ADMIN)
        for operator, key in zip(PEOPLE, KEYS, strict=True):
            made = sign_key(key, world.operators.address, boa.env.evm.patch.chain_id, operator, FOREVER)
            world.operators.rotate_key(key.address, 0, FOREVER, made.v, made.r, made.s, sender=operator)
        self._found_pay()
        self.faults: dict[bytes, int] = {}  # second of the offence
        self.funded = self.claimed = 0

    def _promise(self) -> bytes:
        world = self.world
        template = template_of(PROMISE)
        world.registry.register(*template)
        world.registry.open(template.id, CONTROLLER, SALT)
        service = bytes(world.registry.service_of(2**47 + world.registry.service_count()))
        terms = world.registry.terms(service)
        number = world.registry.service(service).number
        world.model.services[service] = Terms(number, CONTROLLER, terms.cooldown, terms.reach, terms.powers)
        return service

    def _found_pay(self) -> None:
        world = self.world
        machine = source("commitments/PredicateMachine").deploy()
        beacon = source("commitments/RandomBeacon").deploy(world.suite.asset, 1, ADMIN)
        book = source("commitments/LivenessBook").deploy(
            world.registry, world.operators, machine, beacon, ZERO, WAD // 4
        )
        book.watch(self.services[0])
        formula = source("commitments/LinearPayout").deploy(1_000 * world.whole, 0, [])
        self.payout = source("commitments/ServicePayout").deploy(world.bonding, world.registry, book, formula, ADMIN)
        self.token = source("mocks/MockERC20").deploy("Pay", "PAY", 18)
        self.token.mint(CONTROLLER, 10**30)
        self.token.approve(self.payout, 10**30, sender=CONTROLLER)
        self.payout.set_terms(self.services[0], self.token, ZERO, sender=CONTROLLER)

    # -- proofs -------------------------------------------------------------------------------------------------------

    @rule(place=st.integers(0, 2), height=st.integers(1, 3), back=st.sampled_from([0, 0, 1, DAY, 20 * DAY]))
    def double_sign(self, place: int, height: int, back: int) -> None:
        """Shown by a stranger a block later: every lock behind the operator then is seized from, once a height."""
        operator, world = PEOPLE[place], self.world
        messages, *signatures = self._signed(place, height, max(world.now - back, 1))
        evidence = self.prover.evidence_hash(messages, *signatures)
        self.prover.commit(self.prover.commitment_of(evidence, REPORTER, SALT), sender=REPORTER)
        world.wait(12)
        boa.env.evm.patch.block_number += 1
        program = PROMISE.safety[0].program
        claim = (self.services[0], operator, 0, program.words, program.constants, [])
        key = keccak(height.to_bytes(32, "big") + bytes(32))
        fault = self.prover.fault_id(self.services[0], operator, 0, key)
        told = claim, messages, [], *signatures, SALT, True
        shown, refusal = tried(lambda: self.prover.prove(*told, sender=REPORTER))
        if refusal:
            assert any(one in refusal for one in REFUSALS), refusal
            assert self.prover.fault(fault).reporter == (REPORTER if fault in self.faults else ZERO)
            return
        logs = self.prover.get_logs()  # of the last call
        assert shown == fault
        offence = self.prover.fault(fault).offence_time
        assert offence > self.faults.get(fault, 0), "a fault is recorded again for a later offence alone"
        self.faults[fault] = offence
        self._follow(operator, fault, logs)

    @rule(place=st.integers(0, 2), height=st.integers(1, 2), kind=st.integers(1, 3))
    def back_and_double_sign(self, place: int, height: int, kind: int) -> None:
        """With one more lock behind it: few histories come to a fault by chance."""
        self.activate(0, PEOPLE[place], None, kind, 100)
        self.double_sign(place, height, 0)

    def _follow(self, operator: str, fault: bytes, logs: list[Any]) -> None:
        """The model seizes what the escrow did, and no lock that stood there was spared."""
        world = self.world
        at = self.prover.fault(fault).offence_time
        for log in logs:
            if type(log).__name__ == "StakeSeized":
                assert world.model.seize(log.id, log.subject, log.fraction, at) == (log.amount, log.own)
        for subject in world.model.backings(self.services[0], operator, at):
            slash = self.prover.slash_of(fault, world.bonding, subject)
            if slash:
                self.slashes[slash] = True
            else:
                seizable = world.bonding.seizable(subject, at)[0]
                places = len(world.escrow.open_seizures(world.bonding, subject))
                assert seizable == 0 or places == 8, "only what has nothing left, or no place, is passed over"

    def _signed(self, place: int, height: int, time: int) -> tuple[list[bytes], list[tuple[int, int]], bytes]:
        made = [
            make_message(
                PROMISE,
                "Proposal",
                {"height": height, "round": 0, "digest": digest.to_bytes(32, "big")},
                service=self.services[0],
                sender=PEOPLE[place],
                time=time,
            )
            for digest in (1, 2)
        ]
        where = boa.env.evm.patch.chain_id, self.world.registry.address
        signed = ((sign_message(one, KEYS[place], *where).signature, True) for one in made)
        return [one.encoded for one in made], *signature_words(signed)

    # -- pay ----------------------------------------------------------------------------------------------------------

    @rule(epochs=st.integers(1, 4))
    def fund(self, epochs: int) -> None:
        amount = epochs * 10**18
        self.payout.fund(self.services[0], self.world.now // EPOCH + 1, epochs, amount, sender=CONTROLLER)
        self.funded += amount

    @rule(pick=st.integers(0, 9))
    def claim(self, pick: int) -> None:
        if lock := self.lock(pick):
            self._claim(lock.number, lock.owner)

    def _claim(self, number: int, owner: str) -> bool:
        due, _ = self.payout.due(number)
        paid, refusal = tried(lambda: self.payout.claim(number, owner, sender=owner))
        if refusal:
            assert "service_payout: no epoch to claim" in refusal, refusal
            return False
        assert paid == due
        self.claimed += paid
        return True

    @rule()
    def look(self) -> None:
        Bonding.look(self)
        self.pay_is_conserved()

    def pay_is_conserved(self) -> None:
        """INV-PAY-4 over real locks and scores."""
        assert self.token.balanceOf(self.payout) == self.funded - self.claimed

    def everybody_leaves(self) -> None:
        Bonding.everybody_leaves(self)
        for number, lock in self.world.model.locks.items():
            while self._claim(number, lock.owner):
                pass
        self.pay_is_conserved()


def test_promises__any_history__faults_count_once_pay_is_conserved_and_everybody_leaves():
    """S0.20: verified, attributed, weighed and slashed in any order."""
    run(0, 5, 40, Promises)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_promises__long_histories(seed):
    run(seed, 40, 80, Promises)


def test_promises__a_written_history__is_slashed_once_and_paid_by_what_is_left():
    """One of each step, so that none of them is left to chance."""

    class Written(Promises):
        pass

    with boa.env.anchor():
        Written.made = BondingWorld.create()
        story: Any = Written()
        story.open_services()
        story.activate(0, PEOPLE[0], None, 1, 1_000)
        story.activate(0, PEOPLE[0], None, 1, 100)
        story.fund(4)
        story.world.wait(2 * EPOCH)
        story.double_sign(0, 1, 0)
        story.double_sign(0, 1, 0)
        assert (len(story.faults), len(story.slashes)) == (1, 2)
        story.back_and_double_sign(0, 1, 1)
        assert (len(story.faults), len(story.slashes)) == (1, 3), "the lock that came since, and no other again"
        story.double_sign(1, 1, 0)
        assert len(story.faults) == 1, "who never served can't break the promise"
        story.world.wait(3 * EPOCH)
        story.conclude_what_is_due(True)
        story.claim(0)
        story.claim(1)
        assert story.claimed > 0
        story.look()
        story.teardown()
