"""A service is funded, its operator earns for whole weeks, and a lock is paid, by the command line and key files."""

import pytest
from tests.support.journal import text_of
from tests.support.stake_terminal import DELEGATOR, OPERATOR, OTHER, RELAYER, make_operator, open_terminal

from surety.sdk.anvil import Anvil
from surety.sdk.pay import EPOCH

pytestmark = pytest.mark.integration

CONTROLLER, SPONSOR = OTHER, DELEGATOR
UNIT = 10**6


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An operator with 20,000 of bonds behind service 1, which promises signed versions."""
    with Anvil() as node:
        terminal, engine = open_terminal(node, tmp_path_factory.mktemp("pay"))
        make_operator(terminal, OPERATOR)
        text = terminal.folder / "version.surety"
        text.write_text(text_of("version"))
        template = terminal.send(CONTROLLER, "commitment", "register", str(text))["template"]
        terminal.send(CONTROLLER, "service", "open", template)
        suite = terminal.suite()
        suite.approve(OPERATOR.address, 2**255)
        suite.buy(OPERATOR.address, suite.maturity_for(364 * 86_400), 20_000 * UNIT)
        for command in (("approve", "52w"), ("bond", "52w"), ("activate", "1", "52w")):
            terminal.send(OPERATOR, "service", *command, "20000")
        yield terminal, engine


def test_pay__from_budget_to_claim(made):
    terminal, engine = made
    before = terminal.cash(OPERATOR)
    terminal.send(CONTROLLER, "service", "pay", "terms", "1", "asset")
    terminal.send(SPONSOR, "service", "pay", "approve", "1", "3000")
    told = terminal.send(SPONSOR, "service", "pay", "fund", "1", "3000", "--epochs", "3")
    first = engine.timestamp // EPOCH + 1
    assert told["epochs"] == f"{first} to {first + 2}"
    terminal.send(RELAYER, "liveness", "watch", "1")
    terminal.send(OPERATOR, "service", "pay", "served", "1")
    terminal.send(OPERATOR, "service", "pay", "commission", "500")
    assert terminal.code("service", "pay", "claim", "1", "--as", RELAYER.address) == 3

    engine.advance((first + 1) * EPOCH + 2 * 86_400 + 60 - engine.timestamp)
    told = terminal.json("service", "pay", "status", "1", OPERATOR.address)
    epoch = told["epochs"][str(first)]
    assert (epoch["budget"], epoch["liveness"]) == ("1,000 USDC", "100.00%")
    claimed = terminal.send(RELAYER, "service", "pay", "claim", "1")
    assert claimed["owner"] == OPERATOR.address
    paid = terminal.cash(OPERATOR) - before
    assert 0 < paid < 1_000 * UNIT * 20 // 1_020, "at most 20,000 of a million and 20,000"
    assert claimed["due"] == f"{paid / UNIT:.6f}".rstrip("0") + " USDC"
    engine.advance(EPOCH)
    terminal.send(OPERATOR, "service", "pay", "forgo", "1", str(first + 2))
    assert terminal.json("service", "pay", "status", "1")["epochs"][str(first + 1)]["paid"] == "0 USDC"
    assert terminal.send(OPERATOR, "service", "pay", "take-commission", "1")["due"] == "0 USDC"


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (("status", "9"), 1, "there is no service 9"),
        (("fund", "1", "0.0000001"), 1, "0.0000001 is no amount of a token with 6 decimals"),
        (("terms", "1", "0x" + "77" * 20), 1, "there is no contract at"),
        (("terms", "1", "asset"), 3, "service_payout: caller is not the controller"),
        (("carry", "1", "9"), 3, "service_payout: nothing is left"),
        (("claim", "77"), 1, "there is no lock 77"),
    ],
)
def test_pay__wrong_input__is_told(made, capsys, command, code, told):
    terminal, _ = made
    assert terminal.code("service", "pay", *command, "--as", RELAYER.address) == code
    assert told in capsys.readouterr().err
