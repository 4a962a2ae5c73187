"""Properties that a contract judges: what is kept of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from eth_abi import encode
from eth_utils.crypto import keccak

from .errors import Position
from .names import Message

NO_CODE: Final = bytes(keccak(b""))
"""Hash of the code of an account that has none."""


@dataclass(frozen=True)
class PluginRule:
    """Broken when the contract says so, as long as its code has this hash.

    `about` are the messages that it is said to judge; nothing checks that.
    """

    name: str
    address: str
    code_hash: bytes
    about: tuple[Message, ...]
    at: Position

    @property
    def hash(self) -> bytes:
        """What a registry keeps."""
        return plugin_hash(self.address, self.code_hash)


def plugin_hash(address: str, code_hash: bytes) -> bytes:
    """keccak256 of the ABI encoding of address and code hash."""
    return bytes(keccak(encode(["address", "bytes32"], [address, code_hash])))
