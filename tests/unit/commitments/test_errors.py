"""The reference machine refuses for the reasons of the contract, to the letter."""

from tests.unit.test_reasons import reasons as stated

from surety.predicates import reasons


def test_errors__of_the_machine__are_those_of_the_reference():
    found = stated("contracts/commitments/errors.vy")
    machine = {name: reason for name, reason in found.items() if reason.startswith("predicate_machine: ")}
    assert machine == {name: value for name, value in vars(reasons).items() if name.isupper()}
