"""`surety delegate sign` and `relay`: the owner signs, somebody else sends, on an anvil of the module's own."""

import json

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
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

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with Anvil() as node:
        terminal, engine = open_terminal(node, tmp_path_factory.mktemp("requests"))
        make_operator(terminal, OPERATOR)
        make_operator(terminal, OTHER)
        terminal.send(DELEGATOR, "delegate", "approve", "50000")
        yield terminal, engine


@pytest.fixture
def engine(made):
    mark = made[1].snapshot()
    yield made[1]
    made[1].restore(mark)


@pytest.fixture
def terminal(made, engine):
    return made[0]


@pytest.fixture
def file(tmp_path):
    return str(tmp_path / "requests.jsonl")


def sign(terminal, file, *command, who=DELEGATOR):
    return terminal.json("delegate", "sign", *command, "--file", file, *terminal.wallet(who))


def relay(terminal, file, *which):
    return terminal.send(RELAYER, "delegate", "relay", file, *which)


def states(terminal, file):
    return [one["state"] for one in terminal.json("delegate", "requests", file)["requests"]]


def test_sign__without_a_file__signs_nothing(terminal, tmp_path):
    move = ("delegate", "sign", "deposit", OPERATOR.address, "1000", *terminal.wallet(DELEGATOR))
    assert "not signed; --file FILE signs it" in terminal.run(*move)
    told = terminal.json(*move)
    assert (told["signed"], told["signature"], told["words"]["amount"]) == (False, "0x", str(1_000 * UNIT))


def test_requests__a_whole_life_of_stake__relayed_without_gas_of_the_owner(terminal, engine, file):
    gas = engine.balance(DELEGATOR.address)
    sign(terminal, file, "deposit", OPERATOR.address, "10000")
    sign(terminal, file, "queue", OPERATOR.address, "2000")
    sign(terminal, file, "redelegate", OPERATOR.address, OTHER.address, "all", "--expires", "5w")
    assert states(terminal, file) == ["open", "waits", "waits"]
    for _ in range(3):
        relay(terminal, file)
    assert states(terminal, file) == ["used"] * 3
    tickets = terminal.stake_of(DELEGATOR)["tickets"]
    assert sorted((one["amount"], one["target"] or "") for one in tickets) == [("2000", ""), ("8000", OTHER.address)]
    sign(terminal, file, "cancel", OPERATOR.address, str(tickets[0]["epoch"]), "500")
    relay(terminal, file)
    assert terminal.stake_of(DELEGATOR)["active"] == "500"
    engine.set_time(tickets[0]["matures_at"])
    sign(terminal, file, "complete", OPERATOR.address)
    sign(terminal, file, "arrive", OPERATOR.address)
    before = terminal.cash(DELEGATOR)
    relay(terminal, file)
    relay(terminal, file)
    assert terminal.cash(DELEGATOR) - before == 1_500 * UNIT
    assert terminal.stake_of(DELEGATOR, OTHER)["active"] == "8000"
    assert engine.balance(DELEGATOR.address) == gas
    shown = terminal.run("delegate", "requests", file)
    assert "redelegate" not in shown
    assert shown.count("used") == 6


def test_refund__by_signature__paid_to_the_owner(terminal, engine, file):
    terminal.send(DELEGATOR, "delegate", "deposit", OPERATOR.address, "10000")
    terminal.send(JUDGE, "slash", "approve", "all")
    terminal.send(JUDGE, "slash", "propose", OPERATOR.address, "20", "--evidence", EVIDENCE)
    terminal.send(VETOER, "slash", "veto", "1", "no")
    engine.set_time(terminal.suite().slashes.call("seizure", 1).release_at)
    terminal.send(RELAYER, "slash", "release", "1")
    sign(terminal, file, "refund", OPERATOR.address)
    before = terminal.cash(DELEGATOR)
    relay(terminal, file)
    assert terminal.cash(DELEGATOR) - before == 2_000 * UNIT


def test_relay__what_can_not_be_sent__says_why(terminal, engine, file, capsys):
    send = ("delegate", "relay", file, "--as", RELAYER.address)
    sign(terminal, file, "deposit", OPERATOR.address, "10", "--expires", "1h")
    sign(terminal, file, "deposit", OPERATOR.address, "20", "--expires", "1w")
    assert terminal.code("delegate", "relay", file, "2", "--as", RELAYER.address) == 1
    assert "an earlier nonce of the owner comes first" in capsys.readouterr().err
    assert terminal.code("delegate", "relay", file, "3", "--as", RELAYER.address) == 1
    assert "has 2 requests" in capsys.readouterr().err
    engine.advance(7_200)
    assert states(terminal, file) == ["expired", "waits"]
    assert terminal.code(*send) == 1
    assert "none of its requests is open" in capsys.readouterr().err
    terminal.send(DELEGATOR, "delegate", "skip")
    assert states(terminal, file) == ["used", "open"]
    relay(terminal, file)
    assert terminal.stake_of(DELEGATOR)["active"] == "20"
    assert terminal.code("delegate", "relay", file, "2", "--as", RELAYER.address) == 1
    assert "its nonce is used up" in capsys.readouterr().err


def test_add_signed__by_another_wallet__joins_the_file(terminal, file, tmp_path, capsys):
    move = ("delegate", "sign", "deposit", OPERATOR.address, "1000", "--as", DELEGATOR.address)
    document = json.loads(terminal.run(*move, "--output", "typed-data"))
    (tmp_path / "document.json").write_text(json.dumps(document))
    numbers = {name: int(document["message"][name]) for name in ("subject", "amount", "nonce", "deadline")}
    message = encode_typed_data(full_message=document | {"message": document["message"] | numbers})
    signature = "0x" + bytes(Account.sign_message(message, DELEGATOR.key).signature).hex()
    add = ("delegate", "add-signed", file, str(tmp_path / "document.json"))
    assert terminal.code(*add, "0x" + "11" * 65) == 1
    assert "the signature is not the owner's" in capsys.readouterr().err
    assert "it can be sent" in terminal.run(*add, signature)
    relay(terminal, file)
    assert terminal.stake_of(DELEGATOR)["active"] == "1000"
    (tmp_path / "document.json").write_text("{}")
    assert terminal.code(*add, signature) == 1
    assert "no EIP-712 document" in capsys.readouterr().err


def test_sign__not_approved__is_signed_with_a_warning(terminal, file):
    told = terminal.run("delegate", "sign", "deposit", OPERATOR.address, "5", "--file", file, *terminal.wallet(JUDGE))
    assert "signed, and added to" in told
    assert "can't be sent yet" in told
    assert terminal.code("delegate", "relay", file, "--as", RELAYER.address) == 3


def test_requests__no_file__is_told(terminal, tmp_path, capsys):
    assert terminal.code("delegate", "requests", str(tmp_path / "none")) == 1
    assert "there is no file" in capsys.readouterr().err
