"""Every reason for which the slashing contracts refuse has a test of the same words."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
ERRORS = ROOT / "contracts/slashing/errors.vy"
REASON = re.compile(r'^(\w+): constant\(String\[\d+\]\) = "(.*)"$', re.MULTILINE)
TESTS = (ROOT / "tests/unit/slashing", ROOT / "tests/fuzz/slashing")


def reasons():
    return dict(REASON.findall(ERRORS.read_text()))


def test_errors__each_reason__is_short_and_names_its_contract():
    found = reasons()
    assert len(found) > 50
    assert len(set(found.values())) == len(found)
    for reason in found.values():
        assert re.fullmatch(r"[a-z_]+: [a-z0-9' ,-]+", reason)
        assert len(reason) <= 48


def test_errors__each_reason__is_raised_and_tested():
    sources = "".join(path.read_text() for path in (ROOT / "contracts/slashing").rglob("*.vy") if path != ERRORS)
    tests = "".join(path.read_text() for folder in TESTS for path in folder.rglob("test_*.py"))
    assert [name for name in reasons() if f"errors.{name}" not in sources] == []
    assert [reason for reason in reasons().values() if f'"{reason}"' not in tests] == []
