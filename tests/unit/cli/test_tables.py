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


def test_study__more_columns_than_fit__come_below_with_the_numbers_of_rows(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    heads = tuple(f"head {number}" for number in range(12))
    rows = tuple(tuple(1000 * row + place for place in range(12)) for row in range(2))
    tell(Console(), Study("many", "How many?", (), heads, rows, None, "So."))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    first = [line[1:] for line in lines if line and line[0] == "1"]
    assert [cell for line in first for cell in line] == [str(place) for place in range(12)]


def test_tables__no_line_ends_in_blanks(capsys, monkeypatch):
    """A terminal narrower than the table would break them into empty lines."""
    monkeypatch.setenv("COLUMNS", "80")
    show_pairs({"transaction": "0x" + "ab" * 32, "gas": "1"})
    show_rows(("operator", "state"), [(ADDRESS, "open"), (ADDRESS, "closed for newcomers")], left=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [line.rstrip() for line in lines]
    assert lines[1] == " gas           1"


def test_show_rows__a_column_that_gives_way__keeps_the_others_whole(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    show_rows(("message", "fields", "time"), [("Vote", "height 7, block 0x1111, " * 6, "1728259200")], left=2, fold=1)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert {"Vote", "1728259200"} <= set(lines[2].split())


def test_show_pairs__words_fit__nothing_is_wider_than_the_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    show_pairs({"asks": f"Ask(port: 0x{'11' * 32}, hour: 480001), sequence 0", "why": "a word " * 30})
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
