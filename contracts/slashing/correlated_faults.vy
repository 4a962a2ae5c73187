# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Faults that many commit together
@license AGPL-3.0-only
@author Surety contributors
@notice Per service and window of time, the share of the service's stake that was found faulty and not cleared. A slash
    takes max(least, 9·s²) of what it seized, s being the share in its own window and the two beside it: a third of
    the stake failing together loses all.
@dev Windows are whole: offence_time // window. A subject counts once a window, with the share of its first fault there.
    What is counted when a slash is finalised decides; who is cleared later does not make it cheaper.
@custom:security The shares are as good as the IExposure that told them.
@custom:kill None.
@custom:invariant INV-SLH-15 (specs/slash-escrow.md)
"""

# -- constants --------------------------------------------------------------------------------------------------------

WAD: constant(uint256) = 10**18

# -- storage ----------------------------------------------------------------------------------------------------------

# keccak of service, window and number of the window -> sum of shares, WAD
_sums: HashMap[bytes32, uint256]
# that and subject and slashable -> share (128 bits) | faults not cleared (128 bits)
_faulty: HashMap[bytes32, uint256]
# slash -> number of its window
_window_of: HashMap[uint256, uint256]


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _note(
    id: uint256, service: uint256, window: uint256, slashable: address, subject: uint256, at: uint256, share: uint256
) -> uint256:
    """
    @dev A fault was proposed. Returns the second from which on its whole window and the next are over.
    """
    number: uint256 = at // window
    self._window_of[id] = number
    sums: bytes32 = self._key(service, window, number)
    faulty: bytes32 = keccak256(abi_encode(sums, slashable, subject))
    word: uint256 = self._faulty[faulty]
    if word & (2**128 - 1) == 0:
        word = min(share, WAD) << 128
        self._sums[sums] += min(share, WAD)
    self._faulty[faulty] = word + 1
    return (number + 2) * window


@internal
def _clear(id: uint256, service: uint256, window: uint256, slashable: address, subject: uint256):
    """
    @dev A fault was not one.
    """
    sums: bytes32 = self._key(service, window, self._window_of[id])
    faulty: bytes32 = keccak256(abi_encode(sums, slashable, subject))
    word: uint256 = self._faulty[faulty] - 1
    self._faulty[faulty] = word
    if word & (2**128 - 1) == 0:
        self._sums[sums] -= word >> 128


@internal
@view
def _penalty(id: uint256, service: uint256, window: uint256, least: uint256) -> uint256:
    """
    @dev Part of what was seized that is taken, WAD, rounded down; at most one.
    """
    number: uint256 = self._window_of[id]
    share: uint256 = self._sums[self._key(service, window, number)]
    share += self._sums[self._key(service, window, number + 1)]
    if number > 0:
        share += self._sums[self._key(service, window, number - 1)]
    share = min(share, WAD)
    return min(max(least, 9 * share * share // WAD), WAD)


@internal
@pure
def _key(service: uint256, window: uint256, number: uint256) -> bytes32:
    """
    @dev Of one window.
    """
    return keccak256(abi_encode(service, window, number))
