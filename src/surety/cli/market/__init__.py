"""`surety market`: read the market and trade. `surety bond` is the same group under the name of what one holds."""

from __future__ import annotations

from .group import bond, market

__all__ = ["bond", "market"]
