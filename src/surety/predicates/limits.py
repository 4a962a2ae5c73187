"""Bounds of the machine, the same in `contracts/commitments/predicate_machine.vy`; each is tested at its limit."""

from typing import Final

MAX_WORDS: Final = 16
"""Words of 16 instructions: 512 bytes."""
MAX_INSTRUCTIONS: Final = 16 * MAX_WORDS
MAX_CONSTANTS: Final = 16
MAX_PARAMETERS: Final = 8
MAX_WITNESS: Final = 40
"""Words of given values and proofs."""
MAX_MESSAGES: Final = 16
MAX_FIELDS: Final = 8
MAX_BOUND: Final = 4
"""Messages that a property names; the rest of the evidence is what its quantifiers speak of."""
MAX_STACK: Final = 16
MAX_PATH: Final = 32
"""Levels of a Merkle tree."""
MAX_STEPS: Final = 4_096
MAX_UINT: Final = 2**256 - 1
