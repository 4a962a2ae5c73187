"""Trades between users, wrappers and locks by the command line, on an anvil of the module's own."""

import json

import pytest

from surety.sdk.engines import dev_account
from surety.sdk.suite import fixed_id

pytestmark = pytest.mark.integration
MAKER, TAKER, STRANGER = (dev_account(number) for number in (6, 7, 8))
WEEK = 604_800


@pytest.fixture(scope="module")
def desk(deployed):
    """Maker with a thousand of a half-year bond, taker with money; both with approvals for the exchange."""
    suite = deployed.suite()
    for person in (MAKER, TAKER):
        suite.mint(person.address, suite.units(10_000))
        deployed.run("market", "approve", "5000", "--broadcast", "--as", person.address)
        deployed.run("market", "approve", "5000", "--spender", "exchange", "--broadcast", "--as", person.address)
    deployed.run("market", "buy", "26w", "1000", "--broadcast", "--as", MAKER.address)
    deployed.run("market", "allow", "exchange", "26w", "--broadcast", "--as", MAKER.address)
    return deployed


@pytest.fixture(scope="module")
def maturity(desk):
    return desk.suite().maturity_for(26 * WEEK)


@pytest.fixture
def book(tmp_path):
    return tmp_path / "orders.jsonl"


def make(desk, book, *options, side="sell", face="300", price="0.975", maker=MAKER):
    return desk.run(
        *("market", "order", "make", side, "26w", face, "--price", price, "--book", str(book)),
        *("--as", maker.address, *options),
    )


def shown(desk, book):
    return desk.json("market", "order", "show", "--book", str(book))


def test_make__without_sign__shows_and_writes_nothing(desk, book):
    assert "not signed" in make(desk, book)
    assert not book.exists()


def test_order__made_filled_in_part_shown__then_cancelled(desk, book, maturity):
    suite, exchange = desk.suite(), desk.suite().exchange
    assert "signed, and added to" in make(desk, book, "--sign")
    at = ("--book", str(book), "--as", TAKER.address)
    before = suite.holding(TAKER.address, maturity), suite.cash(TAKER.address), suite.cash(MAKER.address)

    assert "nothing was sent" in desk.run("market", "order", "fill", "1", "100", *at)
    assert suite.holding(TAKER.address, maturity) == before[0]
    told = desk.json("market", "order", "fill", "1", "100", "--broadcast", *at)
    paid = suite.units(told["pay"])
    assert suite.holding(TAKER.address, maturity) == before[0] + 100 * 10**6
    assert suite.cash(TAKER.address) == before[1] - paid
    assert suite.cash(MAKER.address) == before[2] + suite.units("97.5")
    assert paid == suite.units("97.5") + -(-suite.units("97.5") * exchange.fee_bps() // 10_000)

    (one,) = shown(desk, book)
    assert (one["state"], one["left"]) == ("open", "200")
    assert "200 of 300" in desk.run("market", "order", "show", "--book", str(book))
    full = desk.run("market", "order", "show", one["hash"][:10], "--book", str(book))
    assert one["hash"] in full
    assert "anybody" in full

    assert desk.code("market", "order", "cancel", "1", "--broadcast", *at) == 1  # not the taker's
    desk.run("market", "order", "cancel", "1", "--broadcast", "--book", str(book), "--as", MAKER.address)
    assert shown(desk, book)[0]["state"] == "cancelled"


def test_order__to_buy__filled_whole_by_its_hash(desk, book, maturity):
    suite = desk.suite()
    make(desk, book, "--sign", side="buy", face="50", price="0.96", maker=TAKER)
    (one,) = shown(desk, book)
    held = suite.holding(MAKER.address, maturity)
    told = desk.json(
        *("market", "order", "fill", one["hash"], "--broadcast", "--book", str(book), "--as", MAKER.address)
    )
    assert told["you"] == "sell"
    assert suite.holding(MAKER.address, maturity) == held - 50 * 10**6
    assert shown(desk, book)[0]["state"] == "filled"


def test_make__several__each_gets_a_nonce_of_its_own(desk, book):
    for _ in range(2):
        make(desk, book, "--sign")
    first, second = (one["order"]["nonce"] for one in shown(desk, book))
    assert int(second) == int(first) + 1


def test_make__by_yield__price_follows(desk, book):
    told = desk.json(
        *("market", "order", "make", "sell", "26w", "100", "--yield-percent", "5", "--book", str(book)),
        *("--as", MAKER.address),
    )
    assert told["signed"] is False
    assert int(told["order"]["price"]) == pytest.approx(97.5e6, rel=1e-3)


def test_make__without_approval__says_that_nobody_can_fill_it(desk, book):
    assert "can't be filled yet" in make(desk, book, "--sign", maker=STRANGER)
    assert shown(desk, book)[0]["state"] == "unfunded"


def test_make__by_keystore__signed_with_its_key(desk, wallet, book):
    told = desk.json(
        *("market", "order", "make", "sell", "26w", "1", "--price", "1", "--sign", "--book", str(book), *wallet)
    )
    assert told["signed"] is True
    assert shown(desk, book)[0]["state"] == "unfunded"  # signed rightly, with nothing to sell


def test_add__document_signed_by_another_wallet__joins_the_book(desk, book, tmp_path):
    document = tmp_path / "document.json"
    document.write_text(make(desk, book, "--output", "typed-data"))
    read = json.loads(document.read_text())
    assert read["message"]["id"].isdecimal()  # text: wallets would round so large a number
    signature = "0x" + MAKER.sign_typed_data(full_message=_with_integers(read)).signature.hex()
    assert "added to" in desk.run("market", "order", "add", str(document), signature, "--book", str(book))
    assert shown(desk, book)[0]["state"] == "open"

    other = "0x" + TAKER.sign_typed_data(full_message=_with_integers(read)).signature.hex()
    assert desk.code("market", "order", "add", str(document), other, "--book", str(book)) == 1
    assert len(shown(desk, book)) == 1


def _with_integers(document):
    """As a wallet reads it."""
    kinds = {item["name"]: item["type"] for item in document["types"]["Order"]}
    message = {name: int(value) if kinds[name] == "uint256" else value for name, value in document["message"].items()}
    return document | {"message": message}


def test_cancel__nonce_and_all__end_what_they_name(desk, book):
    make(desk, book, "--sign", "--nonce", "700")
    make(desk, book, "--sign", "--nonce", "701")
    desk.run("market", "order", "cancel", "--nonce", "700", "--broadcast", "--as", MAKER.address)
    assert [one["state"] for one in shown(desk, book)] == ["cancelled", "open"]
    desk.run("market", "order", "cancel", "--all", "--broadcast", "--as", MAKER.address)
    assert [one["state"] for one in shown(desk, book)] == ["cancelled", "cancelled"]
    make(desk, book, "--sign")  # of the new epoch
    assert shown(desk, book)[-1]["state"] == "open"


def test_show__expired_and_elsewhere__are_told_apart(desk, book):
    make(desk, book, "--sign", "--expires", "1h")
    text = book.read_text()
    book.write_text(text + text.replace('"chain_id":"31337"', '"chain_id":"1"'))
    engine = desk.suite().engine
    mark = engine.snapshot()
    engine.set_time(engine.timestamp + 3_601)
    assert [one["state"] for one in shown(desk, book)] == ["expired", "elsewhere"]
    engine.restore(mark)


def test_calldata__of_a_fill__is_what_the_exchange_takes(desk, book):
    make(desk, book, "--sign")
    told = json.loads(
        desk.run(
            *("market", "order", "fill", "1", "10", "--book", str(book), "--as", TAKER.address),
            *("--output", "calldata"),
        )
    )
    suite = desk.suite()
    assert told["to"] == suite.exchange.address
    suite.engine.call(TAKER.address, told["to"], bytes.fromhex(told["data"][2:]))


def test_wrapper__created_wrapped_unwrapped__one_for_one(desk, maturity):
    suite, me = desk.suite(), ("--broadcast", "--as", MAKER.address)
    address = desk.json("market", "wrapper", "show", "26w")["address"]
    assert desk.json("market", "wrapper", "show", "26w")["exists"] == "no"
    assert desk.code("market", "wrapper", "wrap", "26w", "1", "--as", MAKER.address) == 1
    desk.run("market", "wrapper", "create", "26w", *me)
    desk.run("market", "allow", "wrapper", "26w", "20", *me)
    desk.run("market", "wrapper", "wrap", "26w", "20", *me)
    wrapper = suite.wrapper_of(fixed_id(maturity))
    assert wrapper.address == address
    assert wrapper.balanceOf(MAKER.address) == 20 * 10**6
    desk.run("market", "wrapper", "unwrap", "26w", "20", *me)
    assert desk.json("market", "wrapper", "show", "26w")["supply"] == "0"


def test_lock__added_delegated_matured_withdrawn(desk):
    suite = desk.suite()
    engine, mark = suite.engine, suite.engine.snapshot()
    me, near = ("--broadcast", "--as", MAKER.address), suite.maturity_for(2 * WEEK)
    desk.run("market", "buy", "2w", "80", *me)
    desk.run("market", "allow", "lock", *me)
    assert "nothing was sent" in desk.run("market", "lock", "add", "2w", "50", "--as", MAKER.address)
    desk.run("market", "lock", "add", "2w", "50", *me)
    told = desk.json("market", "lock", "show", MAKER.address)
    assert told["locked"] == [{"maturity": "2024-10-24", "face": "50"}]
    assert int(told["own_weight"]) == 50 * 10**6 * (near - engine.timestamp)
    assert told["votes_with"] == "0"  # nothing locked for a moment counts

    desk.run("market", "lock", "delegate", TAKER.address, *me)
    assert desk.json("market", "lock", "show", TAKER.address)["delegated_to_it"] == told["own_weight"]
    desk.run("market", "lock", "delegate", "self", *me)
    assert "itself" in desk.run("market", "lock", "show", MAKER.address)

    assert desk.code("market", "lock", "withdraw", str(near), "--as", MAKER.address) == 3
    engine.set_time(near)
    desk.run("market", "lock", "withdraw", str(near), *me)
    assert suite.holding(MAKER.address, near) == 80 * 10**6
    desk.run("market", "allow", "lock", "--revoke", *me)
    assert not suite.token.isOperator(MAKER.address, suite.lock.address)
    engine.restore(mark)


def test_status_and_holdings__say_what_the_chain_says(desk, maturity):
    suite = desk.suite()
    told = desk.json("market", "status")
    assert suite.units(told["escrow"]) == suite.treasury.escrow()
    assert told["paused"] == {"buys": False, "sales": False, "exchange": False}
    assert told["exchange_fee_bps"] == suite.exchange.fee_bps()
    assert "of the discount" in desk.run("bond", "status")
    held = desk.json("market", "holdings", MAKER.address)["bonds"]
    (one,) = [bond for bond in held if bond["state"] == "running"]
    assert one["kind"] == "fixed"
    assert suite.units(one["amount"]) == suite.holding(MAKER.address, maturity)
    assert suite.units(one["worth_now"]) == suite.quote_sell(maturity, suite.holding(MAKER.address, maturity))
    assert one["maturity"] in desk.run("market", "holdings", MAKER.address)


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (("order", "make", "sell", "26w", "1"), 1, "either --price or --yield-percent"),
        (("order", "make", "sell", "26w", "1", "--price", "0"), 1, "above zero"),
        (("order", "make", "sell", "26w", "0", "--price", "1"), 1, "above zero"),
        (("order", "make", "sell", "26w", "1", "--price", "1", "--taker", "0x12"), 1, "no checksummed address"),
        (("order", "make", "sell", "26w", "1", "--price", "1", "--expires", "soon"), 1, "write hours, days or weeks"),
        (("order", "fill", "1", "--book", "nowhere.jsonl"), 1, "nowhere.jsonl"),
        (("order", "cancel"), 1, "name one order"),
        (("order", "cancel", "1", "--all"), 1, "name one order"),
        (("allow", "wrapper"), 1, "a wrapper is of one maturity"),
        (("lock", "add", "26w", "1"), 3, "bond_token: insufficient allowance"),
        (("lock", "add", "2020-01-02", "1"), 3, "alignment_lock: bond has matured"),
        (("lock", "delegate", "somebody"), 1, "no checksummed address"),
        (("wrapper", "create", "2020-01-01"), 3, "bond_wrapper"),
    ],
)
def test_commands__refused__one_line_and_the_documented_code(desk, capsys, command, code, told):
    assert desk.code("market", *command) == code
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("which", ["0", "3", "0x1234", "nothing"])
def test_fill__no_such_order__says_what_there_is(desk, book, capsys, which):
    make(desk, book, "--sign")
    assert desk.code("market", "order", "fill", which, "--book", str(book), "--as", TAKER.address) == 1
    assert "no number from 1 to 1" in capsys.readouterr().err


def test_fill__broken_book__line_and_key(desk, book, capsys):
    book.write_text('{"chain_id":"31337"}\n')
    assert desk.code("market", "order", "fill", "1", "--book", str(book)) == 1
    assert "orders.jsonl, line 1: exchange" in capsys.readouterr().err
