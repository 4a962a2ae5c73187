"""A treasury with an asset, run by an account in the market's place, for what stands on bonds but not on the market.

Deploy at import, not in a test: titanoboa undoes what a test deploys, and blueprints are kept for a whole process.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

import boa
from eth_account.signers.local import LocalAccount
from tests.support.bonds import make_variable
from tests.support.permits import account

from surety.sdk.orders import Order, order_hash, signature_for

MAX = 2**256 - 1
ZERO = "0x" + "00" * 20
WEEK = 604_800
START = 1_728_271_545  # 2024-10-07, off the weekly grid
MATURITY = (START // WEEK + 53) * WEEK
BOND = 1 << 64 | MATURITY
OTHER_BOND = BOND + WEEK
FEE_CAP = 100
FEE = 10

MARKET, ADMIN, GUARDIAN, STRANGER = (
    boa.env.generate_address(name) for name in ("market", "admin", "guardian", "stranger")
)
KEYS: dict[str, LocalAccount] = {one.address: one for one in (account(0x1001 + index) for index in range(4))}
"""Makers and takers: accounts with keys."""
USERS = tuple(KEYS)


@cache
def source(path: str) -> Any:
    """A compiled contract by its path under contracts/; compiled once a process."""
    return boa.load_partial(f"contracts/{path}.vy")


@cache
def token_blueprint() -> Any:
    return source("bonds/BondToken").deploy_as_blueprint()


@cache
def variable_blueprint() -> Any:
    return source("bonds/VariableMarket").deploy_as_blueprint()


def make_treasury(asset: Any, label: str, admin: str) -> Any:
    """A treasury whose market is the caller."""
    variable = make_variable(asset.decimals())
    blueprints = token_blueprint(), variable_blueprint()
    return source("bonds/BondTreasury").deploy(asset, *blueprints, label, admin, ZERO, ZERO, ZERO, 0, variable)


@cache
def wrapper_blueprint() -> Any:
    return source("bonds/BondWrapper").deploy_as_blueprint()


def proxy(address: str) -> Any:
    """The BondWrapper at an address, whose code is a proxy's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that the code is not the compiled one
        return source("bonds/BondWrapper").at(address)


@dataclass
class House:
    """An asset, the treasury of its bonds, and their token. `issue` makes bonds at par."""

    asset: Any
    treasury: Any
    token: Any

    def issue(self, receiver: str, bond: int, face: int) -> None:
        self.asset.mint(MARKET, face)
        self.asset.approve(self.treasury, face, sender=MARKET)
        self.treasury.issue(MARKET, receiver, bond, face, face, sender=MARKET)


def make_house(asset: str = "MockERC20", decimals: int = 18) -> House:
    money = source(f"mocks/{asset}").deploy("US Dollar", "USD", decimals)
    with boa.env.prank(MARKET):
        treasury = make_treasury(money, "USD", ADMIN)
    return House(money, treasury, source("bonds/BondToken").at(treasury.token()))


@dataclass
class Desk:
    """An exchange over a house, where every user has bonds, asset and approvals."""

    house: House
    exchange: Any
    wealth: int
    free: bool = False
    """Bonds come from nothing: for assets that the treasury could not take."""

    @property
    def asset(self) -> Any:
        return self.house.asset

    @property
    def token(self) -> Any:
        return self.house.token

    @property
    def chain_id(self) -> int:
        return int(boa.env.evm.patch.chain_id)

    def admit(self, user: str, spender: Any = None) -> None:
        """Bonds of two ids, asset, and approvals for the exchange."""
        spender = spender or self.exchange
        self.asset.mint(user, self.wealth)
        self.asset.approve(spender, MAX, sender=user)
        self.token.setOperator(spender, True, sender=user)
        for bond in (BOND, OTHER_BOND):
            if self.free:
                self.token.mint(user, bond, self.wealth, sender=self.house.treasury.address)
            else:
                self.house.issue(user, bond, self.wealth)

    def hash_of(self, order: Order) -> bytes:
        return order_hash(order, self.chain_id, self.exchange.address)

    def sign(self, order: Order, signer: LocalAccount | None = None, **place: Any) -> bytes:
        """The maker's signature, or another's; `chain_id` and `exchange` as where it is to count."""
        where = {"chain_id": self.chain_id, "exchange": self.exchange.address} | place
        return signature_for(order, signer or KEYS[order.maker], where["chain_id"], where["exchange"])

    def holdings(self, owner: Any, bond: int = BOND) -> tuple[int, int]:
        """Bonds and asset."""
        return self.token.balanceOf(owner, bond), self.asset.balanceOf(owner)


def make_desk(asset: str = "MockERC20", decimals: int = 18, fee: int = FEE, *, free: bool = False) -> Desk:
    house = make_house(asset, decimals)
    exchange = source("bonds/BondExchange").deploy(house.treasury, ADMIN, GUARDIAN, FEE_CAP, fee)
    desk = Desk(house, exchange, 10**6 * 10**decimals, free)
    for user in USERS:
        desk.admit(user)
    return desk


def make_order(maker: str, **changes: Any) -> Order:
    """To sell 1,000 units of face for 937, at any fee, until a day from the start."""
    fields = {
        "maker": maker,
        "sells": True,
        "id": BOND,
        "face": 1_000,
        "price": 937,
        "nonce": 0,
        "expiry": START + 86_400,
        "max_fee_bps": FEE_CAP,
    }
    return Order(**(fields | changes))
