"""`surety key`: files that --keystore takes."""

import stat

import pytest
from click.testing import CliRunner

from surety.cli.app import cli
from surety.cli.errors import guarded
from surety.sdk.engines import dev_account


@pytest.fixture
def password(tmp_path):
    path = tmp_path / "password"
    path.write_text("correct horse\n")
    return ["--password-file", str(path)]


def run(*arguments):
    result = CliRunner().invoke(cli, ["key", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output.strip()


def code(*arguments):
    return guarded(lambda: cli.main(["key", *map(str, arguments)], standalone_mode=False))


def test_key__made_and_shown__for_its_owner_alone_and_never_overwritten(tmp_path, password, capsys):
    path = tmp_path / "service.key"
    address = run("new", path, *password)
    assert run("show", path, *password) == address
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    assert code("new", path, *password) == 1
    assert "is there already" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert run("new", tmp_path / "other.key", *password) != address


def test_key__known_account__is_the_local_chains(tmp_path, password):
    path = tmp_path / "known.key"
    assert run("new", path, "--known", "3", *password) == dev_account(3).address
    assert code("new", tmp_path / "none", "--known", "20", *password) == 1


def test_key__no_or_wrong_password__usage(tmp_path, password, capsys, monkeypatch):
    monkeypatch.delenv("SURETY_PASSWORD", raising=False)
    path = tmp_path / "a.key"
    assert code("new", path) == 1
    assert "--password-file FILE, or SURETY_PASSWORD" in capsys.readouterr().err
    assert not path.exists()
    run("new", path, *password)
    monkeypatch.setenv("SURETY_PASSWORD", "wrong")
    assert code("show", path) == 1
    assert "wrong password" in capsys.readouterr().err
    path.write_text('{"version": 9, "crypto": {}, "address": ""}')
    assert code("show", path) == 1
    assert code("show", tmp_path / "none.key") == 1
