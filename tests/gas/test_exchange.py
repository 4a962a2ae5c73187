"""Fills of signed orders, wrapping and unwrapping, over a treasury that an account runs in the market's place.

Everybody holds some of the asset, approvals are unlimited, the fee is 10 bps and the treasury holds some of the asset.
"""

import pytest
from tests.gas.conftest import Check

from surety.config import load_config
from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.engines.accounts import dev_account
from surety.sdk.orders import Order, signature_for
from surety.sdk.root import repository_root
from surety.sdk.suite import MAX_UINT, WEEK, fixed_id

pytestmark = pytest.mark.gas

FACE = 10**21 + 123_456_789_123_456_789
PRICE = FACE * 937 // 1_000
LATER = 2**40
ZERO = "0x" + "00" * 20


class Desk:
    """Token, asset, exchange and wrapper factory; the maker (account 1) and account 4 hold bonds of one id."""

    def __init__(self, engine, people) -> None:
        self.engine, self.people = engine, people
        self.market, self.maker, self.taker, self.fresh, self.others = people[:5]
        self.bond = fixed_id((engine.timestamp // WEEK + 40) * WEEK)
        self.asset = self.create("MockERC20", "Dai", "DAI", 18)
        token = engine.create(self.market, artefact("BondToken").blueprint_initcode).contract
        variable = engine.create(self.market, artefact("VariableMarket").blueprint_initcode).contract
        holders = self.market, ZERO, ZERO, ZERO
        terms = load_config(repository_root() / "config" / "dai-18-decimals.yaml").terms.variable
        self.treasury = self.create("BondTreasury", self.asset.address, token, variable, "DAI", *holders, 0, terms)
        self.token = Contract(engine, self.treasury.token(), artefact("BondToken"))
        self.exchange = self.create("BondExchange", self.treasury.address, self.market, ZERO, 100, 10)
        wrapper = engine.create(self.market, artefact("BondWrapper").blueprint_initcode).contract
        self.factory = self.create("BondWrapperFactory", self.treasury.address, wrapper)
        for one in people[:5]:
            self.asset.mint(one, 10**27, sender=one)
            self.approve(one, self.exchange.address)
            self.asset.approve(self.treasury.address, MAX_UINT, sender=one)
        for one in (self.maker, self.others):
            self.issue(one)

    def create(self, name, *arguments) -> Contract:
        kind = artefact(name)
        return Contract(self.engine, self.engine.create(self.market, kind.creation(*arguments)).contract, kind)

    def approve(self, owner, spender) -> None:
        self.asset.approve(spender, MAX_UINT, sender=owner)
        self.token.setOperator(spender, True, sender=owner)

    def issue(self, receiver, face=100 * FACE) -> None:
        self.treasury.issue(self.market, receiver, self.bond, face, face, sender=self.market)

    def order(self, **changes) -> Order:
        fields = {"maker": self.maker, "sells": True, "id": self.bond, "face": FACE, "price": PRICE, "nonce": 0}
        return Order(**(fields | {"expiry": LATER, "max_fee_bps": 10} | changes))

    def sign(self, order) -> bytes:
        return signature_for(order, dev_account(1), self.engine.chain_id, self.exchange.address)

    def fill(self, order, face=FACE, taker=None) -> int:
        limit = MAX_UINT if order.sells else 0
        arguments = (order.values, self.sign(order), face, limit, LATER)
        return self.exchange.fill(*arguments, sender=taker or self.taker).gas_used

    def wrapper(self) -> Contract:
        self.factory.create(self.bond, sender=self.others)
        wrapper = Contract(self.engine, self.factory.wrapper_of(self.bond), artefact("BondWrapper"))
        for one in (self.maker, self.others):
            self.token.setOperator(wrapper.address, True, sender=one)
        return wrapper


@pytest.fixture(scope="module")
def made(chain, people) -> Desk:
    return Desk(chain, people)


@pytest.fixture
def desk(made, engine) -> Desk:
    return made


@pytest.fixture
def wrapper(desk) -> Contract:
    return desk.wrapper()


def test_fill__part_of_an_order_to_sell__within_aim(desk, check: Check) -> None:
    check("fill an order to sell, first part, new holder", desk.fill(desk.order(), FACE // 3))


def test_fill__another_part__within_aim(desk, check: Check) -> None:
    desk.fill(desk.order(), FACE // 3)
    check("fill an order to sell, later part, holder", desk.fill(desk.order(), FACE // 3))


def test_fill__whole_order_to_buy__within_aim(desk, check: Check) -> None:
    check("fill an order to buy, whole", desk.fill(desk.order(sells=False), taker=desk.others))


def test_fill__no_fee__within_aim(desk, check: Check) -> None:
    desk.exchange.set_fee(0, sender=desk.market)
    check("fill an order to sell, no fee, new holder", desk.fill(desk.order()))


def test_fill__of_a_contract__within_aim(desk, check: Check) -> None:
    wallet = desk.create("MockWallet", desk.maker)
    desk.issue(wallet.address)
    call = desk.token.encode("setOperator", desk.exchange.address, True)
    wallet.execute(desk.token.address, call, sender=desk.others)
    desk.asset.mint(wallet.address, 1, sender=desk.others)
    check("fill an order to sell of a contract", desk.fill(desk.order(maker=wallet.address)))


@pytest.mark.parametrize("call", ["fill_all", "fill_any"])
def test_fill_batch__four_orders__within_aim(desk, check: Check, call) -> None:
    orders = [desk.order(nonce=nonce) for nonce in range(4)]
    fills = [(order.values, desk.sign(order), FACE, MAX_UINT) for order in orders]
    gas = getattr(desk.exchange, call)(fills, LATER, sender=desk.taker).gas_used
    check(f"fill four orders to sell, {'all or none' if call == 'fill_all' else 'any'}", gas)


def test_cancel__first_of_a_word__within_aim(desk, check: Check) -> None:
    check("cancel an order, first of its word", desk.exchange.cancel(7, sender=desk.maker).gas_used)


def test_cancel__later_of_a_word__within_aim(desk, check: Check) -> None:
    desk.exchange.cancel(7, sender=desk.maker)
    check("cancel an order, later of its word", desk.exchange.cancel(8, sender=desk.maker).gas_used)


def test_cancel_all__first__within_aim(desk, check: Check) -> None:
    check("cancel all orders, first time", desk.exchange.cancel_all(sender=desk.maker).gas_used)


def test_create__within_aim(desk, check: Check) -> None:
    check("create a wrapper", desk.factory.create(desk.bond, sender=desk.others).gas_used)


def test_wrap__first__within_aim(desk, wrapper, check: Check) -> None:
    check("wrap, first of all", wrapper.wrap(FACE, desk.maker, sender=desk.maker).gas_used)


def test_wrap__new_holder__within_aim(desk, wrapper, check: Check) -> None:
    wrapper.wrap(FACE, desk.others, sender=desk.others)
    check("wrap, new holder", wrapper.wrap(FACE, desk.maker, sender=desk.maker).gas_used)


def test_wrap__again__within_aim(desk, wrapper, check: Check) -> None:
    wrapper.wrap(FACE, desk.others, sender=desk.others)
    wrapper.wrap(FACE, desk.maker, sender=desk.maker)
    check("wrap, again", wrapper.wrap(FACE, desk.maker, sender=desk.maker).gas_used)


def test_unwrap__part__within_aim(desk, wrapper, check: Check) -> None:
    wrapper.wrap(FACE, desk.maker, sender=desk.maker)
    check("unwrap a part", wrapper.unwrap(FACE // 3, desk.maker, sender=desk.maker).gas_used)


def test_unwrap__all_of_a_holder__within_aim(desk, wrapper, check: Check) -> None:
    for one in (desk.maker, desk.others):
        wrapper.wrap(FACE, one, sender=one)
    check("unwrap all of a holder", wrapper.unwrap(FACE, desk.maker, sender=desk.maker).gas_used)


def test_redeem__part__within_aim(desk, wrapper, check: Check) -> None:
    wrapper.wrap(FACE, desk.maker, sender=desk.maker)
    desk.engine.set_time(desk.bond & (2**64 - 1))
    check("redeem a part through the wrapper", wrapper.redeem(FACE // 3, desk.maker, sender=desk.maker).gas_used)


def test_transfer__fresh_receiver__within_aim(desk, wrapper, check: Check) -> None:
    wrapper.wrap(FACE, desk.maker, sender=desk.maker)
    check("transfer wrapped, fresh receiver", wrapper.transfer(desk.fresh, FACE // 3, sender=desk.maker).gas_used)


def test_transfer__steady_receiver__within_aim(desk, wrapper, check: Check) -> None:
    wrapper.wrap(FACE, desk.maker, sender=desk.maker)
    wrapper.transfer(desk.fresh, FACE // 3, sender=desk.maker)
    check("transfer wrapped, steady receiver", wrapper.transfer(desk.fresh, FACE // 3, sender=desk.maker).gas_used)
