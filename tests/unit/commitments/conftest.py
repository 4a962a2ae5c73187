"""One PredicateMachine beside the reference, and one court of registry and prover, undone after each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boa
import pytest
from tests.support.predicates import Machines

if TYPE_CHECKING:
    from tests.support.commitments import Court


@pytest.fixture(scope="session")
def machines() -> Machines:
    return Machines.create()


@pytest.fixture(scope="module")
def settled_court() -> Iterator[Court]:
    from tests.support.commitments import Court  # which compiles: only where it is asked for

    with boa.env.anchor():
        yield Court.create()


@pytest.fixture
def court(settled_court: Court) -> Iterator[Court]:
    with settled_court.undone() as court:
        yield court
