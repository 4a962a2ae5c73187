# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Bonds as transferable balances
@author Surety contributors
@license AGPL-3.0-only
@notice An ERC-6909 ledger with metadata, supply of each id and permits. An id is a kind of bond and a maturity
        (`bond_id`); an amount of a FIXED id is face, in the decimals of the asset.
@dev A transfer calls nobody: neither the receiver nor any other contract. The only call leaving this contract is
     `permit`'s to the precompile `ecrecover`. So nothing can re-enter, and no function carries a lock, which would
     cost each transfer, mint and burn 330 gas.
@custom:security Whoever created the token is its treasury and mints and burns for ever, of any holder, without an
                 allowance: BondTreasury burns only what its caller redeems or sells. A permit can be sent by anyone
                 who sees it; it then serves its owner all the same.
@custom:kill None: nothing here can be stopped.
@custom:invariant INV-TOK-1, INV-TOK-2, INV-TOK-3, INV-TOK-4, INV-TOK-5, INV-TOK-6
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ethereum.ercs import IERC165
from ...interfaces import IBondToken

implements: IERC165
implements: IBondToken

# -- modules ----------------------------------------------------------------------------------------------------------

from snekmate.utils import ecdsa
from snekmate.utils import eip712_domain_separator
from . import bond_id
from ..lib import calendar

initializes: eip712_domain_separator

exports: eip712_domain_separator.eip712Domain  # ERC-5267; the rest of the module is internal

# -- reasons ----------------------------------------------------------------------------------------------------------

EMPTY_LABEL: constant(String[23]) = "bond_token: empty label"
NOT_TREASURY: constant(String[31]) = "bond_token: caller not treasury"
ZERO_RECEIVER: constant(String[25]) = "bond_token: zero receiver"
ZERO_OWNER: constant(String[22]) = "bond_token: zero owner"
INSUFFICIENT_BALANCE: constant(String[32]) = "bond_token: insufficient balance"
INSUFFICIENT_ALLOWANCE: constant(String[34]) = "bond_token: insufficient allowance"
SUPPLY_OVERFLOW: constant(String[27]) = "bond_token: supply overflow"
EXPIRED_DEADLINE: constant(String[28]) = "bond_token: expired deadline"
INVALID_SIGNATURE: constant(String[29]) = "bond_token: invalid signature"
UNKNOWN_ID: constant(String[22]) = "bond_token: unknown id"

# -- constants --------------------------------------------------------------------------------------------------------

_PERMIT_TYPE_HASH: constant(bytes32) = keccak256(
    "Permit(address owner,address spender,uint256 id,uint256 amount,uint256 nonce,uint256 deadline)"
)

_SUPPORTED_INTERFACES: constant(bytes4[4]) = [
    0x01FFC9A7,  # ERC-165
    0x0F632FB3,  # ERC-6909
    0x71ABC795,  # its metadata: name(uint256) ^ symbol(uint256) ^ decimals(uint256)
    0xBD85B039,  # its supply: totalSupply(uint256)
]

# -- immutables -------------------------------------------------------------------------------------------------------

_TREASURY: immutable(address)
_LABEL: immutable(String[16])
_DECIMALS: immutable(uint8)

# -- storage ----------------------------------------------------------------------------------------------------------

# The sum of the balances of an id is its supply (INV-TOK-1), which `mint` keeps below 2**256: so the checked `+=` and
# `-=` below never revert. They are there because they find their slot once; a balance that must be read before it is
# written is lowered by `unsafe_sub` under its check instead.
balanceOf: public(HashMap[address, HashMap[uint256, uint256]])
totalSupply: public(HashMap[uint256, uint256])
allowance: public(HashMap[address, HashMap[address, HashMap[uint256, uint256]]])
isOperator: public(HashMap[address, HashMap[address, bool]])
nonces: public(HashMap[address, uint256])


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(label: String[16], asset_decimals: uint8):
    """
    @notice The creator becomes the treasury.
    @param label Symbol of the asset as bonds show it, e.g. "USDC": not empty, at most 16 bytes.
    @param asset_decimals Decimals of the asset, which are those of every id.
    """
    assert len(label) > 0, EMPTY_LABEL
    _TREASURY = msg.sender
    _LABEL = label
    _DECIMALS = asset_decimals
    eip712_domain_separator.__init__(concat("Surety ", label, " bonds"), "1")


# -- transfers --------------------------------------------------------------------------------------------------------


@external
def transfer(receiver: address, id: uint256, amount: uint256) -> bool:
    """
    @notice Moves bonds of the caller, matured ones too.
    @param receiver Who gets them. Not zero.
    @param id Which bond.
    @param amount How many units, zero included.
    @return True.
    """
    self._transfer(msg.sender, receiver, id, amount)
    return True


@external
def transferFrom(sender: address, receiver: address, id: uint256, amount: uint256) -> bool:
    """
    @notice Moves bonds of `sender`. The sender and operators spend no allowance; an allowance of 2**256 - 1 stays.
    @param sender Whose bonds.
    @param receiver Who gets them. Not zero.
    @param id Which bond.
    @param amount How many units, zero included.
    @return True.
    """
    if msg.sender != sender and not self.isOperator[sender][msg.sender]:
        allowed: uint256 = self.allowance[sender][msg.sender][id]
        if allowed != max_value(uint256):
            assert amount <= allowed, INSUFFICIENT_ALLOWANCE
            # ERC-6909 asks for no Approval event here.
            self.allowance[sender][msg.sender][id] = unsafe_sub(allowed, amount)
    self._transfer(sender, receiver, id, amount)
    return True


# -- permissions ------------------------------------------------------------------------------------------------------


@external
def approve(spender: address, id: uint256, amount: uint256) -> bool:
    """
    @notice Sets (does not add to) what `spender` may move of the caller's bonds of one id.
    @param spender Who may.
    @param id Which bond.
    @param amount Units; 2**256 - 1 is never used up.
    @return True.
    """
    self._approve(msg.sender, spender, id, amount)
    return True


@external
def setOperator(spender: address, approved: bool) -> bool:
    """
    @notice Lets `spender` move all bonds of the caller, of every id, or ends that.
    @param spender Who may.
    @param approved Whether from now on.
    @return True.
    """
    self.isOperator[msg.sender][spender] = approved
    log IBondToken.OperatorSet(owner=msg.sender, spender=spender, approved=approved)
    return True


@external
def permit(
    owner: address,
    spender: address,
    id: uint256,
    amount: uint256,
    deadline: uint256,
    v: uint8,
    r: bytes32,
    s: bytes32,
):
    """
    @notice Sets the allowance of `spender` by a signature of `owner` (EIP-712), sent by anyone.
    @dev Signed: Permit(address owner,address spender,uint256 id,uint256 amount,uint256 nonce,uint256 deadline) with
         nonce = `nonces(owner)`. `ecdsa` refuses a high `s` and signatures that recover to nobody.
    @param owner Whose bonds, and who signed. Not zero.
    @param spender Who may move them.
    @param id Which bond.
    @param amount Units; 2**256 - 1 is never used up.
    @param deadline The last second in which the signature counts.
    @param v Of the signature: 27 or 28.
    @param r Of the signature.
    @param s Of the signature: at most half of the order of the curve.
    """
    assert owner != empty(address), ZERO_OWNER
    assert block.timestamp <= deadline, EXPIRED_DEADLINE

    nonce: uint256 = self.nonces[owner]
    digest: bytes32 = eip712_domain_separator._hash_typed_data_v4(
        keccak256(abi_encode(_PERMIT_TYPE_HASH, owner, spender, id, amount, nonce, deadline))
    )
    signer: address = ecdsa._recover_vrs(digest, convert(v, uint256), convert(r, uint256), convert(s, uint256))
    assert signer == owner, INVALID_SIGNATURE

    self.nonces[owner] = unsafe_add(nonce, 1)  # one a permit: never near 2**256
    self._approve(owner, spender, id, amount)


# -- treasury ---------------------------------------------------------------------------------------------------------


@external
def mint(receiver: address, id: uint256, amount: uint256):
    """
    @notice Makes bonds. Only the treasury, which takes in their escrow in the same transaction.
    @param receiver Who gets them. Not zero.
    @param id Which bond; that it is well formed is the market's rule.
    @param amount How many units.
    """
    assert msg.sender == _TREASURY, NOT_TREASURY
    assert receiver != empty(address), ZERO_RECEIVER

    supply: uint256 = self.totalSupply[id]
    assert amount <= max_value(uint256) - supply, SUPPLY_OVERFLOW
    self.totalSupply[id] = unsafe_add(supply, amount)
    self.balanceOf[receiver][id] += amount
    log IBondToken.Transfer(caller=msg.sender, sender=empty(address), receiver=receiver, id=id, amount=amount)


@external
def burn(holder: address, id: uint256, amount: uint256):
    """
    @notice Ends bonds. Only the treasury, which releases their escrow in the same transaction.
    @param holder Whose bonds.
    @param id Which bond.
    @param amount How many units.
    """
    assert msg.sender == _TREASURY, NOT_TREASURY

    balance: uint256 = self.balanceOf[holder][id]
    assert amount <= balance, INSUFFICIENT_BALANCE
    self.balanceOf[holder][id] = unsafe_sub(balance, amount)
    self.totalSupply[id] -= amount
    log IBondToken.Transfer(caller=msg.sender, sender=holder, receiver=empty(address), id=id, amount=amount)


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def treasury() -> address:
    """
    @notice Who mints and burns: the contract that created this one.
    @return Its address.
    """
    return _TREASURY


@view
@external
def name(id: uint256) -> String[46]:
    """
    @notice Name of a bond, e.g. "Surety fixed USDC bond 20270107". Reverts for an id that no bond can have.
    @param id Which bond.
    @return The name.
    """
    kind: String[8] = "fixed"
    if self._kind(id) == bond_id.VARIABLE:
        kind = "variable"
    return concat("Surety ", kind, " ", _LABEL, " bond ", calendar.date_text(bond_id.maturity_of(id)))


@view
@external
def symbol(id: uint256) -> String[27]:
    """
    @notice Symbol of a bond, e.g. "sUSDC-20270107", or "svUSDC-20270107" of a VARIABLE one. Reverts as `name` does.
    @param id Which bond.
    @return The symbol.
    """
    prefix: String[2] = "s"
    if self._kind(id) == bond_id.VARIABLE:
        prefix = "sv"
    return concat(prefix, _LABEL, "-", calendar.date_text(bond_id.maturity_of(id)))


@view
@external
def decimals(id: uint256) -> uint8:
    """
    @notice Decimals of a bond: those of the asset, for every id.
    @param id Which bond.
    @return The decimals.
    """
    return _DECIMALS


@view
@external
def DOMAIN_SEPARATOR() -> bytes32:
    """
    @notice EIP-712 domain of permits, of this chain as it is now.
    @return The separator.
    """
    return eip712_domain_separator._domain_separator_v4()


@view
@external
def supportsInterface(interface_id: bytes4) -> bool:
    """
    @notice ERC-165: this, ERC-6909, and its extensions for metadata and supply.
    @param interface_id XOR of the selectors of an interface.
    @return Whether it is one of them.
    """
    return interface_id in _SUPPORTED_INTERFACES


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _transfer(sender: address, receiver: address, id: uint256, amount: uint256):
    """
    @dev Moves `amount`. The receiver's balance is read after the sender's is written: a transfer to oneself is neutral.
    """
    assert receiver != empty(address), ZERO_RECEIVER

    balance: uint256 = self.balanceOf[sender][id]
    assert amount <= balance, INSUFFICIENT_BALANCE
    self.balanceOf[sender][id] = unsafe_sub(balance, amount)
    self.balanceOf[receiver][id] += amount
    log IBondToken.Transfer(caller=msg.sender, sender=sender, receiver=receiver, id=id, amount=amount)


@internal
def _approve(owner: address, spender: address, id: uint256, amount: uint256):
    """
    @dev Sets an allowance.
    """
    self.allowance[owner][spender][id] = amount
    log IBondToken.Approval(owner=owner, spender=spender, id=id, amount=amount)


@internal
@pure
def _kind(id: uint256) -> uint256:
    """
    @dev The kind of `id`, if it is a known one and its maturity has a date of eight digits.
    """
    kind: uint256 = bond_id.kind_of(id)
    assert kind == bond_id.FIXED or kind == bond_id.VARIABLE, UNKNOWN_ID
    assert bond_id.maturity_of(id) <= calendar.LAST_DATED, UNKNOWN_ID
    return kind
