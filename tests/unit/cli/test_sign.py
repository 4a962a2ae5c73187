"""`surety sign` and `surety journal`, as a user runs them, without a chain."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from eth_account import Account
from tests.support.journal import CHAIN, KEY, OPERATOR, REGISTRY, SERVICE

from surety.cli.app import cli
from surety.cli.errors import guarded
from surety.sdk.messages import SignedMessage

LIBRARY = Path("src/surety/predicates/library")
PASSWORD = "correct horse"


class Shell:
    """A folder with a journal, a key file and its password."""

    def __init__(self, folder):
        self.folder = folder
        self.journal = folder / "operator.journal"
        keystore, password = folder / "key.json", folder / "password"
        keystore.write_text(json.dumps(Account.encrypt(KEY.key, PASSWORD, iterations=2)))
        password.write_text(PASSWORD + "\n")
        self.key = ["--keystore", str(keystore), "--password-file", str(password)]

    def run(self, *command, journal=None):
        where = ["--journal", str(journal or self.journal)]
        result = CliRunner().invoke(cli, [*map(str, command), *where], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    def code(self, *command, journal=None):
        where = ["--journal", str(journal or self.journal)]
        return guarded(lambda: cli.main([*map(str, command), *where], standalone_mode=False))

    def create(self, journal=None):
        where = ("--operator", OPERATOR, "--chain-id", CHAIN, "--registry", REGISTRY)
        return self.run("journal", "create", *where, journal=journal)

    def vote(self, height, block="0x" + "11" * 32, **more):
        path = self.folder / "vote.json"
        draft = {"service": "0x" + SERVICE.hex(), "message": "Vote", "fields": {"height": height, "block": block}}
        path.write_text(json.dumps({**draft, "time": 100, **more}))
        return path


@pytest.fixture
def shell(tmp_path):
    made = Shell(tmp_path)
    made.create()
    return made


ATTEST = ("--commitment", LIBRARY / "attestation.surety")


def test_sign__prints_a_line_that_the_key_signed(shell):
    line = shell.run("sign", shell.vote(5), *ATTEST, *shell.key)
    signed = SignedMessage.model_validate_json(line)
    assert (signed.signer, signed.message.sender, signed.chain_id) == (KEY.address, OPERATOR, CHAIN)
    assert line == shell.run("sign", shell.vote(5), *shell.key), "the same again"


def test_sign__a_second_vote__exits_5_and_names_property_and_earlier_message(shell, capsys):
    shell.run("sign", shell.vote(5), *ATTEST, *shell.key)
    assert shell.code("sign", shell.vote(5, "0x" + "22" * 32), *shell.key) == 5
    told = capsys.readouterr()
    assert told.out == ""
    assert (
        f"no_double_vote of attestation would be broken together with Vote(height: 5, block: 0x{'11' * 32})" in told.err
    )


def test_sign__numbers_as_text__are_numbers(shell):
    signed = SignedMessage.model_validate_json(shell.run("sign", shell.vote(str(2**200)), *ATTEST, *shell.key))
    assert signed.message.fields[0] == (2**200).to_bytes(32, "big")


@pytest.mark.parametrize(
    ("draft", "told"),
    [
        ({"message": "Wote"}, "no message Wote in the service"),
        ({"fields": {"height": 1}}, "Vote has the fields height, block: see block"),
        ({"fields": {"height": -1, "block": "0x"}}, "Vote.height: -1 is no uint"),
        ({"service": "0x12"}, "vote.json: service: Value should have at least 32"),
        ({"surprise": 1}, "vote.json: surprise: Extra inputs are not permitted"),
    ],
)
def test_sign__a_wrong_draft__is_told_with_its_key(shell, capsys, draft, told):
    assert shell.code("sign", shell.vote(5, **draft), *ATTEST, *shell.key) == 1
    assert told in capsys.readouterr().err


def test_sign__a_wrong_password__is_told(shell, capsys):
    (shell.folder / "password").write_text("wrong")
    assert shell.code("sign", shell.vote(5), *ATTEST, *shell.key) == 1
    assert "wrong password" in capsys.readouterr().err


def test_sign__without_a_journal__is_refused(shell, capsys):
    assert shell.code("sign", shell.vote(5), *ATTEST, *shell.key, journal=shell.folder / "typo") == 1
    assert "surety journal create" in capsys.readouterr().err
    assert not (shell.folder / "typo").exists()


def test_journal__show_and_check__tell_what_is_there_and_what_is_guarded(shell):
    held = shell.run("journal", "hold", LIBRARY / "attestation.surety", "--service", "0x" + SERVICE.hex())
    assert "attestation.no_double_vote: guarded\n" in held
    assert "attestation.votes: not guarded, a message that is missing is nothing that a key signs" in held
    shell.run("sign", shell.vote(5), *shell.key)
    told = json.loads(shell.run("journal", "show", "--output", "json"))
    assert (told["promises"], told["messages"], told["last"][0]["message"]) == ("attestation", "1", "Vote")
    assert "Vote" in shell.run("journal", "show")
    assert "3 lines, each as it was written" in shell.run("journal", "check")


def test_journal__hold_with_parameters__checks_them(shell, capsys):
    hold = ("journal", "hold", LIBRARY / "stale_price.surety", "--service", "0x" + SERVICE.hex())
    assert shell.code(*hold) == 1
    assert "stale_price has the parameters max_age: choose each by --param" in capsys.readouterr().err
    assert shell.code(*hold, "--param", "max_age=9_999") == 1
    assert "max_age is 9999, allowed are 1 to 3600" in capsys.readouterr().err
    assert "stale_price.fresh: guarded" in shell.run(*hold, "--param", "max_age=60")


def test_journal__add__a_message_signed_elsewhere_that_breaks_a_promise__exits_5(shell, capsys):
    other = Shell.__new__(Shell)
    other.__dict__ |= shell.__dict__ | {"journal": shell.folder / "other.journal"}
    other.create()
    log = shell.folder / "log"
    log.write_text(other.run("sign", shell.vote(5, "0x" + "22" * 32), *ATTEST, *shell.key))
    shell.run("sign", shell.vote(5), *ATTEST, *shell.key)
    assert shell.code("journal", "add", log) == 1
    assert "it says that the operator signed it, elsewhere" in capsys.readouterr().err
    assert shell.code("journal", "add", log, "--own") == 5
    assert "no_double_vote of attestation is broken" in capsys.readouterr().err
    log.write_text("{}\n")
    assert shell.code("journal", "add", log) == 1
    assert "log, line 1: chain_id" in capsys.readouterr().err


@pytest.mark.parametrize("options", [(), ("--watermarks",)])
def test_journal__export_and_import__the_new_machine_signs_only_above(shell, capsys, options):
    shell.run("sign", shell.vote(5), *ATTEST, *shell.key)
    file, new = shell.folder / "export", shell.folder / "new.journal"
    file.write_text(shell.run("journal", "export", "--close", *options))
    assert shell.code("sign", shell.vote(6), *shell.key) == 1
    assert "is closed: another machine goes on" in capsys.readouterr().err
    shell.create(journal=new)
    assert "signs: what lies above the watermarks" in shell.run("journal", "import", file, journal=new)
    assert shell.code("sign", shell.vote(4), *shell.key, journal=new) == 5
    shell.run("sign", shell.vote(6), *shell.key, journal=new)


def test_journal__a_text_that_is_none__is_told_with_its_file(shell, capsys):
    wrong = shell.folder / "wrong.surety"
    wrong.write_text("commitment größe {}")
    service = ("--service", "0x" + SERVICE.hex())
    assert shell.code("journal", "hold", wrong, *service) == 1
    assert "surety: wrong.surety does not compile" in capsys.readouterr().err
    assert shell.code("sign", shell.vote(5), *shell.key, "--commitment", wrong) == 1
    assert "wrong.surety:1:14" in capsys.readouterr().err


def test_journal__parameters_of_a_promise_without_any__are_refused(shell, capsys):
    hold = ("journal", "hold", LIBRARY / "attestation.surety", "--service", "0x" + SERVICE.hex())
    assert shell.code(*hold, "--param", "bound=5") == 1
    assert "attestation has no parameters to choose: leave out bound" in capsys.readouterr().err


def test_journal__show_before_anything_is_signed__has_no_table(shell):
    assert "origin" not in shell.run("journal", "show")


@pytest.mark.parametrize("text", ["abc\ndef", '{"version": 3}', "# a promise\n"])
def test_journal__another_file__stays_as_it_is(shell, capsys, text):
    """A file that is named by mistake is neither cut nor given an index."""
    other = shell.folder / "other"
    other.write_text(text)
    assert shell.code("sign", shell.vote(5), *shell.key, *ATTEST, journal=other) == 1
    assert "no entry of a journal" in capsys.readouterr().err
    assert other.read_text() == text
    assert not [one for one in shell.folder.iterdir() if one.name.startswith("other.")]
