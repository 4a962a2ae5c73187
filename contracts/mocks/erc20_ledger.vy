# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Ledger under the mock assets
@author Surety contributors
@license AGPL-3.0-only
@notice ERC-20 accounting, written once; each mock adds its own manners of moving.
@custom:security Test double: anybody mints.
@custom:kill None.
@custom:invariant None.
"""

from ethereum.ercs import IERC20

# -- reasons ----------------------------------------------------------------------------------------------------------

ZERO_ACCOUNT: constant(String[24]) = "mock_erc20: zero account"
INSUFFICIENT_BALANCE: constant(String[32]) = "mock_erc20: insufficient balance"
INSUFFICIENT_ALLOWANCE: constant(String[34]) = "mock_erc20: insufficient allowance"

# -- storage ----------------------------------------------------------------------------------------------------------

name: public(immutable(String[32]))
symbol: public(immutable(String[16]))
decimals: public(immutable(uint8))

balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])
totalSupply: public(uint256)


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(name_: String[32], symbol_: String[16], decimals_: uint8):
    name = name_
    symbol = symbol_
    decimals = decimals_


# -- open to all ------------------------------------------------------------------------------------------------------


@external
def mint(receiver: address, amount: uint256):
    """
    @notice Makes `amount` for `receiver`: anybody may.
    @param receiver Who gets it. Not zero.
    @param amount How much.
    """
    self._mint(receiver, amount)


# -- internals --------------------------------------------------------------------------------------------------------


@internal
def _mint(receiver: address, amount: uint256):
    """
    @dev Makes `amount` for `receiver`.
    """
    assert receiver != empty(address), ZERO_ACCOUNT
    self.totalSupply += amount
    self.balanceOf[receiver] += amount
    log IERC20.Transfer(sender=empty(address), receiver=receiver, value=amount)


@internal
def _burn(holder: address, amount: uint256):
    """
    @dev Ends `amount` of `holder`.
    """
    assert self.balanceOf[holder] >= amount, INSUFFICIENT_BALANCE
    self.balanceOf[holder] -= amount
    self.totalSupply -= amount
    log IERC20.Transfer(sender=holder, receiver=empty(address), value=amount)


@internal
def _transfer(sender: address, receiver: address, amount: uint256):
    """
    @dev Moves `amount`.
    """
    assert receiver != empty(address), ZERO_ACCOUNT
    balance: uint256 = self.balanceOf[sender]
    assert balance >= amount, INSUFFICIENT_BALANCE
    self.balanceOf[sender] = balance - amount
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
def _spend(owner: address, spender: address, amount: uint256):
    """
    @dev Uses an allowance up, unless it is 2**256 - 1.
    """
    allowed: uint256 = self.allowance[owner][spender]
    if allowed != max_value(uint256):
        assert allowed >= amount, INSUFFICIENT_ALLOWANCE
        self.allowance[owner][spender] = allowed - amount
