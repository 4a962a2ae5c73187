"""Variable bonds by the command line, from purchase to redemption, on an anvil of the module's own."""

import json

import pytest

from surety.sdk.engines import dev_account
from surety.sdk.suite import RAY, variable_id

pytestmark = pytest.mark.integration
SAVER, OTHER = (dev_account(number).address for number in (6, 7))
WEEK = 604_800


@pytest.fixture(scope="module")
def desk(deployed):
    suite = deployed.suite()
    for person in (SAVER, OTHER):
        suite.mint(person, suite.units(2_000_000))
        deployed.run("market", "approve", "2000000", "--broadcast", "--as", person)
    return deployed


@pytest.fixture
def suite(desk):
    suite = desk.suite()
    mark = suite.engine.snapshot()
    yield suite
    suite.engine.restore(mark)


def buy(desk, cost="100000", maturity="26w", who=SAVER):
    return desk.json("market", "variable", "buy", maturity, cost, "--broadcast", "--as", who)


def shares_of(suite, who, maturity):
    return suite.token.balanceOf(who, variable_id(maturity))


def test_variable__bought_held_redeemed__paid_with_interest(desk, suite):
    maturity = suite.maturity_for(26 * WEEK)
    assert "nothing was sent" in desk.run("market", "variable", "buy", "26w", "100000", "--as", SAVER)
    assert shares_of(suite, SAVER, maturity) == 0
    told = buy(desk)
    assert suite.units(told["shares"]) == shares_of(suite, SAVER, maturity) == 100_000 * 10**6  # the index is still one
    held = desk.json("market", "holdings", SAVER)["bonds"]
    assert [(one["kind"], one["amount"]) for one in held] == [("variable", "100000")]
    assert suite.units(held[0]["worth_now"]) < 100_000 * 10**6  # leaving early costs
    desk.run("advance", "13w")
    assert "variable" in desk.run("market", "holdings", SAVER)
    assert desk.code("market", "variable", "redeem", str(maturity), "--as", SAVER) == 3
    suite.engine.set_time(maturity)
    cash, worth = suite.cash(SAVER), suite.units(desk.json("market", "holdings", SAVER)["bonds"][0]["worth_now"])
    desk.run("market", "variable", "redeem", str(maturity), "--broadcast", "--as", SAVER)
    paid = suite.cash(SAVER) - cash
    assert paid == worth > 102_000 * 10**6
    assert shares_of(suite, SAVER, maturity) == 0


def test_variable__sold_early__for_what_was_quoted_and_less_than_it_is_worth(desk, suite):
    maturity = suite.maturity_for(52 * WEEK)
    buy(desk, maturity="52w")
    quoted = desk.json("market", "variable", "quote", str(maturity), "--sell", "40000")
    assert suite.units(quoted["proceeds"]) < suite.units(quoted["worth"])
    cash = suite.cash(SAVER)
    told = desk.json("market", "variable", "sell", str(maturity), "40000", "--broadcast", "--as", SAVER)
    assert suite.cash(SAVER) - cash == suite.units(told["proceeds"])
    assert told["proceeds"] == quoted["proceeds"]
    desk.run("market", "variable", "sell", str(maturity), "--broadcast", "--as", SAVER)  # the rest
    assert shares_of(suite, SAVER, maturity) == 0


def test_variable_quote__purchase__shares_and_the_rate_that_follows(desk, suite):
    quoted = desk.json("market", "variable", "quote", "26w", "--buy", "500000")
    told = buy(desk, "500000")
    assert told["shares"] == quoted["shares"]
    assert float(quoted["rate_afterwards"].rstrip(" %")) == pytest.approx(
        suite.treasury.variable().rate / 1e16, abs=1e-3
    )


def test_variable_show__says_what_the_chain_says(desk, suite):
    buy(desk)
    told, state = desk.json("market", "variable", "show"), suite.treasury.variable()
    assert (int(told["rate"]), suite.units(told["value"])) == (state.rate, state.value)
    assert int(told["index"]) == state.index == RAY
    assert told["runway_seconds"] == suite.treasury.runway()
    shown = desk.run("market", "variable", "show")
    assert "of a target of 2,000,000" in shown
    assert "weeks at this rate" in shown
    assert "% a year" in desk.run("market", "status")


def test_variable_show__nothing_out__no_interest_runs(desk, suite):
    assert desk.json("market", "variable", "show")["runway_seconds"] is None
    assert "no interest runs" in desk.run("market", "variable", "show")


def test_update_rate__quiet_week__anybody_stores_it_once(desk, suite):
    buy(desk)
    assert desk.code("market", "variable", "update-rate", "--as", OTHER) == 3
    desk.run("advance", "7d")
    desk.run("market", "variable", "update-rate", "--broadcast", "--as", OTHER)
    assert desk.code("market", "variable", "update-rate", "--as", OTHER) == 3


def test_accrue__more_than_64_quiet_weeks__books_them_so_that_bonds_are_paid(desk, suite, capsys):
    buy(desk)
    buy(desk, maturity="103w")  # interest runs until then
    assert "due_after_that" not in desk.json("market", "variable", "accrue", "--as", OTHER)
    maturity = suite.maturity_for(26 * WEEK)
    desk.run("advance", "80w")
    redeem = ("market", "variable", "redeem", str(maturity), "--as", SAVER)
    more = ("market", "variable", "buy", "4w", "1000", "--as", SAVER)
    assert desk.code(*more) == 3
    assert "accrue" in capsys.readouterr().err
    accrue = ("market", "variable", "accrue", "--as", OTHER)
    assert "17 weeks more: send it again" in desk.run(*accrue, "--broadcast")
    assert "weeks more" not in desk.run(*accrue, "--broadcast")
    assert suite.treasury.variable().time == suite.engine.timestamp
    cash = suite.cash(SAVER)
    desk.run(*redeem, "--broadcast")
    assert suite.cash(SAVER) - cash > 102_000 * 10**6
    desk.run(*more, "--broadcast")


def test_order__of_variable_bonds__filled_by_another_user(desk, suite, tmp_path):
    maturity, book = suite.maturity_for(26 * WEEK), ("--book", str(tmp_path / "orders.jsonl"))
    buy(desk)
    desk.run("market", "allow", "exchange", "--broadcast", "--as", SAVER)
    desk.run("market", "approve", "50000", "--spender", "exchange", "--broadcast", "--as", OTHER)
    offer = ("market", "order", "make", "sell", "26w", "20000", "--variable")
    assert desk.code(*offer, "--yield-percent", "4", "--as", SAVER, *book) == 1
    desk.run(*offer, "--price", "0.999", "--sign", "--as", SAVER, *book)
    assert "variable" in desk.run("market", "order", "show", *book)
    desk.run("market", "order", "fill", "1", "--broadcast", "--as", OTHER, *book)
    assert shares_of(suite, OTHER, maturity) == 20_000 * 10**6


def test_variable__calldata__is_what_the_market_takes(desk, suite):
    told = json.loads(desk.run("market", "variable", "buy", "26w", "10", "--as", SAVER, "--output", "calldata"))
    assert told["to"] == suite.variable.address
    suite.engine.call(SAVER, told["to"], bytes.fromhex(told["data"][2:]))


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (("quote", "26w"), 1, "exactly one of --buy and --sell"),
        (("buy", "26w", "5000000"), 3, "variable_market: over the cap"),
        (("buy", "3y", "1"), 3, "variable_market: maturity too far"),
        (("buy", "2020-01-02", "1"), 3, "variable_market: bond has matured"),
        (("sell", "26w"), 3, "variable_market: zero amount"),
        (("redeem", "2020-01-02", "1"), 3, "bond_token: insufficient balance"),
    ],
)
def test_variable__refused__one_line_and_the_documented_code(desk, capsys, command, code, told):
    assert desk.code("market", "variable", *command, "--as", SAVER) == code
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1
