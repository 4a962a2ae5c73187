"""`surety operator`: become one, say who signs, open pools, take commission, leave in order."""

from __future__ import annotations

from .commission import commission
from .pool import pool
from .registration import operator

operator.add_command(pool)
operator.add_command(commission)

__all__ = ["operator"]
