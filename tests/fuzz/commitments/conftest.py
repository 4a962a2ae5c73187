"""One PredicateMachine beside the reference."""

import pytest
from tests.support.predicates import Machines


@pytest.fixture(scope="session")
def machines() -> Machines:
    return Machines.create()
