"""Commands that need no node, as a user runs them."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from surety.cli.app import cli
from surety.cli.errors import guarded
from surety.cli.market import bond, market
from surety.sdk.engines import dev_account

DEMO = Path("config/scenarios/demo.yaml")
YIELDS = "config/yields/us-treasury-2024-10-07.yaml"


ADDRESS = dev_account(1).address


def run(*arguments):
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def code(*arguments):
    return guarded(lambda: cli.main(list(arguments), standalone_mode=False))


def test_help__every_command__is_listed():
    told = run("--help")
    for name in ("demo", "curve", "node", "advance", "quote", "market", "bond", "deploy", "verify"):
        assert f"  {name} " in told
    assert "3 a contract reverted" in told


def test_help__market_and_bond__are_one_group_in_the_order_of_a_session():
    assert market.commands is bond.commands
    told = run("market", "--help")
    places = [told.index(f"  {name} ") for name in market.commands]
    assert places == sorted(places)
    assert "..." not in told.split("Commands:")[1]  # each command has a line that fits
    for group in ("order", "lock", "wrapper", "variable", "roll"):
        assert "..." not in run("market", group, "--help").split("Commands:")[1]


def test_curve_fit__default__shows_errors_knots_and_that_the_market_takes_them():
    told = run("curve", "fit")
    assert "root mean square error 3.56 bp" in " ".join(told.split())
    assert "+8.8" in told
    assert "✓ the market accepts these knots" in told


def test_curve_fit__json__knots_as_text():
    told = json.loads(run("curve", "fit", "--output", "json"))
    assert told["rmse_bp"] == pytest.approx(3.5586, abs=1e-3)
    assert [knot["weeks"] for knot in told["knots"]] == [0, 4, 13, 26, 52, 104, 156, 209]
    assert told["knots"][0]["target"] == "500000000000"


def test_curve_fit__yields_alone__fits_the_model_asked_for():
    told = json.loads(run("curve", "fit", "--yields", YIELDS, "--model", "nelson-siegel", "--output", "json"))
    assert told["model"] == "nelson-siegel"
    assert told["tau2"] is None
    assert told["rmse_bp"] == pytest.approx(6.189, abs=1e-3)


def test_demo__short_scenario__tells_the_story_and_writes_the_report(tmp_path):
    text = yaml.safe_load(DEMO.read_text())
    text["config"] = str((DEMO.parent / text["config"]).resolve())
    text["trading_weeks"] = 6
    text["savers"]["count"] = 4
    path = tmp_path / "short.yaml"
    path.write_text(yaml.safe_dump(text))
    told = run("demo", "--scenario", str(path), "--out", str(tmp_path / "out"), "--seed", "3")
    for part in ("The market's curve", "Deployed", "Debt against target", "redeemed at par", "accounted for", "Gas"):
        assert part in told
    assert "✗" not in told
    assert (tmp_path / "out" / "index.html").exists()
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["seed"] == 3


@pytest.mark.parametrize(
    ("arguments", "expected", "told"),
    [
        (("demo", "--scenario", "nowhere.yaml"), 1, "no scenario at nowhere.yaml"),
        (("demo", "--engine", "geth"), 1, "'geth' is not one of"),
        (("demo", "--seed", "-1"), 1, "-1 is not in the range"),
        (("curve", "fit", "--yields", "nowhere.yaml"), 1, "no yields at nowhere.yaml"),
        (("curve", "fit", "--config", "nowhere.yaml"), 1, "no configuration at nowhere.yaml"),
        (("curve", "fit", "--yields", "a", "--config", "b"), 1, "not both"),
        (("quote", "26w", "--buy", "1"), 1, "'--rpc-url'. Or set SURETY_RPC_URL in the environment"),
        (("service", "list", "--rpc-url", "localhost:8545"), 1, "--rpc-url begins with http:// or https://"),
        (("service", "bond", "52w", "-5"), 1, "-5 is negative: no number here can be"),
        (("service", "status", "1", "-x"), 1, "No such option: -x"),
        (("service", "list", "--as", ADDRESS.lower()), 1, f"no checksummed address: {ADDRESS}, if each digit is right"),
        (("prove", "plugin", "line", "0x12", "--rpc-url", "http://127.0.0.1:1"), 1, "0x and 40 hexadecimal digits"),
        (("quote", "soon", "--rpc-url", "http://127.0.0.1:1"), 1, "write a tenor"),
        (("quote", "26w", "--buy", "1", "--rpc-url", "http://127.0.0.1:1"), 2, "no Ethereum node answers"),
        (("bond", "buy", "26w", "1", "--rpc-url", "http://127.0.0.1:1", "--as", "0x1"), 1, "checksummed"),
        (("sell",), 1, "No such command"),
    ],
)
def test_commands__bad_input__one_line_and_the_documented_code(
    capsys, monkeypatch, tmp_path, arguments, expected, told
):
    monkeypatch.delenv("SURETY_RPC_URL", raising=False)
    if arguments[0] == "demo":
        arguments = (*arguments, "--out", str(tmp_path))
    assert code(*arguments) == expected
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1


def test_demo__folder_that_cannot_be_made__environment(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    assert code("demo", "--out", str(tmp_path / "file" / "sub")) == 2
    assert "file" in capsys.readouterr().err
