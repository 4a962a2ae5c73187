"""What every study keeps to: seeds, shapes, a page that works offline, and the command."""

import ast
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from tools.compiled import ROOT

from surety.cli.app import cli
from surety.cli.errors import guarded
from surety.studies import STUDIES, Study
from surety.studies.page import render, write_page
from surety.studies.study import generator, told


def few(seed):
    """A study of two numbers."""
    drawn = generator(seed, "few").integers(10**9)
    return Study("few", "How many?", ("S0.0",), ("what", "many"), (("first", int(drawn)), ("second", 0.5)), None, "So.")


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, ["study", *arguments])
    if code == 0:
        assert result.exit_code == 0, result.output
    else:
        assert guarded(lambda: cli.main(["study", *arguments], standalone_mode=False)) == code
    return result.output


def test_study__a_row_of_another_length__is_no_study():
    with pytest.raises(ValueError, match="one cell a column"):
        Study("few", "?", (), ("one", "two"), ((1,),), None, "")


def test_study__same_seed__same_rows():
    assert few(1) == few(1) != few(2)
    assert few(1).column("what") == ["first", "second"]


def test_generator__each_name__has_a_stream_of_its_own():
    assert generator(1, "one").integers(2**60) != generator(1, "two").integers(2**60)


@pytest.mark.parametrize(
    ("cell", "text"), [("word", "word"), (12_345, "12,345"), (-(10**9), "-1e+09"), (0.123456, "0.1235")]
)
def test_told__cells__are_short(cell, text):
    assert told(cell) == text


def test_studies__each__says_what_it_is_about():
    for name, make in STUDIES.items():
        about = (make.__doc__ or "").partition("\n")[0]
        assert about.endswith("."), name


def test_studies__each_requirement__has_tests_that_cite_it_by_name_and_in_their_module():
    """Whoever looks for S0.24 finds a study, a module that says so, and tests called s0_24."""
    claimed = {
        one
        for path in (ROOT / "src/surety/studies").glob("*.py")
        for one in re.findall(r'"(S\d\.\d+)"', path.read_text())
    }
    tested = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        told = ast.parse(path.read_text())
        names = [node.name for node in told.body if isinstance(node, ast.FunctionDef)]
        found = {f"S{one}.{other}" for name in names for one, other in re.findall(r"(?<=_)s(\d)_(\d+)(?=_)", name)}
        assert found <= set(re.findall(r"S\d\.\d+", ast.get_docstring(told) or "")), path.name
        tested |= found
    assert len(claimed) >= 15
    assert claimed <= tested


def test_page__studies__are_told_with_their_numbers(tmp_path):
    page = write_page([few(1)], 1, tmp_path).read_text()
    assert "How many?" in page
    assert told(few(1).rows[0][1]) in page
    assert page == render([few(1)], 1)
    assert json.loads((tmp_path / "studies.json").read_text())["studies"] == [few(1).as_json()]


def test_command__list__names_every_study():
    output = run("list")
    assert all(name in output for name in STUDIES)


def test_command__run__prints_rows(monkeypatch, tmp_path):
    monkeypatch.setitem(STUDIES, "few", few)
    assert "second" in run("run", "few", "--seed", "2", "--out", str(tmp_path / "page"))
    assert (tmp_path / "page" / "index.html").exists()
    assert json.loads(run("run", "few", "--output", "json"))["studies"][0]["name"] == "few"


def test_command__no_name_or_an_unknown_one__is_refused():
    run("run", code=1)
    run("run", "nothing", code=1)
    run("run", "--all", "retrievability", code=1)
