# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title An asset that says no
@author Surety contributors
@license AGPL-3.0-only
@notice Once switched to refuse, transfers move nothing and return False instead of reverting.
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

refuses: public(bool)


@deploy
def __init__(name: String[32], symbol: String[16], decimals: uint8):
    erc20_ledger.__init__(name, symbol, decimals)


@external
def refuse(transfers: bool):
    """
    @notice Whether transfers are refused from now on.
    @param transfers True to refuse.
    """
    self.refuses = transfers


@external
def transfer(receiver: address, amount: uint256) -> bool:
    if self.refuses:
        return False
    erc20_ledger._transfer(msg.sender, receiver, amount)
    return True


@external
def transferFrom(sender: address, receiver: address, amount: uint256) -> bool:
    if self.refuses:
        return False
    erc20_ledger._spend(sender, msg.sender, amount)
    erc20_ledger._transfer(sender, receiver, amount)
    return True


@external
def approve(spender: address, amount: uint256) -> bool:
    erc20_ledger._approve(msg.sender, spender, amount)
    return True
