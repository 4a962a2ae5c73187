"""Every reason for which the commitment contracts refuse has a test of the same words, and the reference has it too."""

import re
from pathlib import Path

from surety.predicates import reasons

ROOT = Path(__file__).parents[3]
ERRORS = ROOT / "contracts/commitments/errors.vy"
REASON = re.compile(r'^(\w+): constant\(String\[\d+\]\) = "(.*)"$', re.MULTILINE)


def stated():
    return dict(REASON.findall(ERRORS.read_text()))


def test_errors__each_reason__is_short_and_names_its_contract():
    found = stated()
    assert len(found) > 20
    assert len(set(found.values())) == len(found)
    for reason in found.values():
        assert re.fullmatch(r"[a-z_]+: [a-z0-9' ,]+", reason)
        assert len(reason) <= 48


def test_errors__each_reason__is_raised_and_tested():
    sources = "".join(path.read_text() for path in (ROOT / "contracts").rglob("*.vy") if path != ERRORS)
    tests = "".join(path.read_text() for path in (ROOT / "tests/unit/commitments").glob("test_*.py"))
    assert [name for name in stated() if f"errors.{name}" not in sources] == []
    assert [reason for reason in stated().values() if f'"{reason}"' not in tests] == []


def test_errors__of_the_machine__are_those_of_the_reference():
    machine = {name: reason for name, reason in stated().items() if reason.startswith("predicate_machine: ")}
    assert machine == {name: value for name, value in vars(reasons).items() if name.isupper()}
