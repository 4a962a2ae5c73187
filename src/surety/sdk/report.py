"""Checks and deployments as lines of text, for scripts and logs."""

from __future__ import annotations

from collections.abc import Iterable

from .errors import ChainError
from .record import Record
from .verify import Check


def lines_of(checks: Iterable[Check]) -> list[str]:
    """One line a check, the failed ones marked."""
    return [f"{'ok    ' if check.ok else 'FAILED'}  {check.name}: {check.detail}" for check in checks]


def demand(checks: Iterable[Check]) -> None:
    """Raise `ChainError` naming the first failed check."""
    failed = [check for check in checks if not check.ok]
    if failed:
        more = f", and {len(failed) - 1} more" if len(failed) > 1 else ""
        raise ChainError(f"verification failed: {failed[0].name}: {failed[0].detail}{more}")


def addresses_of(record: Record) -> list[str]:
    """One line a contract."""
    return [f"{name:<20}{one.address}  {one.contract}" for name, one in record.contracts.items()]
