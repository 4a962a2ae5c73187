# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Stake moved by its owner's signature
@license AGPL-3.0-only
@author Surety contributors
@notice Each call of DelegationManager that is the owner's, for whoever brings the owner's signature: somebody else pays the gas.
@dev DelegationManager creates this contract and obeys it. Signatures are of EIP-712, domain `Surety delegations`, version `1`, by a
    key or by a contract's ERC-1271. Nonces count up, one for all kinds of messages: what was signed is carried out in that order, once.
@custom:security Holds nothing. Whatever this contract may do for an owner, the owner has signed with these words, for this
    contract on this chain. Whoever brings a signature chooses the moment, up to the deadline: an owner who changes its mind
    uses the nonce up with `skip`. What a signed `Complete` pays goes to the signed receiver.
@custom:kill None.
@custom:invariant INV-DEL-13 (specs/delegation.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import IDelegationManager

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.utils import eip712_domain_separator
from ..lib import signatures
from . import errors

initializes: eip712_domain_separator

exports: eip712_domain_separator.eip712Domain  # ERC-5267; the rest of the module is internal

# -- events -----------------------------------------------------------------------------------------------------------


event NonceSkipped:
    owner: indexed(address)
    nonce: uint256


# -- constants --------------------------------------------------------------------------------------------------------

_DEPOSIT_TYPE_HASH: constant(bytes32) = keccak256(
    "Deposit(address owner,uint256 subject,uint256 amount,uint256 nonce,uint256 deadline)"
)
_QUEUE_TYPE_HASH: constant(bytes32) = keccak256(
    "Queue(address owner,uint256 subject,uint256 shares,address target,uint256 nonce,uint256 deadline)"
)
_CANCEL_TYPE_HASH: constant(bytes32) = keccak256(
    "Cancel(address owner,uint256 subject,uint256 epoch,address target,uint256 tickets,uint256 nonce,uint256 deadline)"
)
_COMPLETE_TYPE_HASH: constant(bytes32) = keccak256(
    "Complete(address owner,uint256 subject,uint256 epoch,address target,address receiver,uint256 nonce,uint256 deadline)"
)
_ARRIVE_TYPE_HASH: constant(bytes32) = keccak256(
    "Arrive(address owner,uint256 subject,uint256 epoch,address target,uint256 nonce,uint256 deadline)"
)
_CLAIM_REFUND_TYPE_HASH: constant(bytes32) = keccak256(
    "ClaimRefund(address owner,uint256 slash_id,address target,address receiver,uint256 nonce,uint256 deadline)"
)

# -- immutables -------------------------------------------------------------------------------------------------------

MANAGER: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

nonces: public(HashMap[address, uint256])  # the next one of each owner


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__():
    """
    @notice Created by DelegationManager, for itself.
    """
    MANAGER = msg.sender
    eip712_domain_separator.__init__("Surety delegations", "1")


# -- owners -----------------------------------------------------------------------------------------------------------


@external
def skip() -> uint256:
    """
    @notice Use up the caller's next nonce: what was signed with it is void.
    @return The nonce.
    """
    nonce: uint256 = self._next(msg.sender)
    log NonceSkipped(owner=msg.sender, nonce=nonce)
    return nonce


# -- anyone -----------------------------------------------------------------------------------------------------------


@external
def deposit(
    owner: address,
    subject: uint256,
    amount: uint256,
    deadline: uint256,
    signature: Bytes[signatures.MAX_LENGTH],
) -> uint256:
    """
    @notice `DelegationManager.deposit` for the owner.
    @param owner Who signed `Deposit`.
    @param subject Pool.
    @param amount Units.
    @param deadline Last second.
    @param signature 65 bytes r, s, v of a key, or what the owner's contract accepts.
    @return Shares.
    """
    nonce: uint256 = self._next(owner)
    message: bytes32 = keccak256(abi_encode(_DEPOSIT_TYPE_HASH, owner, subject, amount, nonce, deadline))
    self._check(owner, message, deadline, signature)
    return extcall IDelegationManager(MANAGER).deposit(owner, subject, amount)


@external
def queue(
    owner: address,
    subject: uint256,
    shares: uint256,
    target: address,
    deadline: uint256,
    signature: Bytes[signatures.MAX_LENGTH],
) -> uint256:
    """
    @notice `DelegationManager.queue` for the owner.
    @param owner Who signed `Queue`.
    @param subject Pool.
    @param shares How many; 2**256 - 1: all.
    @param target Operator to whom it goes then; zero: out.
    @param deadline Last second.
    @param signature 65 bytes r, s, v of a key, or what the owner's contract accepts.
    @return Epoch that names the bucket.
    """
    nonce: uint256 = self._next(owner)
    message: bytes32 = keccak256(abi_encode(_QUEUE_TYPE_HASH, owner, subject, shares, target, nonce, deadline))
    self._check(owner, message, deadline, signature)
    return extcall IDelegationManager(MANAGER).queue(owner, subject, shares, target)


@external
def cancel(
    owner: address,
    subject: uint256,
    epoch: uint256,
    target: address,
    tickets: uint256,
    deadline: uint256,
    signature: Bytes[signatures.MAX_LENGTH],
) -> uint256:
    """
    @notice `DelegationManager.cancel` for the owner.
    @param owner Who signed `Cancel`.
    @param subject Pool.
    @param epoch Bucket.
    @param target As it was queued.
    @param tickets How many shares of the bucket; 2**256 - 1: all.
    @param deadline Last second.
    @param signature 65 bytes r, s, v of a key, or what the owner's contract accepts.
    @return Shares of the pool.
    """
    nonce: uint256 = self._next(owner)
    message: bytes32 = keccak256(abi_encode(_CANCEL_TYPE_HASH, owner, subject, epoch, target, tickets, nonce, deadline))
    self._check(owner, message, deadline, signature)
    return extcall IDelegationManager(MANAGER).cancel(owner, subject, epoch, target, tickets)


@external
def complete(
    owner: address,
    subject: uint256,
    epoch: uint256,
    target: address,
    receiver: address,
    deadline: uint256,
    signature: Bytes[signatures.MAX_LENGTH],
) -> uint256:
    """
    @notice `DelegationManager.complete` for the owner.
    @param owner Who signed `Complete`.
    @param subject Pool.
    @param epoch Bucket.
    @param target As it was queued.
    @param receiver Who gets it.
    @param deadline Last second.
    @param signature 65 bytes r, s, v of a key, or what the owner's contract accepts.
    @return Units.
    """
    nonce: uint256 = self._next(owner)
    message: bytes32 = keccak256(
        abi_encode(_COMPLETE_TYPE_HASH, owner, subject, epoch, target, receiver, nonce, deadline)
    )
    self._check(owner, message, deadline, signature)
    return extcall IDelegationManager(MANAGER).complete(owner, subject, epoch, target, receiver)


@external
def arrive(
    owner: address,
    subject: uint256,
    epoch: uint256,
    target: address,
    deadline: uint256,
    signature: Bytes[signatures.MAX_LENGTH],
) -> uint256:
    """
    @notice `DelegationManager.arrive` for the owner.
    @param owner Who signed `Arrive`.
    @param subject Pool that it left.
    @param epoch Bucket.
    @param target Operator to whom it goes.
    @param deadline Last second.
    @param signature 65 bytes r, s, v of a key, or what the owner's contract accepts.
    @return Shares of the new pool.
    """
    nonce: uint256 = self._next(owner)
    message: bytes32 = keccak256(abi_encode(_ARRIVE_TYPE_HASH, owner, subject, epoch, target, nonce, deadline))
    self._check(owner, message, deadline, signature)
    return extcall IDelegationManager(MANAGER).arrive(owner, subject, epoch, target)


@external
def claim_refund(
    owner: address,
    slash_id: uint256,
    target: address,
    receiver: address,
    deadline: uint256,
    signature: Bytes[signatures.MAX_LENGTH],
) -> uint256:
    """
    @notice `DelegationManager.claim_refund` for the owner.
    @param owner Who signed `ClaimRefund`.
    @param slash_id Which.
    @param target Zero, or operator to whom the tickets were on their way.
    @param receiver Who gets it.
    @param deadline Last second.
    @param signature 65 bytes r, s, v of a key, or what the owner's contract accepts.
    @return Units.
    """
    nonce: uint256 = self._next(owner)
    message: bytes32 = keccak256(
        abi_encode(_CLAIM_REFUND_TYPE_HASH, owner, slash_id, target, receiver, nonce, deadline)
    )
    self._check(owner, message, deadline, signature)
    return extcall IDelegationManager(MANAGER).claim_refund(owner, slash_id, target, receiver)


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def manager() -> address:
    """
    @notice Whose stake is moved here.
    @return DelegationManager.
    """
    return MANAGER


@view
@external
def DOMAIN_SEPARATOR() -> bytes32:
    """
    @notice EIP-712 domain of the messages.
    @return Its hash.
    """
    return eip712_domain_separator._domain_separator_v4()


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _next(owner: address) -> uint256:
    """
    @dev The owner's nonce, used up.
    """
    nonce: uint256 = self.nonces[owner]
    self.nonces[owner] = unsafe_add(nonce, 1)  # one a call: never near 2**256
    return nonce


@internal
@view
def _check(owner: address, message: bytes32, deadline: uint256, signature: Bytes[signatures.MAX_LENGTH]):
    """
    @dev Reverts unless the owner signed, in time.
    """
    assert block.timestamp <= deadline, errors.SIGNATURE_EXPIRED
    digest: bytes32 = eip712_domain_separator._hash_typed_data_v4(message)
    signed: bool = signatures.is_signed(owner, digest, signature)
    assert signed, errors.OWNER_NOT_SIGNED
