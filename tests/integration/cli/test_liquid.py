"""`surety liquid`: a vault made, joined, earning, slashed and wound down, sent by key files alone on an anvil."""

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

from surety.cli.context import default_config
from surety.config import load_config
from surety.config_restaking import LiquidSection
from surety.sdk.anvil import Anvil
from surety.sdk.liquid import Liquids, check_liquid
from surety.sdk.suite import WEEK

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two operators whose pools earn rewards, and a vault behind the first, governed by OTHER."""
    with Anvil() as node:
        terminal, engine = open_terminal(node, tmp_path_factory.mktemp("liquid"))
        for operator in (OPERATOR, OTHER):
            make_operator(terminal, operator)
            terminal.send(operator, "operator", "pool", "enable-rewards")
        told = terminal.send(RELAYER, "liquid", "create", OPERATOR.address, "--governor", OTHER.address)
        terminal.vault = told["vault"]
        terminal.send(DELEGATOR, "liquid", "approve", told["vault"], "all")
        terminal.send(DELEGATOR, "liquid", "deposit", told["vault"], "10000")
        yield terminal, engine


@pytest.fixture
def engine(made):
    mark = made[1].snapshot()
    yield made[1]
    made[1].restore(mark)


@pytest.fixture
def terminal(made, engine):
    return made[0]


def send(terminal, account, *command):
    """A command about the vault."""
    split = 2 if command[0] == "rewards" else 1
    return terminal.send(account, "liquid", *command[:split], terminal.vault, *command[split:])


def standing(terminal, account=DELEGATOR):
    return terminal.json("liquid", "status", terminal.vault, account.address)["holding"]


def turn(engine):
    """The first second of the next epoch."""
    engine.set_time((engine.timestamp // WEEK + 1) * WEEK)


def test_create__listed_and_genuine__and_not_without_a_pool(terminal, engine, capsys):
    (vault,) = terminal.json("liquid", "list")["vaults"]
    assert (vault["vault"], vault["operator"], vault["phase"]) == (terminal.vault, OPERATOR.address, "staked")
    assert (vault["governor"], vault["assets"], vault["supply"]) == (OTHER.address, "10000", "10000")
    assert "10,000 USDC" in terminal.run("liquid", "list")
    assert all(one.ok for one in check_liquid(terminal.suite(), load_config(default_config()), OTHER.address))
    assert terminal.code("liquid", "create", RELAYER.address, "--as", RELAYER.address) == 3
    assert "no such pool" in capsys.readouterr().err
    assert terminal.code("liquid", "create", "--as", RELAYER.address) == 1
    assert terminal.code("liquid", "create", OPERATOR.address, "--symbol", "TOOLONG", "--as", RELAYER.address) == 1
    assert terminal.code("liquid", "status", terminal.suite().pools.address, "--as", RELAYER.address) == 1


def test_check_liquid__configured_vault__until_its_pool_is_open_and_with_its_governor(terminal, engine):
    suite, config = terminal.suite(), load_config(default_config())

    def checked(operator, governor=None):
        section = config.restaking.model_copy(update={"liquid": LiquidSection(operator=operator, governor=governor)})
        return [
            one
            for one in check_liquid(suite, config.model_copy(update={"restaking": section}), OTHER.address)
            if "configured" in one.name
        ]

    assert [(one.ok, one.detail) for one in checked(RELAYER.address)] == [(True, "its operator has no pool yet")]
    assert [one.ok for one in checked(OPERATOR.address, OTHER.address)] == [True]
    assert [one.ok for one in checked(OPERATOR.address)] == [True]  # OTHER stands for the timelock here
    assert [(one.ok, one.detail) for one in checked(OPERATOR.address, JUDGE.address)] == [
        (False, "surety liquid create")
    ]
    assert Liquids(suite).vaults()[0].governor == OTHER.address


def test_deposit__not_approved__says_what_to_do_and_calldata_goes_anyway(terminal, capsys):
    deposit = ("liquid", "deposit", terminal.vault, "5000", "--as", RELAYER.address)
    assert terminal.code(*deposit) == 1
    assert f"surety liquid approve {terminal.vault} 5000 --broadcast" in capsys.readouterr().err
    said = json.loads(terminal.run(*deposit, "--output", "calldata"))
    assert said["to"] == terminal.vault


def test_request_and_claim__all__money_is_back(terminal, engine):
    before = terminal.cash(DELEGATOR)
    told = send(terminal, DELEGATOR, "request", "all")
    assert told["worth_now"] == "10,000 USDC"
    assert standing(terminal)["pending"] == "10000"
    engine.advance(2 * WEEK)
    assert standing(terminal)["claimable"] == "10000"
    send(terminal, DELEGATOR, "claim")
    assert terminal.cash(DELEGATOR) == before + 10_000 * UNIT


def test_rewards__harvested_by_anyone__are_shares_of_who_had_some(terminal, engine):
    turn(engine)
    terminal.send(OTHER, "liquid", "approve", terminal.vault, "all")
    turn(engine)
    send(terminal, OTHER, "deposit", "30000")  # just in time, and for nothing
    terminal.send(RELAYER, "delegate", "approve", "400", "--spender", "rewards")
    terminal.send(RELAYER, "delegate", "rewards", "post", OPERATOR.address, "400")
    # half of it is the operator's own, who has as much stake
    assert send(terminal, RELAYER, "rewards", "harvest")["waits"].startswith("199.99999")
    streams = terminal.json("liquid", "rewards", "show", terminal.vault, DELEGATOR.address)["streams"]
    assert [int(one["due"]) for one in streams] == [pytest.approx(200 * UNIT, abs=3)]
    assert "rewards 1" in terminal.run("liquid", "rewards", "show", terminal.vault, DELEGATOR.address)
    send(terminal, RELAYER, "rewards", "claim", "--of", DELEGATOR.address)
    assert float(standing(terminal)["shares"]) == pytest.approx(10_200, abs=0.00001)
    assert float(standing(terminal, OTHER)["shares"]) == 30_000
    assert terminal.code("liquid", "rewards", "claim", terminal.vault, "--as", OTHER.address) == 1
    assert terminal.code("liquid", "rewards", "harvest", terminal.vault, "--as", OTHER.address) == 3


def test_refund__vetoed_slash__comes_back_to_the_holder(terminal, engine):
    terminal.send(JUDGE, "slash", "approve", "1000")
    terminal.send(JUDGE, "slash", "propose", OPERATOR.address, "20", "--evidence", EVIDENCE)
    slash = str(terminal.suite().escrow.call("slash_count"))
    assert standing(terminal)["worth"] == "8000"
    terminal.send(VETOER, "slash", "veto", slash, "not this operator")
    engine.set_time(terminal.suite().slashes.call("seizure", int(slash)).release_at)
    terminal.send(VETOER, "slash", "release", slash)
    assert standing(terminal)["refunds"] == {slash: "2000"}
    assert send(terminal, DELEGATOR, "refund", slash)["refund"] == "2,000 USDC"
    assert standing(terminal)["refunds"] == {}


def test_wind_down_and_move__operator_leaves__and_the_vault_goes_to_another(terminal, engine):
    assert terminal.code("liquid", "wind-down", terminal.vault, "--as", RELAYER.address) == 3
    terminal.send(OPERATOR, "operator", "leave")
    send(terminal, RELAYER, "wind-down")
    assert terminal.json("liquid", "list")["vaults"][0]["phase"] == "winding down"
    assert terminal.code("liquid", "announce", terminal.vault, OTHER.address, "--as", RELAYER.address) == 3
    send(terminal, OTHER, "announce", OTHER.address)
    assert "announced" in terminal.run("liquid", "status", terminal.vault, "--as", DELEGATOR.address)
    engine.advance(2 * WEEK)
    send(terminal, RELAYER, "settle")
    assert terminal.json("liquid", "list")["vaults"][0]["phase"] == "cash"
    send(terminal, RELAYER, "move")
    (vault,) = terminal.json("liquid", "list")["vaults"]
    assert (vault["operator"], vault["phase"], vault["assets"]) == (OTHER.address, "staked", "10000")


def test_resume__operator_is_back__stake_is_staked_again(terminal, engine):
    terminal.send(OPERATOR, "operator", "leave")
    send(terminal, RELAYER, "wind-down")
    terminal.send(OPERATOR, "operator", "cancel")
    send(terminal, RELAYER, "resume")
    assert terminal.json("liquid", "list")["vaults"][0]["phase"] == "staked"
