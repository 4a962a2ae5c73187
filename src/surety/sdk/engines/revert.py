"""Return data of a failed call, as a reason."""

from __future__ import annotations

from eth_abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.crypto import keccak

from ..errors import Reverted

ERROR = keccak(text="Error(string)")[:4]
PANIC = keccak(text="Panic(uint256)")[:4]
PANICS = {
    0x01: "assertion failed",
    0x11: "arithmetic overflow",
    0x12: "division by zero",
    0x21: "invalid enum value",
    0x32: "index out of bounds",
    0x41: "out of memory",
}


def reason_of(data: bytes) -> str:
    """The text of `Error(string)`, the name of a `Panic`, else the raw bytes in hex."""
    if not data:
        return "reverted without a reason"
    try:
        if data[:4] == ERROR:
            return str(decode(["string"], data[4:])[0])
        if data[:4] == PANIC:
            code = decode(["uint256"], data[4:])[0]
            return f"panic {code:#04x}: {PANICS.get(code, 'unknown')}"
    except (DecodingError, UnicodeDecodeError):
        pass
    return f"reverted with 0x{data.hex()}"


def reverted(data: bytes) -> Reverted:
    """The error to raise for return data."""
    return Reverted(reason_of(data), data)
