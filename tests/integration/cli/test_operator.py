"""`surety operator` on an anvil of the test's own: in with a key, out in order, each refusal with its reason."""

import json
from pathlib import Path

import pytest
from eth_account import Account
from tests.support.restaking import ASSET, DAY, MINIMUM, Restaking
from tests.support.terminal import Terminal

from surety.sdk.anvil import Anvil
from surety.sdk.engines import dev_account
from surety.sdk.engines.base import rolled_back
from surety.sdk.engines.rpc_engine import RpcEngine

pytestmark = pytest.mark.integration

DEPLOYER, OPERATOR, OTHER = (dev_account(number) for number in (0, 9, 8))
KEYS = tuple(Account.from_key(number.to_bytes(32)) for number in (0x5001, 0x5002))
PASSWORD = "correct horse battery staple"
URI = "https://operator.example/metadata.json"
ZERO = "0x" + "00" * 20


class OperatorTerminal(Terminal):
    """Every command is told the registry: there is no record."""

    registry: str

    def options(self, command):
        return [*super().options(command), "--registry", self.registry]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A node with the contracts, an operator that has staked the minimum, and a terminal."""
    with Anvil() as node:
        engine = RpcEngine(node.url).prepare()
        restaking = Restaking.create(engine, DEPLOYER.address)
        restaking.stake_own(OPERATOR.address)
        terminal = OperatorTerminal(node, tmp_path_factory.mktemp("operator"))
        terminal.registry = restaking.operators.address
        yield restaking, terminal


@pytest.fixture
def restaking(made):
    with rolled_back(made[0].engine):
        yield made[0]


@pytest.fixture
def terminal(made, restaking):
    return made[1]


@pytest.fixture(scope="module")
def keystore(tmp_path_factory):
    """Options of a wallet: the key file of an account and its password's."""
    folder = tmp_path_factory.mktemp("keys")
    (folder / "password").write_text(PASSWORD)

    def write(account):
        path = folder / f"{account.address}.json"
        if not path.exists():
            path.write_text(json.dumps(Account.encrypt(account.key, PASSWORD, kdf="scrypt", iterations=2)))
        return "--keystore", str(path), "--password-file", str(folder / "password")

    return write


@pytest.fixture
def wallet(keystore):
    return keystore(OPERATOR)


@pytest.fixture
def prove(terminal, keystore, tmp_path):
    """A file with a key's proof for an operator."""

    def proof(key, operator=OPERATOR.address):
        path = tmp_path / f"{key.address}.json"
        path.write_text(terminal.run("operator", "prove-key", operator, *keystore(key)))
        return str(path)

    return proof


def test_status__of_nobody__says_so(terminal):
    told = terminal.json("operator", "status", OTHER.address)
    assert (told["status"], told["next_step"], told["own_stake"]) == ("unregistered", 5, "0")
    assert "unregistered" in terminal.run("operator", "status", "--as", OTHER.address)


def test_operator__in_with_a_key_and_out_in_order__each_step_sent(terminal, restaking, wallet, prove):
    registry, who = restaking.operators, OPERATOR.address
    register = ("operator", "register", str(ASSET), URI, "--proof", prove(KEYS[0]))
    dry = terminal.run(*register, "--as", who)
    assert "nothing was sent" in dry
    assert "1,000 of 1,000" in dry
    assert registry.status(who) == 0
    told = json.loads(terminal.run(*register, "--broadcast", "--output", "json", *wallet))
    assert (told["sent"], told["call"], told["state"]) == (True, "register_with_key", "unregistered")
    assert registry.status(who) == 1
    assert registry.operator_of_key(KEYS[0].address) == who

    told = terminal.json("operator", "rotate-key", prove(KEYS[1]), "--overlap-days", "2", "--broadcast", *wallet)
    assert (told["new_key"], told["old_key"]) == (KEYS[1].address, KEYS[0].address)
    assert told["state"] == "active"
    start, end = registry.key_period(KEYS[0].address)
    assert end - registry.key_period(KEYS[1].address)[0] == 2 * DAY
    assert start < end

    restaking.ties.set_ties(who, 1, 1, sender=DEPLOYER.address)
    terminal.run("operator", "leave", "--broadcast", *wallet)
    assert registry.status(who) == 2
    terminal.run("operator", "cancel", "--broadcast", *wallet)
    assert registry.status(who) == 1
    terminal.run("operator", "leave", "--broadcast", *wallet)
    assert terminal.json("operator", "status", who)["next_step"] == 2
    assert "refused" in terminal.run("operator", "status", who)
    assert terminal.code("operator", "shut-down", "--broadcast", *wallet) == 3
    restaking.ties.set_ties(who, 0, 0, sender=DEPLOYER.address)
    assert "shut down" in terminal.run("operator", "status", who)
    terminal.run("operator", "shut-down", "--broadcast", *wallet)
    told = terminal.json("operator", "status", who)
    assert (told["status"], told["shut_down"], told["next_step"]) == ("inactive", True, 5)
    assert told["key_end"] is not None
    assert "nothing: own stake is free" in terminal.run("operator", "status", who)


def test_operator__switch_end_key_and_review__as_told(terminal, restaking, wallet, prove):
    registry, who = restaking.operators, OPERATOR.address
    terminal.run("operator", "register", str(ASSET), URI, "--broadcast", *wallet)
    terminal.run("operator", "rotate-key", prove(KEYS[0]), "--broadcast", *wallet)
    terminal.run("operator", "accept", "off", "--broadcast", *wallet)
    assert not registry.accepts_services(who)
    assert "refused" in terminal.run("operator", "status", who)
    terminal.run("operator", "end-key", KEYS[0].address, "--broadcast", *wallet)
    assert "ends 20" in terminal.run("operator", "status", who)
    registry.set_minimum(ASSET, 2 * MINIMUM, sender=DEPLOYER.address)
    restaking.engine.advance(14 * DAY)
    assert "1,000 of 2,000 (not enough)" in terminal.run("operator", "status", who)
    told = terminal.json("operator", "review", who, "--as", OTHER.address)
    assert (told["is"], told["will_be"], told["sent"]) == ("active", "inactive", False)
    assert registry.status(who) == 1
    registry.review(who, sender=OTHER.address)
    assert "below its minimum" in terminal.run("operator", "status", who)
    restaking.stake_own(who)
    assert terminal.json("operator", "review", who, "--as", OTHER.address)["will_be"] == "active"


def test_operator__metadata_and_bond_asset__are_changed(terminal, restaking, wallet):
    terminal.run("operator", "register", str(ASSET), URI, "--broadcast", *wallet)
    terminal.run("operator", "metadata", URI + "?2", "--broadcast", *wallet)
    told = terminal.json("operator", "bond-asset", str(ASSET), *wallet)
    assert (told["sent"], told["own_stake_of_it"]) == (False, "1,000 of 1,000")
    assert terminal.code("operator", "metadata", "", *wallet) == 3
    assert terminal.code("operator", "bond-asset", "7", *wallet) == 1


def test_operator__calldata__is_what_the_wallet_would_send(terminal, restaking):
    told = json.loads(terminal.run("operator", "leave", "--output", "calldata", "--as", OPERATOR.address))
    assert told == {
        "to": restaking.operators.address,
        "data": "0x" + restaking.operators.encode("leave").hex(),
        "value": "0x0",
    }


@pytest.mark.parametrize(
    ("command", "code", "reason"),
    [
        (("leave",), 3, "operator_registry: not registered"),
        (("cancel",), 3, "operator_registry: not registered"),
        (("shut-down",), 3, "operator_registry: not registered"),
        (("accept", "on"), 3, "operator_registry: not registered"),
        (("end-key", KEYS[0].address), 3, "operator_registry: not a key of the caller"),
        (("register", "1", ""), 3, "operator_registry: empty metadata URI"),
        (("register", "7", URI), 1, "no pool holds asset 7"),
        (("register", "1", URI, "--proof", "nowhere.json"), 1, "nowhere.json"),
        (("end-key", "0x1"), 1, "no checksummed address"),
        (("review", "0x1"), 1, "no checksummed address"),
    ],
)
def test_operator__refused__one_line_and_the_documented_code(terminal, capsys, command, code, reason):
    assert terminal.code("operator", *command, "--as", OPERATOR.address) == code
    err = capsys.readouterr().err
    assert reason in err
    assert "Traceback" not in err


def test_operator__without_the_stake__reverts(terminal, restaking, capsys):
    assert terminal.code("operator", "register", str(ASSET), URI, "--as", OTHER.address) == 3
    assert "own stake below the minimum" in capsys.readouterr().err


def test_proof__that_does_not_fit__is_refused_before_the_chain(terminal, wallet, prove, tmp_path, capsys):
    good = json.loads(Path(prove(KEYS[0])).read_text())
    told = {
        "is for the operator": {"operator": OTHER.address},
        "on chain 5": {"chain_id": "5"},
        "is not signed by the key": {"key": KEYS[1].address},
        "deadline": {"deadline": "soon"},
        "signature": {"signature": "0x00"},
        "no address": {"registry": "nowhere"},
    }
    for reason, change in told.items():
        path = tmp_path / "changed.json"
        path.write_text(json.dumps(good | change))
        assert terminal.code("operator", "rotate-key", str(path), *wallet) == 1
        assert reason in capsys.readouterr().err
    path.write_text(json.dumps(good | {"signature": "0x" + "00" * 65}))
    assert terminal.code("operator", "rotate-key", str(path), *wallet) == 1
    assert "is not signed" in capsys.readouterr().err


def test_registry__that_is_none__is_told(made, terminal, capsys):
    plain = Terminal(made[1].node, made[1].folder)
    assert plain.code("operator", "status", ZERO) == 2  # no record
    assert plain.code("operator", "status", OTHER.address, "--registry", OTHER.address) == 1
    assert "no contract at" in capsys.readouterr().err
