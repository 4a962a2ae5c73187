"""What commands print stays whole on a narrow terminal."""

from surety.cli.market.action import show_pairs, show_rows
from surety.sdk.engines import dev_account

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
