"""BondToken as a few dictionaries: what each call changes, or the reason for which it is refused."""

from collections import defaultdict
from dataclasses import dataclass, field

from surety.models import Refused

MAX = 2**256 - 1
ZERO = "0x" + "00" * 20


@dataclass
class TokenLedger:
    """Balances by (owner, id), supplies by id, allowances by (owner, spender, id), operators as (owner, spender)."""

    treasury: str
    balances: defaultdict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))
    supplies: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    allowances: defaultdict[tuple[str, str, int], int] = field(default_factory=lambda: defaultdict(int))
    operators: set[tuple[str, str]] = field(default_factory=set)
    nonces: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def mint(self, caller: str, receiver: str, bond: int, amount: int) -> None:
        if caller != self.treasury:
            raise Refused("bond_token: caller not treasury")
        if receiver == ZERO:
            raise Refused("bond_token: zero receiver")
        if self.supplies[bond] + amount > MAX:
            raise Refused("bond_token: supply overflow")
        self.supplies[bond] += amount
        self.balances[receiver, bond] += amount

    def burn(self, caller: str, holder: str, bond: int, amount: int) -> None:
        if caller != self.treasury:
            raise Refused("bond_token: caller not treasury")
        if self.balances[holder, bond] < amount:
            raise Refused("bond_token: insufficient balance")
        self.balances[holder, bond] -= amount
        self.supplies[bond] -= amount

    def transfer(self, sender: str, receiver: str, bond: int, amount: int) -> None:
        if receiver == ZERO:
            raise Refused("bond_token: zero receiver")
        if self.balances[sender, bond] < amount:
            raise Refused("bond_token: insufficient balance")
        self.balances[sender, bond] -= amount
        self.balances[receiver, bond] += amount

    def transfer_from(self, caller: str, sender: str, receiver: str, bond: int, amount: int) -> None:
        allowed = self.allowances[caller_key := (sender, caller, bond)]
        free = caller == sender or (sender, caller) in self.operators or allowed == MAX
        if not free and allowed < amount:
            raise Refused("bond_token: insufficient allowance")
        self.transfer(sender, receiver, bond, amount)
        if not free:
            self.allowances[caller_key] = allowed - amount

    def approve(self, owner: str, spender: str, bond: int, amount: int) -> None:
        self.allowances[owner, spender, bond] = amount

    def set_operator(self, owner: str, spender: str, approved: bool) -> None:
        (self.operators.add if approved else self.operators.discard)((owner, spender))

    def permit(self, owner: str, spender: str, bond: int, amount: int, nonce: int, late: bool) -> None:
        """A permit signed by `owner` over `nonce`."""
        if late:
            raise Refused("bond_token: expired deadline")
        if nonce != self.nonces[owner]:
            raise Refused("bond_token: invalid signature")
        self.nonces[owner] += 1
        self.approve(owner, spender, bond, amount)
