"""SlashEscrow by its definition, in exact integers: a list of slashes and seizures, no packed words.

The contracts must agree to the last unit. Amounts in asset units, fractions in WAD and multiples of 1e-9, times in
seconds. Accounts are any hashable names. A method that refuses raises `Refused` with the contract's reason and has
changed nothing. Tokens are not modelled: what is sent is a number that the method returns.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from .refusal import require

Account = Hashable
Subject = int

WAD = 10**18
UNIT = 10**9
ONE = 10**9
BPS = 10_000
DAY = 86_400
VETO_DELAY = 2 * DAY
MARGIN = DAY
APPEAL = DAY
MAX_OPEN = 8
SERVICES = 3
EXTRA = 2
BOUNTY, COMPENSATION, INSURANCE, TREASURY = range(4)


class Status(IntEnum):
    """Where a slash stands."""

    OPEN = 1
    DISPUTED = 2
    GUILTY = 3
    FINALISED = 4
    VETOED = 5
    LAPSED = 6
    ACQUITTED = 7


@dataclass(frozen=True)
class Policy:
    """Terms of slashes; see ISlashingTerms."""

    review: int
    ruling: int
    bounty_bps: int
    bounty_cap: int
    compensation_bps: int
    insurance_bps: int
    bond_bps: int
    listed: bool
    window: int
    least: int
    treasury: Account
    insurance: Account

    def split(self, amount: int, own: int, harmed: bool, used: int = 0) -> tuple[int, int, int, int]:
        """Bounty, compensation, insurance, treasury of `amount`; `used` of the highest bounty is gone."""
        bounty = min(amount * self.bounty_bps // BPS, max(self.bounty_cap - used, 0))
        compensation = amount * self.compensation_bps // BPS if harmed else 0
        wanted = bounty + compensation
        if not self.listed:
            bounty = min(bounty, own)
            compensation = min(compensation, own - bounty)
        excess = wanted - bounty - compensation
        insurance = excess + (amount - wanted) * self.insurance_bps // BPS
        return bounty, compensation, insurance, amount - bounty - compensation - insurance


@dataclass
class Pool:
    """Stake of accounts at one subject; the mock's arithmetic."""

    operator: Account
    stake: dict[Account, int] = field(default_factory=dict)

    def take(self, fraction: int) -> dict[Account, int]:
        """Each account's part of ceil(total · fraction), rounded up one after the other."""
        total = sum(self.stake.values())
        wanted = -(-total * fraction // WAD)
        losses = {}
        for account, had in self.stake.items():
            part = -(-wanted * had // total) if total else 0
            losses[account] = part
            self.stake[account] = had - part
            total -= had
            wanted -= part
        return losses


@dataclass
class Seizure:
    """Stake that a slash took out of its pool, and what became of it."""

    id: int
    subject: Subject
    fraction: int
    shared: bool
    losses: dict[Account, int]
    own: int
    release_at: int
    taken: int = 0
    due: int = 0
    released: bool = False
    compensated: bool = False

    @property
    def amount(self) -> int:
        return sum(self.losses.values())

    def own_of(self, amount: int) -> int:
        """The operator's own part of some of it, by a share rounded down to 1e-9."""
        return amount * (self.own * ONE // self.amount) // ONE if self.amount else 0


@dataclass
class Slash:
    """One proposal."""

    id: int
    status: Status
    proven: bool
    service: int
    proposer: Account
    reporter: Account
    harmed: Account | None
    fraction: int
    offence_time: int
    end: int
    policy: Policy
    seizure: int
    extra: bool
    share: int
    announced: tuple[Account, int] | None = None
    deadline: int = 0
    ruled_guilty: bool = False
    amount: int = 0
    effective: int = 0
    """Fraction of the pool that it takes, once finalised."""
    lien_bounty: int = 0
    bond: int = 0
    appeal: int | None = None
    verdict: bool | None = None
    pulled: set[int] = field(default_factory=set)

    @property
    def undecided(self) -> bool:
        return self.status < Status.FINALISED


@dataclass
class SlashEscrow:
    """One slashable with pools by subject. `exposures` by service and `shares` by (service, subject), in WAD."""

    exit_window: int
    policies: dict[int, Policy]
    pools: dict[Subject, Pool]
    vetoers: set[Account] = field(default_factory=set)
    confirmers: set[Account] = field(default_factory=set)
    exposures: dict[int, int] = field(default_factory=dict)
    shares: dict[tuple[int, Subject], int] = field(default_factory=dict)
    now: int = 0
    slashes: dict[int, Slash] = field(default_factory=dict)
    seizures: dict[int, Seizure] = field(default_factory=dict)
    cuts: dict[tuple[int, int], int] = field(default_factory=dict)
    owed: defaultdict[tuple[int, Account], int] = field(default_factory=lambda: defaultdict(int))
    free: defaultdict[Account, int] = field(default_factory=lambda: defaultdict(int))

    # -- proposing ----------------------------------------------------------------------------------------------------

    def propose(
        self,
        proposer: Account,
        proven: bool,
        subject: Subject,
        service: int,
        fraction: int,
        offence_time: int,
        reporter: Account | None,
        harmed: Account | None,
        max_bond: int,
    ) -> int:
        """Seizes and returns the id. The bond is noted, not moved."""
        require(offence_time <= self.now, "slash_escrow: offence in the future")
        require(fraction <= WAD, "slash_escrow: fraction above one")
        exposure = min(self.exposures.get(service, WAD), WAD) // UNIT * UNIT
        units = fraction * exposure // WAD // UNIT * UNIT
        require(units > 0, "slash_escrow: nothing at risk")
        policy = self.policies.get(service, self.policies[0])
        end = self.now + policy.review
        if policy.window:
            end = max(end, (offence_time // policy.window + 2) * policy.window)
        joined, shared, extra, units, seizing = self._place(subject, service, proven, units, exposure)
        id = len(self.slashes) + 1
        losses = self.pools[subject].take(seizing) if joined is None else {}
        opener = joined or Seizure(
            id,
            subject,
            seizing,
            shared,
            losses,
            losses.get(self.pools[subject].operator, 0),
            end + -(-max(0 if proven else 2 * DAY, self.now + self.exit_window - end) // 3_600) * 3_600,
        )
        slash = Slash(
            id,
            Status.OPEN,
            proven,
            service,
            proposer,
            reporter or proposer,
            harmed,
            units,
            offence_time,
            end,
            policy,
            opener.id,
            extra,
            self.shares.get((service, subject), 0) if policy.window else 0,
        )
        if not proven:
            holds = opener.amount - (opener.taken if joined else 0)
            for earlier in self.open_seizures(subject):
                if earlier.id < opener.id:
                    holds += (earlier.amount - earlier.due) * units // WAD
            slash.bond = -(-holds * policy.bond_bps // BPS)
            if slash.bond > max_bond and joined is None:
                for account, part in losses.items():
                    self.pools[subject].stake[account] += part
            require(slash.bond <= max_bond, "slash_escrow: bond above the limit")
        self.slashes[id] = slash
        if joined is None:
            self.seizures[id] = opener
        return id

    # -- review -------------------------------------------------------------------------------------------------------

    def announce_veto(self, caller: Account, id: int) -> None:
        """First step for proven faults."""
        slash = self._reviewed(id)
        self._check_vetoer(slash, caller, self.vetoers)
        require(slash.proven, "slash_escrow: not a machine-proven fault")
        require(slash.announced is None, "slash_escrow: veto is announced")
        slash.announced = caller, self.now

    def veto(self, caller: Account, id: int) -> None:
        """Only step for judgements, second for proven faults."""
        slash = self._reviewed(id)
        self._check_vetoer(slash, caller, self.confirmers if slash.proven else self.vetoers)
        if slash.proven:
            require(slash.announced is not None, "slash_escrow: veto was not announced")
            assert slash.announced is not None
            require(slash.announced[0] != caller, "slash_escrow: veto needs a second account")
            require(self.now >= slash.announced[1] + VETO_DELAY, "slash_escrow: veto before its delay")
        slash.status = Status.VETOED

    def dispute(self, caller: Account, id: int) -> None:
        """The accused asks for a ruling."""
        slash = self._reviewed(id)
        require(slash.status == Status.OPEN, "slash_escrow: slash is not open to dispute")
        pool = self.pools[self.seizures[slash.seizure].subject]
        require(caller == pool.operator, "slash_escrow: caller is not the accused")
        deadline = slash.end - MARGIN
        require(self.now + slash.policy.ruling <= deadline, "slash_escrow: too late to dispute")
        slash.status, slash.deadline = Status.DISPUTED, deadline

    def rule(self, id: int, guilty: bool) -> None:
        """The arbiter's ruling in a dispute."""
        slash = self.slashes[id]
        require(slash.status == Status.DISPUTED, "slash_escrow: case is closed")
        require(self.now <= slash.deadline, "slash_escrow: past the ruling's deadline")
        slash.ruled_guilty = guilty
        slash.status = Status.GUILTY if guilty else Status.ACQUITTED

    def finalise(self, id: int) -> None:
        """Takes, or lets lapse."""
        slash = self.slashes[id]
        require(slash.undecided, "slash_escrow: slash is decided")
        require(self.now >= slash.end, "slash_escrow: review is not over")
        if slash.status == Status.DISPUTED and not slash.proven:
            slash.status = Status.LAPSED
            return
        seizure = self.seizures[slash.seizure]
        earlier = [other for other in self.open_seizures(seizure.subject) if other.id < seizure.id]
        fraction = slash.fraction * self.penalty(slash) // WAD
        amount = seizure.amount * self.penalty(slash) // WAD
        if seizure.shared:
            rest = seizure.amount * WAD // seizure.fraction - seizure.taken
            amount = min(fraction * rest // WAD, seizure.amount - seizure.taken)
        slash.status, slash.amount, slash.effective = Status.FINALISED, amount, fraction
        seizure.taken += amount
        for other in earlier:
            cut = (other.amount - other.due) * fraction // WAD
            if cut:
                other.due += cut
                self.cuts[id, other.id] = cut

    def penalty(self, slash: Slash) -> int:
        """Part of what was seized that is taken: one, or by how many failed together."""
        window = slash.policy.window
        if not window:
            return WAD
        number = slash.offence_time // window
        share = 0
        for near in (number - 1, number, number + 1):
            first: dict[Subject, int] = {}
            for other in self.slashes.values():
                subject = self.seizures[other.seizure].subject
                alike = other.service == slash.service and other.policy.window == window
                cleared = other.status in (Status.VETOED, Status.LAPSED, Status.ACQUITTED)
                if alike and not cleared and other.offence_time // window == near:
                    first.setdefault(subject, other.share)
            share += sum(first.values())
        share = min(share, WAD)
        return min(max(slash.policy.least, 9 * share * share // WAD), WAD)

    def release(self, id: int) -> int:
        """Gives back what nobody took or is due; returns how much."""
        require(id in self.seizures, "slash_escrow: slash seized nothing itself")
        seizure = self.seizures[id]
        left = seizure.amount - seizure.taken
        require(left > 0 and not seizure.released, "slash_escrow: nothing left to release")
        require(not self.undecided_on(id), "slash_escrow: a slash on it is undecided")
        require(self.now >= seizure.release_at, "slash_escrow: stake is held until its end")
        for later in self.open_seizures(seizure.subject):
            require(later.id <= id or not self.undecided_on(later.id), "slash_escrow: a later slash is undecided")
        seizure.released = True
        restored = left - seizure.due * left // seizure.amount
        self._hand_out(seizure, restored)
        return restored

    # -- paying -------------------------------------------------------------------------------------------------------

    def parts(self, id: int) -> tuple[int, int, int, int]:
        """Split of what a slash took of its own seizure."""
        slash = self.slashes[id]
        if slash.amount == 0:
            return 0, 0, 0, 0
        seizure = self.seizures[slash.seizure]
        own = seizure.own_of(slash.amount)
        return slash.policy.split(slash.amount, own, slash.harmed is not None)

    def account(self, id: int, part: int) -> Account | None:
        """Whose a part is."""
        slash = self.slashes[id]
        return (slash.reporter, slash.harmed, slash.policy.insurance, slash.policy.treasury)[part]

    def pull(self, id: int, part: int) -> int:
        """Amount sent."""
        slash = self.slashes[id]
        require(slash.status == Status.FINALISED, "slash_escrow: slash is not finalised")
        amount = self.parts(id)[part]
        require(part not in slash.pulled and amount > 0, "slash_escrow: nothing to pull")
        slash.pulled.add(part)
        return amount

    def collect(self, id: int, earlier: int) -> int:
        """Credits a lien; returns how much."""
        require((id, earlier) in self.cuts, "slash_escrow: no lien to collect")
        seizure, slash = self.seizures[earlier], self.slashes[id]
        left = seizure.amount - seizure.taken
        done = seizure.released if left else not self.undecided_on(earlier)
        require(done, "slash_escrow: escrow is not released")
        lot = self.cuts.pop((id, earlier)) * left // seizure.amount
        used = self.parts(id)[BOUNTY] + slash.lien_bounty
        amounts = slash.policy.split(lot, seizure.own_of(lot), slash.harmed is not None, used)
        slash.lien_bounty += amounts[BOUNTY]
        for part, amount in enumerate(amounts):
            if amount:
                self.owed[earlier, self.account(id, part)] += amount
        return lot

    def pull_lien(self, seizure: int, account: Account) -> int:
        """Amount sent."""
        amount = self.owed.pop((seizure, account), 0)
        require(amount > 0, "slash_escrow: nothing to pull")
        return amount

    # -- bonds --------------------------------------------------------------------------------------------------------

    def appeal(self, caller: Account, id: int) -> None:
        """The proposer of a vetoed judgement asks for its bond."""
        slash = self.slashes[id]
        own = slash.bond > 0 and slash.proposer == caller
        require(
            own and slash.status == Status.VETOED and slash.appeal is None,
            "judgement_bonds: no veto of the caller's bond",
        )
        require(self.now < slash.end + APPEAL, "judgement_bonds: too late to appeal")
        slash.appeal = self.now + slash.policy.ruling

    def rule_appeal(self, id: int, guilty: bool) -> None:
        """The arbiter's ruling on it."""
        slash = self.slashes[id]
        require(slash.verdict is None, "judgement_bonds: appeal is decided")
        require(self.now <= (slash.appeal or 0), "judgement_bonds: past the ruling's deadline")
        slash.verdict = guilty

    def settle(self, id: int) -> tuple[int, bool]:
        """Bond, and whether those get it that the stake was taken from or, if that went back, the insurance."""
        slash = self.slashes[id]
        require(slash.bond > 0, "judgement_bonds: no bond to settle")
        forfeited = self._is_forfeited(slash)
        bond, slash.bond = slash.bond, 0
        seizure = self.seizures[slash.seizure]
        if forfeited and not seizure.released and seizure.amount and not seizure.compensated:
            seizure.compensated = True
            self._hand_out(seizure, bond)
        return bond, forfeited

    # -- views --------------------------------------------------------------------------------------------------------

    def claims(self, id: int) -> Iterator[Slash]:
        """Slashes that claim from a seizure."""
        return (slash for slash in self.slashes.values() if slash.seizure == id)

    def undecided_on(self, id: int) -> int:
        """How many of them are undecided."""
        return sum(slash.undecided for slash in self.claims(id))

    def left_of(self, seizure: Seizure) -> int:
        """What a shared seizure has left of the pool as it stood less what was taken, in 1e-9."""
        if seizure.amount == 0:
            return seizure.fraction // UNIT
        if seizure.amount == seizure.taken:
            return 0
        rest = seizure.amount * WAD // seizure.fraction - seizure.taken
        return (seizure.amount - seizure.taken) * ONE // rest

    def open_seizures(self, subject: Subject) -> list[Seizure]:
        """Neither wholly taken nor released, oldest first."""
        found = [seizure for seizure in self.seizures.values() if seizure.subject == subject and not seizure.released]
        return [one for one in found if self.undecided_on(one.id) or one.amount > one.taken]

    def held(self, subject: Subject) -> tuple[int, int]:
        """Stake in them that nobody took, and the operator's own of it."""
        found = [one for one in self.open_seizures(subject) if one.amount]
        left = [(one, one.amount - one.taken) for one in found]
        return sum(rest for _, rest in left), sum(one.own_of(rest) for one, rest in left)

    # -- internals ----------------------------------------------------------------------------------------------------

    def _place(
        self, subject: Subject, service: int, proven: bool, units: int, exposure: int
    ) -> tuple[Seizure | None, bool, bool, int, int]:
        """Shared seizure to claim from, if it opens one, if it takes an extra place, fractions of slash and seizure."""
        found = [(one, self.slashes[one.id]) for one in self.open_seizures(subject)]
        if not found:
            return None, False, False, units, units
        mine = [(seizure, slash) for seizure, slash in found if slash.service == service]
        services = {slash.service for _, slash in found if not slash.extra}
        entitled = service in services or len(services) < SERVICES
        own = entitled and not any(not seizure.shared and not slash.extra for seizure, slash in mine)
        plain = own or (proven and sum(slash.extra for _, slash in found) < EXTRA)
        require(plain or entitled, "slash_escrow: no place for another service")

        shared = next((seizure for seizure, _ in mine if seizure.shared), None)
        left = self.left_of(shared) * UNIT if shared else 0
        free = ONE
        for seizure, slash in mine:
            if seizure.shared:
                free = free * (ONE - self.left_of(seizure)) // ONE
            elif slash.undecided:
                free = free * (ONE - seizure.fraction // UNIT) // ONE
        room = max(exposure // UNIT + free - ONE, 0) * ONE // free * UNIT if free else 0
        room = max(room, UNIT)
        if plain and (units <= room or not entitled or (shared is not None and room > left)):
            return None, False, not own, min(units, room), min(units, room)
        return shared, True, False, units, room

    def _hand_out(self, seizure: Seizure, amount: int) -> None:
        """To those it was taken from, in proportion, rounded down one after the other."""
        total, left = seizure.amount, amount
        for account, lost in seizure.losses.items():
            if total:
                part = left * lost // total
                self.free[account] += part
                left -= part
                total -= lost

    def _is_forfeited(self, slash: Slash) -> bool:
        pending = "judgement_bonds: bond is not decided"
        require(not slash.undecided, pending)
        if slash.status == Status.ACQUITTED:
            return True
        if slash.status != Status.VETOED or slash.ruled_guilty:
            return False
        if slash.appeal is None:
            require(self.now >= slash.end + APPEAL, pending)
            return True
        require(slash.verdict is not None or self.now > slash.appeal, pending)
        return slash.verdict is False

    def _reviewed(self, id: int) -> Slash:
        slash = self.slashes[id]
        require(slash.undecided, "slash_escrow: slash is decided")
        require(self.now < slash.end, "slash_escrow: review is over")
        return slash

    def _check_vetoer(self, slash: Slash, caller: Account, listed: set[Account]) -> None:
        require(caller in listed, "slash_escrow: caller may not veto")
        require(caller not in (slash.proposer, slash.reporter), "slash_escrow: proposer may not veto")
