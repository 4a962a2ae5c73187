"""LiquidDelegation in exact integers, over the model of DelegationManager, without any laziness.

Amounts are units of the asset, times seconds. At each seizure all holders are written down, and refunds follow from
that. A method that refuses raises `Refused` with the contract's reason; nothing has changed. Tokens are not modelled:
`tokens` counts what the vault holds for others.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from .delegation import ACTIVE, Account, Delegations, Subject
from .refusal import require
from .stake_pots import Pot

STAKED, WINDING, CASH = 0, 1, 2
WORN = 32


@dataclass
class Book:
    """Tickets of one bucket by account; `total` is what the vault held in it when it last looked."""

    total: int = 0
    tickets: defaultdict[Account, int] = field(default_factory=lambda: defaultdict(int))

    def observe(self, held: int) -> None:
        """The ledger has turned the vault's tickets into `held`: so it goes with everybody's."""
        if self.total != held:
            for account, mine in self.tickets.items():
                self.tickets[account] = mine * held // self.total
            self.total = held

    def grant(self, account: Account, tickets: int) -> None:
        """So many more, or fewer."""
        self.tickets[account] += tickets
        self.total += tickets


@dataclass(frozen=True)
class Holders:
    """Who had what at a seizure: shares, and the books of the buckets that can answer, by parity."""

    shares: dict[Account, int]
    books: dict[int, tuple[int, dict[Account, int]]]


@dataclass
class Liquid:
    """One vault. `names` are the targets of tickets of even and of odd epochs."""

    ledger: Delegations
    address: Account
    subject: Subject
    names: tuple[Account, Account]
    notice: int
    shares: defaultdict[Account, int] = field(default_factory=lambda: defaultdict(int))
    phase: int = STAKED
    wound: int = 0
    cash: int = 0
    move_to: tuple[Account, int] | None = None
    subjects: dict[int, Subject] = field(default_factory=dict)
    books: defaultdict[int, Book] = field(default_factory=lambda: defaultdict(Book))
    asked: defaultdict[Account, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    paid: dict[int, int] = field(default_factory=dict)
    claimable: defaultdict[Account, tuple[int, int]] = field(default_factory=lambda: defaultdict(lambda: (0, 0)))
    holders: dict[int, Holders] = field(default_factory=dict)
    received: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    drawn: defaultdict[tuple[int, Account], int] = field(default_factory=lambda: defaultdict(int))
    tokens: int = 0

    # -- shares --

    @property
    def supply(self) -> int:
        return sum(self.shares.values())

    def transfer(self, owner: Account, to: Account, amount: int) -> None:
        """Refunds of seizures so far stay the owner's."""
        require(to != self.address, "async_vault: the vault holds no shares")
        require(amount <= self.shares[owner], "erc20: transfer amount exceeds balance")
        self.shares[owner] -= amount
        self.shares[to] += amount

    def deposit(self, assets: int, receiver: Account) -> int:
        """Returns shares, rounded down."""
        supply, held = self._basis()
        minted = self.ledger.deposit(self.address, self.subject, assets)
        shares = minted * supply // held if supply else minted
        self.shares[receiver] += shares
        return shares

    def mint(self, shares: int, receiver: Account) -> int:
        """Returns assets, rounded up."""
        assets = self.cost(shares)
        minted = self.ledger.deposit(self.address, self.subject, assets)
        supply, held = self.supply, self._pot().held((self.address, None)) - minted
        assert shares <= (minted * supply // held if supply else minted)
        self.shares[receiver] += shares
        return assets

    def cost(self, shares: int) -> int:
        """What `mint` takes."""
        supply, held = self._basis()
        minted = -(-shares * held // supply) if supply else shares
        pot = self._pot()
        return -(-minted * pot.assets // pot.total) if pot.total else minted

    # -- redemptions --

    def request(self, shares: int, controller: Account, owner: Account) -> int:
        """Burns shares for a ticket; returns the request's id, always 0."""
        require(shares > 0, "liquid_delegation: amount is worth nothing")
        supply = self.supply
        require(shares <= self.shares[owner], "erc20: burn amount exceeds balance")
        if self.phase == CASH or self._ripe():
            amount = shares * self.total_assets() // supply
            require(amount > 0, "liquid_delegation: amount is worth nothing")
            self.settle()
            self._fold(controller)
            self.cash -= amount
            before = self.claimable[controller]
            self.claimable[controller] = (before[0] + shares, before[1] + amount)
        elif self.phase == WINDING:
            bucket, book = self.wound, self.books[self.wound]
            held = self._ticket(bucket)[0]
            pooled = book.tickets[self.address] * held // book.total if book.total else 0
            tickets = shares * pooled // supply
            require(tickets > 0, "liquid_delegation: amount is worth nothing")
            self._fold(controller)
            book.observe(held)
            book.grant(self.address, -tickets)
            book.grant(controller, tickets)
            self._ask(bucket, controller, shares)
        else:
            part = shares * self._pot().held((self.address, None)) // supply
            require(part > 0, "liquid_delegation: amount is worth nothing")
            require(self._pot().worth(part) > 0, "delegation_manager: zero amount")
            self._fold(controller)
            self._ask(self._queue(part, controller), controller, shares)
        self.shares[owner] -= shares
        return 0

    def redeem(self, shares: int, controller: Account) -> int:
        """Claims what shares brought; returns assets, rounded down."""
        have, assets = self.claimable_of(controller)
        require(shares <= have, "async_vault: more than is claimable")
        require(shares > 0, "async_vault: zero amount")
        paid = shares * assets // have
        self._claim(controller, shares, paid)
        return paid

    def withdraw(self, assets: int, controller: Account) -> int:
        """Claims assets; returns shares used, rounded up."""
        require(assets > 0, "async_vault: zero amount")
        shares, have = self.claimable_of(controller)
        require(assets <= have, "async_vault: more than is claimable")
        burnt = -(-assets * shares // have)
        self._claim(controller, burnt, assets)
        return burnt

    def claimable_of(self, controller: Account) -> tuple[int, int]:
        """Shares and assets."""
        shares, assets = self.claimable[controller]
        for bucket, asked in self.asked[controller].items():
            if bucket < self.ledger.epoch:
                shares += asked
                assets += self.worth(bucket, controller)
        return shares, assets

    def pending_of(self, controller: Account) -> int:
        """Shares that wait."""
        return sum(asked for bucket, asked in self.asked[controller].items() if bucket >= self.ledger.epoch)

    # -- refunds --

    def on_seizure(self, slash: int) -> None:
        """Something was just seized, anywhere: write down who has what."""
        epoch = self.ledger.epoch
        books = {at % 2: (self.books[at].total, dict(self.books[at].tickets)) for at in (epoch, epoch + 1)}
        self.holders[slash] = Holders(dict(self.shares), books)

    def refund(self, slash: int, account: Account) -> int:
        """What `claim_refund` would pay, in units."""
        if slash not in self.holders or account == self.address:
            return 0
        got = [have + owed for have, owed in zip(self.received[slash], self._owed(slash), strict=True)]
        then = self.holders[slash]
        pooled, due = got[0], 0
        for parity, (total, tickets) in then.books.items():
            if total:
                due += got[1 + parity] * tickets.get(account, 0) // total
                pooled += got[1 + parity] * tickets.get(self.address, 0) // total
        supply = sum(then.shares.values())
        due += pooled * then.shares.get(account, 0) // supply if supply else 0
        return due - self.drawn[slash, account]

    def claim_refund(self, slash: int, account: Account) -> int:
        """Returns units."""
        amount = self.refund(slash, account)
        require(amount > 0, "async_vault: nothing to refund")
        for part, owed in enumerate(self._owed(slash)):
            if owed:
                self.ledger.claim_refund(self.address, slash, (None, *self.names)[part])
                self.received[slash][part] += owed
                self.tokens += owed
        self.drawn[slash, account] += amount
        self.tokens -= amount
        return amount

    # -- winding down and moving --

    def wind_down(self) -> int:
        """Returns the bucket, or 0."""
        require(self.phase == STAKED, "liquid_delegation: not staked")
        require(self._status() != ACTIVE, "liquid_delegation: operator is active")
        pot = self._pot()
        held = pot.held((self.address, None))
        if pot.worth(held) == 0:
            self.phase = CASH
            return 0
        self.wound = self._queue(held, self.address)
        self.phase = WINDING
        return self.wound

    def resume(self) -> None:
        """Stake again what waits in the queue."""
        if self.phase == WINDING:
            require(not self._ripe(), "liquid_delegation: no window to return in")
        else:
            require(self.phase == CASH and self.cash == 0, "liquid_delegation: no window to return in")
        require(self._status() == ACTIVE, "liquid_delegation: operator is not active")
        if self.phase == WINDING:
            book, held = self.books[self.wound], self._ticket(self.wound)[0]
            tickets = book.tickets[self.address] * held // book.total if book.total else 0
            pot = self.ledger.pots[self.subject, self.wound]
            require(tickets == 0 or pot.worth(tickets) > 0, "delegation_manager: zero amount")
            book.observe(held)
            if tickets:
                book.grant(self.address, -tickets)
                self.ledger.cancel(self.address, self.subject, self.wound, tickets, self._name(self.wound))
        self.phase, self.wound = STAKED, 0

    def settle(self) -> None:
        """Take in what the wound-down stake brought."""
        if self.phase == WINDING and self._ripe():
            self._receive(self.wound)
            self.cash = self.worth(self.wound, self.address)
            self.phase, self.wound = CASH, 0

    def announce(self, operator: Account | None) -> None:
        """None takes it back."""
        if operator is None:
            self.move_to = None
            return
        require(operator not in self.names, "liquid_delegation: bad names for tickets")
        self.move_to = (operator, self.ledger.now + self.notice)

    def move(self) -> None:
        """Stake all cash behind the announced operator."""
        require(self.move_to is not None, "liquid_delegation: no move announced")
        assert self.move_to is not None
        operator, ready = self.move_to
        require(self.ledger.now >= ready, "liquid_delegation: notice runs")
        require(self.phase == CASH or self._ripe(), "liquid_delegation: stake has not come back")
        amount = self.total_assets()
        require(amount > 0 or self.supply == 0, "liquid_delegation: nothing to move")
        there = (operator, self.subject[1])
        if amount:
            # a refusal of the ledger must leave no trace here
            self.ledger.deposit(self.address, there, amount)
        self.settle()
        self.tokens -= amount
        self.subject, self.phase, self.cash, self.move_to = there, STAKED, 0, None

    # -- views --

    def total_assets(self) -> int:
        """What belongs to shares."""
        if self.phase == CASH:
            return self.cash
        if self.phase == WINDING:
            return self.worth(self.wound, self.address)
        return self.ledger.stake(self.address, self.subject)

    def worth(self, bucket: int, account: Account) -> int:
        """What an account's tickets get, or would get now."""
        book = self.books[bucket]
        held, amount = (book.total, self.paid[bucket]) if bucket in self.paid else self._ticket(bucket)
        if held == 0:
            return 0
        mine = book.tickets[account] * held // book.total
        return mine * amount // held

    # -- internals --

    def _pot(self) -> Pot:
        return self.ledger.pots[self.subject, 0]

    def _status(self) -> int:
        return self.ledger.statuses.get(self.subject[0], 0)

    def _ripe(self) -> bool:
        return self.phase == WINDING and self.wound < self.ledger.epoch

    def _name(self, bucket: int) -> Account:
        return self.names[bucket % 2]

    def _basis(self) -> tuple[int, int]:
        require(self.phase == STAKED, "liquid_delegation: not staked")
        supply, held = self.supply, self._pot().held((self.address, None))
        require(supply == 0 or supply <= held << WORN, "liquid_delegation: worn out, use another vault")
        return supply, held

    def _ticket(self, bucket: int) -> tuple[int, int]:
        """Tickets of the vault in a bucket, and what they would get."""
        pot = self.ledger.pots[self.subjects.get(bucket, self.subject), bucket]
        held = pot.held((self.address, self._name(bucket)))
        return held, pot.worth(held)

    def _queue(self, part: int, account: Account) -> int:
        bucket = self.ledger.epoch + 1
        self.subjects.setdefault(bucket, self.subject)
        self.books[bucket].observe(self._ticket(bucket)[0])
        _, tickets = self.ledger.queue(self.address, self.subject, part, self._name(bucket))
        self.books[bucket].grant(account, tickets)
        return bucket

    def _ask(self, bucket: int, controller: Account, shares: int) -> None:
        asked = self.asked[controller]
        asked[bucket] = asked.get(bucket, 0) + shares

    def _receive(self, bucket: int) -> None:
        if bucket in self.paid:
            return
        held, amount = self._ticket(bucket)
        self.books[bucket].observe(held)
        self.paid[bucket] = amount
        self.tokens += amount
        if amount:
            self.ledger.complete(self.address, self.subjects[bucket], bucket, self._name(bucket))

    def _fold(self, controller: Account) -> None:
        for bucket in [one for one in self.asked[controller] if one < self.ledger.epoch]:
            self._receive(bucket)
        for bucket in [one for one in self.asked[controller] if one in self.paid]:
            shares, assets = self.claimable[controller]
            asked = self.asked[controller].pop(bucket)
            self.claimable[controller] = (shares + asked, assets + self.worth(bucket, controller))

    def _claim(self, controller: Account, shares: int, assets: int) -> None:
        self._fold(controller)
        before = self.claimable[controller]
        self.claimable[controller] = (before[0] - shares, before[1] - assets)
        self.tokens -= assets

    def _owed(self, slash: int) -> list[int]:
        return [self.ledger.refund(self.address, slash, target) for target in (None, *self.names)]
