# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Debt of a bucket and the anchors that price its next trades
@license AGPL-3.0-only
@author Surety contributors
@notice A buy is priced from `debt + up`, a sale from `debt - down`. A sale raises `up` by its face, a buy raises `down`: who
    trades one way and back at once pays the slope of the curve twice, and so does a sandwich. Both offsets relax to zero
    over the anchor window.
@dev One word a bucket: debt (96 bits, exact) | up (64 bits) | down (64 bits) | touched (32 bits). Offsets are in UNITs of the
    market and rounded up, against the trader. Relaxing is linear in the time since the last trade and begins anew at each
    trade: n trades within a window leave more than one would, at most (1 - 1/n)^n < 37 % after a whole window and n UNITs.
    Times are kept in 32 bits: from 2106 on nothing is left to relax and epochs drain at once.
@custom:invariant INV-MKT-3, INV-MKT-4 (specs/bond-market.md)
"""


struct Bucket:
    debt: uint256  # outstanding face, asset decimals
    up: uint256  # offset of buys, UNITs
    down: uint256  # offset of sales, UNITs
    touched: uint256  # time of the last trade, s


@internal
@view
def _load(word: uint256, window: uint256) -> Bucket:
    """
    @dev The bucket with its offsets relaxed to now, rounded up.
    """
    bucket: Bucket = self._unpack(word)
    elapsed: uint256 = block.timestamp - bucket.touched
    if elapsed >= window:
        bucket.up = 0
        bucket.down = 0
    elif elapsed > 0:
        left: uint256 = unsafe_sub(window, elapsed)  # < 2**32, and the offsets are below 2**64
        bucket.up = unsafe_div(unsafe_add(unsafe_mul(bucket.up, left), unsafe_sub(window, 1)), window)
        bucket.down = unsafe_div(unsafe_add(unsafe_mul(bucket.down, left), unsafe_sub(window, 1)), window)
    return bucket


@internal
@pure
def _unpack(word: uint256) -> Bucket:
    """
    @dev The bucket as stored, offsets as of `touched`.
    """
    return Bucket(
        debt=word >> 160,
        up=(word >> 96) & (2**64 - 1),
        down=(word >> 32) & (2**64 - 1),
        touched=word & (2**32 - 1),
    )


@internal
@view
def _after_buy(bucket: Bucket, face: uint256, unit: uint256) -> uint256:
    """
    @dev The word once `face` was bought.
    """
    down: uint256 = bucket.down + self._units(face, unit)
    return self._pack(bucket.debt + face, bucket.up, down)


@internal
@view
def _after_sell(bucket: Bucket, face: uint256, unit: uint256) -> uint256:
    """
    @dev The word once `face` was sold; `down` never reaches below debt zero.
    """
    debt: uint256 = bucket.debt - face
    up: uint256 = bucket.up + self._units(face, unit)
    return self._pack(debt, up, min(bucket.down, self._units(debt, unit)))


@internal
@pure
def _units(amount: uint256, unit: uint256) -> uint256:
    """
    @dev `amount` in UNITs, rounded up.
    """
    return unsafe_div(unsafe_add(amount, unsafe_sub(unit, 1)), unit)


@internal
@view
def _pack(debt: uint256, up: uint256, down: uint256) -> uint256:
    """
    @dev The word, touched now. Offsets saturate at 2**64 - 1 UNITs, far above any cap.
    """
    assert debt < 2**96  # dev: caps are below 2**96
    return (
        (debt << 160)
        | (min(up, 2**64 - 1) << 96)
        | (min(down, 2**64 - 1) << 32)
        | (block.timestamp & (2**32 - 1))
    )
