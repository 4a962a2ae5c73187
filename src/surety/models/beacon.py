"""Random seeds by the rules of specs/commit-reveal.md. `RandomBeacon.vy` must agree, to the bit of each seed.

A round is a day since 1970; amounts are units of the deposits' token. A method that refuses raises `Refused` with the
contract's reason and has changed nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from eth_abi import encode
from eth_utils.crypto import keccak

from .refusal import require

ROUND = 86_400
REVEAL = 21_600
STRONG = 2


@dataclass(frozen=True)
class Seed:
    """What was settled, and when."""

    value: bytes
    weak: bool
    at: int


@dataclass
class RandomBeacon:
    """`chain_id` and `address` are of the contract that commitments are made for."""

    chain_id: int
    address: str
    deposit: int
    sink: str
    now: int = 0
    randao: bytes = bytes(32)
    """Of the block at hand."""
    commitments: dict[tuple[int, str], bytes] = field(default_factory=dict)
    revealed: dict[tuple[int, str], bytes] = field(default_factory=dict)
    seeds: dict[int, Seed] = field(default_factory=dict)
    owed: Counter[str] = field(default_factory=Counter)

    def commitment_of(self, round_: int, account: str, secret: bytes) -> bytes:
        """What binds an account to a secret, here and in this round alone."""
        kinds = ("uint256", "address", "uint256", "address", "bytes32")
        return bytes(keccak(encode(kinds, (self.chain_id, self.address, round_, account, secret))))

    def commit(self, caller: str, round_: int, commitment: bytes) -> None:
        """Take part."""
        start = round_ * ROUND
        require(start - REVEAL - ROUND <= self.now < start - REVEAL, "commit_reveal: not the time to commit")
        require(any(commitment), "commit_reveal: empty commitment")
        require((round_, caller) not in self.commitments, "commit_reveal: committed already")
        self.commitments[round_, caller] = commitment

    def reveal(self, round_: int, account: str, secret: bytes) -> None:
        """Have the deposit back; the round before is settled if nobody has."""
        start = round_ * ROUND
        require(start - REVEAL <= self.now < start, "commit_reveal: not the time to reveal")
        commitment = self.commitments.get((round_, account))
        fits = commitment == self.commitment_of(round_, account, secret) and (round_, account) not in self.revealed
        require(fits, "commit_reveal: not what was committed to")
        self.revealed[round_, account] = secret
        self.owed[account] += self.deposit
        if round_ - 1 not in self.seeds:
            self.settle(round_ - 1)

    def settle(self, round_: int) -> bytes:
        """Fix the seed."""
        require(round_ not in self.seeds, "commit_reveal: settled already")
        require(self.now >= round_ * ROUND, "commit_reveal: round has not begun")
        secrets = [(account, secret) for (of, account), secret in self.revealed.items() if of == round_]
        committed, revealed = self.turnout(round_)
        value, weak = self.seed_of(round_, secrets), revealed < STRONG
        if weak:
            value = bytes(keccak(value + self.randao))
        self.seeds[round_] = Seed(value, weak, self.now)
        self.owed[self.sink] += (committed - revealed) * self.deposit
        return value

    def withdraw(self, caller: str, account: str, receiver: str) -> int:
        """Have what is owed."""
        require(caller == account or receiver == account, "random_beacon: owed to somebody else")
        require(self.owed[account] > 0, "random_beacon: nothing owed")
        return self.owed.pop(account)

    def turnout(self, round_: int) -> tuple[int, int]:
        """Commitments and reveals."""
        return tuple(sum(of == round_ for of, _ in book) for book in (self.commitments, self.revealed))  # type: ignore[return-value]

    def seed_of(self, round_: int, secrets: list[tuple[str, bytes]]) -> bytes:
        """The seed that reveals make, in whatever order, before a weak one is mixed with its block."""
        parts = (keccak(self.commitment_of(round_, account, secret) + secret) for account, secret in secrets)
        mix = sum(int.from_bytes(part, "big") for part in parts) % 2**256
        return bytes(keccak(encode(("uint256", "uint256"), (round_, mix))))


def evasion(chance: float, withheld: int) -> float:
    """Chance to be drawn that is left to whoever reveals `withheld` secrets last, and picks the best of the seeds."""
    return float(chance ** (2**withheld))


def evasion_cost(chance: float) -> float:
    """Deposits that one who holds one secret back forfeits, on average: whenever that and only that helps."""
    return chance * (1 - chance)
