"""`surety liquid`: stake as an ERC-20 share, ask it out, take what it earned, and see that it follows its operator."""

from __future__ import annotations

from .group import liquid

__all__ = ["liquid"]
