"""Tests of the sdk on an anvil of their own."""

from tests.support.node import chain, config, node, prepared

__all__ = ["chain", "config", "node", "prepared"]
