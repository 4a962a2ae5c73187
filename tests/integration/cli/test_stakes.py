"""`surety delegate` and `surety slash` on a deployment of their own: dry by default, then sent, with exit codes."""

import json

import pytest
from tests.support.terminal import Terminal

from surety.sdk.anvil import Anvil
from surety.sdk.engines import dev_account
from surety.sdk.engines.rpc_engine import RpcEngine
from surety.sdk.suite import MAX_UINT

pytestmark = pytest.mark.integration

OPERATOR, DELEGATOR, JUDGE, VETOER = (dev_account(number).address for number in (10, 11, 7, 5))
SUBJECT = 1 << 160 | int(OPERATOR, 16)
EVIDENCE = "0x" + "07" * 32
UNIT = 10**6


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An operator with own stake, a delegator with money, a judge who can pay bonds."""
    with Anvil() as node:
        engine = RpcEngine(node.url).prepare()
        terminal = Terminal(node, tmp_path_factory.mktemp("stakes"))
        terminal.run("deploy", "--broadcast")
        suite = terminal.suite()
        for who, spender in (
            (OPERATOR, suite.pools),
            (DELEGATOR, suite.pools),
            (JUDGE, suite.contracts["judgement_bonds"]),
        ):
            suite.mint(who, 20_000 * UNIT)
            suite.asset.send("approve", spender.address, MAX_UINT, sender=who)
        suite.pools.send("open_pool", 1, 1, 0, 0, sender=OPERATOR)
        suite.pools.send("deposit", OPERATOR, SUBJECT, 10_000 * UNIT, sender=OPERATOR)
        suite.operators.send("register", 1, "https://operator.example", sender=OPERATOR)
        suite.pools.send("deposit", DELEGATOR, SUBJECT, 10_000 * UNIT, sender=DELEGATOR)
        yield terminal, engine


def data_of(terminal, engine, who, *command):
    """Simulate, then send what `calldata` says as the account, as a wallet would."""
    assert "nothing was sent" in terminal.run(*command, "--as", who)
    said = json.loads(terminal.run(*command, "--as", who, "--output", "calldata"))
    return engine.transact(who, said["to"], bytes.fromhex(said["data"][2:]))


def test_delegate_and_slash__a_veto__stake_leaves_is_seized_and_comes_back(made):
    terminal, engine = made
    data_of(terminal, engine, DELEGATOR, "delegate", "deposit", OPERATOR, "5000")
    status = terminal.json("delegate", "status", OPERATOR, DELEGATOR)
    assert (status["active"], status["operator_state"]) == (str(15_000 * UNIT), "active")
    shares = str(int(status["shares"]) // 3)
    data_of(terminal, engine, DELEGATOR, "delegate", "queue", OPERATOR, shares)
    (epoch,) = terminal.json("delegate", "status", OPERATOR, DELEGATOR)["tickets"]
    data_of(terminal, engine, DELEGATOR, "delegate", "cancel", OPERATOR, epoch)
    data_of(terminal, engine, DELEGATOR, "delegate", "queue", OPERATOR, shares)
    data_of(terminal, engine, JUDGE, "slash", "propose", OPERATOR, "20", "--evidence", EVIDENCE)
    assert terminal.json("slash", "list")["1"]["state"] == "open"
    assert terminal.json("slash", "show", "1")["seized"] == str(5_000 * UNIT)
    assert terminal.json("delegate", "status", OPERATOR, DELEGATOR)["active"] == str(8_000 * UNIT)
    assert terminal.code("slash", "veto", "1", "no", "--as", DELEGATOR) == 3
    assert terminal.code("slash", "finalise", "1", "--as", DELEGATOR) == 3
    assert terminal.code("slash", "dispute", "1", "--as", OPERATOR) == 3, "no arbiter is named"
    data_of(terminal, engine, VETOER, "slash", "veto", "1", "not this operator")
    engine.set_time(terminal.suite().slashes.call("seizure", 1).release_at)
    data_of(terminal, engine, DELEGATOR, "slash", "release", "1")
    data_of(terminal, engine, DELEGATOR, "delegate", "complete", OPERATOR, epoch)
    refund = int(terminal.json("delegate", "status", OPERATOR, DELEGATOR)["refunds"]["1"])
    assert abs(refund - 3_000 * UNIT) <= 4
    before = terminal.suite().cash(DELEGATOR)
    data_of(terminal, engine, DELEGATOR, "delegate", "refund", OPERATOR, "1")
    assert terminal.suite().cash(DELEGATOR) - before == refund


def test_slash__finalised__each_part_is_pulled(made):
    terminal, engine = made
    data_of(terminal, engine, JUDGE, "slash", "propose", OPERATOR, "10", "--evidence", EVIDENCE)
    suite = terminal.suite()
    number = suite.escrow.call("slash_count")
    engine.set_time(suite.slashes.call("slash", number).end)
    data_of(terminal, engine, DELEGATOR, "slash", "finalise", str(number))
    before = suite.cash(JUDGE)
    data_of(terminal, engine, JUDGE, "slash", "pull", str(number), "bounty", JUDGE)
    assert suite.cash(JUDGE) > before
    assert "finalised" in terminal.run("slash", "show", str(number))
    assert terminal.code("slash", "pull", str(number), "bounty", JUDGE, "--as", JUDGE) == 3


@pytest.mark.parametrize(
    "command",
    [
        ("delegate", "deposit", OPERATOR, "0"),
        ("delegate", "deposit", OPERATOR, "0.0000001"),
        ("delegate", "deposit", OPERATOR, "much"),
        ("delegate", "deposit", OPERATOR, "1", "--asset", "9"),
        ("delegate", "queue", OPERATOR, "some"),
        ("delegate", "status", OPERATOR.lower()),
        ("slash", "propose", OPERATOR, "101", "--evidence", EVIDENCE),
        ("slash", "propose", OPERATOR, "half", "--evidence", EVIDENCE),
        ("slash", "propose", OPERATOR, "1", "--evidence", "0x07"),
        ("slash", "show", "99"),
        ("slash", "pull", "1", "tip", OPERATOR),
    ],
)
def test_bad_input__refused_as_usage(made, command):
    assert made[0].code(*command) == 1
