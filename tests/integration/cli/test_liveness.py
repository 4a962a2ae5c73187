"""Heartbeats, a random seed and what it asks, by the command line and key files."""

import stat

import pytest
from eth_utils.crypto import keccak
from tests.support.journal import text_of
from tests.support.stake_terminal import OPERATOR, OTHER, RELAYER, make_operator, open_terminal

from surety.predicates import compile_text, make_message
from surety.sdk.anvil import Anvil
from surety.sdk.messages import Message, sign_message

pytestmark = pytest.mark.integration

CONTROLLER = OTHER
UNIT = 10**6
DAY = 86_400
HOUR = 3_600


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An operator, whose own key is its service key, behind service 1, which promises attestations."""
    with Anvil() as node:
        terminal, engine = open_terminal(node, tmp_path_factory.mktemp("alive"))
        make_operator(terminal, OPERATOR)
        proof = terminal.folder / "proof.json"
        proof.write_text(terminal.run("operator", "prove-key", OPERATOR.address, *terminal.wallet(OPERATOR)))
        terminal.send(OPERATOR, "operator", "rotate-key", str(proof))
        text = terminal.folder / "attestation.surety"
        text.write_text(text_of("attestation"))
        template = terminal.send(CONTROLLER, "commitment", "register", str(text))["template"]
        terminal.send(CONTROLLER, "service", "open", template)
        suite = terminal.suite()
        suite.approve(OPERATOR.address, 2**255)
        suite.buy(OPERATOR.address, suite.maturity_for(364 * DAY), 20_000 * UNIT)
        for command in ("approve", "bond"):
            terminal.send(OPERATOR, "service", command, "52w", "20000")
        terminal.send(OPERATOR, "service", "activate", "1", "52w", "20000")
        yield terminal, engine


def signed(terminal, engine, kind, **fields):
    """A message of the operator, signed by its key, in a file."""
    suite = terminal.suite()
    service = bytes.fromhex(terminal.json("service", "status", "1")["id"][2:])
    message = make_message(
        compile_text(text_of("attestation")),
        kind,
        fields,
        service=service,
        sender=OPERATOR.address,
        time=engine.timestamp,
    )
    path = terminal.folder / f"{kind}.json"
    made = sign_message(message, OPERATOR, engine.chain_id, suite.commitments.address)
    path.write_text(made.model_dump_json() + "\n")
    return str(path)


def test_liveness__beats_count(made, capsys):
    terminal, engine = made
    assert terminal.code("liveness", "status", "1", OPERATOR.address) == 1
    assert "surety liveness watch" in capsys.readouterr().err
    terminal.send(RELAYER, "liveness", "watch", "1")
    file = signed(terminal, engine, "Vote", height=7, block=b"\1" * 32)
    told = terminal.send(RELAYER, "liveness", "beat", file)
    assert (told["property"], told["operator"]) == ("votes", OPERATOR.address)
    assert terminal.code("liveness", "beat", file, "--as", RELAYER.address) == 3
    assert "liveness_book:" in capsys.readouterr().err
    answer = signed(terminal, engine, "Answer", digest=b"\2" * 32)
    assert terminal.code("liveness", "beat", answer, "--as", RELAYER.address) == 1
    assert "promises no heartbeat of this kind" in capsys.readouterr().err

    week = 7 * DAY
    engine.advance(week - engine.timestamp % week + 1)
    terminal.send(RELAYER, "liveness", "beat", signed(terminal, engine, "Vote", height=8, block=b"\1" * 32))
    engine.advance(week + 2 * DAY)
    rows = terminal.json("liveness", "status", "1", OPERATOR.address)["rows"]
    assert [(row["property"], row["due"], row["done"], row["score"]) for row in rows if row["due"] == row["done"]] == [
        ("votes", "1", "1", "100.00%")
    ]


def test_liveness__drawn_and_answered(made, capsys):
    """A seed of one secret; who is drawn by it is asked, and its answer counts."""
    terminal, engine = made
    terminal.send(CONTROLLER, "liveness", "enable-draws", "1", "answers")
    secret = terminal.folder / "secret"
    commit = ("beacon", "commit", "--secret-file", str(secret))
    terminal.send(RELAYER, "beacon", "approve")
    drawn = None
    for _ in range(40):  # each round asks with a chance of a quarter
        engine.advance(DAY - engine.timestamp % DAY + HOUR)
        secret.unlink(missing_ok=True)
        terminal.send(RELAYER, "beacon", "approve")
        terminal.send(RELAYER, *commit)
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        engine.advance(18 * HOUR)
        terminal.send(RELAYER, "beacon", "reveal", "--secret-file", str(secret))
        assert terminal.code(*commit, str(engine.timestamp // DAY + 2), "--as", RELAYER.address) == 1
        assert "each round has a file of its own" in capsys.readouterr().err
        assert terminal.json("beacon", "status")["revealed"] == "1"
        engine.advance(6 * HOUR)
        terminal.send(OTHER, "beacon", "settle")
        terminal.send(RELAYER, "beacon", "withdraw")
        drawn = terminal.json("liveness", "draw", "1", OPERATOR.address, "answers")
        if drawn["drawn"] == "yes":
            break
    assert drawn is not None
    assert drawn["drawn"] == "yes", "a chance of one in a hundred thousand against it"
    assert "Challenge" in drawn["asks"]
    wrong = signed(terminal, engine, "Answer", digest=b"\2" * 32)
    answer = ("liveness", "answer", "1", OPERATOR.address, "answers")
    assert terminal.code(*answer, wrong, "--as", RELAYER.address) == 3
    assert "liveness_book: answer is not right" in capsys.readouterr().err
    suite = terminal.suite()
    service = bytes.fromhex(terminal.json("service", "status", "1")["id"][2:])
    encoded, _ = suite.contracts["liveness"].call("draw", service, OPERATOR.address, 2, engine.timestamp // DAY)
    nonce = Message.decode(bytes(encoded)).fields[0]
    right = signed(terminal, engine, "Answer", digest=keccak(nonce))
    assert "Answer" in terminal.send(RELAYER, *answer, right)["answer"]


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (("liveness", "beat", "nothing.json"), 1, "there is no file nothing.json"),
        (("liveness", "draw", "1", OPERATOR.address, "votes"), 1, "is not answered to"),
        (("liveness", "watch", "9"), 1, "there is no service 9"),
        (("beacon", "reveal", "--secret-file", "nothing"), 1, "there is no file nothing"),
        (("beacon", "withdraw"), 3, "random_beacon:"),
    ],
)
def test_wrong_input__is_told(made, capsys, command, code, told):
    terminal, _ = made
    options = () if command[1] == "draw" else ("--as", OTHER.address)
    assert terminal.code(*command, *options) == code
    assert told in capsys.readouterr().err
