"""`surety slash`: every step of a slash by key files alone, to the last token, on an anvil of the module's own."""

import pytest
from tests.support.stake_terminal import (
    CONFIRMER,
    DELEGATOR,
    EVIDENCE,
    INSURANCE,
    JUDGE,
    OPERATOR,
    PROVER,
    RELAYER,
    UNIT,
    VETOER,
    make_operator,
    open_terminal,
)

from surety.sdk.anvil import Anvil
from surety.sdk.artefacts import artefact

pytestmark = pytest.mark.integration
DAY = 86_400
PROPOSE = ("slash", "propose", OPERATOR.address)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An operator with 10,000 of its own and as much of a delegator; an arbiter, and somebody who proves faults."""
    with Anvil() as node:
        terminal, engine = open_terminal(node, tmp_path_factory.mktemp("slashes"))
        make_operator(terminal, OPERATOR)
        terminal.send(DELEGATOR, "delegate", "approve", "all")
        terminal.send(DELEGATOR, "delegate", "deposit", OPERATOR.address, "10000")
        terminal.send(JUDGE, "slash", "approve", "20000")
        suite = terminal.suite()
        contract = engine.create(RELAYER.address, artefact("MockArbiter").creation()).contract
        for proven in (False, True):
            suite.slashing_terms.send("set_arbiter", proven, contract, sender=suite.timelock.address)
        suite.slashing_terms.send("set_proposer", PROVER.address, 2, "0x" + "00" * 20, sender=suite.timelock.address)
        yield terminal, engine, contract


@pytest.fixture
def engine(made):
    mark = made[1].snapshot()
    yield made[1]
    made[1].restore(mark)


@pytest.fixture
def terminal(made, engine):
    return made[0]


@pytest.fixture
def arbiter(made):
    return made[2]


def propose(terminal, percent="20", who=JUDGE, *more):
    terminal.send(who, *PROPOSE, percent, "--evidence", EVIDENCE, *more)
    return str(terminal.suite().escrow.call("slash_count"))


def shown(terminal, number):
    return terminal.json("slash", "show", number)


def end(terminal, engine, number):
    engine.set_time(terminal.suite().slashes.call("slash", int(number)).end)


def released_at(terminal, number):
    return terminal.suite().slashes.call("seizure", int(number)).release_at


def amounts(terminal, number):
    return {one["part"]: one["amount"] for one in terminal.json("slash", "waterfall", number)["parts"]}


def test_propose__with_its_bond__seized_and_told(terminal):
    wallet = (*PROPOSE, "20", "--evidence", EVIDENCE, "--as", JUDGE.address)
    dry = terminal.run(*wallet)
    assert "20 %, 4,000 USDC" in dry
    assert "200 USDC, at most 202" in dry
    number = propose(terminal)
    told = shown(terminal, number)
    assert (told["state"], told["kind"], told["part"]) == ("open", "judgement", "20 %")
    assert told["seized"].startswith("4,000 USDC")
    assert told["bond"] == "200 USDC"
    assert told["next"].startswith("veto; dispute; finalise from")
    assert terminal.stake_of(DELEGATOR)["active"] == "8000"
    assert "shares" not in told
    assert "slashes share, if its place" in terminal.run(*wallet)


def test_slash__finalised__every_part_pulled_and_the_bond_back(terminal, engine):
    number = propose(terminal, "10", JUDGE, "--harmed", DELEGATOR.address, "--reporter", RELAYER.address)
    would = amounts(terminal, number)
    assert terminal.json("slash", "waterfall", number)["final"] is False
    assert "if it were finalised now" in terminal.run("slash", "waterfall", number)
    assert terminal.code("slash", "finalise", number, "--as", DELEGATOR.address) == 3
    end(terminal, engine, number)
    assert shown(terminal, number)["next"] == "finalise"
    terminal.send(DELEGATOR, "slash", "finalise", number)
    assert amounts(terminal, number) == would == {
        "bounty": "200", "compensation": "600", "insurance": "600", "treasury": "600"
    }  # fmt: skip
    before = {who.address: terminal.cash(who) for who in (RELAYER, DELEGATOR, INSURANCE, JUDGE, PROVER)}
    terminal.send(RELAYER, "slash", "pull", number, "bounty", PROVER.address)
    assert terminal.code("slash", "pull", number, "bounty", "--as", RELAYER.address) == 3
    assert terminal.code("slash", "pull", number, "insurance", PROVER.address, "--as", RELAYER.address) == 3
    told = terminal.send(JUDGE, "slash", "pull", number, "all")
    assert (told["pull_insurance"], "pull_bounty" in told) == ("600 USDC", False)
    terminal.send(RELAYER, "slash", "settle", number)
    got = {who: terminal.cash(who) - was for who, was in before.items()}
    assert got == {
        RELAYER.address: 0,
        PROVER.address: 200 * UNIT,
        DELEGATOR.address: 600 * UNIT,
        INSURANCE.address: 600 * UNIT,
        JUDGE.address: 100 * UNIT,
    }
    told = shown(terminal, number)
    assert told["next"] == "nothing: it is over"
    assert told["bond"] == f"100 USDC, given back to {JUDGE.address}"
    assert "pulled" in terminal.run("slash", "waterfall", number)
    assert terminal.code("slash", "pull", number, "all", PROVER.address, "--as", JUDGE.address) == 1
    assert terminal.code("slash", "pull", number, "compensation", "--as", JUDGE.address) == 3


def test_slash__vetoed__the_bond_goes_to_those_who_were_seized_from(terminal, engine):
    number = propose(terminal)
    assert terminal.code("slash", "veto", number, "no", "--as", DELEGATOR.address) == 3
    terminal.send(VETOER, "slash", "veto", number, "not this operator")
    assert "appeal, settle from" in shown(terminal, number)["next"]
    assert set(amounts(terminal, number).values()) == {"0"}
    assert terminal.json("slash", "waterfall", number)["given_back"] == "4000"
    end(terminal, engine, number)
    engine.advance(DAY)
    terminal.send(RELAYER, "slash", "settle", number)
    engine.set_time(released_at(terminal, number))
    terminal.send(RELAYER, "slash", "release", number)
    assert terminal.stake_of(DELEGATOR)["refunds"] == [{"slash": int(number), "target": None, "amount": "2100"}]
    before = terminal.cash(DELEGATOR)
    terminal.send(DELEGATOR, "delegate", "refund", OPERATOR.address)
    assert terminal.cash(DELEGATOR) - before == 2_100 * UNIT
    assert "forfeited to" in shown(terminal, number)["bond"]


def test_slash__vetoed_and_appealed__the_arbiter_gives_the_bond_back(terminal, engine, arbiter):
    number = propose(terminal)
    terminal.send(VETOER, "slash", "veto", number, "a friend of mine")
    terminal.send(JUDGE, "slash", "appeal", number)
    assert f"appeal to {arbiter}" in shown(terminal, number)["bond"]
    rule = ("slash", "rule", number, "guilty", "--appeal", "--as", arbiter)
    assert terminal.code(*rule[:-1], RELAYER.address) == 3
    assert "about the bond alone" in terminal.run(*rule, "--broadcast")
    before = terminal.cash(JUDGE)
    terminal.send(RELAYER, "slash", "settle", number)
    assert terminal.cash(JUDGE) - before == 200 * UNIT


@pytest.mark.parametrize(("verdict", "state"), [("innocent", "acquitted"), ("guilty", "ruled guilty")])
def test_slash__disputed__the_arbiter_decides(terminal, engine, arbiter, verdict, state):
    number = propose(terminal)
    assert terminal.code("slash", "dispute", number, "--as", DELEGATOR.address) == 3
    terminal.send(OPERATOR, "slash", "dispute", number)
    assert f"no ruling, by {arbiter}" in shown(terminal, number)["dispute"]
    assert shown(terminal, number)["next"].startswith("veto; rule; finalise")
    terminal.run("slash", "rule", number, verdict, "--as", arbiter, "--broadcast")
    assert shown(terminal, number)["state"] == state
    assert verdict in shown(terminal, number)["dispute"]
    assert bool(terminal.json("slash", "list", "--open")) is (verdict == "guilty")


def test_proven_fault__vetoed_by_two_accounts_and_two_days(terminal, engine, capsys):
    number = propose(terminal, "5", PROVER, "--offence-time", "1d")
    told = shown(terminal, number)
    assert (told["kind"], "bond" in told) == ("machine-proven fault", False)
    assert told["next"].startswith("announce-veto and confirm; dispute")
    assert terminal.code("slash", "veto", number, "wrong", "--as", VETOER.address) == 1
    assert "announce-veto, and two days later confirm" in capsys.readouterr().err
    terminal.send(VETOER, "slash", "announce-veto", number, "the machine is wrong")
    assert VETOER.address in shown(terminal, number)["veto_announced"]
    assert terminal.code("slash", "confirm", number, "indeed", "--as", CONFIRMER.address) == 3
    assert "veto before its delay" in capsys.readouterr().err
    engine.advance(2 * DAY)
    terminal.send(CONFIRMER, "slash", "confirm", number, "indeed")
    assert shown(terminal, number)["state"] == "vetoed"
    judged = propose(terminal)
    assert terminal.code("slash", "confirm", judged, "x", "--as", CONFIRMER.address) == 1


def test_lien__on_a_vetoed_seizure__collected_and_pulled(terminal, engine, capsys):
    first = propose(terminal, "20", JUDGE, "--service", "1")
    second = propose(terminal, "50", JUDGE, "--service", "2")
    assert shown(terminal, second)["bond"] == "500 USDC"  # 5 % of 8,000 seized and 2,000 of the first
    terminal.send(VETOER, "slash", "veto", first, "not this")
    end(terminal, engine, second)
    terminal.send(RELAYER, "slash", "finalise", second)
    (lien,) = terminal.json("slash", "waterfall", second)["liens"]
    assert lien == {"seizure": 1, "at_most": "2000", "collected": None}
    assert "at most, waits" in terminal.run("slash", "waterfall", second)
    assert terminal.code("slash", "collect", second, "--as", RELAYER.address) == 3
    engine.set_time(released_at(terminal, first))
    terminal.send(RELAYER, "slash", "release", first)
    assert f"collect {first}" in shown(terminal, second)["next"]
    terminal.send(RELAYER, "slash", "collect", second)
    assert terminal.json("slash", "waterfall", second)["liens"][0]["collected"] == "2000"
    assert terminal.code("slash", "collect", second, "--as", RELAYER.address) == 1
    assert "has no lien" in capsys.readouterr().err
    before = terminal.cash(JUDGE), terminal.cash(INSURANCE)
    terminal.send(JUDGE, "slash", "pull-lien", first)
    told = terminal.send(RELAYER, "slash", "pull-lien", first, INSURANCE.address)
    assert told["owed"] == "900 USDC"
    assert (terminal.cash(JUDGE) - before[0], terminal.cash(INSURANCE) - before[1]) == (200 * UNIT, 900 * UNIT)
    assert terminal.code("slash", "pull-lien", first, "--as", JUDGE.address) == 3


def test_second_slash_of_a_service__claims_from_a_shared_seizure(terminal, engine):
    first, second = propose(terminal, "20", JUDGE), propose(terminal, "50", JUDGE)
    third = propose(terminal, "50", JUDGE)
    assert shown(terminal, third)["seizure"] == f"that of slash {second}"
    assert amounts(terminal, second) == amounts(terminal, third)
    end(terminal, engine, third)
    would = amounts(terminal, second)
    terminal.send(RELAYER, "slash", "finalise", second)
    assert amounts(terminal, second) == would
    then = amounts(terminal, third)
    assert float(then["bounty"]) == pytest.approx(float(would["bounty"]) / 2)
    terminal.send(RELAYER, "slash", "finalise", third)
    assert amounts(terminal, third) == then
    assert terminal.json("slash", "list").keys() == {first, second, third}


def test_list__of_an_operator_or_open__only_those(terminal, engine):
    assert "no slashes" in terminal.run("slash", "list")
    first, second = propose(terminal, "1"), propose(terminal, "1", PROVER)
    terminal.send(VETOER, "slash", "veto", first, "no")
    assert list(terminal.json("slash", "list")) == [second, first]
    assert list(terminal.json("slash", "list", "--open")) == [second]
    assert list(terminal.json("slash", "list", "--operator", OPERATOR.address)) == [second, first]
    assert terminal.json("slash", "list", "--operator", DELEGATOR.address) == {}
    assert "vetoed" in terminal.run("slash", "list")


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        ((*PROPOSE, "101", "--evidence", EVIDENCE), 1, "above 0 and at most 100"),
        ((*PROPOSE, "half", "--evidence", EVIDENCE), 1, "half is no number"),
        ((*PROPOSE, "1", "--evidence", "0x07"), 1, "a hash of 32 bytes"),
        ((*PROPOSE, "1"), 1, "--evidence"),
        ((*PROPOSE, "1", "--evidence", EVIDENCE), 3, "slash_escrow: caller may not propose"),
        ((*PROPOSE, "1", "--evidence", EVIDENCE, "--offence-time", "2099-01-01"), 3, "slash_escrow"),
        (("slash", "show", "9"), 1, "there is no slash 9: there are 0"),
        (("slash", "pull", "1", "tip"), 1, "tip"),
        (("slash", "finalise", "9"), 1, "there is no slash 9"),
        (("slash", "rule", "1", "perhaps"), 1, "perhaps"),
    ],
)
def test_bad_input__one_line_and_the_documented_code(terminal, capsys, command, code, told):
    assert terminal.code(*command, "--as", RELAYER.address) == code
    err = capsys.readouterr().err
    assert told in err
    assert "Traceback" not in err


def test_propose__bond_above_what_the_judge_allows__refused(terminal, capsys):
    assert terminal.code(*PROPOSE, "20", "--evidence", EVIDENCE, "--max-bond", "199", "--as", JUDGE.address) == 3
    assert "bond above the limit" in capsys.readouterr().err
    terminal.send(JUDGE, "slash", "approve", "199")
    assert terminal.code(*PROPOSE, "20", "--evidence", EVIDENCE, "--as", JUDGE.address) == 1
    assert "surety slash approve 200 --asset 1 --broadcast" in capsys.readouterr().err
