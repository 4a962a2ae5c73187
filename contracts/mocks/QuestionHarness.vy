# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Questions, deployable for tests
@license AGPL-3.0-only
@author Surety contributors
@notice Each function of `question`.
@custom:security Test double.
@custom:kill None.
@custom:invariant INV-CHG-1
"""

from ..commitments import question


@external
@pure
def shape(program: DynArray[uint256, 16]) -> (uint256, DynArray[uint256, 16]):
    return question._shape(program)


@external
@pure
def fits(shape: uint256, fields: DynArray[bytes32, 8]) -> bool:
    return question._fits(shape, fields)


@external
@pure
def drawn(shape: uint256, seed: bytes32) -> DynArray[bytes32, 8]:
    return question._drawn(shape, seed)


@external
@pure
def composed(
    service: bytes32,
    kind: bytes32,
    sender: address,
    recipient: address,
    sequence: uint256,
    time: uint256,
    fields: DynArray[bytes32, 8],
) -> Bytes[448]:
    return question._composed(service, kind, sender, recipient, sequence, time, fields)
