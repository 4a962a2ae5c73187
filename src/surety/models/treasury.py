"""Escrow, both reserves and the ledgers that they stand on: `BondTreasury.vy`, its token's balances and the asset's.

Amounts are in the asset's smallest unit. Accounts are any hashable names; allowances are taken as endless. A method
that refuses may leave its own object half changed: `Market` undoes that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from .refusal import require
from .variable_index import State, VariableIndex

Account = Hashable
YEAR = 31_536_000
BURST = 12
FIXED = 1
VARIABLE = 2
BOOK_LIMIT = 2**128
NOBODY = "0x" + "00" * 20


def bond_id(maturity: int) -> int:
    """Id of the FIXED bond of a maturity."""
    return FIXED << 64 | maturity


def variable_id(maturity: int) -> int:
    """Id of the VARIABLE bond of a maturity."""
    return VARIABLE << 64 | maturity


def _ledger() -> defaultdict[Account, int]:
    return defaultdict(int)


def _bonds() -> defaultdict[tuple[Account, int], int]:
    return defaultdict(int)


def _supplies() -> defaultdict[int, int]:
    return defaultdict(int)


@dataclass
class Treasury:
    """`address` is the treasury's own account in the asset's ledger."""

    address: Account
    mint_cap: int = 0
    escrow: int = 0
    reserve: int = 0
    minted: int = 0
    minted_at: int = 0
    assets: defaultdict[Account, int] = field(default_factory=_ledger)
    bonds: defaultdict[tuple[Account, int], int] = field(default_factory=_bonds)
    supplies: defaultdict[int, int] = field(default_factory=_supplies)
    variable: VariableIndex = field(default_factory=VariableIndex)

    def snapshot(self) -> dict[str, Any]:
        """Everything, to be handed to `restore`."""
        return deepcopy(self.__dict__)

    def restore(self, kept: dict[str, Any]) -> None:
        """Back to a snapshot."""
        self.__dict__.update(kept)

    # -- the market's entries --

    def issue(self, payer: Account, receiver: Account, bond: int, face: int, cost: int) -> None:
        """The payer's cost and the discount from the reserve go into escrow; `face` is minted."""
        self._escrow_more(face, face - cost)
        self._mint(receiver, bond, face)
        self._move(payer, self.address, cost)

    def issue_many(
        self, payer: Account, receiver: Account, bonds: Sequence[int], faces: Sequence[int], cost: int
    ) -> None:
        """A strip for one payment."""
        for bond, face in zip(bonds, faces, strict=True):
            self._mint(receiver, bond, face)
        self._escrow_more(sum(faces), sum(faces) - cost)
        self._move(payer, self.address, cost)

    def convert(self, holder: Account, receiver: Account, bond: int, face: int, new_bond: int, new_face: int) -> None:
        """`face` is burned and `new_face` minted; the reserve settles the difference with the escrow."""
        self._burn(holder, bond, face)
        self._mint(receiver, new_bond, new_face)
        if new_face > face:
            self._escrow_more(new_face - face, new_face - face)
        else:
            self._store(self.escrow - (face - new_face), self.reserve + (face - new_face))

    def retire(self, holder: Account, receiver: Account, bond: int, face: int, proceeds: int) -> None:
        """`face` is burned; the proceeds go to the receiver, the rest to the reserve."""
        self._burn(holder, bond, face)
        self._store(self.escrow - face, self.reserve + face - proceeds)
        self._push(receiver, proceeds)

    # -- the variable market's entries --

    def issue_variable(
        self, payer: Account, receiver: Account, maturity: int, shares: int, cost: int, rate: int, now: int
    ) -> None:
        """Shares at par: their value goes into escrow, the rest of the cost into the interest reserve."""
        self._escrow_more(self.variable.issue(maturity, shares, cost, rate, now), 0)
        self._mint(receiver, variable_id(maturity), shares)
        self._move(payer, self.address, cost)

    def retire_variable(
        self, holder: Account, receiver: Account, maturity: int, shares: int, proceeds: int, rate: int, now: int
    ) -> None:
        """Shares before maturity: the proceeds go to the receiver, the rest of their value to the interest reserve."""
        self._burn(holder, variable_id(maturity), shares)
        released = self.variable.retire(maturity, shares, proceeds, rate, now)
        self._store(self.escrow - released, self.reserve)
        self._push(receiver, proceeds)

    # -- open to all --

    def redeem(self, holder: Account, bond: int, amount: int, receiver: Account, now: int) -> None:
        """Par for matured FIXED bonds, the index of their maturity for VARIABLE ones."""
        require(amount > 0, "bond_treasury: zero amount")
        require(bond & (2**64 - 1) <= now, "bond_treasury: bond has not matured")
        require(bond >> 64 in (FIXED, VARIABLE), "bond_treasury: unknown kind of bond")
        self._burn(holder, bond, amount)
        if bond >> 64 == FIXED:
            released = paid = amount
        else:
            maturity = bond & (2**64 - 1)
            if not self.variable.of(maturity).frozen:
                self.accrue(now)
            released, paid = self.variable.redeem(maturity, amount)
        self._store(self.escrow - released, self.reserve)
        self._push(receiver, paid)

    def accrue(self, now: int) -> State:
        """Accrue the interest of variable bonds up to now, at most 64 weeks."""
        self.escrow = self.variable.accrue(self.escrow, now)
        return self.variable.state

    def fund(self, funder: Account, amount: int) -> None:
        """Pay into the reserve."""
        require(amount > 0, "bond_treasury: zero amount")
        self._store(self.escrow, self.reserve + amount)
        self._move(funder, self.address, amount)

    def fund_interest(self, funder: Account, amount: int, now: int) -> None:
        """Pay into the interest reserve, for the time to come."""
        require(amount > 0, "bond_treasury: zero amount")
        self.accrue(now)
        self.variable.fund(amount, now)
        self._move(funder, self.address, amount)

    def absorb(self) -> int:
        """Book what was sent here without a call as reserve; returns it."""
        surplus = self.assets[self.address] - min(self.assets[self.address], self.booked)
        require(surplus > 0, "bond_treasury: nothing to absorb")
        self._store(self.escrow, self.reserve + surplus)
        return surplus

    @property
    def booked(self) -> int:
        """All three books."""
        return self.escrow + self.reserve + self.variable.reserve

    def give(self, giver: Account, amount: int) -> None:
        """A plain transfer of the asset to the treasury, which books nothing."""
        self._move(giver, self.address, amount)

    def transfer(self, sender: Account, receiver: Account, bond: int, amount: int) -> None:
        """Bonds from one holder to another."""
        require(receiver != NOBODY, "bond_token: zero receiver")
        require(self.bonds[sender, bond] >= amount, "bond_token: insufficient balance")
        self.bonds[sender, bond] -= amount
        self.bonds[receiver, bond] += amount

    # -- TREASURER and DEFAULT_ADMIN; the caller has checked the role --

    def withdraw(self, amount: int, receiver: Account) -> None:
        """Draw from the reserve."""
        require(amount > 0, "bond_treasury: zero amount")
        require(amount <= self.reserve, "bond_treasury: reserve too low")
        self.reserve -= amount
        self._push(receiver, amount)

    def withdraw_interest(self, amount: int, receiver: Account, now: int) -> None:
        """Draw from the interest reserve what lies above 90 days of interest."""
        require(amount > 0, "bond_treasury: zero amount")
        self.accrue(now)
        self.variable.draw(amount, now)
        self._push(receiver, amount)

    def mint_reserve(self, amount: int, now: int) -> None:
        """Mint the asset into the reserve, within the annual cap."""
        require(amount > 0, "bond_treasury: zero amount")
        require(amount <= self.mintable(now), "bond_treasury: over the annual mint cap")
        self.minted, self.minted_at = self.undrained(now) + amount, now
        self._store(self.escrow, self.reserve + amount)
        self.assets[self.address] += amount

    def set_mint_cap(self, cap: int, now: int) -> None:
        """Set the annual cap; what was minted before drains at the new speed from now on."""
        require(cap < BOOK_LIMIT, "bond_treasury: amount out of range")
        self.minted, self.minted_at = self.undrained(now), now
        self.mint_cap = cap

    def mintable(self, now: int) -> int:
        """What `mint_reserve` would mint at `now`."""
        return max(self.mint_cap // BURST - self.undrained(now), 0)

    def undrained(self, now: int) -> int:
        """What was minted and has not drained yet, rounded up."""
        drained = self.mint_cap * (BURST - 1) * (now - self.minted_at) // (BURST * YEAR)
        return max(self.minted - drained, 0)

    # -- internals --

    def _escrow_more(self, face: int, discount: int) -> None:
        require(discount <= self.reserve, "bond_treasury: reserve too low")
        self._store(self.escrow + face, self.reserve - discount)

    def _mint(self, receiver: Account, bond: int, face: int) -> None:
        require(receiver != NOBODY, "bond_token: zero receiver")
        self.supplies[bond] += face
        self.bonds[receiver, bond] += face

    def _store(self, escrow: int, reserve: int) -> None:
        assert escrow >= 0, "the escrow is the outstanding face"
        require(escrow < BOOK_LIMIT and reserve < BOOK_LIMIT, "bond_treasury: amount out of range")
        self.escrow, self.reserve = escrow, reserve

    def _burn(self, holder: Account, bond: int, face: int) -> None:
        require(self.bonds[holder, bond] >= face, "bond_token: insufficient balance")
        self.bonds[holder, bond] -= face
        self.supplies[bond] -= face

    def _push(self, receiver: Account, amount: int) -> None:
        require(receiver != NOBODY, "bond_treasury: zero receiver")
        self._move(self.address, receiver, amount)

    def _move(self, sender: Account, receiver: Account, amount: int) -> None:
        require(self.assets[sender] >= amount, "mock_erc20: insufficient balance")
        self.assets[sender] -= amount
        self.assets[receiver] += amount
