"""A call made on contract and model: both must end alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boa

from surety.models.refusal import Refused


def both(model: Callable[[], object], contract: Callable[[], object]) -> Any:
    """What both answer, or why both refused, as a `Refused`."""
    try:
        expected = model()
    except Refused as refused:
        with boa.reverts(refused.reason):
            contract()
        return refused
    got = contract()
    assert got == expected, f"{got} from the contract, {expected} from the model"
    return expected


def reason_or_answer(model: Callable[[], object], contract: Callable[[], object]) -> Any:
    """What both answer, or the reason for which both refused, as text."""
    done = both(model, contract)
    return done.reason if isinstance(done, Refused) else done
