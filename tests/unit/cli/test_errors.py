"""One line on stderr and an exit code for whoever can mend it."""

import sqlite3

import click
import pytest

from surety.cli.errors import guarded
from surety.curves import ProfileError, YieldError
from surety.sdk.errors import ChainError, ConfigError, RecordError, Reverted, SetupError
from surety.sim.scenario import ScenarioError


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (click.UsageError("pick one"), 1, "pick one"),
        (click.BadParameter("no number"), 1, "no number"),
        (ConfigError("demo.yaml: fee_bps: must be from 0 to 1000, not -1"), 1, "fee_bps"),
        (YieldError("tenor '1w'"), 1, "tenor"),
        (ProfileError("knot 2"), 1, "knot 2"),
        (ScenarioError("start"), 1, "start"),
        (SetupError("anvil is not installed"), 2, "anvil"),
        (PermissionError(13, "Permission denied", "/out"), 2, "Permission denied: /out"),
        (click.BadParameter("File 'vote.json' is not readable."), 2, "'vote.json' is not readable."),
        (sqlite3.OperationalError("unable to open database file"), 2, "index, which stands beside it: unable to open"),
        (Reverted("bond_market: zero amount"), 3, "reverted: bond_market: zero amount"),
        (ChainError("wrong chain"), 4, "wrong chain"),
        (RecordError("half-done"), 4, "half-done"),
        (click.Abort(), 130, "interrupted"),
    ],
)
def test_guarded__known_error__one_line_and_its_code(capsys, error, code, told):
    def fails():
        raise error

    assert guarded(fails) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("surety: ")
    assert told in err
    assert err.count("\n") == 1


def test_guarded__message_of_several_lines__made_one(capsys):
    def fails():
        raise SetupError("a\n  b")

    assert guarded(fails) == 2
    assert capsys.readouterr().err == "surety: a b\n"


def test_guarded__nothing_wrong__zero(capsys):
    assert guarded(lambda: None) == 0
    assert capsys.readouterr() == ("", "")


def test_guarded__fault_of_ours__keeps_its_traceback():
    def fails():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        guarded(fails)
