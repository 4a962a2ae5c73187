# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Nonces and epochs by which makers take signed orders back
@author Surety contributors
@license AGPL-3.0-only
@notice An order names a nonce and its maker's epoch. Cancelling a nonce ends every order that names it, cancelling a word
    those of up to 256 nonces, and beginning a new epoch all that were signed before.
@dev A nonce is `word << 8 | bit` in a bitmap of the maker's. It is a switch and counts nothing: filling an order does not use
    it up, and orders that share one are cancelled together.
@custom:security An order that was filled before the cancellation arrived stays filled: whoever cancels races with takers.
@custom:kill None: nobody can stop a maker from cancelling.
@custom:invariant INV-EXC-5
"""

# -- events -----------------------------------------------------------------------------------------------------------


event NoncesCancelled:
    maker: indexed(address)
    word: uint256
    mask: uint256


event EpochBegun:
    maker: indexed(address)
    epoch: uint256


# -- reasons ----------------------------------------------------------------------------------------------------------

NONCE_CANCELLED: constant(String[48]) = "order_nonces: nonce is cancelled"
OTHER_EPOCH: constant(String[48]) = "order_nonces: not of the maker's epoch"

# -- storage ----------------------------------------------------------------------------------------------------------

epochs: public(HashMap[address, uint256])
cancelled: public(HashMap[address, HashMap[uint256, uint256]])  # maker, word: bits that are set are cancelled


# -- makers -----------------------------------------------------------------------------------------------------------


@external
def cancel(nonce: uint256):
    """
    @notice End the caller's orders of one nonce, for ever.
    @param nonce Which.
    """
    self._cancel(nonce >> 8, 1 << (nonce & 255))


@external
def cancel_word(word: uint256, mask: uint256):
    """
    @notice End the caller's orders of up to 256 nonces, for ever.
    @param word The nonces from word · 256 on.
    @param mask Which of them: bit i is nonce word · 256 + i. 2**256 - 1: all.
    """
    self._cancel(word, mask)


@external
def cancel_all() -> uint256:
    """
    @notice End all orders of the caller by beginning a new epoch.
    @return The epoch that orders signed from now on must name.
    """
    epoch: uint256 = unsafe_add(self.epochs[msg.sender], 1)  # one a call: never near 2**256
    self.epochs[msg.sender] = epoch
    log EpochBegun(maker=msg.sender, epoch=epoch)
    return epoch


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _cancel(word: uint256, mask: uint256):
    """
    @dev Sets bits of the caller's; those set already stay.
    """
    self.cancelled[msg.sender][word] |= mask
    log NoncesCancelled(maker=msg.sender, word=word, mask=mask)


@internal
@view
def check(maker: address, nonce: uint256, epoch: uint256):
    """
    @dev Reverts for an order that its maker has taken back, or has signed for another epoch than the running one.
    """
    assert epoch == self.epochs[maker], OTHER_EPOCH
    assert not self._is_cancelled(maker, nonce), NONCE_CANCELLED


@internal
@view
def is_open(maker: address, nonce: uint256, epoch: uint256) -> bool:
    """
    @dev Whether `check` passes.
    """
    if epoch != self.epochs[maker]:
        return False
    return not self._is_cancelled(maker, nonce)


@internal
@view
def _is_cancelled(maker: address, nonce: uint256) -> bool:
    """
    @dev The bit of one nonce.
    """
    bits: uint256 = self.cancelled[maker][nonce >> 8]
    return (bits >> (nonce & 255)) & 1 == 1
