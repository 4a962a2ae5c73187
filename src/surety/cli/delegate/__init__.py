"""`surety delegate`: stake behind an operator, let it earn, leave or move, get back what was returned."""

from __future__ import annotations

from .group import delegate

__all__ = ["delegate"]
