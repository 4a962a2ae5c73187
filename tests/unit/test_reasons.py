"""Every reason for which a domain's contracts refuse is raised in its sources and has a test of the same words."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REASON = re.compile(r'^(\w+): constant\(String\[\d+\]\) = "(.*)"$', re.MULTILINE)
DOMAINS = sorted(path.parent.name for path in ROOT.glob("contracts/*/errors.vy"))


def reasons(domain):
    return dict(REASON.findall((ROOT / f"contracts/{domain}/errors.vy").read_text()))


def text_of(folder, pattern):
    return "".join(path.read_text() for path in (ROOT / folder).rglob(pattern))


def test_domains__those_with_reasons__are_found():
    assert {"bonds", "commitments", "restaking", "slashing"} <= set(DOMAINS)


@pytest.mark.parametrize("domain", DOMAINS)
def test_errors__each_reason__is_short_and_names_its_contract(domain):
    found = reasons(domain)
    assert len(found) > 20
    assert len(set(found.values())) == len(found)
    for reason in found.values():
        assert re.fullmatch(r"[a-z_]+: [A-Za-z0-9' ,-]+", reason)
        assert len(reason) <= 48


@pytest.mark.parametrize("domain", DOMAINS)
def test_errors__each_reason__is_raised_and_tested(domain):
    sources = text_of("contracts", "*.vy")
    tests = text_of("tests/unit", "test_*.py") + text_of("tests/fuzz", "test_*.py")
    # tests of one contract may leave its name to a helper or to the parameters of a test
    quoted = set(re.findall(r'"([^"\n]+)"', tests))
    found = reasons(domain)
    assert [name for name in found if f"errors.{name}" not in sources] == []
    assert [text for text in found.values() if not {text, text.split(": ", 1)[1]} & quoted] == []
