# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title A contract account with ERC-1271 signatures
@author Surety contributors
@license AGPL-3.0-only
@notice Accepts what its owner's key signed, and can be made to answer in every way in which a wallet should not.
@custom:security Test double: anybody executes and changes its manners.
@custom:kill None.
@custom:invariant None.
"""

from snekmate.utils import ecdsa

_MAGIC: constant(bytes32) = 0x1626ba7e00000000000000000000000000000000000000000000000000000000

# Manners
HONEST: constant(uint256) = 0
WRONG: constant(uint256) = 1  # another word
DIRTY: constant(uint256) = 2  # the magic with something behind it in its word
SHORT: constant(uint256) = 3  # four bytes
LONG: constant(uint256) = 4  # the right word and one more
EMPTY: constant(uint256) = 5
FAILING: constant(uint256) = 6
BURNING: constant(uint256) = 7  # uses up the gas it gets
CALLING: constant(uint256) = 8  # calls `target` and accepts whatever came of it
HUGE: constant(uint256) = 9  # a whole kilobyte that begins with the right word

owner: public(immutable(address))
manner: public(uint256)
target: public(address)
payload: public(Bytes[2048])


@deploy
def __init__(owner_: address):
    owner = owner_


@external
def behave(manner: uint256, target: address, payload: Bytes[2048]):
    """
    @notice How `isValidSignature` answers from now on.
    @param manner One of the above.
    @param target Whom CALLING calls.
    @param payload With what calldata.
    """
    self.manner = manner
    self.target = target
    self.payload = payload


@external
def execute(target: address, payload: Bytes[2048]):
    """
    @notice Calls from this account.
    @param target Whom.
    @param payload With what calldata.
    """
    raw_call(target, payload)


@external
@raw_return
def isValidSignature(digest: bytes32, signature: Bytes[1024]) -> Bytes[1024]:
    """
    @notice ERC-1271. Not a view, so that it can try to write.
    @param digest What was signed.
    @param signature The owner's: r, s, v.
    @return The magic, or what the manner wants.
    """
    manner: uint256 = self.manner
    word: Bytes[32] = abi_encode(_MAGIC)
    if manner == WRONG:
        return abi_encode(empty(bytes32))
    if manner == DIRTY:
        return concat(slice(word, 0, 31), b"\x01")
    if manner == SHORT:
        return slice(word, 0, 4)
    if manner == LONG:
        return concat(word, word)
    if manner == EMPTY:
        return b""
    if manner == FAILING:
        raise "mock_wallet: failing"
    if manner == BURNING:
        for i: uint256 in range(10_000_000):
            assert keccak256(convert(i, bytes32)) != empty(bytes32)
    if manner == CALLING:
        success: bool = raw_call(self.target, self.payload, revert_on_failure=False)
        return word
    if manner == HUGE:
        zeros: Bytes[992] = abi_encode(empty(uint256[31]))
        return concat(word, zeros)
    if ecdsa._recover_sig(digest, slice(signature, 0, 65)) == owner:
        return word
    return abi_encode(empty(bytes32))
