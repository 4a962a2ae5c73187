# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title A random seed a day
@license AGPL-3.0-only
@author Surety contributors
@notice Anybody takes part: it commits itself to a secret with a deposit, reveals it in the last six hours before the day, and has
    the deposit back. Who doesn't reveal forfeits it to the sink. From the reveals comes the seed of the day.
@dev The numbers are of the module `commit_reveal`; here is the money. Deposits are paid out by pull, so no token can stop a
    reveal or a seed. Whoever settles gets nothing of what is forfeited: to withhold a secret and settle would else cost less.
    A reveal settles the day that runs, if nobody has: who takes part from day to day needs no one else to have its seeds.
@custom:security See `commit_reveal`: bounds on what the last one to reveal can do. The token is one that the deployer trusts; what
    takes a fee is refused.
@custom:kill None: rounds are settled with or without anybody's part.
@custom:invariant INV-RND-1 … INV-RND-8 (specs/commit-reveal.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ...interfaces import IRandomBeacon

implements: IRandomBeacon

# -- modules ----------------------------------------------------------------------------------------------------------

from ..lib import commit_reveal
from . import challenge_errors as errors

initializes: commit_reveal

# -- immutables -------------------------------------------------------------------------------------------------------

_TOKEN: immutable(address)
_DEPOSIT: immutable(uint256)
_SINK: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

owed: public(HashMap[address, uint256])


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(token: address, deposit: uint256, sink: address):
    """
    @notice A beacon in one token.
    @param token ERC-20 of the deposits.
    @param deposit What a commitment costs until it is revealed, not 0.
    @param sink Who may withdraw what is forfeited.
    """
    assert token != empty(address) and sink != empty(address) and deposit != 0, errors.BEACON_ZERO
    _TOKEN = token
    _DEPOSIT = deposit
    _SINK = sink


# -- taking part ------------------------------------------------------------------------------------------------------


@external
def commit(round: uint256, commitment: bytes32):
    """
    @notice Take part in a round, from 30 to 6 hours before it begins. Pays the deposit.
    @param round Days since 1970.
    @param commitment What `commitment_of` says of the caller and a secret that nobody can guess.
    """
    commit_reveal._commit(round, msg.sender, commitment)
    log IRandomBeacon.SecretCommitted(round=round, account=msg.sender, commitment=commitment)
    before: uint256 = staticcall IERC20(_TOKEN).balanceOf(self)
    success: bool = extcall IERC20(_TOKEN).transferFrom(msg.sender, self, _DEPOSIT, default_return_value=True)
    assert success, errors.BEACON_TRANSFER
    balance: uint256 = staticcall IERC20(_TOKEN).balanceOf(self)
    assert balance == before + _DEPOSIT, errors.BEACON_FEE


@external
def reveal(round: uint256, account: address, secret: bytes32):
    """
    @notice Reveal a secret in the last six hours before its round. By anybody; the deposit is owed to who committed it. Settles the
        round before, which ends with these hours, if nobody has.
    @param round Days since 1970.
    @param account Who committed itself to it.
    @param secret What it is.
    """
    commit_reveal._reveal(round, account, secret)
    self.owed[account] += _DEPOSIT
    log IRandomBeacon.SecretRevealed(round=round, account=account, secret=secret)
    if not commit_reveal._is_settled(round - 1):
        self._settle(round - 1)


@external
def settle(round: uint256) -> bytes32:
    """
    @notice Fix the seed of a round that has begun. Anybody, once. Users of seeds may want them settled on the day itself.
    @param round Days since 1970.
    @return The seed.
    """
    return self._settle(round)


@external
def withdraw(account: address, receiver: address) -> uint256:
    """
    @notice Have what is owed. To somebody else only at the account's own call.
    @param account Whose.
    @param receiver Who gets it.
    @return Units of the token.
    """
    assert receiver == account or msg.sender == account, errors.BEACON_NOT_YOURS
    amount: uint256 = self.owed[account]
    assert amount != 0, errors.BEACON_NOTHING
    self.owed[account] = 0
    log IRandomBeacon.Withdrawn(account=account, receiver=receiver, amount=amount)
    success: bool = extcall IERC20(_TOKEN).transfer(receiver, amount, default_return_value=True)
    assert success, errors.BEACON_TRANSFER
    return amount


# -- views ------------------------------------------------------------------------------------------------------------


@external
@view
def seed(round: uint256) -> (bytes32, bool, uint256):
    """
    @notice What was settled.
    @param round Days since 1970.
    @return The seed, zero before it is settled.
    @return Whether it is weak: who settled it had a choice.
    @return Second in which it was settled, 0 before.
    """
    return commit_reveal._seed(round)


@external
@view
def turnout(round: uint256) -> (uint256, uint256):
    """
    @notice How many took part.
    @param round Days since 1970.
    @return Commitments.
    @return Reveals.
    """
    return commit_reveal._turnout(round)


@external
@view
def commitment_of(round: uint256, account: address, secret: bytes32) -> bytes32:
    """
    @notice What an account commits to. Ask a node of one's own: the secret is in the question.
    @param round Days since 1970.
    @param account Who will commit.
    @param secret 32 bytes that nobody can guess.
    @return keccak256 of the ABI encoding of chain id, this contract, round, account and secret.
    """
    return commit_reveal._commitment(round, account, secret)


@external
@view
def terms() -> (address, uint256, address):
    """
    @notice How deposits are made.
    @return Token.
    @return Deposit.
    @return Who gets what is forfeited.
    """
    return _TOKEN, _DEPOSIT, _SINK


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _settle(round: uint256) -> bytes32:
    """
    @dev Fixes a seed; the deposits of what was not revealed are owed to the sink.
    """
    seed: bytes32 = empty(bytes32)
    weak: bool = False
    missing: uint256 = 0
    seed, weak, missing = commit_reveal._settle(round)
    forfeited: uint256 = missing * _DEPOSIT
    if forfeited != 0:
        self.owed[_SINK] += forfeited
    log IRandomBeacon.SeedSettled(round=round, seed=seed, weak=weak, forfeited=forfeited)
    return seed
