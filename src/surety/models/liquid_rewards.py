"""LiquidRewards in exact integers, without any laziness: what holders of a liquid delegation are owed of its rewards.

What PoolRewards pays is told by the test (`harvest`), epoch by epoch; who had shares at the beginning of each epoch is
written down when the first second of it is over (`turn`). Amounts are units of the stream's token.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field

from .delegation import ACTIVE, ALLOWLIST, OPEN
from .liquid import STAKED, WORN, Liquid
from .refusal import require

SCALE = 96
SLACK = 4
ASSET, SHARES = "asset", "shares of the vault"
"""Tokens with a meaning; any other name is another token."""

Name = tuple[Hashable, str, str]
"""Subject (None: gifts), what was paid, what holders get."""


@dataclass
class Stream:
    """`raised` is what a share got for each epoch, times 2**SCALE."""

    raised: dict[int, int] = field(default_factory=dict)
    carried: int = 0
    claimed: defaultdict[Hashable, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    """By account and epoch: the part of that which was claimed."""


@dataclass
class LiquidRewards:
    """The companion of one vault, at `address`; `starts` is who had shares at the beginning of each epoch."""

    vault: Liquid
    address: Hashable
    starts: dict[int, dict[Hashable, int]] = field(default_factory=dict)
    streams: dict[Name, Stream] = field(default_factory=lambda: defaultdict(Stream))

    def turn(self) -> None:
        """Before anything else happens in an epoch."""
        for epoch in range(max(self.starts, default=self.vault.ledger.epoch), self.vault.ledger.epoch + 1):
            self.starts.setdefault(epoch, dict(self.vault.shares))

    def harvest(self, subject: Hashable, source: str, epoch: int, amount: int) -> tuple[Name, int]:
        """A pool paid `amount` for an epoch. Returns the stream, and what was credited of its token."""
        token, credited = source, amount
        if source == ASSET and self._fits(amount):
            token, credited = SHARES, self.vault.deposit(amount, self.address)
        name = (subject, source, token)
        stream = self.streams[name]
        start = self.starts.get(epoch, {})
        shares = sum(start.values()) - start.get(self.address, 0)
        left = stream.carried + credited
        if shares:
            raised = (left << SCALE) // shares
            stream.raised[epoch] = stream.raised.get(epoch, 0) + raised
            left -= -(-raised * shares >> SCALE)
        stream.carried = left
        return name, credited

    def collect(self, source: str, amount: int) -> tuple[Name, int]:
        """So much is here that is nobody's."""
        return self.harvest(None, source, self.vault.ledger.epoch, amount)

    def due(self, name: Name, account: Hashable) -> tuple[int, int]:
        """The least and the most that `claim` may pay: rounded at each reward, and once."""
        shares = [(self.starts[epoch].get(account, 0), gained) for epoch, gained in self._unclaimed(name, account)]
        parts = [count * gained for count, gained in shares] if account != self.address else []
        return sum(part >> SCALE for part in parts), sum(parts) >> SCALE

    def claim(self, name: Name, account: Hashable, amount: int) -> None:
        """The account was paid `amount`."""
        require(account not in (self.address, None), "liquid_rewards: account can't hold shares")
        least, most = self.due(name, account)
        assert least <= amount <= most
        for epoch, gained in self._unclaimed(name, account):
            claimed = self.streams[name].claimed[account]
            claimed[epoch] = claimed.get(epoch, 0) + gained
        if name[2] == SHARES:
            self.vault.shares[self.address] -= amount
            self.vault.shares[account] += amount

    def _unclaimed(self, name: Name, account: Hashable) -> list[tuple[int, int]]:
        """Epochs, and what a share got for each beyond what was claimed."""
        stream = self.streams[name]
        return [(epoch, gained - stream.claimed[account].get(epoch, 0)) for epoch, gained in stream.raised.items()]

    def _fits(self, amount: int) -> bool:
        """Whether the vault takes the deposit, with `SLACK` units to spare where the pool has a minimum."""
        vault, ledger = self.vault, self.vault.ledger
        operator, asset = vault.subject
        pool, pot = ledger.pools[vault.subject], ledger.pots[vault.subject, 0]
        if vault.phase != STAKED or ledger.statuses.get(operator, 0) != ACTIVE:
            return False
        if pool.mode != OPEN and (pool.mode != ALLOWLIST or (operator, vault.address) not in ledger.allowed):
            return False
        room = ledger.asset_caps[asset] - ledger.held(asset)
        if pool.cap:
            room = min(room, pool.cap - pot.assets)
        if pool.minimum and (amount < pool.minimum or room < pool.minimum + SLACK):
            return False
        supply, held = vault.supply, pot.held((vault.address, None))
        minted = amount * pot.total // pot.assets if pot.total else amount
        shares = minted * supply // held if supply and held else minted
        return amount <= room and supply <= held << WORN and 0 < shares <= 2**96
