"""Fixtures of integration and fork tests: one anvil for a module, rolled back after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.support.world import demo_config

from surety.config import Config
from surety.sdk.anvil import Anvil
from surety.sdk.engines import rolled_back
from surety.sdk.engines.rpc_engine import RpcEngine


@pytest.fixture(scope="module")
def node() -> Iterator[Anvil]:
    with Anvil() as started:
        yield started


@pytest.fixture(scope="module")
def prepared(node: Anvil) -> RpcEngine:
    return RpcEngine(node.url).prepare()


@pytest.fixture
def chain(prepared: RpcEngine) -> Iterator[RpcEngine]:
    with rolled_back(prepared):
        yield prepared


@pytest.fixture(scope="session")
def config() -> Config:
    return demo_config()
