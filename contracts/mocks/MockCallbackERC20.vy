# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title An asset that calls out
@author Surety contributors
@license AGPL-3.0-only
@notice Calls a chosen target in the midst of every movement, as assets with hooks let a sender do.
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

target: public(address)
payload: public(Bytes[1024])
calls: public(uint256)
succeeded: public(bool)  # whether the last call did
answer: public(Bytes[256])  # what it returned, or its revert data


@deploy
def __init__(name: String[32], symbol: String[16], decimals: uint8):
    erc20_ledger.__init__(name, symbol, decimals)


@external
def call_back(target: address, payload: Bytes[1024]):
    """
    @notice What each transfer calls from now on.
    @param target Whom. Zero: nobody.
    @param payload With what calldata.
    """
    self.target = target
    self.payload = payload


@external
def transfer(receiver: address, amount: uint256) -> bool:
    erc20_ledger._transfer(msg.sender, receiver, amount)
    self._call()
    return True


@external
def transferFrom(sender: address, receiver: address, amount: uint256) -> bool:
    erc20_ledger._spend(sender, msg.sender, amount)
    erc20_ledger._transfer(sender, receiver, amount)
    self._call()
    return True


@external
def approve(spender: address, amount: uint256) -> bool:
    erc20_ledger._approve(msg.sender, spender, amount)
    return True


@internal
def _call():
    """
    @dev Calls the target once and keeps what came of it: a target that reverts does not stop the transfer.
    """
    target: address = self.target
    if target == empty(address):
        return
    self.target = empty(address)  # the target may move this asset again: no endless descent
    success: bool = False
    answer: Bytes[256] = b""
    success, answer = raw_call(target, self.payload, max_outsize=256, revert_on_failure=False)
    self.calls += 1
    self.succeeded = success
    self.answer = answer
