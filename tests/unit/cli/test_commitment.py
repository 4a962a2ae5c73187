"""`surety commitment`, as a user runs it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from surety.cli.app import cli
from surety.cli.errors import guarded
from surety.predicates import compile_text

LIBRARY = sorted(Path("src/surety/predicates/library").glob("*.surety"))
GOOD = LIBRARY[0].read_text()


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, ["commitment", *map(str, arguments)])
    if code == 0:
        assert result.exit_code == 0, result.output
    else:
        assert result.exit_code != 0
        assert guarded(lambda: cli.main(["commitment", *map(str, arguments)], standalone_mode=False)) == code
    return result.output


@pytest.fixture
def file(tmp_path):
    def write(text, name="mine.surety"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_check__the_library__is_clean():
    told = run("check", "--strict", *LIBRARY)
    assert told.count("✓") == len(LIBRARY) >= 15


def test_check__wrong_text__shows_line_column_caret_and_hint(file):
    told = run("check", file(GOOD.replace("a.height ==", "a.hight ==")), code=1)
    assert "mine.surety:9:11: Vote has no field hight" in told
    assert "\n            ^\n" in told
    assert "hint: did you mean height?" in told


def test_check__warnings__fail_only_if_strict(file):
    path = file(GOOD.replace("commitment attestation {", "commitment attestation {\n  const SPARE = 1"))
    assert "nothing uses SPARE [unused]" in run("check", path)
    run("check", "--strict", path, code=1)


def test_check__json__has_every_finding(file):
    wrong, loose = (
        file(GOOD.replace("never", "ever")),
        file(GOOD.replace("per a.height", "per a.block"), "loose.surety"),
    )
    found = json.loads(run("check", "--output", "json", loose))
    assert [(one["code"], one["line"]) for one in found] == [("two-keys", 7)]
    result = CliRunner().invoke(cli, ["commitment", "check", "--output", "json", str(wrong)])
    assert [one["code"] for one in json.loads(result.output)] == ["error"]


def test_compile__json__is_what_the_compiler_made(file):
    assert json.loads(run("compile", file(GOOD))) == compile_text(GOOD).as_json()


def test_compile__listing__names_instructions_and_constants(file):
    told = run("compile", "--listing", file(GOOD))
    assert "no_double_vote: 20 bytes" in told
    assert "  4  REQUIRE_EQ" in told
    assert "constant 0: 0x" in told


def test_explain__file__tells_what_breaks_it(file):
    told = run("explain", "--listing", file(GOOD))
    assert "A broken promise costs 5 % of what is bonded, after a review of 7 days." in told
    assert "a, a Vote of the operator" in told
    assert "One punishment for each a.height." in told
    assert "is answered within 2 hours by an Answer" in told
    assert " and 1 constant, hash" in told
    assert "REQUIRE_NE" in told


def test_explain__program__returns_as_text_that_compiles_to_it(file):
    promise = compile_text(GOOD).property_named("no_double_vote")
    for extra in ((), (file(GOOD),)):
        told = run("explain", "--program", promise.program.to_hex(), *extra)
        assert compile_text(told).safety[0].program == promise.program
    assert "a.height == b.height" in told
    answers = compile_text(GOOD).property_named("answers")
    told = run("explain", "--answer", "--program", answers.program.to_hex())
    assert compile_text(told).responses[0].program == answers.program


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("0x12", "a program's words and constants are 32 bytes each"),
        ("0xzz", "a program is 0x and hexadecimal words, then a colon and its constants if it has any"),
        ("0x" + "ff" * 32, "instruction 0 is 0xffff, which is none"),
        ("0x" + "00" * 1024, "a program has at most 256 instructions and 16 constants"),
    ],
)
def test_explain__what_is_no_program__is_told_in_a_line(capsys, program, told):
    run("explain", "--program", program, code=1)
    assert capsys.readouterr().err == f"surety: {told}\n"


def test_explain__nothing__asks_what(capsys):
    run("explain", code=1)
    assert capsys.readouterr().err == "surety: say what to explain: a FILE, or --program HEX\n"


def test_explain__text_that_does_not_compile__shows_where(file, capsys):
    run("explain", file("x"), code=1)
    assert capsys.readouterr().err.splitlines() == [
        "mine.surety:1:1: 'x' can't stand here: commitment would fit",
        "  x",
        "  ^",
        "surety: mine.surety does not compile",
    ]


def test_format__untidy_file__is_laid_out_and_stays(file):
    path = file(GOOD.replace("\n  ", " "))
    run("format", "--check", path, code=1)
    assert "1 of 1 files changed" in run("format", path)
    assert compile_text(path.read_text()).text_hash == compile_text(GOOD).text_hash
    assert "0 of 1 files changed" in run("format", "--check", path)


def test_commands__file_that_is_missing_or_no_text__are_told(tmp_path, file):
    run("check", tmp_path / "none.surety", code=1)
    path = tmp_path / "binary.surety"
    path.write_bytes(b"\xff\xfe\x00")
    run("compile", path, code=1)
