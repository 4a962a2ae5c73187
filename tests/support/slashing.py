"""SlashEscrow on titanoboa over mock pools, beside its model by the same addresses: each call on both, ending alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boa

from surety.models.refusal import Refused
from surety.models.slashing import DAY, WAD, Policy, Pool, SlashEscrow

START = 1_728_271_545  # 2024-10-07 03:25:45 UTC
ZERO = "0x" + "00" * 20
WEALTH = 2**120
EXIT_WINDOW = 14 * DAY
ENDLESS = 2**256 - 1
EVIDENCE = b"\x07" * 32


def person(name: str) -> str:
    """An address with a name in traces."""
    return boa.env.generate_address(name)


ADMIN, GUARDIAN, VETOER, CONFIRMER = map(person, ("admin", "guardian", "vetoer", "confirmer"))
JUDGE, PROVER, REPORTER, HARMED = map(person, ("judge", "prover", "reporter", "harmed"))
TREASURY, INSURANCE, STRANGER = map(person, ("treasury", "insurance", "stranger"))
OPERATOR, DELEGATOR, OTHER = map(person, ("operator", "delegator", "other delegator"))
MEMBERS = (OPERATOR, DELEGATOR, OTHER)

TERMS = boa.load_partial("contracts/slashing/SlashingTerms.vy")
ESCROW = boa.load_partial("contracts/slashing/SlashEscrow.vy")
BONDS = boa.load_partial("contracts/slashing/JudgementBonds.vy")
LENS = boa.load_partial("contracts/slashing/SlashLens.vy")
SLASHABLE = boa.load_partial("contracts/mocks/MockSlashable.vy")
ARBITER = boa.load_partial("contracts/mocks/MockArbiter.vy")
EXPOSURE = boa.load_partial("contracts/mocks/MockExposure.vy")
TOKEN = boa.load_partial("contracts/mocks/MockERC20.vy")
BOND_TOKEN = boa.load_partial("contracts/bonds/BondToken.vy")

ANY_ASSET = 2**32 - 1
SUBJECT = (5 << 160) | int(OPERATOR, 16)
POLICY = Policy(
    review=7 * DAY,
    ruling=3 * DAY,
    bounty_bps=1_000,
    bounty_cap=10**22,
    compensation_bps=3_000,
    insurance_bps=5_000,
    bond_bps=500,
    listed=False,
    window=0,
    least=0,
    treasury=TREASURY,
    insurance=INSURANCE,
)


def policy_tuple(policy: Policy) -> tuple[Any, ...]:
    """As the contract takes it."""
    return tuple(getattr(policy, name) for name in Policy.__dataclass_fields__)


@dataclass
class SlashingWorld:
    """Contracts and model side by side. `policies` by service in the model; service 0 is the default."""

    terms: Any
    escrow: Any
    bonds: Any
    lens: Any
    token: Any
    pool: Any
    arbiter: Any
    exposure: Any
    model: SlashEscrow
    asset_id: int = 0
    numbers: dict[int, int] = field(default_factory=dict)

    @classmethod
    def create(
        cls, policy: Policy = POLICY, decimals: int = 18, asset: str = "MockERC20", exit_window: int = EXIT_WINDOW
    ) -> SlashingWorld:
        """The clock at START; judge and prover listed over one source of exposure, nobody with stake."""
        boa.env.evm.patch.timestamp = START
        terms = TERMS.deploy(
            ESCROW.deploy_as_blueprint(),
            BONDS.deploy_as_blueprint(),
            ADMIN,
            GUARDIAN,
            VETOER,
            CONFIRMER,
            policy_tuple(policy),
        )
        escrow = ESCROW.at(terms.escrow())
        bonds = BONDS.at(escrow.bonds())
        asset_id = 0
        if asset == "bond":
            asset_id = (1 << 64) | (START // 604_800 + 60) * 604_800
            with boa.env.prank(TREASURY):
                token = BOND_TOKEN.deploy("USD", decimals)
            for account in (JUDGE, PROVER, *MEMBERS):
                token.mint(account, asset_id, WEALTH, sender=TREASURY)
        else:
            token = boa.load_partial(f"contracts/mocks/{asset}.vy").deploy("Asset", "AST", decimals)
            for account in (JUDGE, PROVER, *MEMBERS):
                token.mint(account, WEALTH)
        pool = SLASHABLE.deploy(token, asset_id, exit_window)
        pool.set_escrow(escrow)
        arbiter, exposure = ARBITER.deploy(), EXPOSURE.deploy()
        terms.set_slashable(pool, True, sender=ADMIN)
        terms.set_proposer(JUDGE, 1, exposure, sender=ADMIN)
        terms.set_proposer(PROVER, 2, exposure, sender=ADMIN)
        terms.set_arbiter(False, arbiter, sender=ADMIN)
        terms.set_arbiter(True, arbiter, sender=ADMIN)
        model = SlashEscrow(exit_window, {0: policy}, {}, {VETOER}, {CONFIRMER}, now=START)
        world = cls(terms, escrow, bonds, LENS.deploy(escrow), token, pool, arbiter, exposure, model, asset_id)
        world.approve(JUDGE, bonds)
        return world

    # -- setting up ---------------------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        return self.model.now

    def go_to(self, t: int) -> None:
        boa.env.evm.patch.timestamp = self.model.now = t

    def wait(self, seconds: int) -> None:
        self.go_to(self.now + seconds)

    def approve(self, owner: str, spender: Any) -> None:
        if self.asset_id:
            self.token.setOperator(spender, True, sender=owner)
        else:
            self.token.approve(spender, ENDLESS, sender=owner)

    def balance(self, account: Any) -> int:
        return self.token.balanceOf(account, self.asset_id) if self.asset_id else self.token.balanceOf(account)

    def subject(self, operator: str = OPERATOR) -> int:
        return (5 << 160) | int(operator, 16)

    def deposit(self, account: str, amount: int, operator: str = OPERATOR) -> None:
        """Stake of `account` with an operator."""
        self.approve(account, self.pool)
        self.pool.deposit(self.subject(operator), account, amount, sender=account)
        pool = self.model.pools.setdefault(self.subject(operator), Pool(operator))
        pool.stake[account] = pool.stake.get(account, 0) + amount

    def leave(self, account: str, amount: int, operator: str = OPERATOR) -> None:
        """Stake that is out."""
        self.pool.leave(self.subject(operator), account, amount)
        self.model.pools[self.subject(operator)].stake[account] -= amount
        self.model.free[account] += amount

    def set_policy(self, service: int, policy: Policy) -> int:
        """A policy of its own for a service; its number."""
        number = self.terms.add_policy(policy_tuple(policy), sender=ADMIN)
        self.terms.set_policy(self.pool, 5, service, number, sender=ADMIN)
        self.model.policies[service] = policy
        self.numbers[service] = number
        return number

    def set_exposure(self, service: int, exposure: int) -> None:
        self.exposure.set_exposure(service, exposure)
        self.model.exposures[service] = exposure

    def set_share(self, service: int, share: int, operator: str = OPERATOR) -> None:
        self.exposure.set_share(service, self.subject(operator), share)
        self.model.shares[service, self.subject(operator)] = share

    # -- calls on both ------------------------------------------------------------------------------------------------

    def both(self, model: Callable[[], Any], contract: Callable[[], Any], compare: bool = True) -> Any:
        """What the model returned, or the reason of the refusal, which was the contract's too."""
        try:
            expected = model()
        except Refused as refused:
            with boa.reverts(refused.reason):
                contract()
            return refused.reason
        got = contract()
        if compare:
            assert got == expected
        return expected

    def propose(
        self,
        fraction: int,
        proven: bool = True,
        service: int = 1,
        operator: str = OPERATOR,
        offence_time: int | None = None,
        reporter: str | None = REPORTER,
        harmed: str | None = HARMED,
        max_bond: int = ENDLESS,
    ) -> Any:
        """Id, or the reason of the refusal."""
        at = self.now if offence_time is None else offence_time
        proposer = PROVER if proven else JUDGE
        subject = self.subject(operator)
        return self.both(
            lambda: self.model.propose(proposer, proven, subject, service, fraction, at, reporter, harmed, max_bond),
            lambda: self.escrow.propose(
                self.pool,
                subject,
                service,
                fraction,
                at,
                reporter or ZERO,
                harmed or ZERO,
                EVIDENCE,
                max_bond,
                sender=proposer,
            ),
        )

    def announce(self, id: int, caller: str = VETOER) -> Any:
        return self.both(
            lambda: self.model.announce_veto(caller, id), lambda: self.escrow.announce_veto(id, "why", sender=caller)
        )

    def veto(self, id: int, caller: str = VETOER) -> Any:
        return self.both(lambda: self.model.veto(caller, id), lambda: self.escrow.veto(id, "why", sender=caller))

    def clear(self, id: int) -> None:
        """Veto of either class; two days pass for a proven fault."""
        if self.model.slashes[id].proven:
            assert self.announce(id) is None
            self.wait(2 * DAY)
            assert self.veto(id, CONFIRMER) is None
        else:
            assert self.veto(id) is None

    def dispute(self, id: int, caller: str = OPERATOR) -> Any:
        return self.both(lambda: self.model.dispute(caller, id), lambda: self.escrow.dispute(id, sender=caller))

    def rule(self, id: int, guilty: bool) -> Any:
        return self.both(lambda: self.model.rule(id, guilty), lambda: self.arbiter.pass_ruling(self.escrow, id, guilty))

    def finalise(self, id: int) -> Any:
        return self.both(lambda: self.model.finalise(id), lambda: self.escrow.finalise(id, sender=STRANGER))

    def release(self, id: int) -> Any:
        return self.both(lambda: self.model.release(id), lambda: self.escrow.release(id, sender=STRANGER))

    def pull(self, id: int, part: int) -> Any:
        to = self.model.account(id, part) or STRANGER
        return self.both(lambda: self.model.pull(id, part), lambda: self.escrow.pull(id, part, to, sender=to))

    def collect(self, id: int, earlier: int) -> Any:
        return self.both(
            lambda: self.model.collect(id, earlier), lambda: self.escrow.collect(id, earlier, sender=STRANGER)
        )

    def pull_lien(self, seizure: int, account: str) -> Any:
        return self.both(
            lambda: self.model.pull_lien(seizure, account),
            lambda: self.escrow.pull_lien(seizure, account, account, sender=STRANGER),
        )

    def appeal(self, id: int, caller: str = JUDGE) -> Any:
        return self.both(lambda: self.model.appeal(caller, id), lambda: self.bonds.appeal(id, sender=caller))

    def rule_appeal(self, id: int, guilty: bool) -> Any:
        return self.both(
            lambda: self.model.rule_appeal(id, guilty), lambda: self.arbiter.pass_ruling(self.bonds, id, guilty)
        )

    def settle(self, id: int) -> Any:
        return self.both(lambda: self.model.settle(id), lambda: self.bonds.settle(id, sender=STRANGER), compare=False)

    # -- comparing ----------------------------------------------------------------------------------------------------

    def compare(self) -> None:
        """All slashes, seizures, liens and refunds."""
        model, lens = self.model, self.lens
        assert self.escrow.slash_count() == len(model.slashes)
        for id, slash in model.slashes.items():
            seen = lens.slash(id)
            seizure = model.seizures[slash.seizure]
            assert (seen.status, seen.proven, seen.service) == (slash.status, slash.proven, slash.service)
            assert (seen.fraction, seen.end, seen.seizure) == (slash.fraction, slash.end, slash.seizure)
            assert (seen.amount, seen.subject) == (slash.amount, seizure.subject)
            assert self.bonds.bond(id) == slash.bond
            assert self.escrow.parts(id) == list(model.parts(id))
        for id, seizure in model.seizures.items():
            seen = lens.seizure(id)
            own = seizure.own_of(seizure.amount)
            assert (seen.fraction, seen.seized, seen.own) == (seizure.fraction, seizure.amount, own)
            assert (seen.taken, seen.due, seen.released) == (seizure.taken, seizure.due, seizure.released)
            assert (seen.undecided, seen.release_at) == (model.undecided_on(id), seizure.release_at)
        for (id, earlier), cut in model.cuts.items():
            assert self.escrow.lien(id, earlier) == cut
        for (id, account), amount in model.owed.items():
            assert self.escrow.owed(id, account) == amount
        for subject, pool in model.pools.items():
            assert self.escrow.open_seizures(self.pool, subject) == [one.id for one in model.open_seizures(subject)]
            assert self.escrow.held(self.pool, subject) == model.held(subject)
            for account, stake in pool.stake.items():
                assert self.pool.stake(subject, account) == stake
                assert self.pool.free(account) == model.free[account]


def everything_out(world: SlashingWorld) -> None:
    """Wait, decide, release, collect and pull all there is: nobody is needed but strangers and time."""
    model = world.model
    ends = [slash.end + 15 * DAY for slash in model.slashes.values()]
    ends += [seizure.release_at for seizure in model.seizures.values()]
    world.go_to(max([world.now, *ends]))
    for id, slash in model.slashes.items():
        if slash.undecided:
            assert world.finalise(id) is None
    for id, slash in model.slashes.items():
        if slash.bond:
            assert isinstance(world.settle(id), tuple)
    for id, seizure in model.seizures.items():
        if seizure.amount > seizure.taken and not seizure.released:
            assert isinstance(world.release(id), int)
    for id, earlier in list(model.cuts):
        assert isinstance(world.collect(id, earlier), int)
    for id, slash in model.slashes.items():
        for part, amount in enumerate(model.parts(id)):
            if slash.status == 4 and amount and part not in slash.pulled:
                assert world.pull(id, part) == amount
    for seizure_id, account in list(model.owed):
        assert world.pull_lien(seizure_id, account) > 0


def collected(model: SlashEscrow, subject: int = SUBJECT) -> int:
    """What finalised slashes took or are credited with, once everything is released and collected."""
    taken = sum(seizure.taken for seizure in model.seizures.values() if seizure.subject == subject)
    lots = sum(
        seizure.due * (seizure.amount - seizure.taken) // seizure.amount
        for seizure in model.seizures.values()
        if seizure.subject == subject and seizure.amount
    )
    return taken + lots


def share(percent: float) -> int:
    """Percent in WAD, exactly for up to nine digits."""
    return round(percent * 10**7) * (WAD // 10**9)
