"""What a verification finds, one thing at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .suite import MAX_UINT


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `detail` says what was found, or what differs."""

    name: str
    ok: bool
    detail: str


def same(name: str, found: Any, expected: Any) -> Check:
    """That the chain says what is expected."""
    if found == expected:
        return Check(name, True, _short(found))
    return Check(name, False, f"{_short(found)} on the chain, {_short(expected)} expected")


def _short(value: Any) -> str:
    text = "unlimited" if value == MAX_UINT else str(value)
    return text if len(text) <= 90 else text[:87] + "…"
