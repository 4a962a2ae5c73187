# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title What stood behind services, at any second
@license AGPL-3.0-only
@author Surety contributors
@notice Histories of value at risk: of each lock, of each operator in a service, and of each service.
@dev An operator's or a service's value is what was added less what has ended. Ends are written when they are decided, with the
    second, perhaps to come, in which they count: of one service those never fall back, since its cooldown never changes. A
    history is found by number: a lock's is the lock's, the others have hashes, and an operator of zero is the service.
@custom:security Numbers of locks are far below any hash. The count of a lock's history is kept by the caller.
@custom:kill None.
@custom:invariant INV-BND-12 (specs/service-bonding.md)
"""

# -- modules ----------------------------------------------------------------------------------------------------------

from ..lib import checkpoints

uses: checkpoints

# -- constants --------------------------------------------------------------------------------------------------------

_MASK_40: constant(uint256) = 2**40 - 1

# -- storage ----------------------------------------------------------------------------------------------------------

_counts: HashMap[uint256, uint256]  # trace -> entries of what was added (40 bits) | of what has ended (40)


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _add(service: bytes32, operator: address, more: uint256, less: uint256):
    """
    @dev From now on `more` is at risk and `less` is not, for the operator and for the service.
    """
    for one: address in [operator, empty(address)]:
        trace: uint256 = self._trace(service, one)
        word: uint256 = self._counts[trace]
        total: uint256 = self._last(trace, word & _MASK_40)
        count: uint256 = checkpoints._push(trace, word & _MASK_40, block.timestamp, total + more - less)
        self._counts[trace] = (word & ~_MASK_40) | count


@internal
def _end(service: bytes32, operator: address, ended: uint256, at: uint256):
    """
    @dev From second `at` on `ended` is at risk no more.
    """
    for one: address in [operator, empty(address)]:
        trace: uint256 = self._trace(service, one)
        word: uint256 = self._counts[trace]
        total: uint256 = self._last(~trace, word >> 40)
        count: uint256 = checkpoints._push(~trace, word >> 40, at, total + ended)
        self._counts[trace] = (count << 40) | (word & _MASK_40)


@internal
@view
def _value_at(service: bytes32, operator: address, at: uint256) -> uint256:
    """
    @dev Of an operator, or, if that is zero, of the service.
    """
    trace: uint256 = self._trace(service, operator)
    word: uint256 = self._counts[trace]
    added: uint256 = checkpoints._value_at(trace, word & _MASK_40, at)
    return added - checkpoints._value_at(~trace, word >> 40, at)


@internal
@view
def _last(trace: uint256, count: uint256) -> uint256:
    """
    @dev The newest value.
    """
    key: uint256 = 0
    newest: uint256 = 0
    key, newest = checkpoints._entry(trace, count)
    return newest


@internal
@pure
def _trace(service: bytes32, operator: address) -> uint256:
    """
    @dev Number of a history.
    """
    return convert(keccak256(abi_encode(service, operator)), uint256)
