"""The reference machine refuses for the reasons of the contract, to the letter; registry and prover for tested ones."""

import re

from tests.unit.test_reasons import REASON, ROOT, text_of
from tests.unit.test_reasons import reasons as stated

from surety.predicates import reasons


def test_errors__of_the_machine__are_those_of_the_reference():
    machine = {
        name: reason for name, reason in stated("commitments").items() if reason.startswith("predicate_machine: ")
    }
    assert machine == {name: value for name, value in vars(reasons).items() if name.isupper()}


def test_errors__of_registry_and_prover__are_short_raised_and_tested():
    found = dict(REASON.findall((ROOT / "contracts/commitments/registry_errors.vy").read_text()))
    sources = text_of("contracts/commitments", "*.vy")
    quoted = set(re.findall(r'"([^"\n]*)"', text_of("tests/unit/commitments", "test_*.py")))
    assert len(found) > 40
    assert len(set(found.values())) == len(found)
    for name, reason in found.items():
        assert re.fullmatch(r"(commitment_registry|fault_prover|fault_book): [A-Za-z0-9' ,-]+", reason)
        assert len(reason) <= 48
        assert f"errors.{name}" in sources
        assert {reason, reason.split(": ", 1)[1]} & quoted, reason
