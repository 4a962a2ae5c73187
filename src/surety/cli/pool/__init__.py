"""`surety pool`: stake behind services together with others: join, vote, be paid, leave."""

from __future__ import annotations

from .group import pool

__all__ = ["pool"]
