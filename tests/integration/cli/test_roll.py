"""Classes that roll by the command line: deposited, rolled by a keeper, left; and entered in kind."""

import pytest

from surety.sdk.engines import dev_account

pytestmark = pytest.mark.integration
SAVER, KEEPER = (dev_account(number).address for number in (6, 7))
WEEK = 604_800


@pytest.fixture(scope="module")
def desk(deployed):
    suite = deployed.suite()
    for person in (SAVER, KEEPER):
        suite.mint(person, suite.units(200_000))
        for spender in ("treasury", "vault", "rolling"):
            deployed.run("market", "approve", "200000", "--spender", spender, "--broadcast", "--as", person)
    return deployed


@pytest.fixture
def suite(desk):
    suite = desk.suite()
    mark = suite.engine.snapshot()
    yield suite
    suite.engine.restore(mark)


def roll(desk, *command, who=SAVER):
    return desk.json("market", "roll", *command, "--broadcast", "--as", who)


def test_roll__deposited_rolled_redeemed__keeper_is_tipped(desk, suite):
    assert "nothing was sent" in desk.run("market", "roll", "deposit", "50000", "--as", SAVER)
    told = roll(desk, "deposit", "50000")
    assert suite.vault.balanceOf(SAVER) == suite.units(told["shares"])
    before = desk.json("market", "roll", "show")
    assert (before["can_roll"], before["next_roll"]) == (False, None)
    assert desk.code("market", "roll", "now", "--as", KEEPER) == 3  # nothing has matured

    suite.engine.set_time(suite.rolling.position().maturity)
    shown = desk.json("market", "roll", "show")
    assert suite.units(shown["cash"]) == suite.units(before["face"])
    assert shown["can_roll"] is True
    assert ", tip " in desk.run("market", "roll", "show")
    desk.run("market", "roll", "observe", "--broadcast", "--as", KEEPER)
    cash = suite.cash(KEEPER)
    told = roll(desk, "now", who=KEEPER)
    assert suite.cash(KEEPER) - cash == suite.units(told["tip"]) > 0
    assert (told["face"], told["cost"]) == (shown["next_roll"]["face"], shown["next_roll"]["cost"])
    assert suite.rolling.position().face == suite.units(told["face"])

    suite.engine.set_time(suite.rolling.position().maturity)
    cash = suite.cash(SAVER)
    told = roll(desk, "redeem")
    assert suite.cash(SAVER) - cash == suite.units(told["assets"]) > suite.units(51_000)
    assert suite.vault.balanceOf(SAVER) == 0


def test_roll__entered_and_left__in_kind(desk, suite):
    maturity = suite.rolling.position().maturity
    desk.run("market", "buy", str(maturity), "1000", "--broadcast", "--as", SAVER)
    assert desk.code("market", "roll", "enter", "1000", "--as", SAVER) == 3
    desk.run("market", "roll", "allow", "--broadcast", "--as", SAVER)
    told = roll(desk, "enter", "1000")
    assert (told["face"], told["cash"]) == ("1000", "0")
    assert suite.holding(SAVER, maturity) == 0
    told = roll(desk, "exit", "400")
    assert suite.holding(SAVER, maturity) == suite.units(400)
    roll(desk, "exit")
    assert suite.holding(SAVER, maturity) == suite.units(1000)


def test_roll__class_of_ones_own__created_listed_and_shown(desk, suite):
    told = roll(desk, "create", "13", "250")
    rows = desk.json("market", "roll", "list")["classes"]
    assert [row["tenor"] for row in rows] == ["26 weeks", "13 weeks"]
    assert rows[1]["class"] == told["class"] == suite.classes.class_of(13 * WEEK, 25 * 10**15)
    assert "13 weeks" in desk.run("market", "roll", "list")
    shown = desk.json("market", "roll", "show", "--class", told["class"])
    assert shown["least_rate"] == "2.5 %"
    assert "vault" not in shown


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (("show", "--class", SAVER), 1, "is no class of this deployment"),
        (("create", "255", "0"), 3, "rolling_factory: "),
        (("now",), 3, "rolling_bonds: "),
        (("exit",), 3, "rolling_bonds: "),
        (("deposit", "90000000"), 1, "the vault takes"),
        (("redeem", "1"), 3, "reverted: "),
    ],
)
def test_roll__refused__one_line_and_the_documented_code(desk, capsys, command, code, told):
    assert desk.code("market", "roll", *command, "--as", KEEPER) == code
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1
