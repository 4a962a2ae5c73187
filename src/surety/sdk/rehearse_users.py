"""A rehearsal beside plain trades: an order filled, bonds wrapped and locked, variable and rolling bonds."""

from __future__ import annotations

from eth_account.signers.local import LocalAccount

from .errors import Reverted
from .orders import Order, amounts, sign_order
from .suite import MAX_UINT, WEEK, Suite, fixed_id, variable_id
from .verify import Check

HOUR = 3_600
HALF_YEAR = 26 * WEEK


def trade_between(suite: Suite, seller: LocalAccount, buyer: str, maturity: int, face: int) -> list[Check]:
    """`seller` sells `face` at par by a signed order; `buyer`, who has the money, wraps a third and locks the rest."""
    exchange, bond = suite.exchange, fixed_id(maturity)
    order = Order(
        maker=seller.address,
        sells=True,
        id=bond,
        face=face,
        price=face,
        nonce=2**255,
        epoch=exchange.epochs(seller.address),
        expiry=suite.engine.timestamp + HOUR,
        taker=buyer,
        max_fee_bps=exchange.fee_bps(),
    )
    signed = sign_order(order, seller, suite.engine.chain_id, exchange.address)
    paid, fee, total = amounts(order, face, exchange.fee_bps())
    suite.token.send("approve", exchange.address, bond, face, sender=seller.address)
    suite.asset.send("approve", exchange.address, total, sender=buyer)
    before, owned = suite.cash(buyer), suite.cash(seller.address)
    exchange.send("fill", order.values, signed.signature, face, total, MAX_UINT, sender=buyer)
    moved = (before - suite.cash(buyer), suite.cash(seller.address) - owned, suite.holding(buyer, maturity))
    checks = [Check("rehearsal: exchange", moved == (total, paid, face), f"{face} for {paid}, fee {fee}")]
    try:
        exchange.call("fill", order.values, signed.signature, 1, total, MAX_UINT, sender=buyer)
        checks.append(Check("rehearsal: no order filled twice", False, "a filled order was taken again"))
    except Reverted as refusal:
        checks.append(Check("rehearsal: no order filled twice", True, refusal.reason))
    suite.wrappers.send("create", bond, sender=buyer)
    wrapper, part = suite.wrapper_of(bond), face // 3
    suite.token.send("approve", wrapper.address, bond, part, sender=buyer)
    wrapper.send("wrap", part, buyer, sender=buyer)
    checks.append(Check("rehearsal: wrapper", wrapper.balanceOf(buyer) == part, f"{part} as {wrapper.symbol()}"))
    suite.token.send("approve", suite.lock.address, bond, face - part, sender=buyer)
    suite.lock.send("lock", bond, face - part, sender=buyer)
    weight = int(suite.lock.own_weight_at(buyer, suite.engine.timestamp))
    expected = (face - part) * (maturity - suite.engine.timestamp)
    checks.append(Check("rehearsal: lock", weight == expected, f"{face - part} locked weigh {weight} face-seconds"))
    return checks


def collect(suite: Suite, buyer: str, maturity: int, face: int) -> Check:
    """At maturity: what was wrapped is redeemed through the wrapper, what was locked is withdrawn and redeemed."""
    bond, before = fixed_id(maturity), suite.cash(buyer)
    suite.wrapper_of(bond).send("redeem", face // 3, buyer, sender=buyer)
    suite.lock.send("withdraw", bond, buyer, sender=buyer)
    suite.redeem(buyer, maturity)
    paid = suite.cash(buyer) - before
    return Check("rehearsal: wrapped and locked bonds paid", paid == face, f"{face} for {paid}")


def float_and_roll(suite: Suite, person: str, units: int) -> list[Check]:
    """`person` buys variable bonds and sells them back, and goes through the vault of the first class."""
    market, vault = suite.variable, suite.vault
    maturity = suite.maturity_for(min(HALF_YEAR, market.rules()[1] - WEEK))
    spend = min(units, market.terms().cap - suite.treasury.variable().value)
    checks = [Check("rehearsal: variable bonds", True, "none are sold: their cap is reached")]
    if spend > 1:
        market.send("buy", maturity, spend, 0, person, MAX_UINT, sender=person)
        shares, before = int(suite.token.balanceOf(person, variable_id(maturity))), suite.cash(person)
        market.send("sell", maturity, shares, 0, person, MAX_UINT, sender=person)
        got = suite.cash(person) - before
        checks = [Check("rehearsal: variable bonds", 0 < got <= spend, f"bought for {spend}, sold at once for {got}")]
    assets = min(units, int(vault.maxDeposit(person)))
    if assets <= 1:
        return [*checks, Check("rehearsal: vault", True, "takes no deposit now")]
    suite.asset.send("approve", vault.address, assets, sender=person)
    vault.send("deposit_min", assets, person, 1, MAX_UINT, sender=person)
    held, before = int(vault.balanceOf(person)), suite.cash(person)
    vault.send("redeem_min", held, person, person, 1, MAX_UINT, sender=person)
    got = suite.cash(person) - before
    return [*checks, Check("rehearsal: vault", 0 < got <= assets, f"{assets} in, {held} shares, {got} out")]
