"""How orders stand on a chain: each reason why one can't be filled agrees with what the exchange then says."""

from __future__ import annotations

from functools import partial

import pytest
from tests.support.world import World

from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.engines import dev_account, make_engine, rolled_back
from surety.sdk.errors import Reverted
from surety.sdk.order_book import next_nonce, standing, standings
from surety.sdk.orders import Order, SignedOrder, sign_order, signature_for
from surety.sdk.suite import MAX_UINT, fixed_id

MAKER, TAKER = dev_account(6), dev_account(7)
FACE = 1_000_000_000


@pytest.fixture(scope="module")
def whole():
    """Maker with bonds and money, both approved for the exchange; taker likewise."""
    world = World.create(make_engine())
    suite = world.suite
    maturity = suite.maturity_for(26 * 604_800)
    for person in (MAKER.address, TAKER.address):
        suite.buy(person, maturity, 2 * FACE)
        suite.token.send("setOperator", suite.exchange.address, True, sender=person)
        suite.asset.send("approve", suite.exchange.address, MAX_UINT, sender=person)
    return world


@pytest.fixture
def suite(whole):
    with rolled_back(whole.engine):
        yield whole.suite


def signed(suite, signer=MAKER, **changes):
    fields = {
        "maker": MAKER.address,
        "sells": True,
        "id": fixed_id(suite.maturity_for(26 * 604_800)),
        "face": FACE,
        "price": FACE - 20_000_000,
        "nonce": 0,
        "expiry": suite.engine.timestamp + 3_600,
        "max_fee_bps": 50,
    }
    order = Order(**(fields | changes))
    place = suite.engine.chain_id, suite.exchange.address
    signature = signature_for(order, signer, *place)
    return SignedOrder(chain_id=place[0], exchange=place[1], order=order, signature=signature)


def fill(suite, one, face=None, taker=TAKER):
    face = one.order.face if face is None else face
    limit = MAX_UINT if one.order.sells else 0
    return suite.exchange.send("fill", one.order.values, one.signature, face, limit, MAX_UINT, sender=taker.address)


@pytest.mark.parametrize("sells", [True, False])
def test_standing__open__all_of_it_can_be_filled(suite, sells):
    one = signed(suite, sells=sells)
    found = standing(suite, one)
    assert (found.state, found.left, found.reach) == ("open", FACE, FACE)
    fill(suite, one)
    assert standing(suite, one).state == "filled"


def test_standing__filled_in_part__the_rest_is_left(suite):
    one = signed(suite)
    fill(suite, one, FACE // 3)
    assert standing(suite, one).left == FACE - FACE // 3


def test_standing__maker_can_settle_a_part__reach_is_exact(suite):
    one = signed(suite)
    suite.token.send(
        "transfer",
        TAKER.address,
        one.order.id,
        suite.token.balanceOf(MAKER.address, one.order.id) - 7,
        sender=MAKER.address,
    )
    assert standing(suite, one).reach == 7
    with pytest.raises(Reverted):
        fill(suite, one, 8)
    fill(suite, one, 7)
    assert standing(suite, one).state == "unfunded"


def test_standing__allowance_instead_of_operator__reach_is_the_less(suite):
    one = signed(suite)
    suite.token.send("setOperator", suite.exchange.address, False, sender=MAKER.address)
    assert standing(suite, one).state == "unfunded"
    suite.token.send("approve", suite.exchange.address, one.order.id, 5, sender=MAKER.address)
    assert standing(suite, one).reach == 5


def test_standing__buyer_with_little_money__reach_can_be_settled(suite):
    one = signed(suite, sells=False)
    suite.asset.send("approve", suite.exchange.address, one.order.price // 2, sender=MAKER.address)
    reach = standing(suite, one).reach
    assert 0 < reach < FACE
    fill(suite, one, reach)


def cancel(suite, one):
    suite.exchange.send("cancel", one.order.nonce, sender=MAKER.address)


def cancel_all(suite, one):
    suite.exchange.send("cancel_all", sender=MAKER.address)


def pass_time(seconds, suite, one):
    suite.engine.advance(seconds)


def pause(suite, one):
    guardian = dev_account(3).address
    suite.exchange.send("set_pause", True, sender=guardian)


@pytest.mark.parametrize(
    ("happens", "state"),
    [
        (cancel, "cancelled"),
        (cancel_all, "cancelled"),
        (partial(pass_time, 3_601), "expired"),
        (partial(pass_time, 27 * 604_800), "matured"),
        (pause, "paused"),
    ],
)
def test_standing__over__says_why_and_the_exchange_refuses(suite, happens, state):
    one = signed(suite)
    happens(suite, one)
    assert standing(suite, one)[1:] == (0, 0, state)
    with pytest.raises(Reverted):
        fill(suite, one)


@pytest.mark.parametrize(
    ("changes", "state"),
    [({"max_fee_bps": 4}, "fee"), ({"signer": TAKER}, "not signed"), ({"id": 3 << 64 | 2**40}, "unknown bond")],
)
def test_standing__never_good__says_why_and_the_exchange_refuses(suite, changes, state):
    one = signed(suite, **changes)
    assert standing(suite, one).state == state
    with pytest.raises(Reverted):
        fill(suite, one)


def test_standing__of_another_chain_or_exchange__elsewhere(suite):
    order = signed(suite).order
    for chain, exchange in ((1, suite.exchange.address), (suite.engine.chain_id, suite.market.address)):
        assert standing(suite, sign_order(order, MAKER, chain, exchange)).state == "elsewhere"


def test_standing__contract_as_maker__asked_for_its_judgement(suite):
    wallet = artefact("MockWallet")
    at = suite.engine.create(MAKER.address, wallet.creation(MAKER.address)).contract
    contract = Contract(suite.engine, at, wallet)
    suite.token.send("transfer", at, signed(suite).order.id, FACE, sender=MAKER.address)
    call = suite.token.encode("setOperator", suite.exchange.address, True)
    contract.send("execute", suite.token.address, call, sender=MAKER.address)
    assert standing(suite, signed(suite, maker=at)).state == "open"
    assert standing(suite, signed(suite, maker=at, signer=TAKER)).state == "not signed"
    assert standing(suite, signed(suite, maker=suite.market.address)).state == "not signed"  # answers nothing
    fill(suite, signed(suite, maker=at))


def test_next_nonce__skips_what_is_cancelled_and_what_the_book_names(suite):
    exchange = suite.exchange
    assert next_nonce(suite, MAKER.address, ()) == 0
    exchange.send("cancel_word", 0, 2**256 - 1 - 2**9, sender=MAKER.address)
    assert next_nonce(suite, MAKER.address, ()) == 9
    book = [signed(suite, nonce=9), signed(suite, nonce=256)]
    assert next_nonce(suite, MAKER.address, book) == 257
    assert [one.state for one in standings(suite, book)] == ["open", "open"]
