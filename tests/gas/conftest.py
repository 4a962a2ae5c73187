"""A node of its own, figures against the committed ones, and the table at the end of the run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.gas.aims import AIMS, SNAPSHOTS, recorded

from surety.sdk.anvil import Anvil
from surety.sdk.engines.accounts import dev_addresses
from surety.sdk.engines.base import rolled_back
from surety.sdk.engines.rpc_engine import RpcEngine

Check = Callable[[str, int], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshots", action="store_true", help="write the gas snapshots anew")


@pytest.fixture(scope="module")
def chain() -> Iterator[RpcEngine]:
    """An anvil that a module of tests shares."""
    with Anvil() as node:
        yield RpcEngine(node.url).prepare()


@pytest.fixture
def engine(chain: RpcEngine) -> Iterator[RpcEngine]:
    """The same, undone after each test."""
    with rolled_back(chain):
        yield chain


@pytest.fixture(scope="session")
def people() -> tuple[str, ...]:
    """Accounts of the local chain: deployer, then others."""
    return dev_addresses()


@pytest.fixture
def check(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Check:
    """`check(sentence, gas)`: at most its aim, and exactly what is committed."""
    update = request.config.getoption("--update-snapshots", default=False)

    def compare(sentence: str, gas: int) -> None:
        aim = next(row for row in AIMS if row.sentence == sentence)
        record_property(sentence, gas)
        if update:
            _write(aim.domain, sentence, gas)
        assert gas <= aim.gas, f"{sentence}: {gas:,} gas, {gas - aim.gas:,} above its aim of {aim.gas:,}"
        known = recorded(aim.domain).get(sentence)
        moved = "is not recorded" if known is None else f"moved from {known:,}"
        assert gas == known, f"{sentence}: {gas:,} gas, {moved}; `make gas-update` writes it anew"

    return compare


def _write(domain: str, sentence: str, gas: int) -> None:
    figures = recorded(domain) | {sentence: gas}
    order = [row.sentence for row in AIMS if row.domain == domain]
    SNAPSHOTS.mkdir(exist_ok=True)
    path = SNAPSHOTS / f"{domain}.json"
    path.write_text(json.dumps({key: figures[key] for key in order if key in figures}, indent=2) + "\n")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    measured = {key: value for report in reports for key, value in getattr(report, "user_properties", [])}
    rows = [row for row in AIMS if row.sentence in measured]
    if not rows:
        return
    terminalreporter.section("gas")
    terminalreporter.write_line(f"{'operation':48} {'measured':>9} {'aim':>9} {'of aim':>7}  elsewhere")
    for row in rows:
        gas = measured[row.sentence]
        line = f"{row.sentence:48} {gas:9,} {row.gas:9,} {gas / row.gas:7.1%}  {row.elsewhere}"
        terminalreporter.write_line(line, red=gas > row.gas)
