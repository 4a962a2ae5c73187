"""Exact-integer mirrors of the contracts: the same steps, the same rounding, the same reasons for saying no.

Nothing here talks to a chain. Vyper divides towards zero and Python towards minus infinity; every operand below is
non-negative, where the two agree.
"""

from .refusal import Refused

__all__ = ["Refused"]
