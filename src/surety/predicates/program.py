"""Programs: at most 256 instructions, packed sixteen to a word, and the constants they load."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eth_abi import encode
from eth_utils.crypto import keccak

from surety.sdk.errors import UsageError

from .instructions import Instruction, Op
from .limits import MAX_CONSTANTS, MAX_INSTRUCTIONS


@dataclass(frozen=True)
class Program:
    """What the machine runs: `words` of 256 bits with the first instruction highest, `constants` of 32 bytes."""

    words: tuple[int, ...]
    constants: tuple[bytes, ...] = ()

    @classmethod
    def assemble(cls, instructions: Iterable[Instruction], constants: Iterable[bytes] = ()) -> Program:
        """Pack; the last word is filled with zeros, which are no instruction. Raises `UsageError` above the limits."""
        codes = [one.code for one in instructions]
        values = tuple(constants)
        if len(codes) > MAX_INSTRUCTIONS:
            raise UsageError(f"a program has at most {MAX_INSTRUCTIONS} instructions, this one {len(codes)}")
        if len(values) > MAX_CONSTANTS:
            raise UsageError(f"a program has at most {MAX_CONSTANTS} constants, this one {len(values)}")
        codes += [0] * (-len(codes) % 16)
        return cls(tuple(_word(codes[at : at + 16]) for at in range(0, len(codes), 16)), values)

    @property
    def codes(self) -> tuple[int, ...]:
        """Every 16 bits, the zeros that fill the last word too."""
        return tuple(word >> 240 - 16 * place & 0xFFFF for word in self.words for place in range(16))

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """The instructions, without the zeros at the end. Raises `UsageError` for what is none."""
        codes = list(self.codes)
        while codes and codes[-1] == 0:
            codes.pop()
        found = []
        for place, code in enumerate(codes):
            try:
                found.append(Instruction(Op(code >> 8), code & 0xFF))
            except ValueError:
                raise UsageError(f"instruction {place} is {code:#06x}, which is none") from None
        return tuple(found)

    @property
    def hash(self) -> bytes:
        """What a registry keeps: keccak256 of the ABI encoding of (uint256[], bytes32[])."""
        return bytes(keccak(encode(["uint256[]", "bytes32[]"], [self.words, self.constants])))

    @property
    def size(self) -> int:
        """Bytes of its instructions, constants not counted."""
        return 2 * len(self.instructions)

    @property
    def listing(self) -> str:
        """One instruction a line, numbered."""
        return "\n".join(f"{place:3}  {one.text}" for place, one in enumerate(self.instructions))

    def to_hex(self) -> str:
        """Words and constants as text: `0x<words>` or `0x<words>:<constants>`."""
        code = "".join(f"{word:064x}" for word in self.words)
        values = "".join(value.hex() for value in self.constants)
        return f"0x{code}:{values}" if values else f"0x{code}"

    @classmethod
    def from_hex(cls, text: str) -> Program:
        """Back from `to_hex`. Raises `UsageError`."""
        code, _, values = text.strip().removeprefix("0x").partition(":")
        try:
            raw, pool = bytes.fromhex(code), bytes.fromhex(values)
        except ValueError:
            raise UsageError(
                "a program is 0x and hexadecimal words, then a colon and its constants if it has any"
            ) from None
        if len(raw) % 32 or len(pool) % 32:
            raise UsageError("a program's words and constants are 32 bytes each")
        if len(raw) > 2 * MAX_INSTRUCTIONS or len(pool) > 32 * MAX_CONSTANTS:
            raise UsageError(f"a program has at most {MAX_INSTRUCTIONS} instructions and {MAX_CONSTANTS} constants")
        words = tuple(int.from_bytes(raw[at : at + 32], "big") for at in range(0, len(raw), 32))
        return cls(words, tuple(pool[at : at + 32] for at in range(0, len(pool), 32)))


def _word(codes: list[int]) -> int:
    word = 0
    for code in codes:
        word = word << 16 | code
    return word
