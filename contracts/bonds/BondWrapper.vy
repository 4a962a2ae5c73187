# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title A bond as an ERC-20
@license AGPL-3.0-only
@author Surety contributors
@notice Holds bonds of one id and owes them, one for one, to the holders of its own units: for wallets and exchanges that know
    ERC-20 alone. Whoever brings bonds gets units, whoever gives units up gets bonds, or, once they have matured, what
    they pay. With permits (EIP-2612).
@dev The code behind the minimal proxies of BondWrapperFactory, one for each id. Proxies share the immutables of this code and
    have storage of their own, where `id` is set once, in the transaction that creates the proxy. Names and the EIP-712 domain
    follow from the id. No lock: BondToken calls nobody, and `redeem`, whose asset may, calls out last.
@custom:security As sound as BondToken and BondTreasury, which nobody can exchange. Bonds sent here without `wrap` mint nothing and
    stay for ever, as do units sent to any contract that can't move them; units sent to the wrapper itself are refused.
    An account that signs permits by code (ERC-1271) can't use `permit`.
@custom:kill None: nothing here can be stopped.
@custom:invariant INV-WRP-1 … INV-WRP-5 (specs/bond-wrapper.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC20
from ethereum.ercs import IERC20Detailed
from snekmate.tokens.interfaces import IERC20Permit
from snekmate.utils.interfaces import IERC5267
from ...interfaces import IBondMetadata
from ...interfaces import IBondToken
from ...interfaces import IBondTreasury
from ...interfaces import IBondWrapper

implements: IERC20
implements: IERC20Detailed
implements: IERC20Permit
implements: IERC5267
implements: IBondWrapper

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.utils import ecdsa
from snekmate.utils import message_hash_utils
from . import errors

# -- constants --------------------------------------------------------------------------------------------------------

_VERSION: constant(String[20]) = "1"
_DOMAIN_TYPE_HASH: constant(bytes32) = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_PERMIT_TYPE_HASH: constant(bytes32) = keccak256(
    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
)

# -- immutables -------------------------------------------------------------------------------------------------------

FACTORY: immutable(address)
TREASURY: immutable(address)
TOKEN: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

# As in BondToken, the balances add up to the supply, which is no more than that of the id: no sum below overflows.
id: public(uint256)  # zero, which no bond has, before `initialise`
totalSupply: public(uint256)
balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])
nonces: public(HashMap[address, uint256])


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(treasury: address):
    """
    @notice The creator becomes the factory, which alone initialises proxies of this code.
    @param treasury BondTreasury of the bonds.
    """
    FACTORY = msg.sender
    TREASURY = treasury
    TOKEN = staticcall IBondTreasury(treasury).token()


@external
def initialise(id: uint256):
    """
    @notice Fix the bond, once. Only the factory.
    @param id Which bond; not zero.
    """
    assert msg.sender == FACTORY, errors.NOT_FACTORY
    assert self.id == 0, errors.INITIALISED
    self.id = id


# -- bonds in and out -------------------------------------------------------------------------------------------------


@external
def wrap(amount: uint256, receiver: address):
    """
    @notice Bring bonds of the caller, who has approved this contract for them on BondToken, and get as many units.
    @param amount How many.
    @param receiver Who gets the units.
    """
    assert amount > 0, errors.ZERO_WRAP
    self._check_receiver(receiver)
    extcall IBondToken(TOKEN).transferFrom(msg.sender, self, self.id, amount)
    self.totalSupply += amount
    self.balanceOf[receiver] += amount
    log IERC20.Transfer(sender=empty(address), receiver=receiver, value=amount)
    log IBondWrapper.Wrapped(holder=msg.sender, receiver=receiver, amount=amount)


@external
def unwrap(amount: uint256, receiver: address):
    """
    @notice Give up units of the caller for as many bonds.
    @param amount How many.
    @param receiver Who gets the bonds.
    """
    self._burn(amount, receiver)
    extcall IBondToken(TOKEN).transfer(receiver, self.id, amount)
    log IBondWrapper.Unwrapped(holder=msg.sender, receiver=receiver, amount=amount)


@external
def redeem(amount: uint256, receiver: address):
    """
    @notice Give up units of the caller for what as many matured bonds pay at the treasury.
    @param amount How many.
    @param receiver Who is paid.
    """
    self._burn(amount, receiver)
    log IBondWrapper.Redeemed(holder=msg.sender, receiver=receiver, amount=amount)
    extcall IBondTreasury(TREASURY).redeem(self.id, amount, receiver)


# -- ERC-20 -----------------------------------------------------------------------------------------------------------


@external
def transfer(receiver: address, amount: uint256) -> bool:
    """
    @notice Moves units of the caller.
    @param receiver Who gets them; neither zero nor this contract.
    @param amount How many, zero included.
    @return True.
    """
    self._transfer(msg.sender, receiver, amount)
    return True


@external
def transferFrom(sender: address, receiver: address, amount: uint256) -> bool:
    """
    @notice Moves units of `sender` by an allowance; one of 2**256 - 1 stays.
    @param sender Whose units.
    @param receiver Who gets them; neither zero nor this contract.
    @param amount How many, zero included.
    @return True.
    """
    allowed: uint256 = self.allowance[sender][msg.sender]
    if allowed != max_value(uint256):
        assert amount <= allowed, errors.LOW_ALLOWANCE
        self.allowance[sender][msg.sender] = unsafe_sub(allowed, amount)
    self._transfer(sender, receiver, amount)
    return True


@external
def approve(spender: address, amount: uint256) -> bool:
    """
    @notice Sets (does not add to) what `spender` may move of the caller's units.
    @param spender Who may.
    @param amount How many; 2**256 - 1 is never used up.
    @return True.
    """
    self._approve(msg.sender, spender, amount)
    return True


@external
def permit(owner: address, spender: address, amount: uint256, deadline: uint256, v: uint8, r: bytes32, s: bytes32):
    """
    @notice Sets the allowance of `spender` by a signature of `owner` (EIP-2612), sent by anyone.
    @dev `ecdsa` refuses a high `s` and signatures that recover to nobody, so the zero owner too.
    @param owner Whose units, and who signed.
    @param spender Who may move them.
    @param amount How many; 2**256 - 1 is never used up.
    @param deadline The last second in which the signature counts.
    @param v Of the signature: 27 or 28.
    @param r Of the signature.
    @param s Of the signature: at most half of the order of the curve.
    """
    assert block.timestamp <= deadline, errors.PERMIT_EXPIRED
    nonce: uint256 = self.nonces[owner]
    digest: bytes32 = message_hash_utils._to_typed_data_hash(
        self._domain_separator(), keccak256(abi_encode(_PERMIT_TYPE_HASH, owner, spender, amount, nonce, deadline))
    )
    signer: address = ecdsa._recover_vrs(digest, convert(v, uint256), convert(r, uint256), convert(s, uint256))
    assert signer == owner, errors.PERMIT_NOT_SIGNED
    self.nonces[owner] = unsafe_add(nonce, 1)  # one a permit: never near 2**256
    self._approve(owner, spender, amount)


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def name() -> String[54]:
    """
    @notice Name of the bond, wrapped: "Wrapped Surety fixed USDC bond 20270107".
    @return The name, which is also that of the EIP-712 domain.
    """
    return self._name()


@view
@external
def symbol() -> String[28]:
    """
    @notice Symbol of the bond, wrapped: "wsUSDC-20270107".
    @return The symbol.
    """
    return concat("w", staticcall IBondMetadata(TOKEN).symbol(self.id))


@view
@external
def decimals() -> uint8:
    """
    @notice Decimals of the bond.
    @return The decimals.
    """
    return staticcall IBondMetadata(TOKEN).decimals(self.id)


@view
@external
def DOMAIN_SEPARATOR() -> bytes32:
    """
    @notice EIP-712 domain of permits, of this chain as it is now.
    @return The separator.
    """
    return self._domain_separator()


@view
@external
def eip712Domain() -> (bytes1, String[54], String[20], uint256, address, bytes32, DynArray[uint256, 32]):
    """
    @notice ERC-5267: the fields of the domain.
    @return Which fields there are (name, version, chain, contract), these four, no salt and no extensions.
    """
    return (0x0f, self._name(), _VERSION, chain.id, self, empty(bytes32), empty(DynArray[uint256, 32]))


@view
@external
def token() -> address:
    """
    @notice The bonds.
    @return BondToken.
    """
    return TOKEN


@view
@external
def treasury() -> address:
    """
    @notice Who pays matured bonds.
    @return BondTreasury.
    """
    return TREASURY


@view
@external
def factory() -> address:
    """
    @notice What created this.
    @return BondWrapperFactory.
    """
    return FACTORY


# -- internals --------------------------------------------------------------------------------------------------------


@internal
@view
def _check_receiver(receiver: address):
    """
    @dev Units or bonds sent to nobody or here by mistake would be lost.
    """
    assert receiver != empty(address) and receiver != self, errors.BAD_RECEIVER


@internal
def _burn(amount: uint256, receiver: address):
    """
    @dev Ends units of the caller, for whom `receiver` gets what is behind them.
    """
    assert amount > 0, errors.ZERO_WRAP
    self._check_receiver(receiver)
    balance: uint256 = self.balanceOf[msg.sender]
    assert amount <= balance, errors.LOW_BALANCE
    self.balanceOf[msg.sender] = unsafe_sub(balance, amount)
    self.totalSupply -= amount
    log IERC20.Transfer(sender=msg.sender, receiver=empty(address), value=amount)


@internal
def _transfer(sender: address, receiver: address, amount: uint256):
    """
    @dev Moves units. The receiver's balance is read after the sender's is written: a transfer to oneself is neutral.
    """
    self._check_receiver(receiver)
    balance: uint256 = self.balanceOf[sender]
    assert amount <= balance, errors.LOW_BALANCE
    self.balanceOf[sender] = unsafe_sub(balance, amount)
    self.balanceOf[receiver] += amount
    log IERC20.Transfer(sender=sender, receiver=receiver, value=amount)


@internal
def _approve(owner: address, spender: address, amount: uint256):
    """
    @dev Sets an allowance.
    """
    self.allowance[owner][spender] = amount
    log IERC20.Approval(owner=owner, spender=spender, value=amount)


@internal
@view
def _name() -> String[54]:
    """
    @dev The bond's name, wrapped.
    """
    return concat("Wrapped ", staticcall IBondMetadata(TOKEN).name(self.id))


@internal
@view
def _domain_separator() -> bytes32:
    """
    @dev Made anew each time: name and address are the proxy's, and code shared by proxies can cache neither.
    """
    name_hash: bytes32 = keccak256(self._name())
    return keccak256(abi_encode(_DOMAIN_TYPE_HASH, name_hash, keccak256(_VERSION), chain.id, self))
