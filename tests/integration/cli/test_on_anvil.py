"""The commands over JSON-RPC, from deployment to redemption, on an anvil of the test's own."""

import json

import pytest
from tests.support.terminal import Terminal

from surety.sdk.engines import dev_account

pytestmark = pytest.mark.integration
HOLDER = dev_account(9)


def test_verify__fresh_deployment__every_check_passes(deployed):
    checks = json.loads(deployed.run("verify", "--output", "json"))
    assert len(checks) > 30
    assert [check["name"] for check in checks if not check["ok"]] == []


def test_quote__buy_and_spend__agree(deployed):
    bought = json.loads(deployed.run("quote", "26w", "--buy", "1000", "--output", "json"))
    spent = json.loads(deployed.run("quote", "26w", "--spend", bought["cost"], "--output", "json"))
    assert float(bought["cost"]) < 1000
    assert float(spent["face"]) == pytest.approx(1000, abs=1e-5)
    assert float(bought["yield"].rstrip(" %")) == pytest.approx(5.82, abs=0.02)


def test_curve_show__every_maturity__is_quoted(deployed):
    quotes = json.loads(deployed.run("curve", "show", "--output", "json"))
    assert len(quotes) == 209
    assert "quoted to buyers" in deployed.run("curve", "show")


def test_bond__from_approval_to_redemption__by_a_keystore(deployed, wallet):
    suite = deployed.suite()
    maturity = suite.maturity_for(26 * 604_800)
    assert "nothing was sent" in deployed.run("bond", "approve", "5000", "--as", HOLDER.address)
    deployed.run("bond", "approve", "5000", "--broadcast", *wallet)
    assert "nothing was sent" in deployed.run("bond", "buy", "26w", "1000", "--as", HOLDER.address)
    assert suite.holding(HOLDER.address, maturity) == 0
    sent = json.loads(deployed.run("bond", "buy", "26w", "1000", "--broadcast", "--output", "json", *wallet))
    assert sent["sent"] is True
    assert suite.holding(HOLDER.address, maturity) == 10**9
    deployed.run("bond", "sell", str(maturity), "400", "--broadcast", *wallet)
    assert suite.holding(HOLDER.address, maturity) == 6 * 10**8
    suite.engine.set_time(maturity)
    cash = suite.cash(HOLDER.address)
    deployed.run("bond", "redeem", str(maturity), "--broadcast", *wallet)
    assert suite.cash(HOLDER.address) - cash == 6 * 10**8
    assert suite.treasury.escrow() == 0


def test_bond__strip_and_convert__in_one_call_each(deployed, wallet):
    suite = deployed.suite()
    deployed.run("bond", "approve", "5000", "--broadcast", *wallet)
    coupons = ("--coupon-percent", "4", "--every-weeks", "26")
    assert "nothing was sent" in deployed.run("bond", "strip", "2y", "1000", *coupons, "--as", HOLDER.address)
    told = json.loads(deployed.run("bond", "strip", "2y", "1000", *coupons, "--broadcast", "--output", "json", *wallet))
    last, step = suite.maturity_for(2 * 31_536_000), 26 * 604_800
    coupon = 1000 * 10**6 * 4 * step // (100 * 31_536_000)
    assert told["coupons"].startswith(f"{-(-(last - suite.engine.timestamp) // step)} of ")
    assert suite.holding(HOLDER.address, last) == 10**9 + coupon
    assert suite.holding(HOLDER.address, last - step) == coupon

    told = json.loads(
        deployed.run("bond", "convert", str(last), "1000", "26w", "--broadcast", "--output", "json", *wallet)
    )
    assert suite.holding(HOLDER.address, last) == coupon
    assert suite.holding(HOLDER.address, suite.maturity_for(step)) == suite.units(told["new_face"])
    assert float(told["new_face"]) < 1000  # a nearer maturity is dearer


def test_bond__calldata__is_what_the_wallet_would_send(deployed):
    told = json.loads(deployed.run("bond", "approve", "5000", "--output", "calldata"))
    suite = deployed.suite()
    assert told["to"] == suite.asset.address
    assert told["data"] == "0x" + suite.asset.encode("approve", suite.treasury.address, 5 * 10**9).hex()


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (("bond", "buy", "26w", "1"), 3, "insufficient allowance"),
        (("bond", "buy", "2031-01-01", "1"), 3, "bond_market: maturity off the weekly grid"),
        (("bond", "sell", "26w", "1000000"), 3, "bond_market: face above the debt"),
        (("bond", "convert", "26w", "1", "26w"), 3, "bond_market: same maturity"),
        (("bond", "strip", "4y", "9", "--coupon-percent", "4", "--every-weeks", "1"), 1, "one call takes 32"),
        (("bond", "strip", "1y", "9", "--coupon-percent", "0"), 1, "above zero"),
        (("quote", "9y", "--buy", "1"), 3, "bond_market: maturity beyond the last knot"),
        (("quote", "26w", "--buy", "0"), 3, "bond_market: zero amount"),
        (("quote", "26w"), 1, "give exactly one of"),
        (("quote", "26w", "--buy", "0.0000001"), 1, "decimals"),
        (("deploy", "--broadcast", "--config", "config/dai-18-decimals.yaml"), 4, "another configuration"),
    ],
)
def test_commands__refused__one_line_and_the_documented_code(deployed, capsys, command, code, told):
    assert deployed.code(*command) == code
    err = capsys.readouterr().err
    assert told in err
    assert "Traceback" not in err


def test_keystore__wrong_password__never_sends(deployed, wallet, capsys, tmp_path, monkeypatch):
    monkeypatch.delenv("SURETY_PASSWORD", raising=False)
    (tmp_path / "wrong").write_text("guess")
    assert deployed.code("bond", "approve", "1", "--broadcast", *wallet[:3], str(tmp_path / "wrong")) == 1
    assert "wrong password" in capsys.readouterr().err
    assert deployed.code("bond", "approve", "1", "--broadcast", *wallet[:2]) == 1
    assert "--password-file" in capsys.readouterr().err


def test_verify__no_record__environment(terminal, capsys, tmp_path):
    other = Terminal(terminal.node, tmp_path)
    assert other.code("verify") == 2
    assert "deploy first" in capsys.readouterr().err
