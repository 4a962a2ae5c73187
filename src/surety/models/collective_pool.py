"""CollectivePool and its portfolio in exact integers, over locks that can be seized, without any laziness.

Amounts are units of the asset, times seconds. At each seizure it is written down whose the lock was, and refunds follow
from that. A method that refuses raises `Refused` with the contract's reason; nothing has changed.
"""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, field

from .refusal import require

WEEK = 604_800
WAD = 10**18
MAX_POSITIONS = PLACES = 8
ASSET_LIMIT = 2**95
SHARE_LIMIT = 2**112
WORN = 24
SMALL = 64

Account = str


@dataclass
class Lock:
    """Units that stand behind an operator; `end`: first second in which nothing can be seized, 0 while it runs."""

    behind: str
    units: int
    end: int = 0
    released: bool = False
    """Gathered by the pool."""
    freed: bool = False
    """Released at ServiceBonding, by anybody."""
    stained: bool = False
    """Can't be split."""


@dataclass
class Locks:
    """ServiceBonding, as far as its owner sees it: places by operator, one cooldown."""

    now: int
    cooldown: int
    places: int = PLACES
    minimum: int = 0
    """Units of a lock that is split."""
    locks: dict[int, Lock] = field(default_factory=dict)
    seizures: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Seizure to lock and units that are still held."""
    returned: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))

    def beside(self, behind: str) -> int:
        """How many locks stand behind the same."""
        return sum(lock.behind == behind and not lock.freed for lock in self.locks.values())

    def activate(self, behind: str, units: int) -> int:
        """Returns the number of the lock."""
        require(self.beside(behind) < self.places, "mock_bonding: full")
        self.locks[len(self.locks) + 1] = Lock(behind, units)
        return len(self.locks)

    def splits(self, number: int, units: int) -> bool:
        """Whether so many units can become a lock of their own."""
        lock = self.locks[number]
        small = min(units, lock.units - units) < max(self.minimum, 1)
        return not small and not lock.stained and self.beside(lock.behind) < self.places

    def split(self, number: int, units: int) -> int:
        """Returns the number of the lock that was split off."""
        self.locks[number].units -= units
        return self.activate(self.locks[number].behind, units)

    def deactivate(self, number: int) -> None:
        """Starts the cooldown."""
        self.locks[number].end = self.now + self.cooldown

    def ended(self, number: int) -> bool:
        """Whether nothing can be seized any more."""
        return 0 < self.locks[number].end <= self.now

    def seize(self, slash: int, number: int, fraction: int) -> int:
        """Returns units."""
        units = -(-self.locks[number].units * fraction // WAD)
        self.locks[number].units -= units
        self.seizures[slash] = (number, units)
        return units

    def pay(self, slash: int, units: int) -> None:
        """For good."""
        number, held = self.seizures[slash]
        self.seizures[slash] = (number, held - units)

    def restore(self, slash: int, units: int) -> None:
        """Waits for the owner."""
        self.pay(slash, units)
        self.returned[slash] += units


@dataclass(frozen=True)
class Owners:
    """Whose a lock was at a seizure: what had left with a round, as (round, part, whole); the rest is of the pot."""

    shares: dict[Account, int]
    open_round: int
    tickets: dict[int, dict[Account, int]]
    left: tuple[int, int, int]


@dataclass
class Round:
    """Tickets; from the closing on, its cut of everything, and what it has."""

    tickets: defaultdict[Account, int] = field(default_factory=lambda: defaultdict(int))
    cut: tuple[int, int] = (0, 1)
    cash: int = 0
    paid: bool = False

    @property
    def total(self) -> int:
        return sum(self.tickets.values())

    def part(self, amount: int) -> int:
        """Its cut of an amount, rounded down."""
        return amount * self.cut[0] // self.cut[1]


@dataclass
class Collective:
    """One pool. `claimed` are positions of which the round that leaves owns a part."""

    locks: Locks
    shares: defaultdict[Account, int] = field(default_factory=lambda: defaultdict(int))
    idle: int = 0
    round: int = 1
    asked_at: int = 0
    leaving: int = 0
    ripe_at: int = 0
    rounds: defaultdict[int, Round] = field(default_factory=lambda: defaultdict(Round))
    positions: list[int] = field(default_factory=list)
    claimed: set[int] = field(default_factory=set)
    parts: list[int] = field(default_factory=list)
    waiting: defaultdict[Account, list[int]] = field(default_factory=lambda: defaultdict(list))
    claimable: defaultdict[Account, tuple[int, int]] = field(default_factory=lambda: defaultdict(lambda: (0, 0)))
    left_with: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    """Lock to round, and the part of it that is the round's."""
    origins: dict[int, int] = field(default_factory=dict)
    """Lock that was split off to its position."""
    bought: list[tuple[int, int]] = field(default_factory=list)
    """Round, and position of which its part was bought out of what was idle."""
    owners: dict[int, Owners] = field(default_factory=dict)
    received: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    drawn: defaultdict[tuple[int, Account], int] = field(default_factory=lambda: defaultdict(int))
    tokens: int = 0
    """That the portfolio holds."""

    # -- the pot --

    @property
    def supply(self) -> int:
        return sum(self.shares.values())

    @property
    def whole(self) -> int:
        """Shares, and tickets of the open round."""
        return self.supply + self.rounds[self.round].total

    @property
    def value(self) -> int:
        """What they own."""
        backing = 0
        for number in self.positions:
            units = self.locks.locks[number].units
            backing += units - (self.rounds[self.leaving].part(units) if number in self.claimed else 0)
        return self.idle + backing

    @property
    def leaving_value(self) -> int:
        """What the round that leaves would have if it were settled now."""
        if not self.leaving:
            return 0
        one = self.rounds[self.leaving]
        claimed = sum(one.part(self.locks.locks[number].units) for number in self.claimed)
        return one.cash + sum(self.locks.locks[number].units for number in self.parts) + claimed

    @property
    def price(self) -> int:
        """Of the whole, for who joins."""
        return max(self.value, (self.whole >> WORN) + 1)

    def shares_for(self, assets: int) -> int:
        """Rounded down."""
        return assets * self.whole // self.price if self.whole else assets

    def cost(self, shares: int) -> int:
        """Rounded up."""
        return -(-shares * self.price // self.whole) if self.whole else shares

    def deposit(self, assets: int, receiver: Account) -> int:
        """Returns shares."""
        shares = self.shares_for(assets)
        self._join(assets, shares, receiver)
        return shares

    def mint(self, shares: int, receiver: Account) -> int:
        """Returns assets."""
        assets = self.cost(shares)
        self._join(assets, shares, receiver)
        return assets

    def transfer(self, owner: Account, to: Account, amount: int) -> None:
        """Refunds of seizures so far stay the owner's."""
        require(amount <= self.shares[owner], "erc20: transfer amount exceeds balance")
        self.shares[owner] -= amount
        self.shares[to] += amount

    # -- leaving --

    def request(self, shares: int, controller: Account, owner: Account) -> int:
        """Burns shares for tickets of the open round; returns the request's id, always 0."""
        require(shares > 0, "collective_pool: amount is worth nothing")
        require(shares <= self.shares[owner], "erc20: burn amount exceeds balance")
        self.settle()
        self._fold(controller)
        self.shares[owner] -= shares
        self.asked_at = self.asked_at or self.locks.now
        self.rounds[self.round].tickets[controller] += shares
        if self.round not in self.waiting[controller]:
            self.waiting[controller].append(self.round)
        return 0

    def advance(self) -> None:
        """All that is due."""
        self._gather()
        self.settle()

    def settle(self) -> None:
        """Settle the round that leaves, and close the open one, if they are due."""
        if self.leaving and self.locks.now >= self.ripe_at:
            self._gather()
        if not self.leaving and self.asked_at and self.locks.now >= (self.asked_at // WEEK + 1) * WEEK:
            self._gather()
            self._close()
            if self.locks.now >= self.ripe_at:
                self._gather()

    def redeem(self, shares: int, controller: Account) -> int:
        """Returns assets, rounded down."""
        burnt, paid = self.claimable_of(controller)
        require(shares <= burnt, "async_vault: more than is claimable")
        require(shares > 0, "async_vault: zero amount")
        assets = shares * paid // burnt
        self._claim(controller, shares, assets)
        return assets

    def withdraw(self, assets: int, controller: Account) -> int:
        """Returns shares, rounded up."""
        burnt, paid = self.claimable_of(controller)
        require(assets <= paid, "async_vault: more than is claimable")
        require(assets > 0, "async_vault: zero amount")
        shares = -(-assets * burnt // paid)
        self._claim(controller, shares, assets)
        return shares

    def claimable_of(self, controller: Account) -> tuple[int, int]:
        """Shares and assets, ripe rounds included."""
        shares, assets = self.claimable[controller]
        for number in self.waiting[controller]:
            if self._ripe(number):
                shares += self.rounds[number].tickets[controller]
                assets += self.worth(number, controller)
        return shares, assets

    def pending_of(self, controller: Account) -> int:
        """Shares of requests that wait."""
        return sum(
            self.rounds[number].tickets[controller] for number in self.waiting[controller] if not self._ripe(number)
        )

    def worth(self, number: int, account: Account) -> int:
        """What an account's tickets of a round get, or would get now."""
        one = self.rounds[number]
        amount, total = one.cash, one.total
        if number == self.round:
            amount, total = self.value, self.whole
        elif number == self.leaving:
            amount = self.leaving_value
        return one.tickets[account] * amount // total if total else 0

    # -- what was voted --

    def back(self, behind: str, amount: int, ready: int) -> int:
        """Returns the lock. Refused, it leaves what was due undone."""
        then = deepcopy(self)
        number = then._back(behind, amount, ready)
        self.__dict__.update(then.__dict__)
        return number

    def _back(self, behind: str, amount: int, ready: int) -> int:
        before = self._copy_of_due()
        require(before == 0 or before > ready, "collective_pool: leavers go first")
        self.advance()
        require(len(self.positions) < MAX_POSITIONS, "pool_portfolio: eight positions")
        units = min(amount, self.idle)
        require(units > 0, "pool_portfolio: nothing idle")
        number = self.locks.activate(behind, units)
        self.idle -= units
        self.tokens -= units
        self.positions.append(number)
        return number

    def unback(self, number: int) -> None:
        """Let a position end."""
        require(number in self.positions and number not in self.claimed, "pool_portfolio: no such position")
        require(self.locks.locks[number].end == 0, "pool_portfolio: position ends already")
        self.locks.deactivate(number)

    # -- refunds --

    def on_seizure(self, slash: int) -> None:
        """Right after a seizure of any lock: write down whose it was."""
        number = self.locks.seizures[slash][0]
        tickets = {one: dict(self.rounds[one].tickets) for one in (self.leaving, self.round) if one}
        left = self.left_with.get(number, (0, 0, 1))
        self.owners[slash] = Owners(dict(self.shares), self.round, tickets, left)

    def refund(self, slash: int, account: Account) -> int:
        """What `claim_refund` would pay."""
        if slash not in self.owners:
            return 0
        got = [have + more for have, more in zip(self.received[slash], self._credits(slash), strict=True)]
        then = self.owners[slash]
        supply = sum(then.shares.values())
        due = 0
        for number, tickets in then.tickets.items():
            if sum(tickets.values()):
                due += got[1 + number % 2] * tickets.get(account, 0) // sum(tickets.values())
        due += got[0] * then.shares.get(account, 0) // supply if supply else 0
        return due - self.drawn[slash, account]

    def claim_refund(self, slash: int, account: Account) -> int:
        """Returns units."""
        amount = self.refund(slash, account)
        require(amount > 0, "async_vault: nothing to refund")
        for part, more in enumerate(self._credits(slash)):
            self.received[slash][part] += more
        self.tokens += self.locks.returned[slash]
        self.locks.returned[slash] = 0
        self.drawn[slash, account] += amount
        self.tokens -= amount
        return amount

    # -- internals --

    def _join(self, assets: int, shares: int, receiver: Account) -> None:
        require(shares > 0, "collective_pool: amount is worth nothing")
        require(self.value + assets < ASSET_LIMIT, "collective_pool: no room for so much")
        require(self.whole + shares < SHARE_LIMIT, "collective_pool: no room for so much")
        self.idle += assets
        self.tokens += assets
        self.shares[receiver] += shares

    def _ripe(self, number: int) -> bool:
        return self.locks.now >= self.ripe_at if number == self.leaving else number < self.round

    def _copy_of_due(self) -> int:
        """`asked_at` as it will be after `advance`."""
        free = not self.leaving or self.locks.now >= self.ripe_at
        due = self.asked_at and self.locks.now >= (self.asked_at // WEEK + 1) * WEEK
        return 0 if free and due else self.asked_at

    def _close(self) -> None:
        number, one = self.round, self.rounds[self.round]
        one.cut = (one.total, self.whole)
        one.cash = one.part(self.idle)
        self.idle -= one.cash
        self.leaving, self.round, self.asked_at = number, number + 1, 0
        self.ripe_at = self.locks.now
        stay: list[int] = []
        for position in self.positions:
            lock = self.locks.locks[position]
            units = one.part(lock.units)
            if units == 0:
                stay.append(position)
                continue
            part, whole = position, units == lock.units
            if lock.end == 0:
                if self.locks.splits(position, units):
                    part = self.locks.split(position, units)
                    self.origins[part] = position
                elif units * SMALL <= lock.units and units <= self.idle:
                    self.idle -= units
                    one.cash += units
                    self.bought.append((number, position))
                    stay.append(position)
                    continue
                self.locks.deactivate(part)
            if part != position or whole:
                self.parts.append(part)
                self.left_with[part] = (number, 1, 1)
            else:
                self.claimed.add(position)
                self.left_with[part] = (number, *one.cut)
            if not (whole and part == position):
                stay.append(position)
            self.ripe_at = max(self.ripe_at, self.locks.locks[part].end)
        self.positions = stay

    def _gather(self) -> None:
        one = self.rounds[self.leaving]
        for position in [number for number in self.positions if self.locks.ended(number)]:
            lock = self.locks.locks[position]
            units = one.part(lock.units) if position in self.claimed else 0
            self.idle += lock.units - units
            one.cash += units
            self._free(position)
            self.positions.remove(position)
            self.claimed.discard(position)
        for part in [number for number in self.parts if self.locks.ended(number)]:
            one.cash += self.locks.locks[part].units
            self._free(part)
            self.parts.remove(part)
        if self.leaving and not self.parts and not self.claimed:
            one.paid = True
            self.leaving = 0

    def _free(self, number: int) -> None:
        lock = self.locks.locks[number]
        lock.released = lock.freed = True
        self.tokens += lock.units

    def _fold(self, controller: Account) -> None:
        for number in [one for one in self.waiting[controller] if self.rounds[one].paid]:
            shares, assets = self.claimable[controller]
            worth = self.worth(number, controller)
            self.claimable[controller] = (shares + self.rounds[number].tickets[controller], assets + worth)
            self.waiting[controller].remove(number)

    def _claim(self, controller: Account, shares: int, assets: int) -> None:
        self.settle()
        self._fold(controller)
        before = self.claimable[controller]
        self.claimable[controller] = (before[0] - shares, before[1] - assets)
        self.tokens -= assets

    def _credits(self, slash: int) -> list[int]:
        """What waits under a seizure: of shares, and of tickets of even and odd rounds."""
        left, then = self.locks.returned[slash], self.owners[slash]
        credits = [0, 0, 0]
        if left == 0:
            return credits
        number, part, whole = then.left
        if number:
            credits[1 + number % 2] = left * part // whole
            left -= credits[1 + number % 2]
        tickets = sum(then.tickets[then.open_round].values())
        if tickets:
            taken = left * tickets // (sum(then.shares.values()) + tickets)
            credits[1 + then.open_round % 2] += taken
            left -= taken
        credits[0] = left
        return credits
