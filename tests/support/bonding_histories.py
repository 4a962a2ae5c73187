"""Any history of locks over the real escrow, registries and market, beside the model; at the end everybody leaves."""

from __future__ import annotations

from typing import Any

import boa
import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from tests.support.bonding import (
    ADMITS,
    CLASS_LISTING,
    CONTROLLER,
    ENDS,
    HARMED,
    OWNERS,
    PEOPLE,
    REPORTER,
    STRANGER,
    WRAPPER_LISTING,
    BondingWorld,
    entry_of,
)
from tests.support.slashing import INSURANCE, JUDGE, TREASURY

from surety.models.service_bonding import DAY, MAX_COOLDOWN, WAD, Lock

ASSETS = [(18, "MockERC20"), (6, "MockNoReturnERC20"), (8, "MockERC20")]
FRACTIONS = [1, 10**9, WAD // 1_000, WAD // 10, WAD // 3 // 10**9 * 10**9, WAD // 2, WAD]
WAITS = [0, 1, 3_600, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 21 * DAY, 30 * DAY]
OPEN, FINALISED = 1, 4
WORD = ((1, False, 10, 20),)  # what operators of the last service choose


class Bonding(RuleBasedStateMachine):
    """Three operators, four owners, controller, prover, judge, vetoers, who is harmed, who saw it, and strangers."""

    made: BondingWorld

    def __init__(self) -> None:
        super().__init__()
        self.anchor = boa.env.anchor()
        self.anchor.__enter__()
        self.world = self.made.again()
        self.slashes: dict[int, bool] = {}
        self.pulled: set[tuple[int, int]] = set()
        self.services: list[bytes] = []
        self.promised: dict[int, bytes] = {}

    def teardown(self) -> None:
        try:
            self.everybody_leaves()
        finally:
            self.anchor.__exit__(None, None, None)

    # -- choosing -----------------------------------------------------------------------------------------------------

    def lock(self, pick: int) -> Lock | None:
        locks = list(self.world.model.locks.values())
        return locks[-1 - pick % len(locks)] if locks else None

    @initialize()
    def open_services(self) -> None:
        world = self.world
        self.services = [
            world.service(),
            world.service(cooldown=0, salt=1),
            world.service(cooldown=3 * DAY, powers=ADMITS | ENDS, reach=2 * DAY, parameters=WORD, salt=2),
        ]
        self.start = {(code, one): world.balance(code, one) for code in world.codes for one in self.holders}

    @property
    def holders(self) -> tuple[str, ...]:
        return (*PEOPLE, *OWNERS)

    # -- owners -------------------------------------------------------------------------------------------------------

    @rule(
        service=st.integers(0, 2),
        operator=st.sampled_from(PEOPLE),
        owner=st.sampled_from((None, *OWNERS)),
        kind=st.integers(0, 5),
        amount=st.sampled_from([1, 10**6, 100, 1_000]),
        word=st.sampled_from([0, 15, 15, 16]),
    )
    def activate(self, service: int, operator: str, owner: str | None, kind: int, amount: int, word: int = 15) -> None:
        world, code = self.world, self.world.codes[kind]
        who = owner or operator
        units = amount if amount in (1, 10**6) else amount * world.whole
        if world.balance(code, who) >= units:
            assert world.deposit(code, units, who) is None
        serves = world.model.running(self.services[service], operator) > 0
        words = () if service < 2 or (serves and word == 0) else (max(word, 15).to_bytes(32),)
        lock = world.activate(self.services[service], operator, code, units, who, words)
        if isinstance(lock, int) and service == 2:
            self.promised[lock] = world.model.promised[self.services[2], operator]

    @rule(owner=st.sampled_from((*PEOPLE, *OWNERS)), kind=st.integers(0, 6), part=st.sampled_from([1, 2]))
    def withdraw(self, owner: str, kind: int, part: int) -> None:
        code = self.world.codes[kind]
        self.world.withdraw(code, self.world.model.free[owner, code] // part, owner)

    @rule(pick=st.integers(0, 9), who=st.integers(0, 3))
    def deactivate(self, pick: int, who: int) -> None:
        if lock := self.lock(pick):
            self.world.deactivate(lock.number, (lock.owner, lock.operator, CONTROLLER, STRANGER)[who])

    @rule(pick=st.integers(0, 9))
    def release(self, pick: int) -> None:
        if lock := self.lock(pick):
            self.world.release(lock.number)

    @rule(pick=st.integers(0, 9), part=st.sampled_from([2, 3, 7]))
    def split(self, pick: int, part: int) -> None:
        if lock := self.lock(pick):
            made = self.world.split(lock.number, lock.units // part, lock.owner)
            if isinstance(made, int) and lock.number in self.promised:
                self.promised[made] = self.promised[lock.number]

    @rule(pick=st.integers(0, 9))
    def mature(self, pick: int) -> None:
        if lock := self.lock(pick):
            self.world.mature(lock.number)

    @rule(pick=st.integers(0, 9))
    def roll(self, pick: int) -> None:
        lock = self.lock(pick)
        if lock and lock.units > 10**3:
            self.world.roll(lock.number, lock.owner)

    @rule(pick=st.integers(0, 9), back=st.booleans())
    def collect_what_came_back(self, pick: int, back: bool) -> None:
        seizures = list(self.world.model.seizures.items())
        if seizures:
            slash, seizure = seizures[-1 - pick % len(seizures)]
            owner = self.world.model.locks[seizure.lock].owner
            (self.world.put_back if back else self.world.take_back)(slash, owner)

    @rule(pick=st.integers(0, 9))
    def sync(self, pick: int) -> None:
        lock = self.lock(pick)
        if lock and lock.code in (0, self.world.near, self.world.far, self.world.variable):
            self.world.sync(lock.number)

    @rule(pick=st.integers(0, 9))
    def clean(self, pick: int) -> None:
        if lock := self.lock(pick):
            self.world.clean(lock.number)

    # -- operators and controllers ------------------------------------------------------------------------------------

    @rule(
        service=st.integers(0, 2),
        operator=st.sampled_from(PEOPLE),
        owner=st.sampled_from(OWNERS),
        allowed=st.sampled_from([True, True, False]),
        enters=st.booleans(),
    )
    def allow(self, service: int, operator: str, owner: str, allowed: bool, enters: bool) -> None:
        entry = entry_of([(15).to_bytes(32)] if service == 2 else []) if enters else b""
        self.world.allow(self.services[service], owner, operator, allowed, entry)

    @rule(operator=st.sampled_from(PEOPLE), admitted=st.sampled_from([True, True, False]))
    def admit(self, operator: str, admitted: bool) -> None:
        self.world.admit(self.services[2], operator, admitted)

    @rule(operator=st.sampled_from(PEOPLE), end=st.booleans())
    def announce_end(self, operator: str, end: bool) -> None:
        self.world.announce_end(self.services[2], operator, end)

    @rule(service=st.integers(0, 2), value=st.sampled_from([0, 0, 10]))
    def set_minimum(self, service: int, value: int) -> None:
        self.world.set_minimum(self.services[service], value * self.world.whole)

    # -- slashes ------------------------------------------------------------------------------------------------------

    @rule(
        pick=st.integers(0, 9),
        fraction=st.sampled_from(FRACTIONS),
        back=st.sampled_from([0, 0, 1, DAY, 5 * DAY]),
        proven=st.sampled_from([True, True, False]),
    )
    def propose(self, pick: int, fraction: int, back: int, proven: bool) -> None:
        lock = self.lock(pick)
        if lock is None or len(self.world.escrow.open_seizures(self.world.bonding, lock.subject)) == 8:
            return
        world, at = self.world, self.world.now - back
        stood = bool(world.model.exposure(world.number(lock.service), lock.subject, at))
        if not stood or fraction < 10**9:
            with boa.reverts("slash_escrow: nothing at risk"):
                world.propose(lock.number, fraction, at)
            return
        if not proven and not self._judge_can_pay(lock):
            return
        self.slashes[world.propose(lock.number, fraction, at, proven)] = proven

    def _judge_can_pay(self, lock: Lock) -> bool:
        return self.world.balance(lock.code, JUDGE) > 2_000 * self.world.whole

    @precondition(lambda self: self.slashes)
    @rule(pick=st.integers(0, 9))
    def veto(self, pick: int) -> None:
        id = list(self.slashes)[-1 - pick % len(self.slashes)]
        end = self.world.escrow.raw(id)[6] >> 126 & (2**32 - 1)
        if self.world.escrow.status_of(id) == OPEN and self.world.now + 2 * DAY < end:
            self.world.veto(id, self.slashes[id])

    @rule(pull=st.booleans())
    def conclude_what_is_due(self, pull: bool) -> None:
        self.conclude(pull)

    @rule(seconds=st.sampled_from(WAITS))
    def wait(self, seconds: int) -> None:
        self.world.wait(seconds)

    @rule(pick=st.integers(0, 9), before=st.booleans())
    def wait_for_an_end(self, pick: int, before: bool) -> None:
        """The last second of a cooldown, or the first after it."""
        lock = self.lock(pick)
        if lock and lock.end and lock.end - before > self.world.now:
            self.world.go_to(lock.end - before)

    @precondition(lambda self: self.world.now < self.world.maturity(self.world.near))
    @rule()
    def wait_for_the_near_bond(self) -> None:
        self.world.go_to(self.world.maturity(WRAPPER_LISTING))

    def conclude(self, pull: bool = True) -> None:
        """Finalise, release and pull whatever can be."""
        world, escrow = self.world, self.world.escrow
        for id in self.slashes:
            end = escrow.raw(id)[6] >> 126 & (2**32 - 1)
            if escrow.status_of(id) == OPEN and world.now >= end:
                world.finalise(id)
        for id in self.slashes:
            if id in world.model.seizures:
                try:
                    world.free_up(id)
                except boa.BoaError:
                    continue
        for id in self.slashes:
            if pull and escrow.status_of(id) == FINALISED:
                self.pull(id)

    def pull(self, id: int) -> None:
        accounts = (REPORTER, HARMED, INSURANCE, TREASURY)
        for part, amount in enumerate(self.world.escrow.parts(id)):
            if amount and (id, part) not in self.pulled:
                self.pulled.add((id, part))
                self.world.pull(id, part, accounts[part])

    # -- what holds ---------------------------------------------------------------------------------------------------

    @rule()
    def look(self) -> None:
        self.world.compare()
        for (service, operator), locks in self.world.model.places.items():
            if service == self.services[2] and locks:
                latest = self.world.registry.latest_period(service, operator)[0]
                assert {self.promised[lock] for lock in locks} == {latest.parameters}, "INV-BND-15"

    def everybody_leaves(self) -> None:
        """All locks end, all slashes conclude, liens are collected, everything is taken out: nothing is left behind."""
        world, model = self.world, self.world.model
        world.compare()
        for lock in list(model.locks.values()):
            if lock.end is None:
                assert world.deactivate(lock.number, lock.operator) is None
        ids = list(self.slashes)
        world.wait(MAX_COOLDOWN + 20 * DAY)
        self.conclude()
        for id in ids:
            if world.judgements.bond(id):
                world.settle(id)
        for lock in list(model.locks.values()):
            if not lock.released:
                assert isinstance(world.release(lock.number), int)
        accounts = (REPORTER, HARMED, INSURANCE, TREASURY)
        for id in ids:
            for earlier in ids:
                if earlier < id and world.escrow.lien(id, earlier):
                    world.escrow.collect(id, earlier, sender=STRANGER)
        for seizure in model.seizures:
            for account in accounts:
                if world.escrow.owed(seizure, account):
                    world.pull_lien(seizure, account)
        for slash, one in list(model.seizures.items()):
            if one.returned:
                assert isinstance(world.take_back(slash, model.locks[one.lock].owner), int)
        for (owner, code), units in list(model.free.items()):
            if units:
                assert world.withdraw(code, units, owner) is None
        world.compare()
        for operator in PEOPLE:
            assert world.bonding.active_services(operator) == 0
        dust = sum(seizure.left for seizure in model.seizures.values())
        assert sum(model.held_units(code) for code in world.codes) == dust <= 4 * len(ids) ** 2
        self.nothing_was_lost()

    def nothing_was_lost(self) -> None:
        """What slashes did not take came back to exactly its owners, and bonds of judges with it (INV-BND-8)."""
        world = self.world
        for code in (world.far, CLASS_LISTING):  # neither matures here
            for holder in self.holders:
                mine = {
                    slash: one
                    for slash, one in world.model.seizures.items()
                    if one.code == code and world.model.locks[one.lock].owner == holder
                }
                lost = sum(world.payments.get(slash, 0) + one.left for slash, one in mine.items())
                won = sum(world.bonds_won.get(slash, 0) for slash in mine)
                assert world.balance(code, holder) == self.start[code, holder] - lost + won


def run(seed: int, examples: int, steps: int, machine_type: type[Bonding] = Bonding) -> None:
    """Histories of a machine, over an asset of 18, 6 or 8 decimals."""
    decimals, asset = ASSETS[seed % len(ASSETS)]
    with boa.env.anchor():
        made = BondingWorld.create(decimals, asset)
        machine: Any = type("Machine", (machine_type,), {"made": made})
        run_state_machine_as_test(
            machine, settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None)
        )
