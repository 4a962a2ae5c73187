"""ServiceBonding on titanoboa with all that it really stands on, beside its model.

A market with a class of rolling bonds, its vault and a wrapper; the slash escrow; the registries of commitments and of
operators, of which only the ledger of own stakes is a mock. Each call is made on contract and model and must end alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import boa
from eth_abi import encode
from eth_utils.crypto import keccak
from tests.support.bonds import FOREVER, MAX, START, TRADERS, Setup, source
from tests.support.operators import LEDGER, MINIMUM
from tests.support.operators import REGISTRY as OPERATORS
from tests.support.rolling import House, make_house
from tests.support.sides import reason_or_answer
from tests.support.slashing import (
    ADMIN,
    CONFIRMER,
    GUARDIAN,
    INSURANCE,
    JUDGE,
    POLICY,
    PROVER,
    TREASURY,
    VETOER,
    policy_tuple,
)

from surety.models.debt_profile import WEEK
from surety.models.service_bonding import ADMITS, DAY, ENDS, WAD, ServiceBonding, Terms
from surety.models.variable_index import RAY

PEOPLE = tuple(boa.env.generate_address(f"operator {number} of services") for number in range(3))
FIRST, SECOND, THIRD = PEOPLE
OWNERS = tuple(boa.env.generate_address(f"owner {number} of bonds") for number in range(4))
OWNER, OTHER_OWNER = OWNERS[:2]
CONTROLLER, HARMED, REPORTER, STRANGER = (
    boa.env.generate_address(name) for name in ("controller", "harmed by a service", "who saw it", "passer-by")
)
ARBITER = boa.load_partial("contracts/mocks/MockArbiter.vy")
ZERO = "0x" + "00" * 20
EVIDENCE = b"\x07" * 32
PROGRAM = b"\x01" * 32
COOLDOWN = 21 * DAY
REACH = 14 * DAY
CLASS_LISTING, VAULT_LISTING, WRAPPER_LISTING = 1, 2, 3


def entry_of(parameters: list[bytes]) -> bytes:
    """Hash of parameters, as operators allow an entry by it."""
    return keccak(encode(["bytes32[]"], [parameters]))


@dataclass
class BondingWorld:
    """Everything, with bonds of every kind in the hands of operators and owners."""

    house: House
    operators: Any
    ledger: Any
    terms: Any
    escrow: Any
    judgements: Any
    registry: Any
    appraiser: Any
    bonding: Any
    desk: Any
    wrapper: Any
    near: int
    """A FIXED bond that matures within weeks."""
    far: int
    """One that does not."""
    variable: int
    model: ServiceBonding
    payments: dict[int, int] = field(default_factory=dict)
    """Seizure -> units paid."""
    bonds_won: dict[int, int] = field(default_factory=dict)
    """Seizure -> units of judgements' bonds."""

    @classmethod
    def create(cls, decimals: int = 18, asset: str = "MockERC20", weeks: int = 5) -> BondingWorld:
        """The clock at START; nothing deposited, three operators ACTIVE, everybody rich in bonds of each kind."""
        house = make_house(Setup(decimals=decimals, asset=asset, interest=100_000))
        suite = house.suite
        operators, ledger = cls._make_operators()
        terms = source("slashing/SlashingTerms").deploy(
            source("slashing/SlashEscrow").deploy_as_blueprint(),
            source("slashing/JudgementBonds").deploy_as_blueprint(),
            ADMIN,
            GUARDIAN,
            VETOER,
            CONFIRMER,
            policy_tuple(POLICY),
        )
        escrow = source("slashing/SlashEscrow").at(terms.escrow())
        judgements = source("slashing/JudgementBonds").at(escrow.bonds())
        address = boa.env.generate_address("bonding")
        registry = source("commitments/CommitmentRegistry").deploy(address)
        feed = source("restaking/BondFeed").deploy(suite.market)
        appraiser = source("commitments/BondAppraiser").deploy(suite.market, feed)
        bonding = source("commitments/ServiceBonding").deploy(
            source("commitments/BondDesk").deploy_as_blueprint(),
            registry,
            operators,
            escrow,
            appraiser,
            ADMIN,
            override_address=address,
        )
        desk = source("commitments/BondDesk").at(bonding.desk())
        terms.set_slashable(bonding, True, sender=ADMIN)
        terms.set_proposer(PROVER, 2, bonding, sender=ADMIN)
        terms.set_proposer(JUDGE, 1, bonding, sender=ADMIN)
        arbiter = ARBITER.deploy()
        for proven in (False, True):
            terms.set_arbiter(proven, arbiter, sender=ADMIN)
        near, far = (suite.bond(suite.maturity(one)) for one in (weeks, 60))
        variable = 2 << 64 | suite.maturity(weeks + 1)
        factory = source("bonds/BondWrapperFactory").deploy(
            suite.treasury, source("bonds/BondWrapper").deploy_as_blueprint()
        )
        wrapper = source("bonds/BondWrapper").at(factory.create(near))
        model = ServiceBonding(lambda *_: 0, lambda *_: 0, lambda _: 0, now=suite.now)
        world = cls(
            house,
            operators,
            ledger,
            terms,
            escrow,
            judgements,
            registry,
            appraiser,
            bonding,
            desk,
            wrapper,
            near,
            far,
            variable,
            model,
        )
        for token, kind in ((house.rolling, 1), (house.vault, 2), (wrapper, 3)):
            desk.list_token(token, kind, True, sender=ADMIN)
        world._connect()
        world._hand_out()
        return world

    def again(self) -> BondingWorld:
        """The same contracts with a model of its own: within an anchor, as if made anew."""
        boa.env.sstore_trace.clear()
        boa.env.evm.patch.timestamp = self.model.now
        model = ServiceBonding(lambda *_: 0, lambda *_: 0, lambda _: 0, now=self.model.now)
        world = replace(self, model=model, payments={}, bonds_won={})
        world._connect()
        return world

    @staticmethod
    def _make_operators() -> tuple[Any, Any]:
        ledger = LEDGER.deploy()
        operators = OPERATORS.deploy(ledger, ADMIN, 20 * DAY)
        ledger.set_registry(operators)
        operators.set_minimum(1, MINIMUM, sender=ADMIN)
        for operator in PEOPLE:
            ledger.set_stake(1 << 160 | int(operator, 16), MINIMUM)
            operators.register(1, "ipfs://about", sender=operator)
        return operators, ledger

    def _connect(self) -> None:
        """What the model asks of others it is told by the contracts that it is not about."""
        model = self.model
        model.worth = self.desk.worth
        model.pays = self.pays
        model.maturity = self.maturity
        model.open_seizures = lambda subject: len(self.escrow.open_seizures(self.bonding, subject))
        model.held = lambda subject: self.escrow.held(self.bonding, subject)[0]
        model.accepting = set(PEOPLE)
        model.listed = {CLASS_LISTING, VAULT_LISTING, WRAPPER_LISTING}
        model.vaults = {VAULT_LISTING}

    def _hand_out(self) -> None:
        """10,000 of each kind for each operator, owner and judge, who have approved everything."""
        house, suite = self.house, self.suite
        trader, amount = TRADERS[0], 10_000 * self.whole
        holders = (*PEOPLE, *OWNERS, JUDGE)
        total = amount * len(holders)
        for bond in (self.near, self.far):
            for _ in range(2):
                suite.market.buy(bond & (2**64 - 1), total, MAX, trader, MAX, sender=trader)
        suite.variable.buy(self.variable & (2**64 - 1), 2 * total, 0, trader, MAX, sender=trader)
        house.enter(trader, 2 * total)
        suite.token.setOperator(self.wrapper, True, sender=trader)
        self.wrapper.wrap(total, trader, sender=trader)
        house.vault.wrap(total, trader, sender=trader)
        for holder in holders:
            for bond in (self.near, self.far, self.variable):
                suite.token.transfer(holder, bond, amount, sender=trader)
            suite.token.setOperator(self.bonding, True, sender=holder)
            for token in (house.rolling, house.vault, self.wrapper):
                token.transfer(holder, amount, sender=trader)
                token.approve(self.bonding, MAX, sender=holder)
        suite.token.setOperator(self.judgements, True, sender=JUDGE)
        for token in (house.rolling, house.vault, self.wrapper, suite.asset):
            token.approve(self.judgements, MAX, sender=JUDGE)
        suite.asset.mint(JUDGE, amount)

    # -- reading ------------------------------------------------------------------------------------------------------

    @property
    def suite(self) -> Any:
        return self.house.suite

    @property
    def whole(self) -> int:
        return self.suite.setup.whole

    @property
    def now(self) -> int:
        return self.model.now

    def go_to(self, t: int) -> None:
        boa.env.evm.patch.timestamp = self.model.now = t

    def wait(self, seconds: int) -> None:
        self.go_to(self.now + seconds)

    @property
    def codes(self) -> tuple[int, ...]:
        """All that can be locked, and cash."""
        return (self.near, self.far, self.variable, CLASS_LISTING, VAULT_LISTING, WRAPPER_LISTING, 0)

    def asset_of(self, code: int) -> tuple[Any, int]:
        """Contract and bond id."""
        if code >> 64:
            return self.suite.token, code
        return {0: self.suite.asset, 1: self.house.rolling, 2: self.house.vault, 3: self.wrapper}[code], 0

    def balance(self, code: int, account: Any) -> int:
        token, id = self.asset_of(code)
        return int(token.balanceOf(account, id) if id else token.balanceOf(account))

    def maturity(self, code: int) -> int:
        """0 for what never pays by itself."""
        if code == WRAPPER_LISTING:
            return self.near & (2**64 - 1)
        return code & (2**64 - 1) if code >> 64 else 0

    def pays(self, code: int, units: int) -> int:
        """Cash for what has matured."""
        if code >> 64 == 2:
            return int(units * self.suite.treasury.series(self.maturity(code))[1] // RAY)
        return units

    # -- services -----------------------------------------------------------------------------------------------------

    def service(
        self,
        cooldown: int = COOLDOWN,
        powers: int = 0,
        reach: int = REACH,
        parameters: tuple[tuple[Any, ...], ...] = (),
        salt: int = 0,
    ) -> bytes:
        """A service of a template with one property."""
        terms = (WAD // 10, WAD, cooldown, 7 * DAY, min(reach, cooldown or reach), WAD, powers)
        properties = [(1, PROGRAM, b"", b"", 0)]
        text = f"promise {cooldown} {powers} {reach}"
        template = self.registry.register(terms, properties, list(parameters), text)
        service = self.registry.open(template, CONTROLLER, salt.to_bytes(32))
        number = self.registry.service(service).number
        self.model.services[service] = Terms(number, CONTROLLER, cooldown, terms[4], powers)
        return bytes(service)

    def number(self, service: bytes) -> int:
        return self.model.services[service].number

    # -- calls on both ------------------------------------------------------------------------------------------------

    def both(self, model: Callable[[], Any], contract: Callable[[], Any]) -> Any:
        """What both answered; the reason if both refused."""
        return reason_or_answer(model, contract)

    def deposit(self, code: int, amount: int, payer: str, owner: str | None = None) -> Any:
        token, id = self.asset_of(code)
        return self.both(
            lambda: self.model.deposit(owner or payer, code, amount),
            lambda: self.bonding.deposit(token, id, amount, owner or payer, sender=payer),
        )

    def withdraw(self, code: int, amount: int, owner: str) -> Any:
        token, id = self.asset_of(code)
        return self.both(
            lambda: self.model.withdraw(owner, code, amount),
            lambda: self.bonding.withdraw(token, id, amount, owner, sender=owner),
        )

    def activate(
        self,
        service: bytes,
        operator: str,
        code: int,
        amount: int,
        owner: str | None = None,
        parameters: tuple[bytes, ...] = (),
    ) -> Any:
        """Number of the lock, or the reason."""
        who = owner or operator
        token, id = self.asset_of(code)
        return self.both(
            lambda: self.model.activate(
                who, service, operator, code, amount, entry_of(list(parameters)), bool(parameters)
            ),
            lambda: self.bonding.activate(service, operator, token, id, amount, list(parameters), sender=who),
        )

    def bond(
        self, service: bytes, operator: str = FIRST, amount: int = 0, code: int = 0, owner: str | None = None
    ) -> int:
        """Deposit and lock; 1,000 of the far bond unless told. The lock."""
        who, amount, code = owner or operator, amount or 1_000 * self.whole, code or self.far
        assert self.deposit(code, amount, who) is None
        lock = self.activate(service, operator, code, amount, who)
        assert isinstance(lock, int), lock
        return lock

    def allow(self, service: bytes, owner: str, operator: str = FIRST, allowed: bool = True, entry: bytes = b"") -> Any:
        return self.both(
            lambda: self.model.allow(operator, service, owner, allowed, entry),
            lambda: self.desk.allow(service, owner, allowed, entry, sender=operator),
        )

    def admit(self, service: bytes, operator: str, admitted: bool = True, caller: str = CONTROLLER) -> Any:
        return self.both(
            lambda: self.model.admit(caller, service, operator, admitted),
            lambda: self.desk.admit(service, operator, admitted, sender=caller),
        )

    def set_minimum(self, service: bytes, minimum: int, caller: str = CONTROLLER) -> Any:
        return self.both(
            lambda: self.model.set_minimum(caller, service, minimum),
            lambda: self.desk.set_minimum(service, minimum, sender=caller),
        )

    def announce_end(self, service: bytes, operator: str, end: bool = True, caller: str = CONTROLLER) -> Any:
        return self.both(
            lambda: self.model.announce_end(caller, service, operator, end),
            lambda: self.desk.announce_end(service, operator, end, sender=caller),
        )

    def deactivate(self, lock: int, caller: str) -> Any:
        return self.both(
            lambda: self.model.deactivate(caller, lock), lambda: self.bonding.deactivate(lock, sender=caller)
        )

    def release(self, lock: int, caller: str = STRANGER) -> Any:
        return self.both(lambda: self.model.release(lock), lambda: self.bonding.release(lock, sender=caller))

    def split(self, lock: int, units: int, caller: str) -> Any:
        return self.both(
            lambda: self.model.split(caller, lock, units), lambda: self.bonding.split(lock, units, sender=caller)
        )

    def mature(self, lock: int) -> Any:
        return self.both(lambda: self.model.mature(lock), lambda: self.bonding.mature(lock, sender=STRANGER))

    def roll(self, lock: int, caller: str, code: int = VAULT_LISTING, least: int = 0) -> Any:
        vault, _ = self.asset_of(code)
        return self.both(
            lambda: self.model.roll(caller, lock, code, self.house.vault.previewDeposit, least),
            lambda: self.bonding.roll(lock, vault, least, sender=caller),
        )

    def sync(self, lock: int) -> Any:
        return self.both(lambda: self.model.sync(lock), lambda: self.bonding.sync(lock, sender=STRANGER))

    def clean(self, lock: int) -> Any:
        return self.both(lambda: self.model.clean(lock), lambda: self.bonding.clean(lock, sender=STRANGER))

    def take_back(self, slash: int, caller: str) -> Any:
        return self.both(
            lambda: self.model.take_back(caller, slash), lambda: self.bonding.take_back(slash, sender=caller)
        )

    def put_back(self, slash: int, caller: str) -> Any:
        return self.both(
            lambda: self.model.put_back(caller, slash), lambda: self.bonding.put_back(slash, sender=caller)
        )

    # -- slashes: the escrow decides, the model follows what it was told ---------------------------------------------

    def propose(
        self,
        lock: int,
        fraction: int = WAD // 10,
        at: int | None = None,
        proven: bool = True,
        reporter: str = REPORTER,
        harmed: str = HARMED,
        service: bytes | None = None,
    ) -> int:
        """Id of the slash. Reverts as the escrow says."""
        one = self.model.locks[lock]
        at = self.now if at is None else at
        number = self.number(service or one.service)
        id = self.escrow.propose(
            self.bonding,
            one.subject,
            number,
            fraction,
            at,
            reporter,
            harmed,
            EVIDENCE,
            MAX,
            sender=PROVER if proven else JUDGE,
        )
        for log in self.logs("StakeSeized"):
            taken = self.model.seize(log.id, log.subject, log.fraction, at)
            assert taken == (log.amount, log.own)
            assert self.bonding.seizure(id) == (lock, log.amount, log.amount)
        return int(id)

    def logs(self, name: str) -> list[Any]:
        """Of the escrow in the last call."""
        return [log for log in self.escrow.get_logs() if type(log).__name__ == name]

    def veto(self, id: int, proven: bool = True) -> None:
        """Two days pass for a proven fault."""
        if proven:
            self.escrow.announce_veto(id, "not so", sender=VETOER)
            self.wait(2 * DAY)
        self.escrow.veto(id, "not so", sender=CONFIRMER if proven else VETOER)

    def finalise(self, id: int) -> None:
        self.escrow.finalise(id, sender=STRANGER)

    def free_up(self, id: int) -> int:
        """Release of a seizure: what was handed back."""
        amount = self.escrow.release(id, sender=STRANGER)
        if amount:
            self.model.restore(id, amount)
        return int(amount)

    def pull(self, id: int, part: int, account: str) -> int:
        """Pays a part of a finalised slash to its account."""
        seizure = self.escrow.raw(id)[6] & (2**96 - 1)
        opener = seizure if self.escrow.raw(id)[0] & (1 << 14) else id
        code = self.model.seizures[opener].code
        before = self.balance(code, account)
        amount = self.escrow.pull(id, part, account, sender=STRANGER)
        assert self.model.pay(opener, amount) == code
        self.payments[opener] = self.payments.get(opener, 0) + int(amount)
        assert self.balance(code, account) == before + amount
        return int(amount)

    def pull_all(self, id: int) -> int:
        """All parts of a finalised slash."""
        return sum(
            self.pull(id, part, account)
            for part, (account, amount) in enumerate(
                zip((REPORTER, HARMED, INSURANCE, TREASURY), self.escrow.parts(id), strict=True)
            )
            if amount
        )

    def pull_lien(self, seizure: int, account: str) -> None:
        """What liens on a seizure brought an account."""
        amount = self.escrow.pull_lien(seizure, account, account, sender=STRANGER)
        self.model.pay(seizure, amount)
        self.payments[seizure] = self.payments.get(seizure, 0) + int(amount)

    def settle(self, id: int) -> None:
        """The bond of a judgement; the model is told if it came here."""
        self.judgements.settle(id, sender=STRANGER)
        for log in self.judgements.get_logs():
            if type(log).__name__ == "OwnerCompensated":
                self.model.compensate(log.slash, log.units)
                self.bonds_won[log.slash] = log.units

    # -- comparing ----------------------------------------------------------------------------------------------------

    def compare(self) -> None:
        """Locks, places, free balances, seizures; and that the contract has exactly what it owes (INV-BND-1)."""
        model, bonding = self.model, self.bonding
        assert bonding.lock_count() == len(model.locks)
        for number, lock in model.locks.items():
            seen = bonding.lock(number)
            token, id = self.asset_of(lock.code)
            assert (seen.owner, seen.operator, seen.service) == (lock.owner, lock.operator, lock.service)
            assert (seen.token, seen.id, seen.units) == (token.address, id, lock.units)
            assert (seen.activated, seen.end, seen.released) == (lock.activated, lock.end or 0, lock.released)
            assert seen.value == lock.value
            assert bonding.clean_since(number) == (lock.clean or 0)
            assert bonding.asset_of(lock.subject) == (token.address, id)
            assert bonding.seizable(lock.subject, lock.activated) == model.seizable(lock.subject, lock.activated)
        for (service, operator), numbers in model.places.items():
            assert bonding.locks_of(service, operator) == numbers
            running = model.running(service, operator)
            assert bonding.running(service, operator) == running
            assert self.registry.serves(service, operator) == (running > 0)
            assert bonding.value_at(service, operator, self.now) == model.value_at(service, operator, self.now)
            found = [one.subject for one in bonding.backings(service, operator, self.now)]
            assert found == model.backings(service, operator, self.now)
        for service in model.services:
            assert bonding.value_at(service, ZERO, self.now) == model.value_at(service, None, self.now)
        for operator in PEOPLE:
            assert bonding.active_services(operator) == model.active_services(operator)
        for slash, seizure in model.seizures.items():
            assert bonding.seizure(slash) == (seizure.lock, seizure.units, seizure.left)
            assert bonding.returned(slash) == (seizure.lock, seizure.returned)
        for (owner, code), units in model.free.items():
            token, id = self.asset_of(code)
            assert bonding.free(owner, token, id) == units
        self.compare_holdings()

    def compare_holdings(self) -> None:
        """Of each asset exactly what is owed is here."""
        for code in self.codes:
            assert self.balance(code, self.bonding) == self.model.held_units(code)
            assert self.balance(code, self.desk) == 0


__all__ = ["ADMITS", "ENDS", "FOREVER", "START", "WEEK", "BondingWorld"]
