"""`surety delegate`: stake in, out, elsewhere and back, sent by key files alone on an anvil of the module's own."""

import json

import pytest
from tests.support.stake_terminal import (
    DELEGATOR,
    EVIDENCE,
    JUDGE,
    OPERATOR,
    OTHER,
    RELAYER,
    UNIT,
    VETOER,
    make_operator,
    open_terminal,
)

from surety.sdk.anvil import Anvil
from surety.sdk.suite import MAX_UINT, WEEK, fixed_id

pytestmark = pytest.mark.integration
NOBODY = "0x" + "00" * 19 + "01"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two operators with pools and a delegator with 10,000 behind the first."""
    with Anvil() as node:
        terminal, engine = open_terminal(node, tmp_path_factory.mktemp("stakes"))
        make_operator(terminal, OPERATOR)
        make_operator(terminal, OTHER, 12_000, "--mode", "allowlist", "--minimum", "500", "--cap", "50000")
        terminal.send(DELEGATOR, "delegate", "approve", "50000")
        terminal.send(DELEGATOR, "delegate", "deposit", OPERATOR.address, "10000")
        yield terminal, engine


@pytest.fixture
def engine(made):
    mark = made[1].snapshot()
    yield made[1]
    made[1].restore(mark)


@pytest.fixture
def terminal(made, engine):
    return made[0]


def wait(terminal, engine, account=DELEGATOR):
    """Until the account's only ticket matures."""
    (ticket,) = terminal.stake_of(account)["tickets"]
    engine.set_time(ticket["matures_at"])
    return str(ticket["epoch"])


def test_pools__two_operators__with_their_terms(terminal):
    first, second = terminal.json("delegate", "pools")["pools"]
    assert (first["operator"], first["state"], first["mode"], first["staked"]) == (
        OPERATOR.address, "active", "open", "20000"
    )  # fmt: skip
    assert (second["mode"], second["minimum"], second["cap"], second["earns_rewards"]) == (
        "allowlist", "500", "50000", False
    )  # fmt: skip
    assert "50,000" in terminal.run("delegate", "pools")
    takes = terminal.json("delegate", "pools", "--takes", "--as", DELEGATOR.address)["pools"]
    assert [one["operator"] for one in takes] == [OPERATOR.address]
    terminal.send(OTHER, "operator", "pool", "allow", DELEGATOR.address)
    assert len(terminal.json("delegate", "pools", "--takes", "--as", DELEGATOR.address)["pools"]) == 2
    assert "no such pools" in terminal.run("delegate", "pools", "--asset", "7")


def test_assets__the_token_and_a_bond__with_numbers(terminal):
    assert terminal.json("delegate", "assets")["assets"][0]["staked"] == "32000"
    told = terminal.send(RELAYER, "delegate", "add-bond", "52w")
    assert told["will_be_asset"] == "2"
    bond = terminal.json("delegate", "assets")["assets"][1]
    assert bond["label"] == f"bond {told['maturity']}"
    assert bond["status"] == "listed"
    assert terminal.code("delegate", "add-bond", "52w", "--as", RELAYER.address) == 1


def test_deposit__a_bond_of_its_own__approved_staked_and_taken_out(terminal, engine):
    suite = terminal.suite()
    maturity = suite.maturity_for(52 * WEEK)
    terminal.send(OPERATOR, "market", "approve", "5000")
    terminal.send(OPERATOR, "market", "buy", str(maturity), "1000")
    terminal.send(RELAYER, "delegate", "add-bond", str(maturity))
    terminal.send(OPERATOR, "operator", "pool", "open", "--asset", "2", "--mode", "closed")
    asset = ("--asset", "2")
    assert terminal.code("delegate", "deposit", OPERATOR.address, "1000", *asset, "--as", OPERATOR.address) == 1
    terminal.send(OPERATOR, "delegate", "approve", "1000", *asset)
    terminal.send(OPERATOR, "delegate", "deposit", OPERATOR.address, "1000", *asset)
    assert terminal.stake_of(OPERATOR, asset=2)["active"] == "1000"
    assert suite.holding(OPERATOR.address, maturity) == 0
    terminal.send(OPERATOR, "delegate", "queue", OPERATOR.address, "400", *asset)
    (ticket,) = terminal.stake_of(OPERATOR, asset=2)["tickets"]
    assert ticket["amount"] == "400"
    engine.set_time(ticket["matures_at"])
    terminal.send(OPERATOR, "delegate", "complete", OPERATOR.address, *asset)
    assert suite.token.balanceOf(OPERATOR.address, fixed_id(maturity)) == 400 * UNIT


def test_deposit__not_approved_or_not_there__says_what_to_do(terminal, capsys):
    wallet = ("--as", RELAYER.address)
    assert terminal.code("delegate", "deposit", OPERATOR.address, "5000", *wallet) == 1
    advice = "surety delegate approve 5000 --asset 1 --broadcast"
    assert advice in capsys.readouterr().err
    said = json.loads(terminal.run("delegate", "deposit", OPERATOR.address, "5000", *wallet, "--output", "calldata"))
    assert said["to"] == terminal.suite().pools.address, "a wallet may send both together"
    terminal.run(*advice.split()[1:], *wallet)
    terminal.send(DELEGATOR, "delegate", "approve", "all")
    assert terminal.code("delegate", "deposit", OPERATOR.address, "5000000", "--as", DELEGATOR.address) == 1
    assert f"{DELEGATOR.address} has 90,000 USDC" in capsys.readouterr().err


def test_queue__part_of_it__cancelled_in_part_and_taken_out(terminal, engine):
    told = terminal.send(DELEGATOR, "delegate", "queue", OPERATOR.address, "4000")
    assert told["leaves"] == "4,000 USDC"
    assert terminal.stake_of(DELEGATOR)["active"] == "6000"
    terminal.send(DELEGATOR, "delegate", "cancel", OPERATOR.address, str(engine.timestamp // WEEK + 1), "1500")
    assert [one["amount"] for one in terminal.stake_of(DELEGATOR)["tickets"]] == ["2500"]
    assert terminal.code("delegate", "complete", OPERATOR.address, "--as", DELEGATOR.address) == 3
    epoch = wait(terminal, engine)
    assert "matured: complete" in terminal.run("delegate", "status", OPERATOR.address, DELEGATOR.address)
    engine.advance(5 * WEEK)
    before = terminal.cash(DELEGATOR)
    terminal.send(DELEGATOR, "delegate", "complete", OPERATOR.address, epoch, "--receiver", RELAYER.address)
    assert terminal.cash(DELEGATOR) == before
    assert terminal.cash(RELAYER) == 102_500 * UNIT
    assert terminal.stake_of(DELEGATOR)["tickets"] == []
    terminal.send(DELEGATOR, "delegate", "queue", OPERATOR.address, "all")
    assert terminal.stake_of(DELEGATOR)["active"] == "0"


def test_redelegate__to_an_operator_with_a_list__arrives_once_it_is_on_it(terminal, engine, capsys):
    move = ("delegate", "redelegate", OPERATOR.address, OTHER.address, "3000")
    assert "active, allowlist" in terminal.run(*move, "--as", DELEGATOR.address)
    terminal.send(DELEGATOR, *move)
    terminal.send(DELEGATOR, "delegate", "queue", OPERATOR.address, "1000")
    tickets = terminal.stake_of(DELEGATOR)["tickets"]
    assert sorted((one["amount"], one["target"]) for one in tickets) == [("1000", None), ("3000", OTHER.address)]
    engine.set_time(tickets[0]["matures_at"])
    arrive = ("delegate", "arrive", OPERATOR.address)
    assert terminal.code(*arrive, "--as", DELEGATOR.address) == 3
    assert "not on the allowlist" in capsys.readouterr().err
    assert "arrive or complete" in terminal.run("delegate", "status", OPERATOR.address, DELEGATOR.address)
    terminal.send(OTHER, "operator", "pool", "allow", DELEGATOR.address)
    terminal.send(DELEGATOR, *arrive)
    assert terminal.stake_of(DELEGATOR, OTHER)["active"] == "3000"
    told = terminal.send(DELEGATOR, "delegate", "complete", OPERATOR.address)
    assert told["take_out"].startswith("1,000 USDC")
    assert terminal.code(*arrive, "--as", DELEGATOR.address) == 1
    assert "no ticket on its way" in capsys.readouterr().err
    assert terminal.code("delegate", "redelegate", OPERATOR.address, NOBODY, "1", "--as", DELEGATOR.address) == 1


def test_refund__of_a_veto__to_who_stayed_and_who_was_moving(terminal, engine):
    terminal.send(DELEGATOR, "delegate", "redelegate", OPERATOR.address, OTHER.address, "5000")
    terminal.send(JUDGE, "slash", "approve", "all")
    terminal.send(JUDGE, "slash", "propose", OPERATOR.address, "20", "--evidence", EVIDENCE)
    assert terminal.stake_of(DELEGATOR)["under_review"] == [1]
    terminal.send(VETOER, "slash", "veto", "1", "not this operator")
    assert terminal.code("delegate", "refund", OPERATOR.address, "--as", DELEGATOR.address) == 1
    engine.set_time(terminal.suite().slashes.call("seizure", 1).release_at)
    terminal.send(RELAYER, "slash", "release", "1")
    refunds = terminal.stake_of(DELEGATOR)["refunds"]
    assert refunds == [
        {"slash": 1, "target": None, "amount": "1000"},
        {"slash": 1, "target": OTHER.address, "amount": "1000"},
    ]
    assert terminal.code("delegate", "refund", OPERATOR.address, "--as", DELEGATOR.address) == 1, "name one"
    before = terminal.cash(DELEGATOR)
    terminal.send(DELEGATOR, "delegate", "refund", OPERATOR.address, "1", "--target", OTHER.address)
    terminal.send(DELEGATOR, "delegate", "refund", OPERATOR.address)
    assert terminal.cash(DELEGATOR) - before == 2_000 * UNIT


def test_worst_loss__a_service_is_announced__now_and_later(terminal, engine):
    told = terminal.json("delegate", "worst-loss", OPERATOR.address, DELEGATOR.address)
    assert (told["amount"], told["binds_at"], told["services"]) == ("0", None, {})
    assert told["proposers_without_limit"] == [JUDGE.address]
    suite = terminal.suite()
    book, timelock = suite.contracts["exposure"], suite.timelock.address
    services = book.call("SERVICES_ROLE") if book.interface.has("SERVICES_ROLE") else None
    assert services is not None
    book.send("grantRole", services, RELAYER.address, sender=timelock)
    subject = 1 << 160 | int(OPERATOR.address, 16)
    book.send("announce", 7, subject, 10**17, WEEK, sender=RELAYER.address)
    told = terminal.json("delegate", "worst-loss", OPERATOR.address, DELEGATOR.address)
    assert (told["amount"], told["next_amount"]) == ("0", "1000")
    assert told["binds_at"] == engine.timestamp + 2 * WEEK
    assert "1,000 USDC, 10 %" in terminal.run("delegate", "worst-loss", OPERATOR.address, DELEGATOR.address)
    engine.set_time(told["binds_at"])
    assert terminal.json("delegate", "worst-loss", OPERATOR.address, DELEGATOR.address)["services"] == {
        "7": str(10**17)
    }


def test_rewards__posted_and_claimed__the_operator_takes_its_commission(terminal, engine, capsys):
    terminal.send(OPERATOR, "operator", "pool", "enable-rewards")
    told = terminal.send(OPERATOR, "operator", "commission", "set", "10")
    assert told["new"] == "10 %"
    assert "10 % announced" in terminal.run("operator", "commission", "show", OPERATOR.address)
    engine.advance(3 * WEEK)
    post = ("delegate", "rewards", "post", OPERATOR.address, "2000")
    assert terminal.code(*post, "--as", RELAYER.address) == 1
    assert "surety delegate approve 2000 --spender rewards" in capsys.readouterr().err
    terminal.send(RELAYER, "delegate", "approve", "2000", "--spender", "rewards")
    terminal.send(RELAYER, *post)
    due = terminal.json("delegate", "rewards", "show", OPERATOR.address, DELEGATOR.address)["due"]
    assert list(due.values()) == ["899.999999"]  # rounded down
    assert "due in USDC" in terminal.run("delegate", "rewards", "show", OPERATOR.address, DELEGATOR.address)
    before = terminal.cash(DELEGATOR), terminal.cash(OPERATOR)
    terminal.send(DELEGATOR, "delegate", "rewards", "claim", OPERATOR.address)
    assert list(terminal.json("operator", "commission", "show", OPERATOR.address)["due"].values()) == ["200"]
    terminal.send(OPERATOR, "operator", "commission", "claim")
    assert terminal.cash(DELEGATOR) - before[0] == 900 * UNIT - 1
    assert terminal.cash(OPERATOR) - before[1] == 200 * UNIT


def test_pool_set__what_is_not_named__stays(terminal, capsys):
    terminal.send(OTHER, "operator", "pool", "set", "--mode", "closed", "--cap", "0")
    (told,) = terminal.json("operator", "pool", "show", OTHER.address)["pools"]
    assert (told["mode"], told["minimum"], told["cap"]) == ("closed", "500 USDC", "none")
    assert terminal.code("operator", "pool", "set", "--as", OTHER.address) == 1
    assert "say what to change" in capsys.readouterr().err
    assert terminal.code("operator", "pool", "open", "--as", OTHER.address) == 3
    assert "pool is open already" in capsys.readouterr().err
    assert terminal.code("operator", "commission", "set", "21", "--as", OTHER.address) == 3
    assert terminal.code("operator", "commission", "set", "low", "--as", OTHER.address) == 1


def test_sync__cap_changed__the_pools_learn_of_it(terminal):
    suite = terminal.suite()
    suite.assets.send("set_cap", 1, 40_000 * UNIT, sender=suite.timelock.address)
    terminal.send(RELAYER, "delegate", "sync")
    assert terminal.json("delegate", "assets")["assets"][0]["room"] == "8000"
    assert terminal.code("delegate", "deposit", OPERATOR.address, "8001", "--as", DELEGATOR.address) == 3


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("deposit", OPERATOR.address, "0"), "0 is no amount of USDC, which has 6 decimals"),
        (("deposit", OPERATOR.address, "0.0000001"), "no amount of USDC"),
        (("deposit", OPERATOR.address, "much"), "no amount of USDC"),
        (("deposit", OPERATOR.address, "1", "--asset", "9"), "there is no asset 9"),
        (("deposit", NOBODY, "1"), f"{NOBODY} has no pool of asset 1"),
        (("queue", OPERATOR.address, "some"), "no amount of USDC"),
        (("cancel", OPERATOR.address), "has no ticket"),
        (("refund", OPERATOR.address), "no slash has given anything back"),
        (("status", OPERATOR.address.lower()), "no checksummed address"),
        (("rewards", "claim", OPERATOR.address, "--token", NOBODY), f"no token at {NOBODY}"),
    ],
)
def test_bad_input__refused_as_usage_in_one_line(terminal, capsys, command, told):
    assert terminal.code("delegate", *command, "--as", RELAYER.address) == 1
    err = capsys.readouterr().err
    assert told in err
    assert "Traceback" not in err


def test_approve__all_and_nothing__as_told(terminal):
    pools = terminal.suite().pools.address
    for amount, units in (("all", MAX_UINT), ("0", 0), ("12.5", 12_500_000)):
        terminal.send(RELAYER, "delegate", "approve", amount)
        assert terminal.suite().asset.allowance(RELAYER.address, pools) == units
