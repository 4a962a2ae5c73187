# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Stake in pots that can be seized
@license AGPL-3.0-only
@author Surety contributors
@notice A pot is the active stake behind an operator in one asset, or one bucket of its queue. Holders have shares of a
    pot. A seizure takes a part of the pot's assets in one write, whoever holds it, and leaves a record from which what is
    handed back later can be told for each who held shares at that moment, and for nobody else.
@dev Each seizure is a snapshot, numbered within its pot; so is the start of an epoch in a pot that earns rewards. A
    position that changes for the first time after a snapshot keeps what it was before in a history, one word for
    however many snapshots passed. Nothing is settled, so nothing depends on how many slashes are open, or on the order in which
    they end.
    Shares never are worth more than a unit of the asset (assets <= shares): rounding moves less than a unit, and no donation or
    first deposit can make a share dear. When a seizure leaves a share worth 2^-16 units or less, the pot begins a new
    generation with a share a unit: holders' shares shrink by the same factor when they next move, at most seven times
    until nothing is left. So shares never outgrow their bits, and a pot that was emptied is as good as new.
@custom:security A key names a holder within a pot; callers see to it that no two holders share one. Flags and tag are the caller's.
@custom:kill None.
@custom:invariant INV-DEL-1 … INV-DEL-6 (specs/delegation.md)
"""

# -- modules ----------------------------------------------------------------------------------------------------------

from ..lib import checkpoints
from . import errors

uses: checkpoints

# -- constants --------------------------------------------------------------------------------------------------------

ASSET_LIMIT: constant(uint256) = 2**95
WORN: constant(uint256) = 16  # bits: a generation ends when assets << WORN <= shares
WAD: constant(uint256) = 10**18
LAST_GENERATION: constant(uint256) = 2**13 - 1
TAG_BITS: constant(uint256) = 245  # of the caller: 5 bits
FLAG_BITS: constant(uint256) = 250  # of the caller: 6 bits
EPOCH_BITS: constant(
    uint256
) = 10  # numbers of snapshots for each epoch, in pots that note epochs; epochs below 2^14 (2284)
MAX_STEPS: constant(uint256) = 8  # conversions until 112 bits of shares are nothing, and one to see that

_MASK_13: constant(uint256) = 2**13 - 1
_MASK_24: constant(uint256) = 2**24 - 1
_MASK_37: constant(uint256) = 2**37 - 1
_MASK_96: constant(uint256) = 2**96 - 1
_MASK_112: constant(uint256) = 2**112 - 1
_MASK_152: constant(uint256) = 2**152 - 1
_MASK_245: constant(uint256) = 2**245 - 1
_MASK_250: constant(uint256) = 2**250 - 1

# -- storage ----------------------------------------------------------------------------------------------------------

# pot -> flags (6 bits) | tag (5) | generation (13) | snapshots (24) | shares (112) | assets (96). "Stamp": generation and
# snapshots.
_pots: HashMap[uint256, uint256]
# pot -> holder -> entries of its history (24 bits) | generation (13) | snapshots seen (24) | shares (112), from bits 152, 136, 112, 0
_positions: HashMap[uint256, HashMap[uint256, uint256]]
# pot -> generation that ended -> shares (112 bits) | assets (96) of its last moment; 0: nothing was left
_ends: HashMap[uint256, HashMap[uint256, uint256]]


# -- moves ------------------------------------------------------------------------------------------------------------


@internal
def _join(pot: uint256, word: uint256, holder: uint256, amount: uint256) -> uint256:
    """
    @dev Shares for `amount`, rounded down, at least `amount`. `word` is the pot's, as read; it is written.
    """
    assets: uint256 = word & _MASK_96
    total: uint256 = (word >> 96) & _MASK_112
    assert amount < ASSET_LIMIT, errors.STAKE_OUT_OF_RANGE
    assert unsafe_add(assets, amount) < ASSET_LIMIT, errors.STAKE_OUT_OF_RANGE
    minted: uint256 = amount
    if total != 0:
        # Only a pot in its very last generation can be worn out.
        assert total < assets << WORN, errors.WORN_OUT
        minted = unsafe_div(unsafe_mul(amount, total), assets)  # 95 + 112 bits
    position: uint256 = self._positions[pot][holder]
    if position == 0 or (position ^ (word >> 96)) & (_MASK_37 << 112) == 0:
        # New, or nothing has happened to the pot since: the stamps, in the same place of both, are the same.
        self._positions[pot][holder] = unsafe_add(position, minted) | ((word >> 96) & (_MASK_37 << 112))
    else:
        shares: uint256 = 0
        count: uint256 = 0
        shares, count = self._settle(pot, word, holder)
        self._positions[pot][holder] = self._position(word, unsafe_add(shares, minted), count)
    self._pots[pot] = unsafe_add(word, unsafe_add(minted << 96, amount))  # neither outgrows its bits: spec
    return minted


@internal
def _leave(pot: uint256, word: uint256, holder: uint256, shares: uint256) -> uint256:
    """
    @dev What `shares` of the holder are worth, rounded down; max_value(uint256): all of them. `word` is written.
    """
    held: uint256 = 0
    count: uint256 = 0
    held, count = self._settle(pot, word, holder)
    burnt: uint256 = held if shares == max_value(uint256) else shares
    assert burnt <= held and burnt > 0, errors.ABOVE_SHARES
    amount: uint256 = self._worth(word, burnt)
    left: uint256 = unsafe_sub(held, burnt)
    if left == 0 and count == 0:
        self._positions[pot][holder] = 0
    else:
        self._positions[pot][holder] = self._position(word, left, count)
    self._pots[pot] = unsafe_sub(word, unsafe_add(burnt << 96, amount))
    return amount


@internal
def _take(pot: uint256, word: uint256, fraction: uint256) -> uint256:
    """
    @dev Takes `fraction` (WAD, at most 1) of the assets, rounded up. `word` is the pot's, as read; it is written. Returns the
         record: the word of the moment before with the new snapshot's number, and with what was taken in place of the assets;
         0 if there was nothing.
    """
    assets: uint256 = word & _MASK_96
    taken: uint256 = unsafe_div(unsafe_add(unsafe_mul(assets, fraction), WAD - 1), WAD)  # 95 + 60 bits
    if taken == 0:
        return 0
    after: uint256 = self._next_snapshot(word)
    record: uint256 = ((after ^ assets) | taken) & _MASK_245
    left: uint256 = unsafe_sub(assets, taken)
    total: uint256 = (word >> 96) & _MASK_112
    generation: uint256 = (word >> 232) & _MASK_13
    if left << WORN <= total and generation < LAST_GENERATION:
        if left > 0:
            self._ends[pot][generation] = (total << 96) | left
        after = (after & ~(_MASK_112 << 96)) | (left << 96)
        after = unsafe_add(after, 1 << 232)
    self._pots[pot] = unsafe_sub(after, taken)
    return record


@internal
@pure
def _at_epoch(word: uint256, epoch: uint256) -> uint256:
    """
    @dev The word, with the epoch's own snapshot if it has none yet: that is numbered `epoch << 10` or higher, so that the last
         number tells whose epoch it is. The caller writes the word.
    """
    number: uint256 = (word >> 208) & _MASK_24
    if number >> EPOCH_BITS >= epoch or number == _MASK_24:
        return word
    return unsafe_add(word, unsafe_sub(epoch << EPOCH_BITS, number) << 208)


# -- what positions were ----------------------------------------------------------------------------------------------


@internal
@view
def _shares_at(pot: uint256, holder: uint256, stamp: uint256) -> uint256:
    """
    @dev Shares that the holder had at a snapshot, in the generation of that: `stamp` is generation and number.
    """
    shares: uint256 = 0
    last: uint256 = 0
    shares, last = self._stretch(pot, holder, stamp)
    return shares


@internal
@view
def _stretch(pot: uint256, holder: uint256, stamp: uint256) -> (uint256, uint256):
    """
    @dev `_shares_at`, and the last stamp for which that is the answer: of the same generation, and not after the next change.
    """
    number: uint256 = stamp & _MASK_24
    position: uint256 = self._positions[pot][holder]
    last: uint256 = _MASK_24
    seen: uint256 = (position >> 112) & _MASK_24
    if seen >= number:
        # It has changed since: the first change after the snapshot kept what it was.
        last = seen
        trace: uint256 = self._trace(pot, holder)
        count: uint256 = position >> 152
        entry: uint256 = checkpoints._number_at(trace, count, number - 1) + 1
        position = 0
        if entry <= count:
            last, position = checkpoints._entry(trace, entry)
            seen = (position >> 112) & _MASK_24
            if seen >= number:
                # It had ended before the snapshot and began anew after it.
                position = 0
                last = seen
    until: uint256 = (stamp >> 24) & _MASK_13
    shares: uint256 = self._converted(pot, position & _MASK_112, (position >> 136) & _MASK_13, until)
    return shares, (until << 24) | last


@internal
@view
def _shares(pot: uint256, word: uint256, holder: uint256) -> uint256:
    """
    @dev Shares of the holder now, in the pot's generation; `word` is the pot's.
    """
    position: uint256 = self._positions[pot][holder]
    return self._converted(pot, position & _MASK_112, (position >> 136) & _MASK_13, (word >> 232) & _MASK_13)


@internal
@pure
def _worth(word: uint256, shares: uint256) -> uint256:
    """
    @dev Units that shares of the pot would get, rounded down. Of a record: their part of what was taken.
    """
    total: uint256 = (word >> 96) & _MASK_112
    return unsafe_div(unsafe_mul(shares, word & _MASK_96), total)  # 112 + 96 bits; 0 of nothing


# -- internals of this module -----------------------------------------------------------------------------------------


@internal
def _settle(pot: uint256, word: uint256, holder: uint256) -> (uint256, uint256):
    """
    @dev Before a change: shares of the holder in the pot's generation, and the length of the history, to which the position is
         added if there was a snapshot since it last changed.
    """
    position: uint256 = self._positions[pot][holder]
    shares: uint256 = position & _MASK_112
    count: uint256 = position >> 152
    stamp: uint256 = (word >> 208) & _MASK_37
    if shares == 0 or (position >> 112) & _MASK_37 == stamp:
        return shares, count
    count = checkpoints._push(self._trace(pot, holder), count, stamp & _MASK_24, position & _MASK_152)
    return self._converted(pot, shares, (position >> 136) & _MASK_13, stamp >> 24), count


@internal
@view
def _converted(pot: uint256, shares: uint256, since: uint256, until: uint256) -> uint256:
    """
    @dev Shares of one generation in a later one. Each end left 2^-16 of them or less.
    """
    left: uint256 = shares
    for step: uint256 in range(MAX_STEPS):
        generation: uint256 = unsafe_add(since, step)
        if left == 0 or generation >= until:
            break
        left = self._worth(self._ends[pot][generation], left)
    return left


@internal
@pure
def _position(word: uint256, shares: uint256, count: uint256) -> uint256:
    """
    @dev A position that knows all that has happened to the pot.
    """
    return (count << 152) | (((word >> 208) & _MASK_37) << 112) | shares


@internal
@pure
def _next_snapshot(word: uint256) -> uint256:
    """
    @dev The word with one snapshot more. At 2^24 the count stands still: seizures go on, later ones share a number.
    """
    if (word >> 208) & _MASK_24 == _MASK_24:
        return word
    return unsafe_add(word, 1 << 208)


@internal
@pure
def _trace(pot: uint256, holder: uint256) -> uint256:
    """
    @dev Number of a position's history.
    """
    return convert(keccak256(abi_encode(pot, holder)), uint256)
