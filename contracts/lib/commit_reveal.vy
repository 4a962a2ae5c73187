# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Random numbers by commit and reveal
@license AGPL-3.0-only
@author Surety contributors
@notice A round is a day. Its seed is made of secrets that accounts committed themselves to on the day before, and revealed in
    the last six hours before it begins; it stands from the first call of `_settle` after that.
@dev The secrets' parts are added up, so that the order of reveals changes nothing. Times of round r, with s = r days:
    commit in [s − 30 h, s − 6 h), reveal in [s − 6 h, s), settle from s on. What a commitment costs, and what becomes of it, is
    the caller's matter.
@custom:security One account that keeps its word to nobody else's knowledge makes the seed unknown to all before it reveals. Who
    reveals last can choose between the seeds with and without each of its secrets: 2^m of them for m commitments
    (numbers: specs/commit-reveal.md). With fewer than two reveals the block of settlement has a part in the seed,
    which is then flagged weak: whoever settles can wait for a block that suits.
@custom:kill None: a round in which nobody takes part is settled from a block.
@custom:invariant INV-RND-1 … INV-RND-6 (specs/commit-reveal.md)
"""

# -- reasons ----------------------------------------------------------------------------------------------------------

NOT_COMMIT_TIME: constant(String[48]) = "commit_reveal: not the time to commit"
NO_COMMITMENT: constant(String[48]) = "commit_reveal: empty commitment"
COMMITTED: constant(String[48]) = "commit_reveal: committed already"
NOT_REVEAL_TIME: constant(String[48]) = "commit_reveal: not the time to reveal"
WRONG_SECRET: constant(String[48]) = "commit_reveal: not what was committed to"
NOT_BEGUN: constant(String[48]) = "commit_reveal: round has not begun"
SETTLED: constant(String[48]) = "commit_reveal: settled already"

# -- constants --------------------------------------------------------------------------------------------------------

ROUND: constant(uint256) = 86_400  # s
REVEAL: constant(uint256) = 21_600  # s before the round begins
STRONG: constant(uint256) = 2  # reveals without which a seed is weak

# a round's tally: settled at (40 bits) | weak (1) | commitments (32) | reveals (32)
_AT: constant(uint256) = 65
_WEAK: constant(uint256) = 1 << 64
_COMMITMENT: constant(uint256) = 1 << 32
_MASK_32: constant(uint256) = 2**32 - 1

# -- storage ----------------------------------------------------------------------------------------------------------

_mixes: HashMap[uint256, uint256]  # round -> sum of what was revealed; the seed once it is settled
_tallies: HashMap[uint256, uint256]
_commitments: HashMap[uint256, HashMap[address, bytes32]]  # gone once revealed


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _commit(round: uint256, account: address, commitment: bytes32):
    """
    @dev Bind an account to a secret, once a round.
    """
    assert (block.timestamp + REVEAL) // ROUND + 1 == round, NOT_COMMIT_TIME
    assert commitment != empty(bytes32), NO_COMMITMENT
    assert self._commitments[round][account] == empty(bytes32), COMMITTED
    self._commitments[round][account] = commitment
    self._tallies[round] += _COMMITMENT


@internal
def _reveal(round: uint256, account: address, secret: bytes32):
    """
    @dev Add the part of a secret, once.
    """
    assert (block.timestamp + REVEAL) // ROUND == round and block.timestamp // ROUND != round, NOT_REVEAL_TIME
    commitment: bytes32 = self._commitment(round, account, secret)
    assert self._commitments[round][account] == commitment, WRONG_SECRET
    self._commitments[round][account] = empty(bytes32)
    self._tallies[round] += 1
    part: uint256 = convert(keccak256(concat(commitment, secret)), uint256)
    self._mixes[round] = unsafe_add(self._mixes[round], part)


@internal
def _settle(round: uint256) -> (bytes32, bool, uint256):
    """
    @dev Fix the seed. Returns it, whether it is weak, and how many commitments were not revealed.
    """
    tally: uint256 = self._tallies[round]
    assert tally >> _AT == 0, SETTLED
    assert block.timestamp // ROUND >= round, NOT_BEGUN
    revealed: uint256 = tally & _MASK_32
    seed: bytes32 = keccak256(abi_encode(round, self._mixes[round]))
    weak: bool = revealed < STRONG
    if weak:
        seed = keccak256(concat(seed, block.prevrandao))
        tally |= _WEAK
    self._mixes[round] = convert(seed, uint256)
    self._tallies[round] = tally | (block.timestamp << _AT)
    return seed, weak, ((tally >> 32) & _MASK_32) - revealed


@internal
@view
def _is_settled(round: uint256) -> bool:
    """
    @dev Whether the seed of a round stands.
    """
    return self._tallies[round] >> _AT != 0


@internal
@view
def _seed(round: uint256) -> (bytes32, bool, uint256):
    """
    @dev Seed of a round, whether it is weak, and the second in which it was settled; zeros before.
    """
    tally: uint256 = self._tallies[round]
    at: uint256 = tally >> _AT
    if at == 0:
        return empty(bytes32), False, 0
    return convert(self._mixes[round], bytes32), tally & _WEAK != 0, at


@internal
@view
def _turnout(round: uint256) -> (uint256, uint256):
    """
    @dev How many committed, and how many revealed.
    """
    tally: uint256 = self._tallies[round]
    return (tally >> 32) & _MASK_32, tally & _MASK_32


@internal
@view
def _commitment(round: uint256, account: address, secret: bytes32) -> bytes32:
    """
    @dev What an account commits to: of use to nobody else, in no other round, contract or chain.
    """
    return keccak256(abi_encode(chain.id, self, round, account, secret))
