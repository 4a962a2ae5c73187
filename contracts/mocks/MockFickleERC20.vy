# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title An asset that begins to keep a fee
@author Surety contributors
@license AGPL-3.0-only
@notice Moves what it is told, until it is switched to burn 1 % (rounded down) of it.
@custom:security Test double: anybody mints.
@custom:kill None.
@custom:invariant None.
"""

from ethereum.ercs import IERC20
from ethereum.ercs import IERC20Detailed
from ...interfaces import IMintable

implements: IERC20
implements: IERC20Detailed
implements: IMintable

from . import erc20_ledger

initializes: erc20_ledger

exports: (
    erc20_ledger.name,
    erc20_ledger.symbol,
    erc20_ledger.decimals,
    erc20_ledger.totalSupply,
    erc20_ledger.balanceOf,
    erc20_ledger.allowance,
    erc20_ledger.mint,
)

takes: public(bool)


@deploy
def __init__(name: String[32], symbol: String[16], decimals: uint8):
    erc20_ledger.__init__(name, symbol, decimals)


@external
def take(fees: bool):
    """
    @notice Whether transfers cost a fee from now on.
    @param fees True to take it.
    """
    self.takes = fees


@external
def transfer(receiver: address, amount: uint256) -> bool:
    self._transfer_less_fee(msg.sender, receiver, amount)
    return True


@external
def transferFrom(sender: address, receiver: address, amount: uint256) -> bool:
    erc20_ledger._spend(sender, msg.sender, amount)
    self._transfer_less_fee(sender, receiver, amount)
    return True


@external
def approve(spender: address, amount: uint256) -> bool:
    erc20_ledger._approve(msg.sender, spender, amount)
    return True


@internal
def _transfer_less_fee(sender: address, receiver: address, amount: uint256):
    """
    @dev The receiver gets `amount` less the fee, which is burnt.
    """
    fee: uint256 = 0
    if self.takes:
        fee = amount // 100
    erc20_ledger._transfer(sender, receiver, amount - fee)
    erc20_ledger._burn(sender, fee)
