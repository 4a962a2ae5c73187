"""How hard Hypothesis looks, by HYPOTHESIS_PROFILE: dev (the default), ci (less, always the same), nightly (more)."""

import os

import boa
import pytest
from hypothesis import HealthCheck, settings

from tests.support import titanoboa

# No deadline: the first call of a contract compiles it. Fixtures are rolled back, so examples may share them.
COMMON = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])

settings.register_profile("dev", COMMON)
settings.register_profile("ci", COMMON, derandomize=True, max_examples=25)
settings.register_profile("nightly", COMMON, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


titanoboa.read_compilations()


@pytest.fixture(autouse=True)
def _no_storage_of_undone_contracts():
    """Titanoboa tells errors with a contract's storage, and fails on what an undone one left at its address."""
    boa.env.sstore_trace.clear()
