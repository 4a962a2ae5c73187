"""A trace to replay on any engine, and everything observable of what it leaves."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

from tests.support.world import World

from surety.sdk.engines import Engine, Receipt
from surety.sdk.errors import Reverted
from surety.sdk.suite import MAX_UINT, WEEK, fixed_id, variable_id

DAY = 86_400

Outcome = tuple[Any, ...]


def replay(engine: Engine, seed: int, length: int) -> tuple[World, list[Outcome]]:
    """Deploy, then `length` actions from `seed`: trades in both kinds of bonds, refusals, pauses, changes, time."""
    world = World.create(engine)
    stream = random.Random(seed)
    outcomes = [_act(world, stream) for _ in range(length)]
    return world, outcomes


def state(world: World, slots: dict[str, Iterable[int]]) -> dict[str, Any]:
    """Code, balance, nonce and the given storage words of every contract and person; time and block number."""
    engine = world.engine
    seen: dict[str, Any] = {"time": engine.timestamp, "block": engine.block_number}
    for address in sorted({*world.record.addresses.values(), *engine.accounts}):
        words = {slot: engine.storage(address, slot) for slot in sorted(slots.get(address, ()))}
        seen[address] = (engine.code(address), engine.balance(address), engine.nonce(address), words)
    return seen


def _act(world: World, stream: random.Random) -> Outcome:
    suite, market, engine = world.suite, world.suite.market, world.engine
    trader, other = stream.sample([world.holder, world.buyer], 2)
    maturity = suite.maturity_for(stream.randrange(7, 1_400) * DAY)
    face = suite.units(stream.randrange(1, 400_000))
    held = suite.holding(trader, maturity)
    variable, near = suite.variable, suite.maturity_for(stream.randrange(7, 100) * DAY)
    shares = suite.token.balanceOf(trader, variable_id(near))
    actions: list[Callable[[], Receipt | None]] = [
        lambda: suite.buy(trader, maturity, face).receipt,
        lambda: suite.buy(trader, maturity, face, receiver=other).receipt,
        lambda: suite.buy_exact_cost(trader, maturity, face).receipt,
        lambda: suite.buy(trader, maturity, face, max_cost=face // 2).receipt,
        lambda: suite.buy(trader, maturity + 1, face).receipt,
        lambda: suite.sell(trader, maturity, held // 2 + 1).receipt,
        lambda: suite.redeem(trader, maturity, face).receipt,
        lambda: suite.token.send("transfer", other, fixed_id(maturity), held // 3, sender=trader),
        lambda: market.send("set_pause", stream.random() < 0.3, stream.random() < 0.3, sender=world.guardian),
        lambda: market.send("queue_profile", market.knots(True), stream.randrange(300), sender=world.curator),
        lambda: variable.send("buy", near, face, 0, trader, MAX_UINT, sender=trader),
        lambda: variable.send("buy", near, face // 7, 0, other, MAX_UINT, sender=trader),
        lambda: variable.send("sell", near, shares // 2 + 1, 0, trader, MAX_UINT, sender=trader),
        lambda: variable.send("update_rate", sender=other),
        lambda: suite.treasury.send("redeem", variable_id(near - 6 * WEEK), face // 9, trader, sender=trader),
        lambda: suite.treasury.send("accrue", sender=other),
        lambda: suite.treasury.send("withdraw_interest", face // 3, world.treasurer, sender=world.treasurer),
        lambda: suite.treasury.send("withdraw", face, world.treasurer, sender=world.treasurer),
        lambda: engine.advance(stream.randrange(0, 40 * DAY)),
    ]
    action = stream.choice(actions)
    quote = _quote(suite.quote_buy, maturity, face)
    try:
        receipt = action()
    except Reverted as refusal:
        return quote, "refused", refusal.reason, engine.nonce(trader)
    if receipt is None:
        return quote, "time", engine.timestamp, engine.block_number
    return quote, receipt.logs, receipt.output, receipt.block, receipt.timestamp, engine.nonce(trader)


def _quote(quote: Callable[[int, int], int], maturity: int, face: int) -> int | str:
    try:
        return quote(maturity, face)
    except Reverted as refusal:
        return refusal.reason
