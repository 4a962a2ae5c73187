# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title An asset that returns nothing
@author Surety contributors
@license AGPL-3.0-only
@notice Moves and approves without a return value, as USDT does.
@custom:security Test double: anybody mints.
@custom:kill None.
@custom:invariant None.
"""

from ethereum.ercs import IERC20
from ethereum.ercs import IERC20Detailed
from ...interfaces import IMintable

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


@deploy
def __init__(name: String[32], symbol: String[16], decimals: uint8):
    erc20_ledger.__init__(name, symbol, decimals)


@external
def transfer(receiver: address, amount: uint256):
    erc20_ledger._transfer(msg.sender, receiver, amount)


@external
def transferFrom(sender: address, receiver: address, amount: uint256):
    erc20_ledger._spend(sender, msg.sender, amount)
    erc20_ledger._transfer(sender, receiver, amount)


@external
def approve(spender: address, amount: uint256):
    erc20_ledger._approve(msg.sender, spender, amount)
