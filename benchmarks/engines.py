"""pyrevm against py-evm (through titanoboa) on the same trace in one run: `python -m benchmarks`.

Both engines replay the same calldata, recorded once, so that only the engines are timed: no encoding, no decoding. The
ratio is what holds from machine to machine; seconds do not. Outputs must be equal, or the ratio means nothing.
"""

from __future__ import annotations

import platform
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from surety.config import load_config
from surety.sdk.deploy import deploy
from surety.sdk.engines import Engine, make_engine
from surety.sdk.errors import Reverted
from surety.sdk.root import repository_root
from surety.sdk.suite import MAX_UINT, Suite

SEED = 1
TRADES = 300
QUOTES = 600
ROUNDS = 3
DAY = 86_400


@dataclass(frozen=True)
class Sent:
    """A transaction, or a jump in time if `to` is None."""

    sender: str
    to: str | None
    data: bytes
    seconds: int = 0


def record() -> tuple[list[Sent], list[Sent]]:
    """Trades with jumps in time, and quotes of the market that they leave."""
    engine = make_engine()
    suite, trader = _suite(engine), engine.accounts[6]
    stream, trades, held = random.Random(SEED), [], dict[int, int]()
    for _ in range(TRADES):
        if stream.random() < 0.2:
            trades.append(Sent(trader, None, b"", stream.randrange(DAY)))
            engine.advance(trades[-1].seconds)
        maturity = suite.maturity_for(stream.randrange(30, 1_400) * DAY)
        face = suite.units(stream.randrange(100, 20_000))
        if held.get(maturity, 0) > face:
            name, limit, held[maturity] = "sell", 0, held[maturity] - face
        else:
            name, limit, held[maturity] = "buy", face, held.get(maturity, 0) + face
        data = suite.market.encode(name, maturity, face, limit, trader, MAX_UINT)
        try:
            engine.transact(trader, suite.market.address, data)
        except Reverted:
            held[maturity] += face if name == "sell" else -face
        trades.append(Sent(trader, suite.market.address, data))
    maturities = [suite.maturity_for(days * DAY) for days in range(14, 1_400, 7)]
    faces = (suite.units(stream.randrange(1, 5_000)) for _ in range(QUOTES))
    market = suite.market
    quotes = [Sent(trader, market.address, market.encode("quote_buy", stream.choice(maturities), n)) for n in faces]
    return trades, quotes


def replay(name: str, trades: list[Sent], quotes: list[Sent]) -> tuple[float, float, list[object]]:
    """Seconds for the trades, seconds for the quotes, and everything that came back."""
    engine = make_engine(name)
    _suite(engine)
    seen: list[object] = []

    def trade(one: Sent) -> object:
        if one.to is None:
            return engine.advance(one.seconds)
        receipt = engine.transact(one.sender, one.to, one.data)
        return receipt.output, receipt.logs

    def quote(one: Sent) -> object:
        assert one.to is not None
        return engine.call(one.sender, one.to, one.data)

    return _timed(trade, trades, seen), _timed(quote, quotes, seen), seen


def main() -> None:
    """Print the best of some rounds of each engine, and the ratios."""
    trades, quotes = record()
    best = {name: (float("inf"), float("inf")) for name in ("pyrevm", "titanoboa")}
    outcomes: dict[str, list[object]] = {}
    for _ in range(ROUNDS):
        for name, (trading, quoting) in best.items():
            first, second, outcomes[name] = replay(name, trades, quotes)
            best[name] = min(trading, first), min(quoting, second)
    if outcomes["pyrevm"] != outcomes["titanoboa"]:
        sys.exit("the engines disagree on the trace")
    calls = sum(one.to is not None for one in trades)
    print(f"python -m benchmarks   ({platform.python_implementation()} {platform.python_version()}, seed {SEED})")
    print(f"{'':<22}{'pyrevm':>14}{'py-evm':>14}{'ratio':>9}")
    for label, count, at in (("trades a second", calls, 0), ("quotes a second", len(quotes), 1)):
        fast, slow = (count / best[name][at] for name in ("pyrevm", "titanoboa"))
        print(f"{label:<22}{fast:>14,.0f}{slow:>14,.0f}{fast / slow:>8.0f}×")
    print(f"{calls} trades and {len(quotes)} quotes, best of {ROUNDS} rounds each; outputs and logs are equal")


def _timed(act: Callable[[Sent], object], trace: list[Sent], seen: list[object]) -> float:
    start = time.perf_counter()
    for one in trace:
        try:
            seen.append(act(one))
        except Reverted as refusal:
            seen.append(refusal.reason)
    return time.perf_counter() - start


def _suite(engine: Engine) -> Suite:
    suite, _ = deploy(engine, load_config(repository_root() / "config" / "demo.yaml"))
    trader = engine.accounts[6]
    suite.mint(trader, suite.units(50_000_000))
    suite.approve(trader)
    return suite
