"""What commands print stays whole on a narrow terminal."""

from rich.console import Console

from surety.cli.market.action import show_pairs, show_rows
from surety.cli.study import tell
from surety.sdk.engines import dev_account
from surety.studies import Study

ADDRESS = dev_account(1).address


def test_show_rows__narrow_terminal__breaks_no_address(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    show_rows(("operator", "asset", "staked", "minimum"), [(ADDRESS, "1 USDC", "20,000", "500")] * 2, left=2)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[2:]] == [[ADDRESS, "1", "USDC", "20,000", "500"]] * 2


def test_show_pairs__narrow_terminal__breaks_no_hash(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    show_pairs({"transaction": "0x" + "ab" * 32})
    assert capsys.readouterr().out.split() == ["transaction", "0x" + "ab" * 32]


def test_study__narrow_terminal__cuts_no_number_and_no_word(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    heads = (
        "operator",
        "mean miss of the target, last epochs",
        "understated by it",
        "standard error",
        "units",
        "refusal",
    )
    cells = ("tries until it is up, and later", 0.01234, 0.9991, 7.249e-09, -(10**21), "operator has left for good")
    tell(Console(), Study("wide", "How wide?", ("S0.0",), heads, (cells,), None, "So."))
    printed = capsys.readouterr().out
    assert "…" not in printed
    assert max(map(len, printed.splitlines())) <= 80
    assert {"0.01234", "0.9991", "7.249e-09", "-1e+21", "understated"} <= set(printed.split())
