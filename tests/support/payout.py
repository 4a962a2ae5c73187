"""LinearPayout on titanoboa beside its model, and the cases that it is asked."""

from __future__ import annotations

from typing import Any

import boa
from hypothesis import strategies as st

from surety.models.payout import WAD, Case, Complement, LinearPayout

LINEAR = boa.load_partial("contracts/commitments/LinearPayout.vy")
TEMPLATES = tuple(bytes([number]) * 32 for number in range(1, 6))
ZERO = "0x" + "00" * 20
LIMIT = 2**96 - 1

shares = st.sampled_from((0, 1, WAD // 3, WAD // 2, WAD - 1, WAD)) | st.integers(0, WAD)
weights = shares | st.integers(0, 1_000 * WAD)
values = st.sampled_from((0, 1, 10**6, 10**21, LIMIT)) | st.integers(0, LIMIT)


def deploy(model: LinearPayout) -> Any:
    """The contract with the model's numbers."""
    return LINEAR.deploy(model.half, model.minimum, [(one.template, one.other, one.bonus) for one in model.complements])


def told(work: Case) -> tuple[Any, ...]:
    """A case as the contract takes it."""
    return (
        work.template,
        work.weight,
        bytes(32),
        ZERO,
        work.value,
        work.total,
        work.liveness,
        work.budget,
        list(work.others),
    )


@st.composite
def formulas(draw: st.DrawFn) -> LinearPayout:
    """Any formula that the contract accepts."""
    pairs = draw(
        st.lists(st.sampled_from([(a, b) for a in TEMPLATES for b in TEMPLATES if a != b]), unique=True, max_size=16)
    )
    complements = tuple(Complement(a, b, draw(shares)) for a, b in pairs)
    return LinearPayout(draw(values.filter(bool)), draw(st.just(0) | values), complements)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any case whose numbers are within their limits; the total is at least the operator's own value."""
    value = draw(values)
    others = draw(st.lists(st.tuples(st.sampled_from(TEMPLATES), values), max_size=8))
    return Case(
        template=draw(st.sampled_from(TEMPLATES)),
        value=value,
        total=draw(st.integers(value, LIMIT)),
        budget=draw(values),
        weight=draw(weights),
        liveness=draw(shares),
        others=tuple(others),
    )
