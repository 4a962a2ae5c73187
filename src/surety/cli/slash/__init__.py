"""`surety slash`: what is under review, who gets what, and each step of a slash."""

from __future__ import annotations

from .group import slash

__all__ = ["slash"]
