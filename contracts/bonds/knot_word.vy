# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title One knot of a debt profile in one word
@license AGPL-3.0-only
@author Surety contributors
@dev target (56 bits) | cap (56) | hi (48) | mid (48) | low (48). Amounts count UNITs of the market, log-discounts count GRAINs.
"""

from ..lib import log_mean

GRAIN: constant(uint256) = 10**5  # of a stored log-discount, in WAD: 1e-13
MASK_56: constant(uint256) = 2**56 - 1
MASK_48: constant(uint256) = 2**48 - 1


@internal
@pure
def _pack(target: uint256, cap: uint256, hi: uint256, mid: uint256, low: uint256) -> uint256:
    """
    @dev The word; the caller has checked that each part fits.
    """
    return (target << 200) | (cap << 144) | (hi << 96) | (mid << 48) | low


@internal
@pure
def _unpack(word: uint256) -> log_mean.Curve:
    """
    @dev The parts, in UNITs and GRAINs.
    """
    return log_mean.Curve(
        target=word >> 200,
        cap=(word >> 144) & MASK_56,
        hi=(word >> 96) & MASK_48,
        mid=(word >> 48) & MASK_48,
        low=word & MASK_48,
    )
