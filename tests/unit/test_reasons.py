"""Every reason for which a domain's contracts refuse is raised in its sources and has a test of the same words."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REASON = re.compile(r'^(\w+): constant\(String\[\d+\]\) = "(.*)"$', re.MULTILINE)
FILES = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("contracts/*/*errors.vy"))


def reasons(file):
    return dict(REASON.findall((ROOT / file).read_text()))


def text_of(folder, pattern):
    return "".join(path.read_text() for path in sorted((ROOT / folder).rglob(pattern)))


def test_files__those_with_reasons__are_found():
    domains = {file.split("/")[1] for file in FILES}
    assert {"bonds", "commitments", "restaking", "slashing"} <= domains


@pytest.mark.parametrize("file", FILES)
def test_errors__each_reason__is_short_and_names_its_contract(file):
    found = reasons(file)
    assert found
    assert len(set(found.values())) == len(found)
    for reason in found.values():
        assert re.fullmatch(r"[a-z_]+: [A-Za-z0-9' ,*%-]+", reason)
        assert len(reason) <= 48


@pytest.mark.parametrize("file", FILES)
def test_errors__each_reason__is_raised_and_tested(file):
    sources = text_of("contracts", "*.vy")
    tests = "".join(text_of(f"tests/{kind}", "test_*.py") for kind in ("unit", "fuzz", "integration"))
    # tests of one contract may leave its name to a helper or to the parameters of a test
    quoted = set(re.findall(r'"([^"\n]*)"', tests))
    found = reasons(file)
    assert [name for name in found if f"errors.{name}" not in sources and f"malformed.{name}" not in sources] == []
    assert [text for text in found.values() if not {text, text.split(": ", 1)[1]} & quoted] == []
