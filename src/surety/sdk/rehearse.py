"""Trades, redemptions, stake and slashes on a fork. The chain forked from is only read."""

from __future__ import annotations

from dataclasses import replace

from eth_account.signers.local import LocalAccount

from .anvil import Anvil
from .deploy import suite_of
from .engines.accounts import dev_account
from .engines.base import Engine
from .engines.rpc_engine import RpcEngine
from .errors import Reverted, UsageError
from .record import Record
from .rehearse_money import give
from .rehearse_stake import stake_and_slash
from .rehearse_users import collect, float_and_roll, trade_between
from .suite import Suite
from .verify import Check

ACTOR = 17  # an account that no configuration's defaults use
HALF_YEAR = 26 * 604_800


def rehearse_on_fork(url: str, record: Record) -> list[Check]:
    """Fork the chain at `url` into an anvil of one's own and trade there. Raises `SetupError` without a node."""
    with Anvil(chain_id=None, fork_url=url) as node:
        engine = RpcEngine(node.url).prepare()
        # the fork is local whatever it was forked from; its record is the chain's
        return rehearse(engine, replace(record, path=None))


def rehearse(engine: Engine, record: Record) -> list[Check]:
    """Buy about a thousandth of a target, sell half to the protocol and some to a second user, redeem the rest at
    maturity; then stake behind an operator, be slashed, and leave: on this engine, so pass a fork.
    """
    if not engine.local:
        raise UsageError("a rehearsal moves money and time: give it a fork")
    suite = suite_of(engine, record)
    try:
        checks = _trade(suite, dev_account(ACTOR), dev_account(ACTOR + 1).address)
        if suite.has_restaking:
            checks += stake_and_slash(suite, dev_account(ACTOR + 2).address, dev_account(ACTOR + 3).address)
        return checks
    except Reverted as refusal:
        return [Check("rehearsal", False, refusal.reason)]


def _trade(suite: Suite, actor: LocalAccount, other: str) -> list[Check]:
    engine, trader = suite.engine, actor.address
    last = suite.market.tenors()[-1]
    maturity = suite.maturity_for(min(HALF_YEAR, last - 604_800))
    quote = suite.market.quote(maturity)
    face = max(quote.target // 1_000, 16)
    give(suite, trader, 2 * face)
    suite.approve(trader)
    if suite.treasury.reserve() < face:
        suite.fund(trader, face)
    give(suite, other, 4 * face)
    suite.approve(other)
    others = float_and_roll(suite, other, face)
    before, escrow, owed = suite.cash(trader), suite.treasury.escrow(), _escrow_and_interest(suite)
    bought = suite.buy(trader, maturity, face)
    sold = suite.sell(trader, maturity, face // 2)
    rest = face - face // 2
    checks = [
        Check("rehearsal: buy", 0 < bought.amount <= face, f"{face} of face for {bought.amount}"),
        Check("rehearsal: sell", 0 < sold.amount <= face // 2, f"{face // 2} of face for {sold.amount}"),
        Check(
            "rehearsal: no gain from a round trip",
            sold.amount * face <= bought.amount * (face // 2) + face,
            "what was sold at once brought at most what it had cost",
        ),
        Check("rehearsal: escrow follows", suite.treasury.escrow() == escrow + rest, f"{escrow} → {escrow + rest}"),
    ]
    passed_on = rest // 2
    checks += trade_between(suite, actor, other, maturity, passed_on)
    engine.set_time(maturity)
    redeemed = suite.redeem(trader, maturity, rest - passed_on)
    after = before - bought.amount + sold.amount + rest  # what was passed on was sold at par
    checks.append(
        Check("rehearsal: redeem at par", suite.cash(trader) == after, f"{redeemed.face} for {rest - passed_on}")
    )
    checks.append(collect(suite, other, maturity, passed_on))
    left = _escrow_and_interest(suite)
    checks.append(Check("rehearsal: all paid out", left == owed, f"escrow and interest reserve are {owed} again"))
    return others + checks


def _escrow_and_interest(suite: Suite) -> int:
    """What accrual, which moves interest of variable bonds from one to the other, leaves as it is."""
    return int(suite.treasury.escrow() + suite.treasury.interest_reserve())
