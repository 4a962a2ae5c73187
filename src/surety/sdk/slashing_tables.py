"""Terms as the escrow of slashes keeps them: numbered tables of words, as `policy_word` numbers them."""

from __future__ import annotations

from collections.abc import Iterable

from eth_utils.address import to_checksum_address

from .contract import Contract

POLICIES, PAYS, INSURANCES, PROPOSERS, PROPOSER_LIST, SLASHABLES, SLASHABLE_LIST, ARBITERS, VETOERS = (
    1, 2, 3, 5, 6, 7, 8, 9, 10
)  # fmt: skip


def term(escrow: Contract, table: int, key: int | str) -> int:
    """One word of a table: by a number, a flag or an address."""
    number = int(key, 16) if isinstance(key, str) else int(key)
    return int(escrow.call("term", (number << 8 | table).to_bytes(32)))


def listed(escrow: Contract, table: int, places: Iterable[int]) -> list[str]:
    """Addresses at places of a list, but those that are empty."""
    words = (term(escrow, table, place) for place in places)
    return [to_checksum_address(word.to_bytes(20, "big")) for word in words if word]
